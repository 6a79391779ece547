/* SPDX-License-Identifier: ISC */
/* F: files that the child opens. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup
#define OPEN pspawn_fd_open

static struct record record;

static void make(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		FAIL("%s: %s", name, strerror(errno));
}

static const struct slot *opened(const struct pspawn_fd *fd)
{
	struct pspawn_cmd cmd = { .fds = fd, .nfds = 1 };
	const struct slot *slot;

	probe_start(&cmd, &record);
	slot = table_find(&record.table, fd->child);
	if (!slot)
		FAIL("%d is not open in the child", fd->child);
	return slot;
}

static void same_file(const struct slot *slot, const char *name)
{
	struct stat status;

	CHECK_INT(stat(name, &status), 0);
	CHECK_INT(slot->ino, status.st_ino);
	CHECK_INT(slot->dev, status.st_dev);
}

CASE(F01, open_at_number)
{
	struct pspawn_fd fds[] = { OPEN(0, "in", O_RDONLY, 0), OPEN(7, "in", O_RDWR, 0),
				   OPEN(100, "in", O_WRONLY, 0),
				   /* It lands there by itself: nothing but the flags clears it. */
				   OPEN(3, "in", O_RDWR, 0) };
	const int modes[] = { O_RDONLY, O_RDWR, O_WRONLY, O_RDWR };

	make("in", "text");
	for (int i = 0; i < 4; i++) {
		const struct slot *slot = opened(&fds[i]);

		same_file(slot, "in");
		CHECK_INT(slot->flags & O_ACCMODE, modes[i]);
		CHECK_INT(slot->cloexec, 0);
		CHECK_INT(slot->offset, 0);
		CHECK_INT(record.table.count, fds[i].child == 0 ? 3 : 4);
	}
}

CASE(F02, open_read_only_is)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "write", "5", "x"),
				  PSPAWN_FDS(OPEN(5, "in", O_RDONLY, 0)) };

	make("in", "text");
	CHECK_INT(run_cmd(&cmd), EBADF);
}

static long size_of(const char *name)
{
	struct stat status;

	return stat(name, &status) < 0 ? -1 : (long)status.st_size;
}

CASE(F03, open_append)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "write", "5", "more"),
				  PSPAWN_FDS(OPEN(5, "log", O_WRONLY | O_APPEND, 0)) };

	make("log", "text");
	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_INT(size_of("log"), 12);
}

CASE(F03, open_trunc)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "write", "5", "xy"),
				  PSPAWN_FDS(OPEN(5, "out", O_WRONLY | O_TRUNC, 0)) };

	make("out", "long text");
	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_INT(size_of("out"), 2);
}

CASE(F03, open_creat_mode)
{
	struct pspawn_fd fd = OPEN(5, "new", O_WRONLY | O_CREAT | O_EXCL, 0666);
	struct stat status;

	umask(027);
	opened(&fd);
	umask(022);
	CHECK_INT(stat("new", &status), 0);
	CHECK_INT(status.st_mode & 07777, 0640);
}

CASE(F04, open_nonexistent)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(DUP(3, 1), OPEN(4, "/dev/null", O_RDONLY, 0),
					     OPEN(5, "absent/file", O_RDONLY, 0)) };
	char sentence[200];
	struct pspawn_child child;
	struct pspawn_error error;

	expect_failure(&cmd, ENOENT, PSPAWN_STEP_OPEN, 2);
	pspawn_start(&child, &cmd, &error);
	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence,
		  "open \"absent/file\" as descriptor 5 (entry 2): No such file or directory");
}

CASE(F04, open_that_exists_exclusively)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(OPEN(4, "there", O_RDWR | O_CREAT, 0600),
					     OPEN(5, "there", O_RDWR | O_CREAT | O_EXCL, 0600)) };

	expect_failure(&cmd, EEXIST, PSPAWN_STEP_OPEN, 1);
	CHECK_INT(size_of("there"), 0);
}

CASE(F04, failed_start_with_created_file)
{
	/* The open was right and has made its file; the program is what is missing. */
	struct pspawn_cmd cmd = { PSPAWN_CMD("/nonexistent"),
				  PSPAWN_FDS(OPEN(5, "made", O_RDWR | O_CREAT | O_EXCL, 0600)) };

	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(size_of("made"), 0);
}

/* The program is missing, but not before the FIFO has been opened from both sides. */
static void fail_with_fifo(int ours, int theirs)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/nonexistent"),
				  PSPAWN_FDS(OPEN(5, "fifo", ours, 0)) };
	pid_t pid;

	CHECK_INT(mkfifo("fifo", 0600), 0);
	pid = fork();
	if (pid == 0)
		_exit(open("fifo", theirs) < 0);
	CHECK(pid > 0);
	/* Whoever looks for the cause must not wait for the other side, which has been and gone. */
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
}

