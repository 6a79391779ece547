/* SPDX-License-Identifier: ISC */
/* S17 to S21: what holds a run that is stopped when its programs have ended, and for how long. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "cgroup.h"
#include "family.h"
#include "filter.h"
#include "pspawn_cloexec.h"
#include "suite.h"
#include "sys.h"
#include "table.h"

enum { CGROUP = 33 };

#define PATIENT_STOPS                                                                              \
	PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }, { SIGINT, AN_HOUR_MS }, { SIGHUP, AN_HOUR_MS })

#define LINE(...)                                                                                  \
	{                                                                                          \
		PSPAWN_CMD("/bin/sh", "-c", __VA_ARGS__)                                           \
	}

/* Where the system does not say who is in a group, there may always be somebody. */
static int knows_groups(void)
{
	return sys_group_is_alive(getpgrp()) == 1;
}

/* ---- someone whom no stop reaches */

/* The first signal ends all whom the stops reach, and no further one is sent. */
static void stop_and_leave_holder(struct family *family, int reached)
{
	struct pspawn_result result;

	CHECK_INT(pspawn_job_stop(family->job), 0);
	result = end_family(family, -ECANCELED);
	CHECK_INT(result.stop_signal,
		  reached == PSPAWN_REACH_CHILD || knows_groups() ? SIGTERM : SIGKILL);
	CHECK_INT(result.stop_reach, reached);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(result.streams_held, 1);
	CHECK_INT(family->told.end, PSPAWN_END_HELD);
	expect_spared(family->offspring);
}

static void leave_holder(size_t count, struct pspawn_io io, int reached)
{
	const struct pspawn_cmd cmds[] = { { PSPAWN_CMD(suite_probe(), "-", "pause") },
					   { PSPAWN_CMD(suite_probe(), "-", "exile", "1") } };
	struct family family;

	start_families(&family, cmds + 2 - count, count, io);
	stop_and_leave_holder(&family, reached);
}

CASE(S17, a_holder_out_of_reach)
{
	struct pspawn_io io = { PATIENT_STOPS };

	leave_holder(1, io, PSPAWN_REACH_CHILD);
	io.drain = PSPAWN_DRAIN_EOF;
	io.reach = PSPAWN_REACH_CHILD;
	leave_holder(1, io, PSPAWN_REACH_CHILD);
	io.reach = PSPAWN_REACH_GROUP;
	leave_holder(1, io, PSPAWN_REACH_GROUP);
}

CASE(S17, a_holder_out_of_reach_of_a_pipeline)
{
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP, PATIENT_STOPS };

	leave_holder(2, io, PSPAWN_REACH_GROUP);
	io.flags = PSPAWN_ONE_GROUP;
	leave_holder(2, io, PSPAWN_REACH_GROUP);
}

static void move_out(pid_t pid)
{
	int fd = openat(CGROUP, "../cgroup.procs", O_WRONLY | O_CLOEXEC);
	char text[16];
	int size = snprintf(text, sizeof(text), "%d", (int)pid);

	CHECK(fd >= 0);
	CHECK_INT(write(fd, text, (size_t)size), size);
	close(fd);
}

static void make_cgroup(void)
{
	need_real("cgroups");
	cgroup_make(CGROUP);
	if (faccessat(CGROUP, "cgroup.kill", W_OK, 0) == 0)
		return;
	cgroup_remove(CGROUP);
	SKIP("no cgroup.kill here");
}

static void leave_holder_of_cgroup(size_t nattrs, int reached)
{
	const struct pspawn_attr attrs[] = { pspawn_attr_cgroup(CGROUP), pspawn_attr_setsid() };
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exile", "1"), .attrs = attrs,
				  .nattrs = nattrs };
	struct pspawn_io io = { PATIENT_STOPS };
	struct family family;

	by_table(&cmd);
	make_cgroup();
	start_family(&family, &cmd, io);
	move_out(family.offspring);
	stop_and_leave_holder(&family, reached);
	cgroup_remove(CGROUP);
}

CASE(S17, a_holder_out_of_reach_of_its_cgroup)
{
	leave_holder_of_cgroup(1, PSPAWN_REACH_CHILD);
}

CASE(S17, a_holder_out_of_reach_of_its_cgroup_and_group)
{
	leave_holder_of_cgroup(2, PSPAWN_REACH_GROUP);
}

/* Nobody is left in its group when it is to be stopped: no signal is sent at all. */
CASE(S17, nobody_is_left_to_be_stopped)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exile", "1") };
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP,
				.drain = PSPAWN_DRAIN_EOF,
				PATIENT_STOPS };
	struct family family;
	struct pspawn_result result;
	siginfo_t info;

	if (!knows_groups())
		SKIP("it cannot be found out who is in a group");
	start_family(&family, &cmd, io);
	CHECK_INT(kill(family.parent, SIGUSR1), 0);
	CHECK_INT(waitid(P_PID, (id_t)family.parent, &info, WEXITED | WNOWAIT | __WALL), 0);
	CHECK_INT(pspawn_job_step(family.job), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(family.job), 0);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.streams_held, 1);
	CHECK_INT(result.status.signal, SIGUSR1);
	CHECK_INT(result.stop_signal, 0);
	CHECK_INT(result.stop_reach, 0);
	expect_spared(family.offspring);
}

