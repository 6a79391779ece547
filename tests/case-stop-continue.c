/* SPDX-License-Identifier: ISC */
/* S22, S23: programs that are suspended when they are to be stopped. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <pspawn.h>

#include "suite.h"

enum { MOST_STAGES = 2 };

static void wait_until_suspended(pid_t pid)
{
	siginfo_t info;

	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT | __WALL), 0);
}

/* Shells say it when what they wait for is ended by a signal. */
#define QUIET "exec 2>/dev/null; "

static const char cleans_up[] = QUIET "trap 'echo cleaned >&6; exit 5' TERM; echo ready >&6; "
				      "kill -STOP $$; while :; do sleep 0.01; done";

static void stop_suspended(size_t count, struct pspawn_io io)
{
	const struct pspawn_cmd cmds[MOST_STAGES] = { { PSPAWN_CMD("/bin/sh", "-c", cleans_up) },
						      { PSPAWN_CMD("/bin/sh", "-c", cleans_up) } };
	struct pspawn_status statuses[MOST_STAGES];
	struct pspawn_buffer out;
	struct pspawn_stream stream =
	    pspawn_stream_of_stage(pspawn_stream_collect(6, &out), PSPAWN_EVERY_STAGE);
	struct pspawn_result result;
	struct pspawn_job *job;

	io.size = sizeof(io);
	io.streams = &stream;
	io.nstreams = 1;
	io.statuses = statuses;
	CHECK_INT(pspawn_job_start(&job, cmds, count, &io, NULL), 0);
	for (size_t i = 0; i < count; i++)
		wait_until_suspended(pspawn_job_child(job, i)->pid);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.stop_signal, SIGTERM);
	for (size_t i = 0; i < count; i++)
		CHECK_INT(statuses[i].code, 5);
	CHECK_STR(out.data, count == 1 ? "ready\ncleaned\n" : "ready\nready\ncleaned\ncleaned\n");
	pspawn_job_free(job);
	free(out.data);
}

CASE(S22, suspended_programs_clean_up)
{
	struct pspawn_io io = { PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };

	for (int reach = 0; reach <= PSPAWN_REACH_CGROUP; reach++) {
		io.reach = reach;
		io.flags = 0;
		stop_suspended(1, io);
		stop_suspended(2, io);
		io.flags = PSPAWN_ONE_GROUP;
		stop_suspended(2, io);
	}
}

/* Also who was suspended with it, as by a key of the terminal. */
CASE(S22, the_suspended_rest_of_a_group)
{
	static const char line[] = QUIET "trap 'wait; exit 5' TERM; "
					 "sh -c 'trap \"echo cleaned; exit 0\" TERM; echo ready; "
					 "kill -STOP $$; while :; do sleep 0.01; done' & "
					 "while :; do sleep 0.01; done";
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_io io = { .size = sizeof(io),
				.reach = PSPAWN_REACH_GROUP,
				PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }),
				PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)) };
	struct pspawn_result result;
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	while (told.bytes < 6)
		CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.status.code, 5);
	CHECK_STR(out.data, "ready\ncleaned\n");
	pspawn_job_free(job);
	free(out.data);
}

/* A stop that is to suspend is not undone. */
CASE(S23, a_stop_that_suspends)
{
	static const int signals[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause") };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct pspawn_io io = { .size = sizeof(io),
					.reach = PSPAWN_REACH_GROUP,
					PSPAWN_STOPS({ signals[i], AN_HOUR_MS }) };
		siginfo_t info = { .si_pid = 0 };
		struct pspawn_job *job;
		pid_t pid;

		CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
		pid = pspawn_job_child(job, 0)->pid;
		CHECK_INT(pspawn_job_stop(job), 0);
		wait_until_suspended(pid);
		for (int k = 0; k < 5; k++)
			CHECK_INT(pspawn_job_wait(job, 10), -EINPROGRESS);
		CHECK_INT(waitid(P_PID, (id_t)pid, &info, WCONTINUED | WNOHANG | WNOWAIT | __WALL),
			  0);
		CHECK_INT(info.si_pid, 0);
		pspawn_job_free(job);
	}
}