CASE(F04, failed_start_with_a_fifo_to_read)
{
	fail_with_fifo(O_RDONLY, O_WRONLY);
}

CASE(F04, failed_start_with_a_fifo_to_write)
{
	fail_with_fifo(O_WRONLY, O_RDONLY);
}

CASE(F05, open_onto_open_number_table_full)
{
	struct pspawn_fd fds[] = { OPEN(5, "/dev/zero", O_RDONLY, 0),
				   OPEN(6, "/dev/zero", O_RDONLY, 0), DUP(7, 8), DUP(8, 7) };
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "record"), .fds = fds, .nfds = 4 };
	struct pspawn_child child;

	files(3, 23);
	start_with_just_enough(&child, &cmd, 24);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	record_read(&record, "record");
	CHECK_INT(record.table.count, 7);
	CHECK(table_find(&record.table, 5) && table_find(&record.table, 6));
}

CASE(F06, open_returns_target_itself)
{
	/* With 0 to 2 kept, the first open gives 3, which is where it belongs. */
	struct pspawn_cmd cmd = { PSPAWN_FDS(OPEN(3, "in", O_RDONLY, 0),
					     OPEN(4, "in", O_RDONLY, 0),
					     OPEN(6, "in", O_RDONLY, 0),
					     OPEN(5, "in", O_RDONLY, 0)) };

	make("in", "text");
	probe_start(&cmd, &record);
	CHECK_INT(record.table.count, 7);
	for (int number = 3; number <= 6; number++)
		same_file(table_find(&record.table, number), "in");
}

CASE(F07, path_copied_or_documented)
{
	char name[] = "in";
	struct pspawn_child child;
	struct pspawn_error error;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "record"),
				  PSPAWN_FDS(OPEN(3, name, O_RDONLY, 0)) };

	make("in", "text");
	CHECK_INT(pspawn_start(&child, &cmd, &error), 0);
	strcpy(name, "xx");
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	record_read(&record, "record");
	same_file(table_find(&record.table, 3), "in");
}

CASE(F08, odd_file_names)
{
	static const char *const names[] = { "with space", "with \"quote\"", "-dash", "new\nline",
					     "\xff\xfe\x80", "*" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct pspawn_fd fd = OPEN(5, names[i], O_RDONLY, 0);

		make(names[i], "text");
		same_file(opened(&fd), names[i]);
	}
}

CASE(F09, open_flags_vs_mode_mutant)
{
	/* The two have no bit in common that would hide an exchange. */
	struct pspawn_fd fd = OPEN(5, "made", O_RDWR | O_CREAT | O_APPEND, 0751);
	const struct slot *slot;
	struct stat status;

	umask(0);
	slot = opened(&fd);
	umask(022);
	CHECK_INT(slot->flags & (O_ACCMODE | O_APPEND), O_RDWR | O_APPEND);
	CHECK_INT(stat("made", &status), 0);
	CHECK_INT(status.st_mode & 07777, 0751);
}

CASE(F10, dev_null)
{
	struct pspawn_cmd in = { PSPAWN_CMD(suite_probe(), "-", "sleep", "0"),
				 PSPAWN_FDS(pspawn_fd_null(0)) };
	struct pspawn_cmd out = { PSPAWN_CMD(suite_probe(), "-", "write", "1", "gone"),
				  PSPAWN_FDS(pspawn_fd_null(1)) };

	struct stat status;

	/* The model opens it by the same name, so that it is a device has to be seen apart. */
	CHECK(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
	EXPECT(pspawn_fd_null(0), pspawn_fd_null(1), pspawn_fd_null(9));
	CHECK_INT(run_cmd(&in), 0);
	CHECK_INT(run_cmd(&out), 0);
}

CASE(F11, same_of_same_of_same)
{
	/* Upwards: seats are resolved from the lowest on, so that this is the long way. */
	EXPECT(pspawn_fd_same(3, 4), pspawn_fd_same(4, 5), pspawn_fd_same(5, 6),
	       pspawn_fd_same(6, 7), DUP(7, 1));
}

CASE(F11, same_as_an_opened_file)
{
	struct pspawn_cmd cmd = { PSPAWN_FDS(pspawn_fd_same(4, 9), OPEN(9, "in", O_RDONLY, 0),
					     pspawn_fd_same(3, 4), DUP(10, 0)) };

	make("in", "text");
	probe_start(&cmd, &record);
	CHECK_INT(record.table.count, 7);
	same_file(table_find(&record.table, 3), "in");
	same_file(table_find(&record.table, 4), "in");
	same_file(table_find(&record.table, 9), "in");
}
