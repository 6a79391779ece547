/* SPDX-License-Identifier: ISC */
/* G: errors, and how they come back. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "fault.h"
#include "filter.h"
#include "pspawn_cloexec.h"
#include "suite.h"
#include "sys.h"
#include "table.h"

#define DUP pspawn_fd_dup

static void make(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, mode) < 0)
		FAIL("%s: %s", name, strerror(errno));
	close(fd);
}

static void exec_fails(const char *program, int code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(program) };

	expect_failure(&cmd, code, PSPAWN_STEP_EXEC, -1);
}

CASE(G01, enoent)
{
	exec_fails("/nonexistent", ENOENT);
	exec_fails("./nonexistent", ENOENT);
}

CASE(G01, eacces)
{
	make("plain", "#!/bin/sh\n", 0644);
	exec_fails("./plain", EACCES);
	exec_fails("/", EACCES);
}

CASE(G01, enoexec)
{
	make("garbage", "this is no program\n", 0755);
	exec_fails("./garbage", ENOEXEC);
}

CASE(G01, enotdir)
{
	make("file", "", 0755);
	exec_fails("./file/program", ENOTDIR);
}

CASE(G01, eloop)
{
	CHECK_INT(symlink("loop", "loop"), 0);
	exec_fails("./loop", ELOOP);
}

CASE(G01, e2big)
{
	/* One argument may have 128 KiB on Linux; K10 has the borders. */
	char *large = malloc(1 << 20);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true", large) };

	memset(large, 'x', (1 << 20) - 1);
	large[(1 << 20) - 1] = '\0';
	expect_failure(&cmd, E2BIG, PSPAWN_STEP_EXEC, sys_longest_string() == SIZE_MAX ? -1 : 1);
	free(large);
}

static int kernel_says(const char *program)
{
	char *argv[] = { (char *)program, NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execv(program, argv);
		_exit(errno);
	}
	CHECK(pid > 0);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

CASE(G01, etxtbsy)
{
	struct stat status;
	char command[8192];
	int fd;

	snprintf(command, sizeof(command), "cp %s busy", suite_probe());
	CHECK_INT(system(command), 0);
	fd = open("busy", O_RDWR);
	CHECK(fd >= 0 && fstat(fd, &status) == 0);
	{
		struct pspawn_cmd cmd = { PSPAWN_CMD("./busy") };
		struct pspawn_child child;
		struct pspawn_error error;

		/* Linux 6.11 allows it: what the kernel says without us is what we have to say. */
		if (kernel_says("./busy") == ETXTBSY) {
			expect_failure(&cmd, ETXTBSY, PSPAWN_STEP_EXEC, -1);
		} else {
			CHECK_INT(pspawn_start(&child, &cmd, &error), 0);
			CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
		}
	}
	close(fd);
}

CASE(G01, interpreter_missing)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./run") };
	struct pspawn_child child;
	struct pspawn_error error;
	char sentence[200];

	make("run", "#!/bin/nosh -x\n", 0755);
	exec_fails("./run", ENOENT);
	pspawn_start(&child, &cmd, &error);
	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence, "execute \"./run\": interpreter \"/bin/nosh\" missing");
}

CASE(G02, bad_source)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(DUP(3, 0), DUP(7, 12), DUP(4, 1)) };
	struct pspawn_child child;
	struct pspawn_error error;
	char sentence[200];

	expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 1);
	pspawn_start(&child, &cmd, &error);
	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence, "place descriptor 7 (entry 1, from 12): Bad file descriptor");
}

CASE(G02, bad_source_as_high_as_can_be)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 0), DUP(1, INT_MAX)) };

	expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 1);
}

CASE(G02, bad_source_of_an_identity)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 0), DUP(9, 9)) };

	expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 1);
}

CASE(G03, bad_chdir)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .dir = "/nonexistent" };
	struct pspawn_child child;
	struct pspawn_error error;
	char sentence[200];

	expect_failure(&cmd, ENOENT, PSPAWN_STEP_CHDIR, -1);
	pspawn_start(&child, &cmd, &error);
	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence, "change directory to \"/nonexistent\": No such file or directory");
	cmd.dir = "/dev/null";
	expect_failure(&cmd, ENOTDIR, PSPAWN_STEP_CHDIR, -1);
}

CASE(G04, pid_untouched_on_failure)
{
	/* expect_failure() compares the whole handle. */
	exec_fails("/nonexistent", ENOENT);
}

static volatile sig_atomic_t chlds;

static void count_chld(int number)
{
	(void)number;
	chlds++;
}

