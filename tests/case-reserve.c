/* SPDX-License-Identifier: ISC */
/* Y: numbers that are kept for starts: which they are, and that nobody else sees them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "reserve.h"

#define DUP pspawn_fd_dup

/* ---- the numbers */

CASE(Y01, reserve_keeps_low_numbers)
{
	static struct table table;

	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(open_numbers(), 7);
	CHECK_INT(pspawn_reserve(4), 0);
	table_of_self(&table);
	CHECK_INT(table.count, 3 + 4);
	for (int i = 3; i < table.count; i++) {
		struct stat status;

		CHECK(table.slots[i].number < 10);
		CHECK(table.slots[i].cloexec);
		CHECK_INT(fstat(table.slots[i].number, &status), 0);
		CHECK(S_ISFIFO(status.st_mode));
	}
	CHECK_INT(pspawn_reserve(-1), -EINVAL);
	CHECK_INT(pspawn_reserve(PSPAWN_MAX_RESERVED + 1), -EINVAL);
	CHECK_INT(pspawn_reserve(4), 0);
	expect_unchanged(&table);
	CHECK_INT(pspawn_reserve(1), 0);
	CHECK_INT(__builtin_popcountll(open_numbers()), 3 + 1);
	CHECK_INT(pspawn_reserve(7), 0);
	CHECK_INT(__builtin_popcountll(open_numbers()), 3 + 7);
	errno = 77;
	CHECK_INT(pspawn_reserve(PSPAWN_MAX_RESERVED), 0);
	CHECK_INT(errno, 77);
	table_of_self(&table);
	CHECK_INT(table.count, 3 + PSPAWN_MAX_RESERVED);
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(open_numbers(), 7);
}

CASE(Y02, reserve_where_numbers_are_few)
{
	static struct table table;
	struct rlimit old, limit;
	int high;

	suite_need_numbers(HIGH + 1);
	high = high_pipe(HIGH);
	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = 12;
	CHECK_INT(pspawn_reserve(3), 0);
	table_of_self(&table);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	CHECK_INT(pspawn_reserve(20), -EMFILE);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	expect_unchanged(&table);
	/* They are still of use. */
	expect_low(high, 1);
	CHECK_INT(pspawn_reserve(0), 0);
	limit.rlim_cur = 3;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	CHECK_INT(pspawn_reserve(1), -EMFILE);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK_INT(pspawn_reserve(1), 0);
	CHECK_INT(pspawn_reserve(0), 0);
}

/* ---- what a child sees */

CASE(Y03, high_sources_come_from_low_numbers)
{
	int high, pair[2];

	suite_need_numbers(HIGH + 4);
	high = high_pipe(HIGH);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	high_pipe(HIGH + 1);
	high_pipe(HIGH + 2);
	CHECK_INT(dup2(pair[0], HIGH + 1), HIGH + 1);
	CHECK_INT(dup2(high, HIGH + 2), HIGH + 2);
	close(pair[0]);
	close(pair[1]);
	expect_room(0, (const struct pspawn_fd[]) { DUP(7, high) }, 1);
	CHECK_INT(pspawn_reserve(4), 0);
	expect_room(1, (const struct pspawn_fd[]) { DUP(7, high) }, 1);
	/* The same source twice takes one number, three sources take all but the last. */
	expect_room(1,
		    (const struct pspawn_fd[]) { DUP(20, high), DUP(21, HIGH + 1), DUP(22, high),
						DUP(23, HIGH + 2), DUP(24, 0) },
		    5);
	/* Numbers of the child's that are those in the parent. */
	expect_room(1, (const struct pspawn_fd[]) { DUP(3, high), DUP(30, HIGH + 1) }, 2);
	expect_room(1, (const struct pspawn_fd[]) { DUP(4, high), DUP(5, HIGH + 1) }, 2);
	/* With every one of them spoken of, none is left to put a source in. */
	expect_room(
	    0, (const struct pspawn_fd[]) { DUP(4, high), DUP(5, high), DUP(6, high), DUP(7, high) },
	    4);
	/* One that is put where another comes from. */
	expect_room(1,
		    (const struct pspawn_fd[]) { DUP(2, 1), DUP(1, 2), DUP(10, high),
						pspawn_fd_same(11, 10) },
		    4);
	/* One for the source and none besides: it stays what it was. */
	CHECK_INT(pspawn_reserve(1), 0);
	expect_room(0, (const struct pspawn_fd[]) { DUP(20, high) }, 1);
	CHECK_INT(pspawn_reserve(0), 0);
	expect_room(0, (const struct pspawn_fd[]) { DUP(7, high) }, 1);
}

