/* SPDX-License-Identifier: ISC */
/* Y: numbers that are kept, and starts that go on meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reserve.h"

#define DUP pspawn_fd_dup

/* ---- a start that lasts until we let it go on: the child opens a FIFO */

static struct held {
	pthread_t thread;
	struct pspawn_fd fds[4];
	size_t nfds;
} held;

static void *start_held(void *argument)
{
	struct held *h = argument;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "0"), .fds = h->fds,
				  .nfds = h->nfds };

	CHECK_INT(run_cmd(&cmd), 0);
	return NULL;
}

static int parks(void)
{
	return strcmp(suite_runs_by(), "linux") == 0;
}

/* A parent that has forked shuts its own end of the line last; the child may be far ahead of it. */
static int is_at_rest(void)
{
	struct stat status;

	for (int number = 3; number < 64 && !parks(); number++)
		if (fstat(number, &status) == 0 && S_ISFIFO(status.st_mode) &&
		    (fcntl(number, F_GETFL) & O_ACCMODE) == O_WRONLY)
			return 0;
	return 1;
}

/*
 * A start of `n` high sources has come to where its child waits for somebody to open the FIFO.
 * It has made a file before, and closed what is not its own before that.
 */
static void hold(int n)
{
	CHECK_INT(mkfifo("fifo", 0600), 0);
	for (int i = 0; i < n; i++)
		held.fds[i] = DUP(20 + i, HIGH + i);
	held.fds[n] = pspawn_fd_open(30, "begun", O_WRONLY | O_CREAT, 0600);
	held.fds[n + 1] = pspawn_fd_open(31, "fifo", O_RDONLY, 0);
	held.nfds = (size_t)n + 2;
	if (pthread_create(&held.thread, NULL, start_held, &held) != 0)
		FAIL("pthread_create");
	while (access("begun", F_OK) < 0 || !is_at_rest())
		usleep(1000);
}

/* What is kept; not what watches a child. */
static int is_pipe(int number)
{
	struct stat status;

	return fstat(number, &status) == 0 && S_ISFIFO(status.st_mode);
}

static void let_go(void)
{
	int fd = open("fifo", O_WRONLY | O_CLOEXEC);

	CHECK(fd > 2);
	pthread_join(held.thread, NULL);
	close(fd);
	unlink("fifo");
	unlink("begun");
}

CASE(Y14, numbers_in_use_are_nobody_elses)
{
	suite_need_numbers(HIGH + 2);
	high_pipe(HIGH);
	high_pipe(HIGH + 1);
	CHECK_INT(pspawn_reserve(2), 0);
	hold(1);
	CHECK_INT(copies_of(HIGH), parks());
	/* None is left: the plain way, and right. */
	expect_low(HIGH + 1, 0);
	/* What lies there is not to be had by its number. */
	for (int number = 3; number < 8 && parks(); number++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(9, number)) };

		if (is_pipe(number))
			expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 0);
	}
	/* With more of them it is a cheap start again. */
	CHECK_INT(pspawn_reserve(4), 0);
	expect_low(HIGH + 1, 1);
	let_go();
	CHECK_INT(copies_of(HIGH), 0);
	CHECK_INT(pspawn_reserve(2), 0);
	expect_low(HIGH, 1);
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(open_numbers(), 7);
}

CASE(Y15, given_back_while_in_use)
{
	int before;

	suite_need_numbers(HIGH + 2);
	high_pipe(HIGH);
	high_pipe(HIGH + 1);
	CHECK_INT(pspawn_reserve(6), 0);
	hold(2);
	before = low_numbers();
	CHECK_INT(pspawn_reserve(0), 0);
	/* Two sources stay for now, and the pipe that comes back. */
	CHECK_INT(low_numbers(), before - (parks() ? 3 : 6));
	CHECK_INT(copies_of(HIGH + 1), parks());
	let_go();
	CHECK_INT(open_numbers(), 7);
	CHECK_INT(pspawn_reserve(3), 0);
	expect_low(HIGH, 1);
	hold(2);
	before = low_numbers();
	CHECK_INT(pspawn_reserve(0), 0);
	/* They may stay after all. */
	CHECK_INT(pspawn_reserve(3), 0);
	CHECK_INT(low_numbers(), before);
	let_go();
	CHECK_INT(low_numbers(), 3 + 3);
	CHECK_INT(copies_of(HIGH + 1), 0);
	expect_low(HIGH, 1);
	CHECK_INT(pspawn_reserve(0), 0);
}

/* The child of a plain fork() has what lay there, and no thread to take it away. */
CASE(Y16, forked_while_in_use)
{
	int before, status;
	pid_t pid;

	suite_need_numbers(HIGH + 2);
	high_pipe(HIGH);
	high_pipe(HIGH + 1);
	CHECK_INT(pspawn_reserve(3), 0);
	hold(1);
	before = low_numbers();
	pid = fork();
	if (pid == 0) {
		CHECK_INT(copies_of(HIGH), parks());
		CHECK_INT(pspawn_reserve(3), 0);
		CHECK_INT(copies_of(HIGH), 0);
		CHECK_INT(low_numbers(), before);
		expect_low(HIGH + 1, 1);
		CHECK_INT(pspawn_reserve(0), 0);
		CHECK_INT(low_numbers(), before - 3);
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	let_go();
	expect_low(HIGH, 1);
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(open_numbers(), 7);
}

/* It has closed what lay there as well, and opened files of its own. */
CASE(Y17, forked_and_closed)
{
	pid_t pid;
	int status;

	suite_need_numbers(HIGH + 1);
	high_pipe(HIGH);
	CHECK_INT(pspawn_reserve(3), 0);
	hold(1);
	pid = fork();
	if (pid == 0) {
		static struct table table;

		close_all_from(3);
		files(3, 8);
		table_of_self(&table);
		if (pspawn_reserve(0) != 0)
			_exit(1);
		expect_unchanged(&table);
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	let_go();
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(open_numbers(), 7);
}

/* What was there at the time and is not a pidfd is there still. */
static void expect_still_there(const struct table *table)
{
	int gone = 0;

	for (int i = 0; i < table->count; i++) {
		struct stat status;

		if (fstat(table->slots[i].number, &status) == 0)
			CHECK_INT(status.st_ino, table->slots[i].ino);
		else
			gone++;
	}
	CHECK_INT(gone, 1);
}

/* The program opens files where the source lies, or where anything of ours does. */
static void close_in_use(int all)
{
	static struct table table;
	struct stat status, file;
	int n = 0;

	CHECK_INT(pspawn_reserve(3), 0);
	hold(1);
	fstat(HIGH, &file);
	for (int number = 3; number < 9; number++) {
		/* Other backends may have pipes of their own. */
		if (!parks() || !is_pipe(number))
			continue;
		fstat(number, &status);
		if (all || status.st_ino == file.st_ino)
			n += file_at(number, O_RDWR | O_CLOEXEC) > 0;
	}
	CHECK_INT(n, !parks() ? 0 : all ? 3 : 1);
	table_of_self(&table);
	let_go();
	if (parks())
		expect_still_there(&table);
	CHECK_INT(pspawn_reserve(0), 0);
	files_close();
	high_pipe(HIGH);
}

CASE(Y18, closed_while_in_use)
{
	suite_need_numbers(HIGH + 1);
	high_pipe(HIGH);
	close_in_use(0);
	close_in_use(1);
	CHECK_INT(open_numbers(), 7);
	CHECK_INT(pspawn_reserve(3), 0);
	expect_low(HIGH, 1);
	CHECK_INT(pspawn_reserve(0), 0);
}
