/* SPDX-License-Identifier: ISC */
/* H: limits. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static struct rlimit old;

/* A table of 40 numbers, of which `spare` are free. */
static void fill_table(int spare)
{
	struct rlimit limit;

	for (int number = 3; number < 40 - spare; number++)
		file_at(number, O_RDWR);
	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = 40;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Whether this backend needs a number of ours: for a pipe, or to watch the child. */
static int needs_a_number(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_child child;
	int needs;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	needs = child.pollfd >= 0 || strcmp(pspawn_backend_name(&child), "fork") == 0;
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	return needs;
}

static void empty_table(void)
{
	setrlimit(RLIMIT_NOFILE, &old);
	files_close();
}

/* In a full table the runner cannot list descriptors, so this looks at each number. */
static unsigned long long open_numbers(void)
{
	unsigned long long bits = 0;

	for (int number = 0; number < 64; number++)
		if (fcntl(number, F_GETFD) >= 0)
			bits |= 1ull << number;
	return bits;
}

/* Starts, or fails with EMFILE before there was a child; 1 if it started. */
static int start_or_emfile(const struct pspawn_cmd *cmd)
{
	unsigned long long before = open_numbers();
	struct pspawn_child child;
	struct pspawn_error error;
	int result = pspawn_start(&child, cmd, &error);

	if (result == 0) {
		CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	} else {
		CHECK_INT(error.code, EMFILE);
		CHECK_INT(error.step, PSPAWN_STEP_PREPARE);
		CHECK_INT(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	}
	CHECK(open_numbers() == before);
	return result == 0;
}

CASE(H01, table_full)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };

	int needs = needs_a_number();

	fill_table(0);
	CHECK_INT(start_or_emfile(&cmd), !needs);
	empty_table();
}

CASE(H02, one_free_number_two_three)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };
	int started = 0;

	for (int spare = 0; spare <= 3; spare++) {
		fill_table(spare);
		started = start_or_emfile(&cmd);
		empty_table();
	}
	CHECK_INT(started, 1);
}

CASE(H02, each_end_of_a_pipe)
{
	int in = -1, out = -1, both = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_pipe_in(0, &in), pspawn_fd_pipe_out(1, &out),
					     pspawn_fd_socketpair(2, &both)) };

	for (int spare = 0; spare < 6; spare++) {
		fill_table(spare);
		CHECK_INT(start_or_emfile(&cmd), 0);
		CHECK(in == -1 && out == -1 && both == -1);
		empty_table();
	}
}

CASE(H03, pidfd_has_no_slot)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	int needs = needs_a_number();

	fill_table(0);
	CHECK_INT(start_or_emfile(&cmd), !needs);
	empty_table();
}

CASE(H04, at_emfile_repeated)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	int needs = needs_a_number();

	fill_table(0);
	for (int i = 0; i < 1024; i++)
		CHECK_INT(start_or_emfile(&cmd), !needs);
	empty_table();
}

static void at_nproc(void)
{
	struct rlimit none = { 0, 0 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };

	/* The limit does not hold for root. */
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		_exit(1);
	setrlimit(RLIMIT_NPROC, &none);
	expect_failure(&cmd, EAGAIN, PSPAWN_STEP_CREATE, -1);
	_exit(0);
}

CASE(H05, nproc_reached)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		at_nproc();
	waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

CASE(H06, nofile_zero)
{
	struct rlimit none = { 0, 0 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_INHERIT_ALL };
	int needs = needs_a_number();
	struct pspawn_child child;
	struct pspawn_error error;
	int result;

	getrlimit(RLIMIT_NOFILE, &old);
	none.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &none);
	result = pspawn_start(&child, &cmd, &error);
	setrlimit(RLIMIT_NOFILE, &old);
	/* Nothing can be opened here at all: who needs a number refuses, clearly. */
	CHECK_INT(result, needs ? -EMFILE : 0);
	if (result == 0)
		CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	else
		CHECK_INT(error.step, PSPAWN_STEP_PREPARE);
	/* The program's loader could not open anything either, and may have said so. */
	lseek(2, 0, SEEK_SET);
}

CASE(H07, limit_fd_does_not_break_reporting)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/nonexistent"), PSPAWN_FDS(DUP(7, 0)) };
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = 8;
	setrlimit(RLIMIT_NOFILE, &limit);
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	setrlimit(RLIMIT_NOFILE, &old);
}

CASE(H08, child_limit_equals_parents)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "test $(ulimit -n) = 77") };
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = 77;
	setrlimit(RLIMIT_NOFILE, &limit);
	CHECK_INT(run_cmd(&cmd), 0);
	setrlimit(RLIMIT_NOFILE, &old);
}

CASE(H09, enomem_on_nth_allocation)
{
	struct pspawn_fd fds[20];
	char long_path[600];
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), .fds = fds, .nfds = 20, .path = long_path,
				  PSPAWN_ATTRS(pspawn_attr_env_set("A=b")) };
	int calls;

	memset(long_path, 'x', sizeof(long_path));
	memcpy(long_path, "/usr/bin:/bin:", 14);
	long_path[sizeof(long_path) - 1] = '\0';
	for (int i = 0; i < 20; i++)
		fds[i] = DUP(10 + i, 0);
	calls = fault_malloc_calls();
	CHECK_INT(run_cmd(&cmd), 0);
	calls = fault_malloc_calls() - calls;
	CHECK_INT(calls, 3);
	for (int nth = 1; nth <= calls; nth++) {
		fault_malloc(nth);
		expect_failure(&cmd, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	}
	fault_malloc(0);
}

CASE(H09, plain_start_allocates_nothing)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(3, 0), DUP(4, 1)) };
	int calls = fault_malloc_calls();

	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_INT(fault_malloc_calls(), calls);
}

CASE(H10, largest_spec)
{
	size_t most = PSPAWN_MAX_ENTRIES;
	struct pspawn_fd *fds = malloc((most + 1) * sizeof(*fds));
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .fds = fds, .nfds = most };
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = (rlim_t)most + 10;
	if (limit.rlim_max < limit.rlim_cur)
		limit.rlim_max = limit.rlim_cur;
	for (size_t i = 0; i <= most; i++)
		fds[i] = DUP((int)i, 0);
	/* Only the superuser may have so many; others try as many as they may. */
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		cmd.nfds = (size_t)old.rlim_cur - 10;
	CHECK_INT(run_cmd(&cmd), 0);
	cmd.nfds = most + 1;
	expect_failure(&cmd, E2BIG, PSPAWN_STEP_CHECK, -1);
	setrlimit(RLIMIT_NOFILE, &old);
	free(fds);
}