/* A high number of the child's may be a source and a target, and that of a file that it opens. */
CASE(Y04, high_numbers_of_the_child)
{
	int high;

	suite_need_numbers(HIGH + 4);
	/* posix_spawn leaves wide gaps to the next rung. */
	suite_accept_fallback();
	high = high_pipe(HIGH);
	high_pipe(HIGH + 1);
	high_pipe(HIGH + 2);
	CHECK_INT(pspawn_reserve(8), 0);
	expect_map((const struct pspawn_fd[]) { DUP(HIGH, HIGH) }, 1);
	expect_map((const struct pspawn_fd[]) { DUP(HIGH, HIGH + 1), DUP(HIGH + 1, HIGH) }, 2);
	expect_map((const struct pspawn_fd[]) { DUP(HIGH, HIGH + 1), DUP(HIGH + 1, HIGH + 2),
					       DUP(HIGH + 2, HIGH), DUP(3, HIGH) },
		   4);
	expect_map((const struct pspawn_fd[]) { DUP(3, high), pspawn_fd_null(HIGH),
					       pspawn_fd_same(HIGH + 1, HIGH) },
		   3);
	CHECK_INT(pspawn_reserve(0), 0);
}

/* Whose pipe is born above all that is open. */
CASE(Y22, a_start_that_goes_on)
{
	enum { FULL = 4500 };
	static struct record record;
	struct pspawn_cmd cmd = { .flags = PSPAWN_ASYNC };

	suite_accept_fallback();
	suite_need_numbers(FULL + 10);
	CHECK_INT(pspawn_reserve(2), 0);
	CHECK_INT(open_numbers(), 7 | 3 << 4);
	/* Above 4095 too, and no more than a struct table holds. */
	files(6, FULL);
	files(3, 3);
	probe_start(&cmd, &record);
	CHECK_INT(record.table.count, 3);
	if (strcmp(suite_goes_on_by(), "linux") == 0 && record.room > 0)
		CHECK(record.room <= 4096);
	CHECK_INT(pspawn_reserve(0), 0);
}

/* ---- whose turn it is */

static int answer_in_between, answer_of_a_fork;

/* In the middle of pspawn_reserve(); a child of fork() has nobody in there. */
static void come_in_between(void)
{
	pid_t pid;

	answer_in_between = pspawn_reserve(1);
	pid = fork();
	if (pid == 0)
		_exit(pspawn_reserve(1) == 0 && low_numbers() == 3 + 1 ? 0 : 1);
	CHECK_INT(waitpid(pid, &answer_of_a_fork, 0), pid);
}

CASE(Y23, one_thread_at_a_time)
{
	fault_pipe(come_in_between);
	CHECK_INT(pspawn_reserve(3), 0);
	CHECK_INT(answer_in_between, -EBUSY);
	CHECK_INT(answer_of_a_fork, 0);
	CHECK_INT(low_numbers(), 3 + 3);
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(pspawn_reserve(1), 0);
	CHECK_INT(pspawn_reserve(0), 0);
}

CASE(Y05, inherit_all_does_not_show_them)
{
	static struct record before, after;
	struct pspawn_fd fds[] = { DUP(20, HIGH) };
	struct pspawn_cmd cmd = { .fds = fds, .nfds = 1, .flags = PSPAWN_INHERIT_ALL };

	suite_need_numbers(HIGH + 1);
	suite_accept_fallback();
	high_pipe(HIGH);
	probe_start(&cmd, &before);
	CHECK_INT(pspawn_reserve(8), 0);
	probe_start(&cmd, &after);
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK(table_same(&before.table, &after.table));
}

/* ---- what a description may not know */

/* Fails alike with the number open for us and not open. */
static void expect_not_open(struct pspawn_cmd *cmd, int step, int index)
{
	expect_failure(cmd, EBADF, step, index);
	CHECK_INT(pspawn_reserve(4), 0);
	/* 3 to 6, or 4 to 7: the pipe had its own two before. */
	CHECK(fcntl(5, F_GETFD) >= 0);
	expect_failure(cmd, EBADF, step, index);
	CHECK_INT(pspawn_reserve(0), 0);
}

CASE(Y06, kept_numbers_are_not_open_to_a_map)
{
	struct pspawn_cmd move = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(9, 0), DUP(10, 5)) };
	struct pspawn_cmd same = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(9, 0), DUP(5, 5)) };
	struct pspawn_cmd cycle = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(0, 5), DUP(5, 0)) };
	struct pspawn_cmd dir = { PSPAWN_CMD("true"), PSPAWN_ATTRS(pspawn_attr_dir_fd(5)) };
	struct pspawn_cmd twice = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(9, 0), DUP(10, 5)),
				    PSPAWN_ATTRS(pspawn_attr_dir_fd(5)) };

	/* By itself, and not by the next one. */
	move.backend = same.backend = cycle.backend = suite_runs_by();
	expect_not_open(&move, PSPAWN_STEP_PLACE, 1);
	expect_not_open(&same, PSPAWN_STEP_PLACE, 1);
	expect_not_open(&cycle, PSPAWN_STEP_PLACE, 0);
	expect_not_open(&dir, PSPAWN_STEP_CHDIR, 0);
	expect_not_open(&twice, PSPAWN_STEP_CHDIR, 0);
}