/* ---- someone whom the stops reach */

/* It gets the time that it was given, and what it writes is read. */
CASE(S18, who_cleans_up_after_the_program)
{
	struct pspawn_cmd cmd =
	    LINE("sh -c 'trap \"\" TERM; echo $$; read x <&5; echo cleaned' & exec 5<&-; wait");
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP, PATIENT_STOPS };
	struct family family;
	struct pspawn_result result;
	siginfo_t info;
	int ends[2];

	if (!knows_groups())
		SKIP("it cannot be found out who is in a group");
	CHECK_INT(pspawn_pipe(ends), 0);
	cmd.fds = (const struct pspawn_fd[]){ pspawn_fd_dup(5, ends[0]) };
	cmd.nfds = 1;
	start_family(&family, &cmd, io);
	CHECK_INT(pspawn_job_stop(family.job), 0);
	CHECK_INT(waitid(P_PID, (id_t)family.parent, &info, WEXITED | WNOWAIT | __WALL), 0);
	/* Longer than an idle stream would be waited for. */
	for (int i = 0; i < 30; i++)
		CHECK_INT(pspawn_job_wait(family.job, 10), -EINPROGRESS);
	CHECK_INT(write(ends[1], "\n", 1), 1);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.streams_held, 0);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(family.told.end, PSPAWN_END_DONE);
	CHECK_STR(family.last, "cleaned");
	CHECK_INT(waitpid(family.offspring, NULL, __WALL), family.offspring);
	close(ends[0]);
	close(ends[1]);
}

/* The last stop has killed it: nobody holds the stream any more, and `held` says so. */
static void kill_holder(struct pspawn_cmd cmd, struct pspawn_io io, int reached)
{
	struct family family;
	struct pspawn_result result;

	start_family(&family, &cmd, io);
	CHECK_INT(pspawn_job_stop(family.job), 0);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.stop_signal, SIGKILL);
	CHECK_INT(result.stop_reach, reached);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(result.streams_held, 0);
	CHECK_INT(family.told.end, PSPAWN_END_DONE);
	expect_ended_by(family.offspring, SIGKILL);
}

static const char one_ignores[] = "sh -c 'trap \"\" TERM; echo $$; exec sleep 60' & wait";

CASE(S19, a_holder_that_is_killed)
{
	struct pspawn_cmd cmd = LINE(one_ignores);
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP, PSPAWN_STOPS({ SIGTERM, 150 }) };

	if (!knows_groups())
		SKIP("it cannot be found out who is in a group");
	for (int drain = PSPAWN_DRAIN_IDLE; drain <= PSPAWN_DRAIN_EXIT; drain++) {
		io.drain = drain;
		kill_holder(cmd, io, PSPAWN_REACH_GROUP);
	}
}

CASE(S19, a_holder_that_is_killed_by_its_cgroup)
{
	const struct pspawn_attr attr = pspawn_attr_cgroup(CGROUP);
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exile", "1"), .attrs = &attr,
				  .nattrs = 1 };
	struct pspawn_io io = { PSPAWN_STOPS({ SIGTERM, 150 }) };

	by_table(&cmd);
	make_cgroup();
	kill_holder(cmd, io, PSPAWN_REACH_CGROUP);
	cgroup_remove(CGROUP);
}

/* "Until all stages have ended" is not for the others, who would hold it for ever. */
CASE(S20, a_holder_after_a_stop_without_end)
{
	struct pspawn_cmd cmd = LINE(one_ignores);
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP, PSPAWN_STOPS({ SIGTERM, -1 }) };

	if (!knows_groups())
		SKIP("it cannot be found out who is in a group");
	kill_holder(cmd, io, PSPAWN_REACH_GROUP);
}

/* ---- where it cannot be found out who is left */

static void without_proc(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exile", "1") };
	struct pspawn_io io = { .reach = PSPAWN_REACH_GROUP, PATIENT_STOPS };
	struct family family;
	struct pspawn_result result;

	(void)unused;
	start_family(&family, &cmd, io);
	if (!filter_syscall(SYS_openat, ENOENT))
		SKIP("no filters");
	CHECK_INT(pspawn_job_stop(family.job), 0);
	result = end_family(&family, -ECANCELED);
	CHECK_INT(result.streams_held, 1);
	CHECK_INT(result.status.signal, SIGTERM);
	expect_spared(family.offspring);
}

CASE(S21, a_holder_that_nobody_knows_of)
{
	suite_apart(without_proc, NULL);
}
