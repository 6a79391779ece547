/* SPDX-License-Identifier: ISC */
/* K: refusals, before anything is tried. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attr-refuse.h"
#include "calls.h"
#include "fault.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup
#define REFUSED(cmd, code, index) expect_failure(cmd, code, PSPAWN_STEP_CHECK, index)

static int end;

static void refuse_fd(struct pspawn_fd fd, int code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(0, 0), fd) };

	REFUSED(&cmd, code, 1);
}

static void refuse_attr(struct pspawn_attr attr, int code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_env_clear(), attr) };

	expect_failure(&cmd, code, PSPAWN_STEP_CHECK_ATTR, 1);
}

static void all_refusals(void)
{
	struct pspawn_fd odd = DUP(5, 1);

	refuse_fd(DUP(-1, 0), EBADF);
	refuse_fd(DUP(5, -1), EBADF);
	refuse_fd(pspawn_fd_same(5, -1), EBADF);
	refuse_fd(DUP(0, 1), EINVAL);
	refuse_fd(DUP(2147483647, 0), EBADF);
	refuse_fd(pspawn_fd_open(5, NULL, 0, 0), EINVAL);
	refuse_fd(pspawn_fd_pipe_in(5, NULL), EINVAL);
	odd.kind = 99;
	refuse_fd(odd, EINVAL);
	odd = DUP(5, 1);
	odd.options = 2;
	refuse_fd(odd, EINVAL);
	refuse_fd(pspawn_fd_same(5, 9), EINVAL);
	refuse_fd(pspawn_fd_same(5, 5), EINVAL);
}

CASE(K01, negative_child)
{
	refuse_fd(DUP(-1, 0), EBADF);
	refuse_fd(pspawn_fd_close(-2147483647 - 1), EBADF);
}

CASE(K01, negative_parent)
{
	refuse_fd(DUP(5, -1), EBADF);
	refuse_fd(pspawn_fd_same(5, -1), EBADF);
	refuse_attr(pspawn_attr_dir_fd(-1), EBADF);
}

CASE(K02, duplicate_target)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(DUP(9, 0), DUP(3, 0), DUP(7, 1), pspawn_fd_close(3),
					     DUP(8, 2)) };

	REFUSED(&cmd, EINVAL, 3);
	refuse_fd(DUP(0, 0), EINVAL);
}

CASE(K02, same_that_leads_nowhere)
{
	struct pspawn_cmd ring = { PSPAWN_CMD("/bin/true"),
				   PSPAWN_FDS(DUP(0, 0), pspawn_fd_same(3, 4), pspawn_fd_same(4, 5),
					      pspawn_fd_same(5, 3)) };
	struct pspawn_cmd closed = { PSPAWN_CMD("/bin/true"),
				     PSPAWN_FDS(pspawn_fd_close(1), pspawn_fd_same(3, 1)) };

	REFUSED(&ring, EINVAL, 1);
	REFUSED(&closed, EINVAL, 1);
	refuse_fd(pspawn_fd_same(5, 9), EINVAL);
	refuse_fd(pspawn_fd_same(5, 5), EINVAL);
}

CASE(K03, number_beyond_limit)
{
	struct rlimit limit, old;

	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = 64;
	setrlimit(RLIMIT_NOFILE, &limit);
	refuse_fd(DUP(64, 0), EBADF);
	refuse_fd(pspawn_fd_null(100), EBADF);
	suite_accept_fallback(); /* libc closes from 64 on, which is beyond the limit */
	EXPECT(DUP(63, 0));
	setrlimit(RLIMIT_NOFILE, &old);
}

CASE(K04, empty_argv)
{
	char *none[] = { NULL };
	struct pspawn_cmd cmd = { .size = sizeof(cmd), .argv = none, .file = "/bin/true" };

	REFUSED(&cmd, EINVAL, -1);
	cmd.argv = NULL;
	REFUSED(&cmd, EINVAL, -1);
	REFUSED(NULL, EINVAL, -1);
}

CASE(K04, null_path)
{
	refuse_fd(pspawn_fd_open(5, NULL, O_RDONLY, 0), EINVAL);
	refuse_fd(pspawn_fd_pipe_out(5, NULL), EINVAL);
	{
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .nfds = 1 };

		REFUSED(&cmd, EINVAL, -1);
	}
	refuse_attr(pspawn_attr_env_set(NULL), EINVAL);
	refuse_attr(pspawn_attr_env_set("=x"), EINVAL);
	refuse_attr(pspawn_attr_env_set("x"), EINVAL);
	refuse_attr(pspawn_attr_env_unset("x=y"), EINVAL);
	refuse_attr(pspawn_attr_env_unset(""), EINVAL);
}

