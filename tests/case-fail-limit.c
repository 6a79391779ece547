/* SPDX-License-Identifier: ISC */
/* P1x: limits and scheduling that the kernel does not give. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attr-fail.h"
#include "suite.h"
#include "table.h"

static void ordinary_limits(const void *unused)
{
	struct rlimit limit;

	(void)unused;
	become_ordinary();
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(EPERM, PSPAWN_STEP_RLIMIT,
	      pspawn_attr_rlimit(RLIMIT_NOFILE, limit.rlim_cur, limit.rlim_max + 1));
	/* The soft part is what is too much, by a hard one that may not be so high either. */
	FAILS(EPERM, PSPAWN_STEP_RLIMIT,
	      pspawn_attr_rlimit(RLIMIT_NOFILE, limit.rlim_max + 1, limit.rlim_max + 1));
	/* Too low for the descriptors: in two parts, of which the first fails. */
	FAILS(EPERM, PSPAWN_STEP_RLIMIT, pspawn_attr_rlimit(RLIMIT_NOFILE, 1, limit.rlim_max + 1));
}

CASE(P10, raising_a_hard_limit)
{
	suite_apart(ordinary_limits, NULL);
}

CASE(P10, limit_that_does_not_exist)
{
	FAILS(EINVAL, PSPAWN_STEP_RLIMIT, pspawn_attr_rlimit(63, 0, 0));
}

/* What the raw call gives, since a limit may allow an ordinary user some of it. */
static int lower_nice(const void *value)
{
	return setpriority(PRIO_PROCESS, 0, *(const int *)value);
}

static void ordinary_nice(const void *unused)
{
	int value = -5;
	int code;

	(void)unused;
	become_ordinary();
	code = kernel_gives(lower_nice, &value);
	if (code == 0)
		SKIP("everybody may do this here");
	CHECK_INT(code, EACCES);
	FAILS(EACCES, PSPAWN_STEP_NICE, pspawn_attr_nice(-5));
	SAYS("set the nice value -5 (attribute 1): Permission denied", EACCES, PSPAWN_STEP_NICE,
	     pspawn_attr_nice(-5));
}

CASE(P11, nice_below_ours)
{
	suite_apart(ordinary_nice, NULL);
}

static int become_fifo(const void *unused)
{
	struct sched_param param = { .sched_priority = 1 };

	(void)unused;
	return sched_setscheduler(0, SCHED_FIFO, &param);
}

static void ordinary_policy(const void *unused)
{
	(void)unused;
	become_ordinary();
	if (kernel_gives(become_fifo, NULL) == 0)
		SKIP("everybody may do this here");
	FAILS(EPERM, PSPAWN_STEP_SCHED, pspawn_attr_sched(SCHED_FIFO, 1));
	SAYS("set the scheduling policy 1 (attribute 1): Operation not permitted", EPERM,
	     PSPAWN_STEP_SCHED, pspawn_attr_sched(SCHED_FIFO, 1));
}

CASE(P12, realtime_policy)
{
	suite_apart(ordinary_policy, NULL);
}

CASE(P12, policy_with_a_wrong_priority)
{
	FAILS(EINVAL, PSPAWN_STEP_SCHED, pspawn_attr_sched(SCHED_OTHER, 1));
	FAILS(EINVAL, PSPAWN_STEP_SCHED, pspawn_attr_sched(SCHED_FIFO, 1000));
	FAILS(EINVAL, PSPAWN_STEP_SCHED, pspawn_attr_sched(1000, 0));
}

static void ordinary_io(const void *unused)
{
	(void)unused;
	become_ordinary();
	FAILS(EPERM, PSPAWN_STEP_IOPRIO, pspawn_attr_ioprio(1, 0));
	SAYS("set the I/O priority 1 (attribute 1): Operation not permitted", EPERM,
	     PSPAWN_STEP_IOPRIO, pspawn_attr_ioprio(1, 0));
}

CASE(P13, realtime_io)
{
	suite_apart(ordinary_io, NULL);
}

CASE(P13, io_class_none_with_a_level)
{
	FAILS(EINVAL, PSPAWN_STEP_IOPRIO, pspawn_attr_ioprio(0, 1));
}

CASE(P14, cpu_that_is_not_there)
{
	unsigned char last[128] = { 0 };
	unsigned char none[8] = { 0 };

	last[127] = 0x80;
	FAILS(EINVAL, PSPAWN_STEP_AFFINITY, pspawn_attr_affinity(last, sizeof(last)));
	FAILS(EINVAL, PSPAWN_STEP_AFFINITY, pspawn_attr_affinity(none, sizeof(none)));
	SAYS("choose CPUs (attribute 1): Invalid argument", EINVAL, PSPAWN_STEP_AFFINITY,
	     pspawn_attr_affinity(none, sizeof(none)));
}

static void ordinary_oom(const void *unused)
{
	(void)unused;
	become_ordinary();
	FAILS(EACCES, PSPAWN_STEP_OOM_SCORE, pspawn_attr_oom_score(-1000));
	SAYS("set the OOM score -1000 (attribute 1): Permission denied", EACCES,
	     PSPAWN_STEP_OOM_SCORE, pspawn_attr_oom_score(-1000));
}

CASE(P15, oom_score_below_ours)
{
	suite_apart(ordinary_oom, NULL);
}

CASE(P16, each_of_several_limits_is_the_one_that_fails)
{
	struct pspawn_attr core = pspawn_attr_rlimit(RLIMIT_CORE, 0, 0);
	struct pspawn_attr odd = pspawn_attr_rlimit(62, 1, 1);

	FAILS(EINVAL, PSPAWN_STEP_RLIMIT, odd, core);
	{
		/* Of one resource the last entry counts: entry 0 is never tried. */
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_ATTRS(odd, core, odd) };

		by_whom(&cmd);
		expect_failure(&cmd, EINVAL, PSPAWN_STEP_RLIMIT, 2);
	}
}
