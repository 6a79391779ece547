/* SPDX-License-Identifier: ISC */
/* S0x: stopping a run: what is sent, in which order, and what the result says of it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "around-run.h"
#include "fault.h"
#include "suite.h"
#include "table.h"

/* A run that has said that it is ready. */
struct ready {
	struct pspawn_cmd cmd;
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_job *job;
};

static void start_ready(struct ready *ready, const char *line, struct pspawn_io io)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_stream stream =
	    pspawn_stream_report(pspawn_stream_collect(1, &ready->out), &ready->told);

	io.size = sizeof(io);
	io.streams = &stream;
	io.nstreams = 1;
	CHECK_INT(pspawn_job_start(&ready->job, &cmd, 1, &io, NULL), 0);
	while (ready->told.bytes < 6)
		CHECK_INT(pspawn_job_wait(ready->job, 1), -EINPROGRESS);
}

/* Stop it, if it is not stopped by itself, and see it end. */
static struct pspawn_result stop_ready(struct ready *ready, int expected)
{
	struct pspawn_result result;

	if (expected == -ECANCELED)
		CHECK_INT(pspawn_job_stop(ready->job), 0);
	CHECK_INT(pspawn_job_wait(ready->job, -1), expected);
	CHECK_INT(pspawn_job_result(ready->job, &result, NULL), expected);
	CHECK_INT(strncmp(ready->out.data, "ready\n", 6), 0);
	pspawn_job_free(ready->job);
	free(ready->out.data);
	return result;
}

static struct pspawn_result stop_line(const char *line, struct pspawn_io io)
{
	struct ready ready;

	start_ready(&ready, line, io);
	return stop_ready(&ready, -ECANCELED);
}

static const struct pspawn_io standard;

/* For who ends by the first signal, whenever that is. */
static const struct pspawn_stop term_only[] = { { SIGTERM, -1 } };
static const struct pspawn_io patient = { .stops = term_only, .nstops = 1 };

CASE(S01, the_standard_escalation)
{
	long long now_us = 0;
	struct pspawn_result result;

	/* The two seconds do not go by. */
	fault_clock(&now_us);
	result = stop_line("echo ready; exec sleep 60", standard);
	fault_clock(NULL);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_REQUESTED);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(result.stop_reach, PSPAWN_REACH_CHILD);
	CHECK_INT(result.status.signal, SIGTERM);
}

