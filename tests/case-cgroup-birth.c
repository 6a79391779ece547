/* SPDX-License-Identifier: ISC */
/* N98, N99, P86: a cgroup that kills or freezes what is born in it. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attr.h"
#include "calls.h"
#include "cgroup.h"
#include "fault.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

enum { CGROUP = 33, SOON_MS = 20000 };

static struct pspawn_cmd in_cgroup(const struct pspawn_attr *attrs, unsigned flags)
{
	static char *argv[] = { (char *)"/bin/true", NULL };

	return (struct pspawn_cmd){ .size = sizeof(struct pspawn_cmd),
				    .argv = argv,
				    .attrs = attrs,
				    .nattrs = 2,
				    .flags = flags };
}

/* A cgroup by the second of two attributes. */
static struct pspawn_attr *make_cgroup(void)
{
	static struct pspawn_attr attrs[2];
	struct pspawn_cmd cmd = in_cgroup(attrs, 0);

	attrs[0] = pspawn_attr_umask(022);
	attrs[1] = pspawn_attr_cgroup(CGROUP);
	by_table(&cmd);
	need_real("cgroups");
	cgroup_make(CGROUP);
	return attrs;
}

/* Returns how the cgroup was entered. */
static int ends_well(struct pspawn_child *child)
{
	struct pspawn_status status;
	int outcome;

	CHECK_INT(pspawn_wait_started(child, NULL, -1), 0);
	CHECK(pspawn_child_cgroup(child) > 2);
	CHECK_INT(pspawn_child_outcome(child, 0), PSPAWN_APPLIED);
	outcome = pspawn_child_outcome(child, 1);
	CHECK_INT(pspawn_wait(child, &status, -1), 0);
	CHECK(status.exited && status.code == 0);
	return outcome;
}

/* In every way that there is to start. Returns how the cgroup was entered by the first. */
static int starts_well(const struct pspawn_attr *attrs)
{
	struct pspawn_cmd cmd = in_cgroup(attrs, 0);
	struct pspawn_cmd async = in_cgroup(attrs, PSPAWN_ASYNC);
	struct pspawn_io io = { .size = sizeof(io) };
	struct pspawn_result result;
	struct pspawn_child child;
	int outcome;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	outcome = ends_well(&child);
	CHECK_INT(pspawn_start(&child, &async, NULL), 0);
	CHECK_INT(ends_well(&child), PSPAWN_OTHERWISE);
	CHECK_INT(pspawn_run(&cmd, &io, &result, NULL), 0);
	CHECK(result.status.exited && result.status.code == 0);
	return outcome;
}

/* By SIGKILL to all, which is a write to cgroup.kill. */
CASE(N98, cgroup_that_was_killed)
{
	const struct pspawn_attr *attrs = make_cgroup();
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause"), .attrs = attrs,
				  .nattrs = 2 };
	struct pspawn_child child;
	struct pspawn_status status;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(kill_all(&child, SIGKILL), PSPAWN_REACH_CGROUP);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.signal, SIGKILL);
	starts_well(attrs);
	cgroup_remove(CGROUP);
}

/* The same on a kernel that does not kill: at the birth in a cgroup, then at every birth. */
CASE(N99, killed_at_birth)
{
	const struct pspawn_attr *attrs = make_cgroup();
	struct pspawn_cmd cmd = in_cgroup(attrs, 0);
	struct pspawn_child child;
	int outcome, once;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	outcome = ends_well(&child);
	fault_kill_at_birth(FAULT_IN_CGROUP);
	CHECK_INT(starts_well(attrs), PSPAWN_OTHERWISE);
	/* Each but the one that is not waited for was born twice. */
	once = fault_killed_at_birth();
	if (outcome == PSPAWN_APPLIED)
		CHECK_INT(once, 2);
	if (strcmp(suite_runs_by(), "linux") == 0) {
		fault_kill_at_birth(FAULT_EACH_BIRTH);
		expect_failure(&cmd, ECHILD, PSPAWN_STEP_EXEC, -1);
		CHECK_INT(fault_killed_at_birth(), once + 1 + (once > 0));
	}
	cgroup_remove(CGROUP);
}

#ifdef SYS_close_range

/* A child that has run, but gets no table of its own, is born once more. */
static void be_without_unshare(const void *attrs)
{
	enum { FLAGS = 2, UNSHARE = 2 };
	struct pspawn_cmd cmd = in_cgroup(attrs, 0);
	struct pspawn_child child;

	if (!filter_syscall_bits(SYS_close_range, FLAGS, UNSHARE, EPERM))
		SKIP("no filters here");
	fault_kill_at_birth(FAULT_IN_CGROUP);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(ends_well(&child), PSPAWN_OTHERWISE);
}

CASE(N99, killed_at_its_second_birth)
{
	const struct pspawn_attr *attrs = make_cgroup();

	suite_apart(be_without_unshare, attrs);
	cgroup_remove(CGROUP);
}

#endif

/* ---- frozen */

static void begins_in_the_cold(const struct pspawn_cmd *cmd)
{
	struct pspawn_child child;
	struct pspawn_error error;

	CHECK_INT(pspawn_start(&child, cmd, NULL), 0);
	for (int ms = 0; !cgroup_has(child.pid); ms++) {
		CHECK(ms < SOON_MS);
		usleep(1000);
	}
	CHECK_INT(pspawn_wait_started(&child, &error, 0), -EINPROGRESS);
	CHECK_INT(error.step, PSPAWN_STEP_CGROUP);
	CHECK_INT(error.index, 1);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait_started(&child, &error, -1), -ECHILD);
	CHECK_INT(error.step, PSPAWN_STEP_EXEC);
}

static void is_given_up(struct pspawn_cmd *cmd)
{
	struct pspawn_child child;
	struct pspawn_error error = { .step = PSPAWN_STEP_CHECK };

	/* On a busy machine it is not in there so soon. */
	for (cmd->start_ms = 50; error.step != PSPAWN_STEP_CGROUP; cmd->start_ms *= 2) {
		CHECK(cmd->start_ms < SOON_MS);
		CHECK_INT(pspawn_start(&child, cmd, &error), -ETIMEDOUT);
	}
	CHECK_INT(error.index, 1);
}

/* Also with a table so large that the child would be born without one of its own. */
CASE(P86, start_into_a_frozen_cgroup)
{
	const struct pspawn_attr *attrs = make_cgroup();
	struct pspawn_cmd async = in_cgroup(attrs, PSPAWN_ASYNC);
	struct pspawn_cmd limited = in_cgroup(attrs, 0);

	suite_need_numbers(400);
	cgroup_write("cgroup.freeze", "1");
	begins_in_the_cold(&async);
	is_given_up(&limited);
	CHECK_INT(dup2(1, 300), 300);
	begins_in_the_cold(&async);
	close(300);
	sweep_forgotten();
	cgroup_remove(CGROUP);
}
