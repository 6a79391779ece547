/* SPDX-License-Identifier: ISC */
/* S1x: whom stopping a run reaches, and whom it must not. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "cgroup.h"
#include "family.h"
#include "suite.h"
#include "table.h"

enum { CGROUP = 33 };

#define FAMILY(...)                                                                                \
	{                                                                                          \
		PSPAWN_CMD("/bin/sh", "-c", __VA_ARGS__)                                           \
	}

static const char both_stay[] = "sleep 60 & echo $!; wait";

static void expect_reach(struct pspawn_cmd cmd, int reach, int reached)
{
	struct family family;
	struct pspawn_io io = { .reach = reach, PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };
	struct pspawn_result result;

	start_family(&family, &cmd, io);
	CHECK_INT(pspawn_job_stop(family.job), 0);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.stop_reach, reached);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(result.streams_held, reached == PSPAWN_REACH_CHILD);
	if (reached == PSPAWN_REACH_CHILD)
		expect_spared(family.offspring);
	else
		expect_ended_by(family.offspring, SIGTERM);
}

CASE(S10, the_child_alone)
{
	struct pspawn_cmd cmd = FAMILY(both_stay);
	struct pspawn_attr group = pspawn_attr_pgroup(0);

	expect_reach(cmd, PSPAWN_REACH_CHILD, PSPAWN_REACH_CHILD);
	/* It is in our group, which is not to be signalled. */
	expect_reach(cmd, 0, PSPAWN_REACH_CHILD);
	expect_reach(cmd, PSPAWN_REACH_CGROUP, PSPAWN_REACH_CHILD);
	cmd.attrs = &group;
	cmd.nattrs = 1;
	expect_reach(cmd, PSPAWN_REACH_CHILD, PSPAWN_REACH_CHILD);
}

CASE(S11, its_group)
{
	struct pspawn_cmd cmd = FAMILY(both_stay);
	struct pspawn_attr attrs[] = { pspawn_attr_pgroup(0), pspawn_attr_setsid() };

	expect_reach(cmd, PSPAWN_REACH_GROUP, PSPAWN_REACH_GROUP);
	cmd.nattrs = 1;
	for (int i = 0; i < 2; i++) {
		cmd.attrs = &attrs[i];
		expect_reach(cmd, PSPAWN_REACH_GROUP, PSPAWN_REACH_GROUP);
		expect_reach(cmd, 0, PSPAWN_REACH_GROUP);
		expect_reach(cmd, PSPAWN_REACH_CGROUP, PSPAWN_REACH_GROUP);
	}
}

/* The child ends when it is asked to; who does not is not left behind. */
CASE(S12, the_rest_of_its_group)
{
	struct pspawn_cmd cmd =
	    FAMILY("sh -c 'trap \"\" TERM; echo $$; exec sleep 60 >/dev/null' & "
		   "wait");
	struct family family;
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP, PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };
	struct pspawn_result result;

	start_family(&family, &cmd, io);
	CHECK_INT(pspawn_job_stop(family.job), 0);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.status.signal, SIGTERM);
	expect_ended_by(family.offspring, SIGKILL);
}

/* A run that ends by itself leaves whom it leaves. */
CASE(S12, nobody_after_an_end_of_its_own)
{
	struct pspawn_cmd cmd = FAMILY("sleep 60 >/dev/null & echo $!; sleep 0.1; exit 7");
	struct family family;
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP };

	start_family(&family, &cmd, io);
	CHECK_INT(end_family(&family, 0).status.code, 7);
	expect_spared(family.offspring);
}

/* Its leader has ended, but the number is kept until the run is over: it is still its group. */
static void stop_without_leader(int reach)
{
	struct pspawn_cmd cmd = FAMILY("sleep 60 & echo $!; exit 7");
	struct family family;
	struct pspawn_io io = { .reach = reach, .drain = PSPAWN_DRAIN_EOF,
				PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };
	int in_group = reach == PSPAWN_REACH_GROUP;
	struct pspawn_result result;
	siginfo_t info;

	start_family(&family, &cmd, io);
	CHECK_INT(waitid(P_PID, (id_t)family.parent, &info, WEXITED | WNOWAIT | __WALL), 0);
	for (int i = 0; i < 20; i++)
		CHECK_INT(pspawn_job_wait(family.job, 1), -EINPROGRESS);
	CHECK_INT(kill(family.parent, 0), 0);
	CHECK_INT(pspawn_job_child(family.job, 0)->pid, family.parent);
	CHECK_INT(pspawn_job_stop(family.job), 0);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.status.code, 7);
	CHECK_INT(result.stop_reach, in_group ? PSPAWN_REACH_GROUP : 0);
	CHECK_INT(result.stop_signal, in_group ? SIGTERM : 0);
	CHECK_INT(result.streams_held, !in_group);
	CHECK_INT(family.told.end, in_group ? PSPAWN_END_DONE : PSPAWN_END_HELD);
	if (in_group)
		expect_ended_by(family.offspring, SIGTERM);
	else
		expect_spared(family.offspring);
}

