/* SPDX-License-Identifier: ISC */
/* H09, H10: shortage of memory, and descriptions as large as they may be. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static struct rlimit old;

CASE(H09, enomem_on_nth_allocation)
{
	struct pspawn_fd fds[20];
	char long_path[600];
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), .fds = fds, .nfds = 20, .path = long_path,
				  PSPAWN_ATTRS(pspawn_attr_env_set("A=b")) };
	int calls, held;

	memset(long_path, 'x', sizeof(long_path));
	memcpy(long_path, "/usr/bin:/bin:", 14);
	long_path[sizeof(long_path) - 1] = '\0';
	for (int i = 0; i < 20; i++)
		fds[i] = DUP(10 + i, 0);
	held = fault_malloc_held();
	calls = fault_malloc_calls();
	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_INT(fault_malloc_held(), held);
	calls = fault_malloc_calls() - calls;
	CHECK_INT(calls, 3);
	for (int nth = 1; nth <= calls; nth++) {
		fault_malloc(nth);
		expect_failure(&cmd, ENOMEM, PSPAWN_STEP_PREPARE, -1);
		CHECK_INT(fault_malloc_held(), held);
	}
	fault_malloc(0);
	cmd.file = "/nonexistent";
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(fault_malloc_held(), held);
}

CASE(H09, enomem_in_file_actions)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(3, 0)) };
	struct pspawn_child child;

	suite_accept_fallback();
	fault_file_action(ENOMEM);
	if (strcmp(suite_runs_by(), "posix_spawn") == 0)
		expect_failure(&cmd, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	/* A number that libc does not take is for the next rung. */
	fault_file_action(EBADF);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	if (strcmp(suite_backend(), "posix_spawn") == 0)
		CHECK_STR(pspawn_child_backend(&child), "fork");
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
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
	char last[16];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "test -e /proc/self/fd/$0", last),
				  .fds = fds, .nfds = most };
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
	/* The numbers have all come, not only the program. */
	snprintf(last, sizeof(last), "%d", (int)cmd.nfds - 1);
	CHECK_INT(run_cmd(&cmd), 0);
	/* Each the same as the next: walked anew from every entry, this would take for ever. */
	for (size_t i = 0; i + 1 < cmd.nfds; i++)
		fds[i] = pspawn_fd_same((int)i, (int)i + 1);
	fds[cmd.nfds - 1] = DUP((int)cmd.nfds - 1, 0);
	CHECK_INT(run_cmd(&cmd), 0);
	cmd.nfds = most + 1;
	expect_failure(&cmd, E2BIG, PSPAWN_STEP_CHECK, -1);
	setrlimit(RLIMIT_NOFILE, &old);
	free(fds);
}
