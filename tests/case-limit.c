/* SPDX-License-Identifier: ISC */
/* H: limits. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static struct rlimit old;

/* Until the case puts `old` back. */
static void lower_limit(rlim_t most)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = most;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* A table of 40 numbers, of which `spare` are free. */
static void fill_table(int spare)
{
	for (int number = 3; number < 40 - spare; number++)
		file_at(number, O_RDWR);
	lower_limit(40);
}

static void empty_table(void)
{
	setrlimit(RLIMIT_NOFILE, &old);
	files_close();
}

/* However few numbers are free; of a full table see I12. */
static void start_with_few(const struct pspawn_cmd *cmd)
{
	unsigned long long before = open_numbers();
	struct pspawn_child child;

	CHECK_INT(pspawn_start(&child, cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	CHECK(open_numbers() == before);
}

CASE(H01, table_full)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };

	fill_table(0);
	start_with_few(&cmd);
	empty_table();
}

CASE(H02, one_free_number_two_three)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };

	for (int spare = 0; spare <= 3; spare++) {
		fill_table(spare);
		start_with_few(&cmd);
		empty_table();
	}
}

/* As start_or_emfile(), but what is handed back is closed here. */
static int start_and_close(const struct pspawn_cmd *cmd, int *in, int *out, int *both)
{
	unsigned long long before = open_numbers();
	struct pspawn_child child;
	struct pspawn_error error;
	int result = pspawn_start(&child, cmd, &error);

	if (result < 0) {
		CHECK_INT(error.code, EMFILE);
		CHECK_INT(error.step, PSPAWN_STEP_PREPARE);
	} else {
		close(*in);
		close(*out);
		close(*both);
		CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	}
	CHECK(open_numbers() == before);
	return result == 0;
}

CASE(H02, each_end_of_a_pipe)
{
	int in = -1, out = -1, both = -1, started = 0;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_pipe_in(0, &in), pspawn_fd_pipe_out(1, &out),
					     pspawn_fd_socketpair(2, &both)) };

	/* Six for the pipes. */
	for (int spare = 0; !started; spare++) {
		fill_table(spare);
		started = start_and_close(&cmd, &in, &out, &both);
		empty_table();
		CHECK(started ? spare >= 6 : in == -1 && out == -1 && both == -1);
	}
}

CASE(H02, scratch_has_no_number)
{
	/* 5 to 7 are free for the library, but the map speaks of every number below the limit. */
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(DUP(3, 4), DUP(4, 3), DUP(5, 0), DUP(6, 0),
					     DUP(7, 0)) };

	file_at(3, O_RDWR);
	file_at(4, O_RDWR);
	lower_limit(8);
	expect_failure(&cmd, EMFILE, PSPAWN_STEP_PREPARE, -1);
	setrlimit(RLIMIT_NOFILE, &old);
}

CASE(H03, pidfd_has_no_slot)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };

	fill_table(0);
	start_with_few(&cmd);
	empty_table();
}

CASE(H04, at_emfile_repeated)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };

	fill_table(0);
	for (int i = 0; i < suite_rounds(1024); i++)
		start_with_few(&cmd);
	empty_table();
}

static void at_nproc(const void *first_of_all)
{
	struct rlimit none = { 0, 0 };
	int end = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &end)) };
	struct pspawn_cmd first = { PSPAWN_CMD("/bin/true") };
	sigset_t mask;

	if (!*(const int *)first_of_all)
		CHECK_INT(run_cmd(&first), 0);
	/* The limit does not hold for root. */
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		SKIP("no other user here");
	setrlimit(RLIMIT_NPROC, &none);
	expect_failure(&cmd, EAGAIN, PSPAWN_STEP_CREATE, -1);
	CHECK_INT(end, -1);
	cmd.flags = PSPAWN_NO_FALLBACK;
	if (strcmp(suite_runs_by(), suite_backend()) == 0)
		expect_failure(&cmd, EAGAIN, PSPAWN_STEP_CREATE, -1);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number < NSIG; number++)
		CHECK_INT(sigismember(&mask, number), 0);
}

/* Also when the backend has not yet found out whether it can work here. */
CASE(H05, nproc_reached)
{
	static const int later = 0, first_of_all = 1;

	suite_apart(at_nproc, &later);
	suite_apart(at_nproc, &first_of_all);
}

CASE(H06, nofile_so_low_that_it_just_starts)
{
	/* One above 0 to 2 is for the program's own loader; the library wants three at most. */
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "0") };
	struct pspawn_child child;
	struct pspawn_status status;

	CHECK(start_with_just_enough(&child, &cmd, 4) <= 6);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 0);
}

CASE(H06, nofile_zero_in_child)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_INHERIT_ALL };
	struct pspawn_child child;
	int result;

	lower_limit(0);
	result = pspawn_start(&child, &cmd, NULL);
	setrlimit(RLIMIT_NOFILE, &old);
	/* Nothing can be opened here at all, and nothing has to be. */
	CHECK_INT(result, 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	/* The program's loader could not open anything either, and may have said so. */
	lseek(2, 0, SEEK_SET);
}

CASE(H07, limit_fd_does_not_break_reporting)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/nonexistent"), PSPAWN_FDS(DUP(7, 0)) };

	lower_limit(8);
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	setrlimit(RLIMIT_NOFILE, &old);
}

CASE(H08, child_limit_equals_parents)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "test $(ulimit -n) = 77") };

	lower_limit(77);
	CHECK_INT(run_cmd(&cmd), 0);
	setrlimit(RLIMIT_NOFILE, &old);
}