CASE(Y07, steps_before_that_fail_first)
{
	struct pspawn_cmd dir = { PSPAWN_CMD("true"), .dir = "/nonexistent",
				  PSPAWN_FDS(DUP(10, 5)) };

	expect_failure(&dir, ENOENT, PSPAWN_STEP_CHDIR, -1);
	CHECK_INT(pspawn_reserve(4), 0);
	expect_failure(&dir, ENOENT, PSPAWN_STEP_CHDIR, -1);
	CHECK_INT(pspawn_reserve(0), 0);
}

/* By the backends that can do so: posix_spawn leaves it to the next. */
CASE(Y08, kept_numbers_are_no_program)
{
	struct pspawn_cmd plain = { PSPAWN_CMD("true"), PSPAWN_ATTRS(pspawn_attr_program_fd(5)) };
	struct pspawn_cmd listed = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(9, 5)),
				     PSPAWN_ATTRS(pspawn_attr_program_fd(5)) };
	struct pspawn_cmd held = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(5, 0)),
				   PSPAWN_ATTRS(pspawn_attr_program_fd(5)) };

	suite_accept_fallback();
	expect_not_open(&plain, PSPAWN_STEP_EXEC, 0);
	expect_not_open(&listed, PSPAWN_STEP_PLACE, 0);
	expect_not_open(&held, PSPAWN_STEP_EXEC, 0);
}

CASE(Y10, failures_are_the_same_with_high_sources)
{
	struct pspawn_cmd cmds[] = {
		{ PSPAWN_CMD("true"), PSPAWN_FDS(DUP(9, HIGH), DUP(10, HIGH + 7)) },
		{ PSPAWN_CMD("/nonexistent"), PSPAWN_FDS(DUP(9, HIGH)) },
		{ PSPAWN_CMD("true"), .dir = "/nonexistent", PSPAWN_FDS(DUP(9, HIGH)) },
		{ PSPAWN_CMD("true"),
		  PSPAWN_FDS(DUP(9, HIGH), pspawn_fd_open(3, "/nonexistent", O_RDONLY, 0)) },
	};
	static const struct {
		int code, step, index;
	} wanted[] = { { EBADF, PSPAWN_STEP_PLACE, 1 },
		       { ENOENT, PSPAWN_STEP_EXEC, -1 },
		       { ENOENT, PSPAWN_STEP_CHDIR, -1 },
		       { ENOENT, PSPAWN_STEP_OPEN, 1 } };

	suite_need_numbers(HIGH + 8);
	high_pipe(HIGH);
	for (int kept = 0; kept <= 4; kept += 4) {
		CHECK_INT(pspawn_reserve(kept), 0);
		for (size_t i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
			expect_failure(&cmds[i], wanted[i].code, wanted[i].step, wanted[i].index);
	}
	expect_low(HIGH, 1);
	CHECK_INT(pspawn_reserve(0), 0);
}

/* ---- what the caller may lose by it */

static int is_locked(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

CASE(Y11, record_locks_stay)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct pspawn_fd fds[] = { DUP(9, HIGH + 1), DUP(10, HIGH) };

	suite_need_numbers(HIGH + 2);
	file_at(HIGH, O_RDWR | O_CLOEXEC);
	high_pipe(HIGH + 1);
	CHECK_INT(fcntl(HIGH, F_SETLK, &lock), 0);
	CHECK(is_locked(HIGH));
	CHECK_INT(pspawn_reserve(4), 0);
	expect_room(0, fds, 2);
	CHECK(is_locked(HIGH));
	CHECK_INT(pspawn_reserve(0), 0);
}

/* A program that closes what it does not know, and opens something of its own there. */
CASE(Y12, numbers_that_the_program_has_closed)
{
	static struct table table;
	struct pspawn_fd fds[] = { DUP(20, 4), DUP(21, HIGH) };

	suite_need_numbers(HIGH + 1);
	CHECK_INT(pspawn_reserve(6), 0);
	/* Some are closed, some are something else now. */
	close_all_from(3);
	files(3, 6);
	high_pipe(HIGH);
	table_of_self(&table);
	expect_room(0, fds, 2);
	expect_room(1, (const struct pspawn_fd[]) { DUP(30, 3), DUP(31, 6), DUP(5, 5) }, 3);
	expect_unchanged(&table);
	CHECK_INT(pspawn_reserve(4), 0);
	expect_room(1, fds, 2);
	CHECK_INT(pspawn_reserve(0), 0);
	expect_unchanged(&table);
	/* And given back without a start in between. */
	CHECK_INT(pspawn_reserve(6), 0);
	close_all_from(7);
	files(7, 9);
	table_of_self(&table);
	CHECK_INT(pspawn_reserve(0), 0);
	expect_unchanged(&table);
}
