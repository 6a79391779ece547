/* SPDX-License-Identifier: ISC */
/* W4x: clocks at their extremes. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

static struct pspawn_result run_line(const char *line, struct pspawn_io io, int expected)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_result result;

	io.size = sizeof(io);
	CHECK_INT(pspawn_run(&cmd, &io, &result, NULL), expected);
	return result;
}

/* None, and as long as there is: it ends by itself. The least: it does not. */
CASE(W40, timeouts)
{
	static const int none[] = { 0, -1, INT_MAX };

	for (int i = 0; i < 3; i++) {
		struct pspawn_result result =
		    run_line("sleep 0.05; exit 7", (struct pspawn_io){ .timeout_ms = none[i] }, 0);

		CHECK_INT(result.status.code, 7);
		CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	}
	CHECK_INT(run_line("exec sleep 60", (struct pspawn_io){ .timeout_ms = 1 }, -ETIMEDOUT)
		      .stop_reason,
		  PSPAWN_STOP_TIMEOUT);
}

CASE(W40, what_is_due)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_io io = { .size = sizeof(io), .timeout_ms = INT_MAX };
	struct pspawn_job *job;
	int timeout_ms;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	pspawn_job_poll(job, NULL, 0, &timeout_ms);
	CHECK(timeout_ms > INT_MAX - AN_HOUR_MS || pspawn_job_child(job, 0)->pollfd < 0);
	errno = 12345;
	CHECK_INT(pspawn_job_wait(job, -2), -EINVAL);
	CHECK_INT(pspawn_job_wait(job, INT_MIN), -EINVAL);
	CHECK_INT(pspawn_job_wait_any(&job, 1, -2), -EINVAL);
	CHECK_INT(pspawn_job_wait_any(&job, 0, -1), -EINVAL);
	CHECK_INT(pspawn_job_wait(job, 0), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait_any(&job, 1, 0), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, INT_MAX), -ECANCELED);
	CHECK_INT(pspawn_job_wait(job, 0), -ECANCELED);
	CHECK_INT(pspawn_job_wait(job, -2), -EINVAL);
	CHECK_INT(pspawn_job_poll(job, NULL, 0, &timeout_ms), 0);
	CHECK_INT(timeout_ms, 0);
	CHECK_INT(errno, 12345);
	pspawn_job_free(job);
}

CASE(W40, waiting_for_any)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_child child;
	struct pspawn_child *children[] = { NULL, &child };

	CHECK_INT(pspawn_wait_any(NULL, 0, NULL, -1), -ESRCH);
	CHECK_INT(pspawn_wait_any(children, 1, NULL, -1), -ESRCH);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait_any(children, 2, NULL, -2), -EINVAL);
	CHECK_INT(pspawn_wait_any(children, 2, NULL, 0), -EINPROGRESS);
	CHECK_INT(pspawn_wait_any(children, 2, NULL, 1), -EINPROGRESS);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait_any(children, 2, NULL, INT_MAX), 1);
}

/* Neither wraps into the past, which would end it at once, before the grandchild's word. */
CASE(W41, draining_for_as_long_as_there_is)
{
	static const int policies[] = { PSPAWN_DRAIN_IDLE, PSPAWN_DRAIN_MAX };
	static const int mosts[] = { INT_MAX, -1 };

	for (int i = 0; i < 4; i++) {
		struct pspawn_buffer out;
		struct pspawn_result result =
		    run_line("(sleep 0.1; echo late) & echo hello",
			     (struct pspawn_io){ PSPAWN_STREAMS(pspawn_stream_collect(1, &out)),
						 .drain = policies[i / 2], .drain_idle_ms = INT_MAX,
						 .drain_max_ms = mosts[i % 2] },
			     0);

		CHECK_INT(result.streams_held, 0);
		CHECK_STR(out.data, "hello\nlate\n");
		free(out.data);
	}
}

/* "For ever" is meant for a run that is not to be stopped: its grandchildren do not hold it then.
 */
static void stop_while_draining(struct pspawn_io io, const char *line)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_buffer out;
	struct pspawn_stream stream = pspawn_stream_collect(1, &out);
	struct pspawn_result result;
	struct pspawn_job *job;
	siginfo_t info;
	id_t pid;

	io.size = sizeof(io);
	io.streams = &stream;
	io.nstreams = 1;
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	pid = (id_t)pspawn_job_child(job, 0)->pid;
	CHECK_INT(waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL), 0);
	CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_REQUESTED);
	CHECK_INT(result.status.code, 7);
	CHECK_INT(result.streams_held, 1);
	CHECK(strstr(out.data, "hello\n") != NULL);
	pspawn_job_free(job);
	free(out.data);
}

CASE(W42, a_stop_ends_the_longest_draining)
{
	static const char silent[] = "sleep 10000 & echo hello; exit 7";
	static const char slow[] = "(while echo x; do sleep 0.4; done) 2>/dev/null & "
				   "echo hello; exit 7";

	stop_while_draining((struct pspawn_io){ .drain = PSPAWN_DRAIN_EOF }, silent);
	stop_while_draining((struct pspawn_io){ .drain = PSPAWN_DRAIN_MAX, .drain_max_ms = -1 },
			    silent);
	stop_while_draining((struct pspawn_io){ .drain_idle_ms = INT_MAX, .drain_max_ms = -1 },
			    silent);
	stop_while_draining((struct pspawn_io){ .drain_idle_ms = AN_HOUR_MS, .drain_max_ms = -1 },
			    slow);
	stop_while_draining(
	    (struct pspawn_io){ .drain = PSPAWN_DRAIN_MAX, .drain_max_ms = AN_HOUR_MS }, silent);
}

/* ---- stops */

/* It ignores the first signal and ends by the second, whenever that comes. */
static const char stubborn[] = "trap '' TERM; trap 'exit 5' USR1; echo ready; "
			       "while :; do sleep 0.02; done";

static struct pspawn_result run_stops(const struct pspawn_stop *stops, size_t nstops)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", stubborn) };
	struct pspawn_transfer told;
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.stops = stops,
				.nstops = nstops,
				.reach = PSPAWN_REACH_CHILD,
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
	CHECK_STR(out.data, "ready\n");
	free(out.data);
	pspawn_job_free(job);
	return result;
}

CASE(W43, waits_of_stops)
{
	const struct pspawn_stop at_once[] = { { SIGTERM, 1 }, { SIGKILL, 1 } };
	const struct pspawn_stop without_kill[] = { { SIGTERM, 1 } };
	const struct pspawn_stop for_ever[] = { { SIGTERM, 10 }, { SIGUSR1, -1 } };
	const struct pspawn_stop as_long[] = { { SIGTERM, 10 }, { SIGUSR1, INT_MAX } };
	struct pspawn_result result;

	result = run_stops(at_once, 2);
	CHECK_INT(result.status.signal, SIGKILL);
	CHECK_INT(result.stop_signal, SIGKILL);
	result = run_stops(without_kill, 1);
	CHECK_INT(result.status.signal, SIGKILL);
	CHECK_INT(result.stop_signal, SIGKILL);
	/* It has all the time that it wants, and no SIGKILL. */
	result = run_stops(for_ever, 2);
	CHECK_INT(result.status.exited, 1);
	CHECK_INT(result.status.code, 5);
	CHECK_INT(result.stop_signal, SIGUSR1);
	result = run_stops(as_long, 2);
	CHECK_INT(result.status.code, 5);
	CHECK_INT(result.stop_signal, SIGUSR1);
}