CASE(G05, no_zombie_on_failure)
{
	exec_fails("/nonexistent", ENOENT);
	CHECK_INT(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	CHECK_INT(errno, ECHILD);
	/* With SIGCHLD ignored the child vanishes by itself: that is no error either. */
	signal(SIGCHLD, SIG_IGN);
	exec_fails("/nonexistent", ENOENT);
	signal(SIGCHLD, count_chld);
	exec_fails("/nonexistent", ENOENT);
	signal(SIGCHLD, SIG_DFL);
	if (strcmp(suite_backend(), "linux") == 0 && !suite_emulated())
		CHECK_INT(chlds, 0);
}

CASE(G09, channel_not_in_program)
{
	EXPECT(DUP(0, 0));
	EXPECT(DUP(3, 0), DUP(4, 0), DUP(6, 0));
}

CASE(G10, closed_set_of_codes)
{
	struct pspawn_cmd none = { PSPAWN_CMD("pspawn-no-such-program") };
	struct pspawn_cmd denied = { PSPAWN_CMD("plain"), .path = "" };
	struct pspawn_cmd relative = { PSPAWN_CMD("run"), .path = ":/nonexistent" };
	char directory[4096];

	make("plain", "", 0644);
	make("run", "#!/bin/sh\n", 0755);
	denied.path = getcwd(directory, sizeof(directory));
	expect_failure(&none, ENOENT, PSPAWN_STEP_SEARCH, -1);
	expect_failure(&denied, EACCES, PSPAWN_STEP_SEARCH, -1);
	expect_failure(&relative, EPERM, PSPAWN_STEP_SEARCH, -1);
	relative.path = "relative/../.:/nonexistent";
	CHECK_INT(mkdir("relative", 0700), 0);
	expect_failure(&relative, EPERM, PSPAWN_STEP_SEARCH, -1);
	relative.path = directory;
	CHECK_INT(run_cmd(&relative), 0);
	none.backend = "no such backend";
	none.argv = (char *const *)(const char *const[]){ "/bin/true", NULL };
	expect_failure(&none, ENOTSUP, PSPAWN_STEP_BACKEND, -1);
}

CASE(G10, search_takes_programs_only)
{
	struct pspawn_cmd empty = { PSPAWN_CMD("") };
	struct pspawn_cmd second = { PSPAWN_CMD("run") };
	struct pspawn_cmd only = { PSPAWN_CMD("run") };
	char directory[4096], both[8300], first[4200];

	CHECK(getcwd(directory, sizeof(directory)) != NULL);
	CHECK_INT(mkdir("first", 0700), 0);
	CHECK_INT(mkdir("first/run", 0700), 0);
	make("run", "#!/bin/sh\n", 0755);
	snprintf(first, sizeof(first), "%s/first", directory);
	snprintf(both, sizeof(both), "%s:%s", first, directory);
	second.path = both;
	only.path = first;
	expect_failure(&empty, ENOENT, PSPAWN_STEP_SEARCH, -1);
	/* A directory may be "executed" too, says access(2). */
	CHECK_INT(run_cmd(&second), 0);
	expect_failure(&only, EACCES, PSPAWN_STEP_SEARCH, -1);
}

CASE(G10, search_where_faccessat2_is_refused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true") };

	if (!filter_syscall(SYS_faccessat2, EPERM))
		SKIP("no system call filters here");
	CHECK_INT(run_cmd(&cmd), 0);
}

CASE(G10, unsearchable_directory_hides)
{
	/* What lies behind a directory that may not be searched has not been found. */
	struct pspawn_cmd cmd = { PSPAWN_CMD("pspawn-no-such-program") };
	char directory[4096], path[4200];
	int root = geteuid() == 0;

	CHECK(getcwd(directory, sizeof(directory)) != NULL);
	snprintf(path, sizeof(path), "%s/closed:/usr/bin", directory);
	cmd.path = path;
	CHECK_INT(mkdir("closed", 0), 0);
	CHECK_INT(chmod(".", 0755), 0);
	if (root && seteuid(65534) < 0)
		SKIP("no other user here");
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_SEARCH, -1);
	if (root)
		CHECK_INT(seteuid(0), 0);
}

CASE(G11, errno_of_caller_unchanged)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true") };
	struct pspawn_error error = { .code = ENOENT, .step = PSPAWN_STEP_EXEC, .index = -1 };
	char text[300];

	/* Starts are checked in run_cmd() and expect_failure(); here is the rest. */
	CHECK_INT(run_cmd(&cmd), 0);
	errno = 12345;
	pspawn_strerror(&error, &cmd, text, sizeof(text));
	pspawn_explain(&cmd, text, sizeof(text), &error);
	CHECK_INT(pspawn_open("/nonexistent", O_RDONLY, 0), -ENOENT);
	CHECK_INT(pspawn_dup(-1, 0), -EBADF);
	CHECK_INT(errno, 12345);
}