/* Two seconds, by a clock that stands still: SIGKILL comes then, and not before. */
CASE(S01, the_time_of_the_standard_escalation)
{
	long long now_us = 0;
	struct pspawn_result result;
	struct ready ready;
	struct pollfd fds[2];
	int timeout_ms;

	fault_clock(&now_us);
	start_ready(&ready, "trap '' TERM; echo ready; exec sleep 60", standard);
	CHECK_INT(pspawn_job_stop(ready.job), 0);
	CHECK_INT(pspawn_job_step(ready.job), -EINPROGRESS);
	CHECK(pspawn_job_poll(ready.job, fds, 2, &timeout_ms) >= 1);
	if (pspawn_job_child(ready.job, 0)->pollfd >= 0)
		CHECK_INT(timeout_ms, 2000);
	now_us = 1999999;
	CHECK_INT(pspawn_job_step(ready.job), -EINPROGRESS);
	CHECK_INT(pspawn_job_result(ready.job, &result, NULL), -EINPROGRESS);
	CHECK_INT(kill(pspawn_job_child(ready.job, 0)->pid, 0), 0);
	now_us = 2000000;
	CHECK_INT(pspawn_job_step(ready.job), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait(ready.job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(ready.job, &result, NULL), -ECANCELED);
	CHECK_INT(result.stop_signal, SIGKILL);
	CHECK_INT(result.status.signal, SIGKILL);
	CHECK_INT(result.elapsed_us, 2000000);
	fault_clock(NULL);
	pspawn_job_free(ready.job);
	free(ready.out.data);
}

/* In the order of their numbers, which is the one in which a late shell would note them too. */
CASE(S02, steps_in_their_order)
{
	static const char line[] = "trap 'echo hup >>log' HUP; trap 'echo usr1 >>log' USR1; "
				   "trap 'echo usr2 >>log; exit 3' USR2; trap 'exit 4' TERM; "
				   "echo ready; while :; do sleep 0.01; done";
	const struct pspawn_io io = { PSPAWN_STOPS({ SIGHUP, 150 }, { SIGUSR1, 150 },
						   { SIGUSR2, -1 }, { SIGTERM, 0 }) };
	struct pspawn_result result = stop_line(line, io);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/cat", "log") };
	struct pspawn_buffer out;

	CHECK_INT(result.status.code, 3);
	CHECK_INT(result.stop_signal, SIGUSR2);
	CHECK(result.elapsed_us >= 300000);
	CHECK_INT(pspawn_output(&cmd, &out, NULL, NULL), 0);
	CHECK_STR(out.data, "hup\nusr1\nusr2\n");
	free(out.data);
}

/* The caller's array is copied. */
CASE(S02, steps_are_copied)
{
	struct pspawn_stop stops[] = { { SIGUSR1, -1 } };
	struct pspawn_io io = { .stops = stops, .nstops = 1 };
	struct ready ready;

	start_ready(&ready, "trap 'exit 3' USR1; echo ready; while :; do sleep 0.01; done", io);
	stops[0].signal = SIGKILL;
	CHECK_INT(stop_ready(&ready, -ECANCELED).status.code, 3);
}

/* It is continued, and so it gets the signal. */
CASE(S03, one_that_is_suspended)
{
	const struct pspawn_io io = { PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };
	struct pspawn_result result;
	struct ready ready;
	siginfo_t info;
	pid_t pid;

	start_ready(&ready, "echo ready; kill -STOP $$", io);
	pid = pspawn_job_child(ready.job, 0)->pid;
	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT | __WALL), 0);
	/* That is not its end. */
	CHECK_INT(pspawn_job_wait(ready.job, 1), -EINPROGRESS);
	result = stop_ready(&ready, -ECANCELED);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(result.status.signal, SIGTERM);
}

/* One that ends well when it is asked to has been stopped nevertheless. */
CASE(S03, one_that_ends_well)
{
	struct pspawn_result result =
	    stop_line("trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done", patient);

	CHECK_INT(result.status.exited, 1);
	CHECK_INT(result.status.code, 0);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_REQUESTED);
}

CASE(S04, stopping_twice)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_io io = { .size = sizeof(io), .timeout_ms = 1 };
	struct pspawn_result result;
	struct pspawn_error error;
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, NULL, NULL), 0);
	CHECK_INT(pspawn_job_result(job, &result, &error), -EINPROGRESS);
	CHECK_INT(error.code, 0);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_stop(job), -EALREADY);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_stop(job), -ESRCH);
	CHECK_INT(pspawn_job_step(job), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, &error), -ECANCELED);
	CHECK_INT(error.step, PSPAWN_STEP_STOP);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_REQUESTED);
	pspawn_job_free(job);
	/* The first reason counts: it has taken too long before it was asked to end. */
	cmd.argv = (char *const *)(const char *const[]){ "/bin/sh", "-c",
							 "trap '' TERM; exec sleep 60", NULL };
	io.stops = (const struct pspawn_stop[]){ { SIGCONT, 50 } };
	io.nstops = 1;
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	usleep(2000);
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), -EALREADY);
	CHECK_INT(pspawn_job_wait(job, -1), -ETIMEDOUT);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ETIMEDOUT);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_TIMEOUT);
	CHECK_INT(result.status.signal, SIGKILL);
	pspawn_job_free(job);
}

static long fails(void *context, const void *data, size_t size)
{
	(void)data;
	(void)size;
	return *(int *)context;
}

/* What a function of the caller's returns, and a limit, stop it in the same way. */
CASE(S04, other_reasons)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "echo words; exec sleep 60") };
	int code = -ENOTDIR;
	struct pspawn_buffer out;
	struct pspawn_io by_call = { .size = sizeof(by_call),
				     .stops = term_only,
				     .nstops = 1,
				     PSPAWN_STREAMS(pspawn_stream_collect_call(1, fails, &code)) };
	struct pspawn_io by_limit = { .size = sizeof(by_limit),
				      .stops = term_only,
				      .nstops = 1,
				      PSPAWN_STREAMS(pspawn_stream_stop_at(
					  pspawn_stream_collect(1, &out), 3)) };
	struct pspawn_result result;
	struct pspawn_error error;

	CHECK_INT(pspawn_run(&cmd, &by_call, &result, &error), -ENOTDIR);
	CHECK_INT(error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(error.stream, 0);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_CALLBACK);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(pspawn_run(&cmd, &by_limit, &result, &error), -EFBIG);
	CHECK_INT(error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_LIMIT);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_STR(out.data, "wor");
	free(out.data);
}