CASE(S13, a_group_without_its_leader)
{
	stop_without_leader(PSPAWN_REACH_GROUP);
	stop_without_leader(PSPAWN_REACH_CHILD);
}

static void free_family(int reach)
{
	struct pspawn_cmd cmd = FAMILY(both_stay);
	struct family family;
	struct pspawn_io io = { .reach = reach };

	start_family(&family, &cmd, io);
	pspawn_job_free(family.job);
	CHECK_INT(waitpid(family.parent, NULL, WNOHANG | __WALL), -1);
	if (reach == PSPAWN_REACH_GROUP)
		expect_ended_by(family.offspring, SIGKILL);
	else
		expect_spared(family.offspring);
}

CASE(S14, the_end_of_the_object)
{
	free_family(PSPAWN_REACH_GROUP);
	free_family(PSPAWN_REACH_CHILD);
}

/* ---- pipelines */

static void stop_pipeline(unsigned flags, int reach, int reached)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD(suite_probe(), "-", "exit", "7") }, cmd, cmd };
	struct pspawn_status statuses[3];
	struct pspawn_io io = {
		.size = sizeof(io), .flags = flags, .reach = reach, .statuses = statuses,
		PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS })
	};
	struct pspawn_result result;
	struct pspawn_job *job;
	siginfo_t info;
	pid_t leader;

	CHECK_INT(pspawn_job_start(&job, cmds, 3, &io, NULL), 0);
	leader = pspawn_job_child(job, 0)->pid;
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(getpgid(pspawn_job_child(job, i)->pid),
			  flags                           ? leader
			  : reached == PSPAWN_REACH_GROUP ? pspawn_job_child(job, i)->pid
							  : getpgrp());
	CHECK_INT(waitid(P_PID, (id_t)leader, &info, WEXITED | WNOWAIT | __WALL), 0);
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.stop_reach, reached);
	CHECK_INT(statuses[0].code, 7);
	CHECK_INT(statuses[1].signal, SIGTERM);
	CHECK_INT(statuses[2].signal, SIGTERM);
	pspawn_job_free(job);
}

CASE(S15, pipelines)
{
	stop_pipeline(0, 0, PSPAWN_REACH_CHILD);
	stop_pipeline(0, PSPAWN_REACH_GROUP, PSPAWN_REACH_GROUP);
	stop_pipeline(PSPAWN_ONE_GROUP, 0, PSPAWN_REACH_GROUP);
	stop_pipeline(PSPAWN_ONE_GROUP, PSPAWN_REACH_CGROUP, PSPAWN_REACH_GROUP);
	stop_pipeline(PSPAWN_ONE_GROUP, PSPAWN_REACH_CHILD, PSPAWN_REACH_CHILD);
}

/* ---- cgroups */

static int make_cgroup(void)
{
	need_real("cgroups");
	cgroup_make(CGROUP);
	if (faccessat(CGROUP, "cgroup.kill", W_OK, 0) == 0)
		return 1;
	cgroup_remove(CGROUP);
	SKIP("no cgroup.kill here");
}

/* Even one that has gone to a session of its own, by the last step. */
CASE(S16, its_cgroup)
{
	const struct pspawn_attr attr = pspawn_attr_cgroup(CGROUP);
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exile", "1"), .attrs = &attr,
				  .nattrs = 1 };
	struct family family;
	struct pspawn_io io = { PSPAWN_STOPS({ SIGKILL, 0 }) };
	struct pspawn_result result;

	by_table(&cmd);
	make_cgroup();
	start_family(&family, &cmd, io);
	CHECK_INT(pspawn_job_stop(family.job), 0);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.stop_reach, PSPAWN_REACH_CGROUP);
	CHECK_INT(result.status.signal, SIGKILL);
	expect_ended_by(family.offspring, SIGKILL);
	cgroup_remove(CGROUP);
}

/* What reaches the first stage's cgroup has not reached the others. */
CASE(S16, a_cgroup_of_the_first_stage)
{
	const struct pspawn_attr attr = pspawn_attr_cgroup(CGROUP);
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD(suite_probe(), "-", "pause") },
				     { PSPAWN_CMD(suite_probe(), "-", "pause") } };
	struct pspawn_status statuses[2];
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ONE_GROUP,
				.statuses = statuses,
				.timeout_ms = 50,
				PSPAWN_STOPS({ SIGKILL, 0 }) };
	struct pspawn_result result;

	cmds[0].attrs = &attr;
	cmds[0].nattrs = 1;
	by_table(&cmds[0]);
	make_cgroup();
	CHECK_INT(pspawn_pipeline(cmds, 2, &io, &result, NULL), -ETIMEDOUT);
	CHECK_INT(result.stop_reach, PSPAWN_REACH_CGROUP);
	CHECK_INT(statuses[0].signal, SIGKILL);
	CHECK_INT(statuses[1].signal, SIGKILL);
	cgroup_remove(CGROUP);
}
