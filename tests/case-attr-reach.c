/* SPDX-License-Identifier: ISC */
/* N83 to N86: all that a signal reaches, and whom the handle says that it would. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attr.h"
#include "cgroup.h"
#include "suite.h"
#include "table.h"

enum { CGROUP = 33 };

/* A child and its own child, both of which hold the pipe. */
struct family {
	struct pspawn_child parent;
	pid_t offspring;
	int pipe;
};

static void start_family(struct family *family, const char *verb, const struct pspawn_attr *attr)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", verb, "5"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(5, &family->pipe)),
				  .attrs = attr, .nattrs = attr != NULL };
	char text[16] = "";

	by_table(&cmd);
	CHECK_INT(pspawn_start(&family->parent, &cmd, NULL), 0);
	CHECK(read(family->pipe, text, sizeof(text) - 1) > 1);
	family->offspring = (pid_t)atoi(text);
}

/* The end of the pipe is the end of all. */
static int is_over(const struct family *family)
{
	char byte;

	return read(family->pipe, &byte, 1) == 0;
}

static int still_lives(const struct family *family)
{
	struct pollfd hung_up = { .fd = family->pipe, .events = POLLIN };

	return poll(&hung_up, 1, 0) == 0;
}

static void end_family(struct family *family)
{
	struct pspawn_status status;

	CHECK_INT(pspawn_wait(&family->parent, &status, -1), 0);
	CHECK_INT(status.exited, 0);
	CHECK_INT(pspawn_kill_all(&family->parent, SIGKILL, NULL), -ESRCH);
}

CASE(N83, kill_all_of_a_child)
{
	struct family family;

	start_family(&family, "family", NULL);
	CHECK_INT(pspawn_child_group(&family.parent), 0);
	CHECK_INT(pspawn_child_cgroup(&family.parent), -1);
	CHECK_INT(pspawn_kill_all(&family.parent, 1000, NULL), -EINVAL);
	CHECK_INT(kill_all(&family.parent, SIGTERM), PSPAWN_REACH_CHILD);
	end_family(&family);
	/* And not the group, which is ours too. */
	CHECK(still_lives(&family));
	CHECK_INT(kill(family.offspring, SIGKILL), 0);
	CHECK(is_over(&family));
	close(family.pipe);
}

static void expect_group_killed(struct pspawn_attr attr)
{
	struct family family;

	start_family(&family, "family", &attr);
	CHECK_INT(pspawn_child_group(&family.parent), family.parent.pid);
	CHECK_INT(kill_all(&family.parent, SIGTERM), PSPAWN_REACH_GROUP);
	CHECK(is_over(&family));
	close(family.pipe);
	end_family(&family);
	CHECK_INT(pspawn_child_group(&family.parent), 0);
}

CASE(N84, kill_all_of_a_group)
{
	expect_group_killed(pspawn_attr_setsid());
	expect_group_killed(pspawn_attr_pgroup(0));
}

/* A group that was there before is not the child's to be killed. */
CASE(N84, group_of_others)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_pgroup(getpgrp())) };
	struct pspawn_child child;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_group(&child), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

/* Left out is the second of them alone: its leader cannot leave a session. */
CASE(N84, group_of_a_session_nevertheless)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause"),
				  PSPAWN_ATTRS(pspawn_attr_setsid(),
					       pspawn_attr_prefer(pspawn_attr_pgroup(0))) };
	struct pspawn_child child;

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_outcome(&child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_child_outcome(&child, 1), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_child_group(&child), child.pid);
	CHECK_INT(kill_all(&child, SIGKILL), PSPAWN_REACH_GROUP);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(N85, kill_all_of_a_cgroup)
{
	const struct pspawn_attr attr = pspawn_attr_cgroup(CGROUP);
	struct pspawn_cmd cmd = ATTR(attr);
	struct family family;

	by_table(&cmd);
	need_real("cgroups");
	cgroup_make(CGROUP);
	if (faccessat(CGROUP, "cgroup.kill", W_OK, 0) < 0) {
		cgroup_remove(CGROUP);
		SKIP("no cgroup.kill here");
	}
	/* Even those that have gone to a session of their own. */
	start_family(&family, "exile", &attr);
	CHECK_INT(kill_all(&family.parent, 0), PSPAWN_REACH_CHILD);
	CHECK(still_lives(&family));
	CHECK_INT(kill_all(&family.parent, SIGKILL), PSPAWN_REACH_CGROUP);
	CHECK(is_over(&family));
	close(family.pipe);
	end_family(&family);
	cgroup_remove(CGROUP);
}

/* A cgroup that the child is not in is not the child's to be killed either. */
CASE(N86, cgroup_left_out)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause"),
				  PSPAWN_ATTRS(pspawn_attr_prefer(pspawn_attr_cgroup(0))) };
	struct pspawn_child child;

	by_table(&cmd);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_outcome(&child, 0), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_child_outcome(&child, 64), PSPAWN_APPLIED);
	CHECK_INT(pspawn_child_cgroup(&child), -1);
	CHECK_INT(kill_all(&child, SIGKILL), PSPAWN_REACH_CHILD);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}