static int refuses_a_line(void *context, const char *line, size_t length, int whole)
{
	CHECK_STR(line, "words");
	CHECK_INT(length, 5);
	CHECK_INT(whole, 0);
	return *(int *)context;
}

/* The last piece of a line is told when all is over; there is nobody left to be stopped for it. */
CASE(S04, a_reason_that_comes_after_the_end)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "sleep 10000 & printf words; exit 7") };
	int code = -ENOTDIR;
	struct pspawn_io io = { .size = sizeof(io),
				.drain = PSPAWN_DRAIN_EXIT,
				PSPAWN_STREAMS(
				    pspawn_stream_collect_lines(1, refuses_a_line, &code)) };
	struct pspawn_result result;
	struct pspawn_error error;

	CHECK_INT(pspawn_run(&cmd, &io, &result, &error), -ENOTDIR);
	CHECK_INT(error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(error.stream, 0);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_CALLBACK);
	CHECK_INT(result.stop_signal, 0);
	CHECK_INT(result.status.code, 7);
}

CASE(S05, handles_of_stages)
{
	struct pspawn_cmd pauses = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD(suite_probe(), "-", "exit", "7") }, pauses };
	struct pspawn_status statuses[2];
	struct pspawn_io io = { .size = sizeof(io), .statuses = statuses };
	const struct pspawn_child *first, *second;
	struct pspawn_job *job;
	siginfo_t info;

	CHECK_INT(pspawn_job_start(&job, cmds, 2, &io, NULL), 0);
	first = pspawn_job_child(job, 0);
	second = pspawn_job_child(job, 1);
	CHECK(pspawn_job_child(job, 2) == NULL);
	CHECK(pspawn_job_child(job, (size_t)-1) == NULL);
	suite_check_backend(pspawn_child_backend(first));
	CHECK_INT(waitid(P_PID, (id_t)first->pid, &info, WEXITED | WNOWAIT | __WALL), 0);
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	/* It has ended, and its number is its own until all have. */
	CHECK(first->pid > 0);
	CHECK_INT(kill(first->pid, 0), 0);
	CHECK_INT(pspawn_kill(first, SIGUSR1), 0);
	CHECK_INT(statuses[0].exited, 0);
	CHECK_INT(pspawn_kill(second, SIGUSR1), 0);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_INT(statuses[0].code, 7);
	CHECK_INT(statuses[1].signal, SIGUSR1);
	CHECK_INT(first->pid, 0);
	CHECK_INT(second->pid, 0);
	CHECK_INT(second->pollfd, -1);
	CHECK_INT(pspawn_kill(second, SIGUSR1), -ESRCH);
	pspawn_job_free(job);
}

/* It is killed and waited for, and what there is of its output is handed over. */
CASE(S06, the_end_of_the_object)
{
	struct before_run before = before_run();
	struct pspawn_status statuses[1];
	struct pspawn_io io = { .statuses = statuses };
	struct ready ready;
	pid_t pid;

	start_ready(&ready, "trap '' TERM; echo ready; exec sleep 60", io);
	CHECK(ready.out.data == NULL);
	CHECK_INT(statuses[0].signal, 0);
	pid = pspawn_job_child(ready.job, 0)->pid;
	pspawn_job_free(ready.job);
	CHECK_INT(waitpid(pid, NULL, WNOHANG | __WALL), -1);
	CHECK_INT(statuses[0].signal, SIGKILL);
	CHECK_STR(ready.out.data, "ready\n");
	CHECK_INT(ready.told.end, PSPAWN_END_CUT);
	free(ready.out.data);
	expect_as_before(&before);
	pspawn_job_free(NULL);
}
