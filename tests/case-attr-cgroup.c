/* SPDX-License-Identifier: ISC */
/* N80 to N89, L06, L07: cgroups, what has become of an attribute, and all that a signal reaches. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "calls.h"
#include "cgroup.h"
#include "facts.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

enum { CGROUP = 33 };

#define NEED_CGROUP() (need_real("cgroups"), cgroup_make(CGROUP))

/* A case whose attribute does not exist here has not to make a cgroup first. */
static void cgroup_by_table(void)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_cgroup(CGROUP));

	by_table(&cmd);
}

CASE(N80, cgroup)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_cgroup(0), pspawn_attr_cgroup(CGROUP));

	cgroup_by_table();
	NEED_CGROUP();
	CHANGES(&cmd, { "cgroup", cgroup_fact() });
	cgroup_remove(CGROUP);
}

static void expect_in_cgroup(enum pspawn_outcome outcome)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022), pspawn_attr_cgroup(CGROUP)) };
	struct pspawn_child child;
	struct pspawn_status status;
	char path[64], fact[8192];

	snprintf(fact, sizeof(fact), "%s", cgroup_fact());
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_outcome(&child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_outcome(&child, 1), outcome);
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)child.pid);
	CHECK_STR(line_of(path), fact);
	CHECK(child.cgroup > 2 && child.cgroup != CGROUP);
	CHECK(fcntl(child.cgroup, F_GETFD) & FD_CLOEXEC);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(child.cgroup, -1);
}

static int is_linux(void)
{
	return strcmp(suite_runs_by(), "linux") == 0;
}

/* Linux 5.7, and a machine for which the linux backend has a clone3(2) of its own. */
static int be_born_inside(const void *unused)
{
	enum { INTO_CGROUP_BIT = 33, FIELDS = 11, FLAGS = 0, EXIT_SIGNAL = 4, FIELD_CGROUP = 10 };
	unsigned long long args[FIELDS] = { [FLAGS] = 1ULL << INTO_CGROUP_BIT,
					    [EXIT_SIGNAL] = SIGCHLD,
					    [FIELD_CGROUP] = CGROUP };
	long pid = -1;

	(void)unused;
	(void)args;
	errno = ENOSYS;
#if defined(SYS_clone3) && (defined(__x86_64__) || defined(__aarch64__))
	pid = syscall(SYS_clone3, args, sizeof(args));
#endif
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid((pid_t)pid, NULL, 0) < 0;
}

CASE(N81, outcome_of_a_cgroup)
{
	int at_birth;

	cgroup_by_table();
	NEED_CGROUP();
	at_birth = is_linux() && attempt(be_born_inside, NULL) == 0;
	expect_in_cgroup(at_birth ? PSPAWN_APPLIED : PSPAWN_OTHERWISE);
	cgroup_remove(CGROUP);
}

#ifdef SYS_clone3

static void be_without_clone3(const void *code)
{
	if (!filter_syscall(SYS_clone3, *(const int *)code))
		SKIP("no filters here");
	expect_in_cgroup(PSPAWN_OTHERWISE);
}

CASE(N82, cgroup_without_clone3)
{
	static const int codes[] = { ENOSYS, EPERM };

	cgroup_by_table();
	NEED_CGROUP();
	suite_accept_fallback();
	for (size_t i = 0; i < 2; i++)
		suite_apart(be_without_clone3, &codes[i]);
	cgroup_remove(CGROUP);
}

#endif

/* Neither the caller's descriptor nor the handle's, though it be inheritable. */
CASE(L07, cgroup_fd_not_inherited)
{
	static struct facts facts;
	struct pspawn_cmd cmd = ATTR(pspawn_attr_cgroup(CGROUP));
	struct pspawn_cmd all = { PSPAWN_ATTRS(pspawn_attr_cgroup(CGROUP)),
				  .flags = PSPAWN_INHERIT_ALL };

	cgroup_by_table();
	NEED_CGROUP();
	facts_of(&all, &facts);
	CHECK_STR(fact(&facts, "descriptors"), "0,1,2,90");
	set_cloexec_of(CGROUP, 0);
	facts_of(&cmd, &facts);
	CHECK_STR(fact(&facts, "descriptors"), "0,1,2,90");
	cgroup_remove(CGROUP);
}

CASE(L06, pidfd_is_cloexec_and_not_in_child)
{
	static struct facts facts;
	struct pspawn_cmd all = { .flags = PSPAWN_INHERIT_ALL };
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_child child;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	if (child.pollfd >= 0)
		CHECK(child.pollfd > 2 && fcntl(child.pollfd, F_GETFD) & FD_CLOEXEC);
	/* With one of ours that lives, and the one that is made at its birth. */
	facts_of(&all, &facts);
	CHECK_STR(fact(&facts, "descriptors"), "0,1,2,90");
	all.flags = 0;
	facts_of(&all, &facts);
	CHECK_STR(fact(&facts, "descriptors"), "0,1,2,90");
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

/* ---- all that a signal reaches */

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
	CHECK_INT(pspawn_kill_all(&family->parent, SIGKILL), -ESRCH);
}

CASE(N83, kill_all_of_a_child)
{
	struct family family;

	start_family(&family, "family", NULL);
	CHECK_INT(family.parent.group, 0);
	CHECK_INT(family.parent.cgroup, -1);
	CHECK_INT(pspawn_kill_all(&family.parent, 1000), -EINVAL);
	CHECK_INT(pspawn_kill_all(&family.parent, SIGTERM), PSPAWN_REACH_CHILD);
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
	CHECK_INT(family.parent.group, family.parent.pid);
	CHECK_INT(pspawn_kill_all(&family.parent, SIGTERM), PSPAWN_REACH_GROUP);
	CHECK(is_over(&family));
	close(family.pipe);
	end_family(&family);
	CHECK_INT(family.parent.group, 0);
}

CASE(N84, kill_all_of_a_group)
{
	expect_group_killed(pspawn_attr_setsid());
	expect_group_killed(pspawn_attr_pgroup(0));
}

/* A group that was there before is not the child's to be killed. */
CASE(N84, group_of_others)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_ATTRS(pspawn_attr_pgroup(getpgrp())) };
	struct pspawn_child child;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(child.group, 0);
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
	CHECK_INT(pspawn_outcome(&child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_outcome(&child, 1), PSPAWN_LEFT_OUT);
	CHECK_INT(child.group, child.pid);
	CHECK_INT(pspawn_kill_all(&child, SIGKILL), PSPAWN_REACH_GROUP);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(N85, kill_all_of_a_cgroup)
{
	const struct pspawn_attr attr = pspawn_attr_cgroup(CGROUP);
	struct family family;

	cgroup_by_table();
	NEED_CGROUP();
	if (faccessat(CGROUP, "cgroup.kill", W_OK, 0) < 0) {
		cgroup_remove(CGROUP);
		SKIP("no cgroup.kill here");
	}
	/* Even those that have gone to a session of their own. */
	start_family(&family, "exile", &attr);
	CHECK_INT(pspawn_kill_all(&family.parent, 0), PSPAWN_REACH_CHILD);
	CHECK(still_lives(&family));
	CHECK_INT(pspawn_kill_all(&family.parent, SIGKILL), PSPAWN_REACH_CGROUP);
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
	CHECK_INT(pspawn_outcome(&child, 0), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_outcome(&child, 64), PSPAWN_APPLIED);
	CHECK_INT(child.cgroup, -1);
	CHECK_INT(pspawn_kill_all(&child, SIGKILL), PSPAWN_REACH_CHILD);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}