CASE(K05, unknown_flag)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .flags = 1u << 31 };
	struct pspawn_attr attr = { .kind = 99 };

	REFUSED(&cmd, EINVAL, -1);
	cmd.flags = 0;
	cmd.start_ms = -2;
	REFUSED(&cmd, EINVAL, -1);
	cmd.start_ms = 1000;
	cmd.flags = PSPAWN_ASYNC;
	REFUSED(&cmd, EINVAL, -1);
	refuse_attr(attr, EINVAL);
	attr = pspawn_attr_env_clear();
	attr.spare[1] = 1;
	refuse_attr(attr, EINVAL);
}

CASE(K05, unknown_tail)
{
	struct {
		struct pspawn_cmd cmd;
		long long tail[2];
	} newer = { { PSPAWN_CMD("/bin/true") }, { 0, 0 } };

	newer.cmd.size = sizeof(newer);
	CHECK_INT(run_cmd(&newer.cmd), 0);
	newer.tail[1] = 1;
	REFUSED(&newer.cmd, E2BIG, -1);
	newer.cmd.size = 8;
	REFUSED(&newer.cmd, EINVAL, -1);
	newer.cmd.size = 4097;
	REFUSED(&newer.cmd, E2BIG, -1);
	newer.cmd.size = (size_t)-1;
	REFUSED(&newer.cmd, E2BIG, -1);
}

/* All members up to start_ms; and nothing is read by a size that was never set. */
CASE(K05, size_that_was_forgotten)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/sh", "-c", "exit 3") },
				     { PSPAWN_CMD("/bin/sh", "-c", "exit 4") } };
	struct pspawn_status statuses[2];
	struct pspawn_io io = { .statuses = statuses, .flags = PSPAWN_FAIL_IF_ANY };
	struct pspawn_cmd *last = suite_before_a_hole(sizeof(*last));

	cmds[0].size = cmds[1].size = 0;
	CHECK_INT(run_cmd(&cmds[0]), 3);
	CHECK_INT(pspawn_pipeline(cmds, 2, &io, NULL, NULL), 0);
	CHECK_INT(statuses[0].code, 3);
	CHECK_INT(statuses[1].code, 4);
	cmds[0].start_ms = -2;
	REFUSED(&cmds[0], EINVAL, -1);
	memcpy(last, &cmds[1], sizeof(*last));
	CHECK_INT(run_cmd(last), 4);
	last->size = (size_t)-1 / 3;
	REFUSED(last, E2BIG, -1);
}

CASE(K06, not_supported_by_backend)
{
	/* posix_spawn has no good way to close a gap of this width. */
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(1000, 0)),
				  .flags = PSPAWN_NO_FALLBACK };
	int passes = strcmp(suite_runs_by(), suite_backend()) != 0 ||
		     strcmp(suite_backend(), "posix_spawn") == 0;
	struct pspawn_child child;

	suite_need_numbers(1001);
	if (passes)
		expect_failure(&cmd, ENOTSUP, PSPAWN_STEP_BACKEND, -1);
	else
		CHECK_INT(run_cmd(&cmd), 0);
	cmd.flags = 0;
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_STR(pspawn_child_backend(&child), passes ? "fork" : suite_backend());
	CHECK_INT(pspawn_child_fallback_reason(&child) != NULL, passes);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(K06, not_supported_without_any_clone)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_NO_FALLBACK };
	struct pspawn_child child;

	suite_accept_fallback();
	if (!filter_syscall(SYS_clone3, ENOSYS) || !filter_syscall_bits(SYS_clone, 0, CLONE_VFORK, EPERM))
		SKIP("no system call filters here");
	fault_dishonest_spawn();
	if (strcmp(suite_backend(), "fork") == 0)
		CHECK_INT(run_cmd(&cmd), 0);
	else
		expect_failure(&cmd, ENOTSUP, PSPAWN_STEP_BACKEND, -1);
	cmd.flags = 0;
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_STR(pspawn_child_backend(&child), "fork");
	CHECK_INT(pspawn_child_fallback_reason(&child) != NULL, strcmp(suite_backend(), "fork") != 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(K07, refusal_has_no_side_effect)
{
	forbid_side_effects();
	all_refusals();
	refuse_attr(pspawn_attr_dir_fd(-1), EBADF);
	REFUSED(NULL, EINVAL, -1);
	{
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
					  PSPAWN_FDS(pspawn_fd_pipe_in(0, &end), DUP(-1, 3)) };

		REFUSED(&cmd, EBADF, 1);
	}
	/* The runner looks at the mask, and has its own children to account for. */
	_exit(0);
}
