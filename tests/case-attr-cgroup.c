/* SPDX-License-Identifier: ISC */
/* N80 to N82, L06, L07: cgroups, and descriptors that are not the child's. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
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
				  PSPAWN_ATTRS(pspawn_attr_umask(022),
					       pspawn_attr_cgroup(CGROUP)) };
	struct pspawn_child child;
	struct pspawn_status status;
	char path[64], fact[8192];

	snprintf(fact, sizeof(fact), "%s", cgroup_fact());
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_outcome(&child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_child_outcome(&child, 1), outcome);
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)child.pid);
	CHECK_STR(line_of(path), fact);
	CHECK(pspawn_child_cgroup(&child) > 2 && pspawn_child_cgroup(&child) != CGROUP);
	CHECK(fcntl(pspawn_child_cgroup(&child), F_GETFD) & FD_CLOEXEC);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(pspawn_child_cgroup(&child), -1);
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
	int status = 0;

	(void)unused;
	(void)args;
	errno = ENOSYS;
#if defined(SYS_clone3) && (defined(__x86_64__) || defined(__aarch64__))
	pid = syscall(SYS_clone3, args, sizeof(args));
#endif
	if (pid == 0)
		_exit(0);
	/* Where the kernel kills it at once, see N98, it is not to be had. */
	return pid < 0 || waitpid((pid_t)pid, &status, 0) < 0 || status ? -1 : 0;
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
