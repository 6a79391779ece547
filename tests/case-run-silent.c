/* SPDX-License-Identifier: ISC */
/* S30 to S36: runs that are silent for too long, by a clock that stands still. X44: `user`. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "fault.h"
#include "pour.h"
#include "suite.h"

enum { SILENT_MS = 1000 };

static const struct pspawn_stop term_only[] = { { SIGTERM, -1 } };

static long long now_us;

static struct led lead(const char *line, struct pspawn_io io)
{
	io.size = sizeof(io);
	io.silent_ms = io.silent_ms ? io.silent_ms : SILENT_MS;
	io.stops = term_only;
	io.nstops = 1;
	now_us = 0;
	fault_clock(&now_us);
	return drive_lead(line, &io);
}

/* Is it being stopped, after a step at that time in milliseconds? */
static int is_stopped_at(const struct led *led, int ms)
{
	struct pspawn_error error;

	now_us = ms * 1000LL;
	CHECK_INT(pspawn_job_step(led->job), -EINPROGRESS);
	CHECK_INT(pspawn_job_result(led->job, NULL, &error), -EINPROGRESS);
	return error.code != 0;
}

static void step_until(const struct led *led, const struct pspawn_transfer *told,
		       unsigned long long bytes)
{
	while (told->bytes < bytes)
		CHECK_INT(pspawn_job_step(led->job), -EINPROGRESS);
}

static int timeout_of(const struct led *led)
{
	int timeout_ms;

	pspawn_job_poll(led->job, NULL, 0, &timeout_ms);
	return timeout_ms;
}

static struct pspawn_result end(struct led *led, int reason)
{
	struct pspawn_result result;
	struct pspawn_error error;
	char sentence[128];

	CHECK_INT(pspawn_job_wait(led->job, -1), -ETIMEDOUT);
	CHECK_INT(pspawn_job_result(led->job, &result, &error), -ETIMEDOUT);
	CHECK_INT(result.stop_reason, reason);
	CHECK_INT(error.step, PSPAWN_STEP_STOP);
	CHECK_INT(error.stream, -1);
	if (reason == PSPAWN_STOP_SILENT)
		CHECK_STR(error.reason, "it was silent for too long");
	pspawn_strerror(&error, NULL, sentence, sizeof(sentence));
	CHECK_STR(sentence, reason == PSPAWN_STOP_SILENT
				? "stop the program: it was silent for too long"
				: "stop the program: it has taken too long");
	fault_clock(NULL);
	drive_let_go(led);
	return result;
}

/* ---- when it is silent */

CASE(S30, silent_from_the_beginning)
{
	struct pspawn_buffer out;
	struct led led = lead("exec sleep 60",
			      (struct pspawn_io){ PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) });

	if (drive_is_told(led.job))
		CHECK_INT(timeout_of(&led), SILENT_MS);
	CHECK(!is_stopped_at(&led, 999));
	if (drive_is_told(led.job))
		CHECK_INT(timeout_of(&led), 1);
	CHECK(is_stopped_at(&led, 1000));
	CHECK_INT(end(&led, PSPAWN_STOP_SILENT).status.signal, SIGTERM);
	pspawn_buffer_free(&out);
}

/* A byte of one stream counts for all of them. */
CASE(S31, each_byte_begins_it_anew)
{
	struct pspawn_buffer out, err;
	struct pspawn_transfer told[2];
	struct led led =
	    lead("echo one; read x <&5; echo two >&4; read x <&5",
		 (struct pspawn_io){ PSPAWN_STREAMS(
		     pspawn_stream_report(pspawn_stream_collect(1, &out), &told[0]),
		     pspawn_stream_report(pspawn_stream_collect(4, &err), &told[1])) });

	step_until(&led, &told[0], 4);
	CHECK(!is_stopped_at(&led, 900));
	drive_pull(&led);
	step_until(&led, &told[1], 4);
	CHECK(!is_stopped_at(&led, 1899));
	CHECK(is_stopped_at(&led, 1900));
	end(&led, PSPAWN_STOP_SILENT);
	CHECK_STR(out.data, "one\n");
	CHECK_STR(err.data, "two\n");
	pspawn_buffer_free(&out);
	pspawn_buffer_free(&err);
}

static long give_late(void *context, void *data, size_t room)
{
	CHECK(room > 0);
	if (++*(int *)context == 1)
		return -EAGAIN;
	memset(data, 'x', 1);
	return *(int *)context == 2 ? 1 : -EAGAIN;
}

/* Nor does the end of a stream break the silence. */
CASE(S32, what_is_fed_is_no_sound)
{
	int calls = 0;
	struct pspawn_buffer out;
	struct pspawn_transfer told, fed;
	struct led led =
	    lead("exec >/dev/null; read x <&5",
		 (struct pspawn_io){ PSPAWN_STREAMS(
		     pspawn_stream_report(pspawn_stream_collect(1, &out), &told),
		     pspawn_stream_report(pspawn_stream_feed_call(0, give_late, &calls), &fed)) });

	while (calls == 0)
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	now_us = 900 * 1000;
	pspawn_job_wake(led.job);
	step_until(&led, &fed, 1);
	while (told.end != PSPAWN_END_DONE)
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	CHECK(!is_stopped_at(&led, 999));
	CHECK(is_stopped_at(&led, 1000));
	end(&led, PSPAWN_STOP_SILENT);
	pspawn_buffer_free(&out);
}

struct refuser {
	int refusals, calls;
};

static long take_later(void *context, const void *data, size_t size)
{
	struct refuser *refuser = context;

	(void)data;
	refuser->calls++;
	return refuser->refusals-- > 0 ? -EAGAIN : (long)size;
}

/* What is not taken is not read, and what is not read cannot be heard. */
CASE(S33, a_function_holds_it_up)
{
	struct refuser refuser = { .refusals = 1 };
	struct led led = lead("echo one; read x <&5",
			      (struct pspawn_io){ PSPAWN_STREAMS(
				  pspawn_stream_collect_call(1, take_later, &refuser)) });

	while (refuser.calls == 0)
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	if (drive_is_told(led.job))
		CHECK_INT(timeout_of(&led), -1);
	CHECK(!is_stopped_at(&led, 5000));
	CHECK_INT(refuser.calls, 1);
	pspawn_job_wake(led.job);
	CHECK(!is_stopped_at(&led, 6000));
	CHECK_INT(refuser.calls, 2);
	CHECK(!is_stopped_at(&led, 6999));
	CHECK(is_stopped_at(&led, 7000));
	end(&led, PSPAWN_STOP_SILENT);
}

/* It is asked again every 10 ms, and says so for twice as long as may be silent. */
static long take_much_later(void *context, const void *data, size_t size)
{
	now_us += 400 * 1000;
	return take_later(context, data, size);
}

CASE(S33, a_function_holds_up_who_waits)
{
	struct refuser refuser = { .refusals = 5 };
	struct led led = lead("echo one; exit 3",
			      (struct pspawn_io){ PSPAWN_STREAMS(
				  pspawn_stream_collect_call(1, take_much_later, &refuser)) });

	CHECK_INT(pspawn_job_wait(led.job, -1), 0);
	CHECK_INT(refuser.calls, 6);
	fault_clock(NULL);
	drive_let_go(&led);
}

/* ---- beside other times */

CASE(S34, whichever_comes_first)
{
	static const int times[][3] = { { 500, 1000, PSPAWN_STOP_TIMEOUT },
					{ 1000, 500, PSPAWN_STOP_SILENT },
					{ 500, 500, PSPAWN_STOP_TIMEOUT } };

	for (size_t i = 0; i < 3; i++) {
		struct pspawn_buffer out;
		struct led led =
		    lead("exec sleep 60",
			 (struct pspawn_io){ .timeout_ms = times[i][0],
					     .silent_ms = times[i][1],
					     PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) });

		if (drive_is_told(led.job))
			CHECK_INT(timeout_of(&led), 500);
		/* Even if nobody has looked for so long. */
		CHECK(is_stopped_at(&led, 2000));
		end(&led, times[i][2]);
		pspawn_buffer_free(&out);
	}
}

/* As a timeout, it bounds the wait for descendants. */
CASE(S35, a_descendant_is_silent)
{
	struct pspawn_buffer out;
	struct led led = lead("sleep 10000 & exit 3",
			      (struct pspawn_io){ .drain = PSPAWN_DRAIN_EOF,
						  PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) });
	pid_t pid = pspawn_job_child(led.job, 0)->pid;
	struct pspawn_result result;
	siginfo_t info;

	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL), 0);
	CHECK(!is_stopped_at(&led, 999));
	CHECK(is_stopped_at(&led, 1000));
	/* What no stop reaches holds it for 100 ms. */
	now_us = 1100 * 1000;
	result = end(&led, PSPAWN_STOP_SILENT);
	CHECK_INT(result.status.code, 3);
	CHECK_INT(result.streams_held, 1);
	pspawn_buffer_free(&out);
}

CASE(S36, who_cannot_be_heard)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true") };
	int file, calls = 0;
	struct pspawn_io none = { .size = sizeof(none), .silent_ms = 1 };
	struct pspawn_io mute = { .size = sizeof(mute),
				  .silent_ms = 1,
				  PSPAWN_STREAMS(pspawn_stream_feed(0, "x", 1),
						 pspawn_stream_feed_call(3, give_late, &calls),
						 pspawn_stream_feed_file(4, "x", 1),
						 pspawn_stream_collect_file(1, &file)) };
	struct pspawn_error error;

	CHECK_INT(pspawn_run(&cmd, &none, NULL, &error), -EINVAL);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
	CHECK_INT(pspawn_run(&cmd, &mute, NULL, &error), -EINVAL);
	CHECK_INT(error.stream, -1);
	CHECK_INT(file, -1);
	none.silent_ms = PSPAWN_FOREVER;
	CHECK_INT(pspawn_run(&cmd, &none, NULL, &error), 0);
}

/* ---- whose job it is */

struct session {
	struct pspawn_job *job;
	int calls;
};

static long take_for(void *context, const void *data, size_t size)
{
	struct session *session = context;

	(void)data;
	session->calls++;
	CHECK(pspawn_job_user(session->job) == session);
	return (long)size;
}

CASE(X44, a_job_leads_to_its_user)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("echo", "words") };
	struct pspawn_cmd quiet = { PSPAWN_CMD("true") };
	struct session session = { .calls = 0 };
	struct pspawn_io io = { .size = sizeof(io),
				.user = &session,
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, take_for, &session)) };
	siginfo_t info;

	CHECK_INT(pspawn_job_start(&session.job, &cmd, 1, &io, NULL), 0);
	CHECK(pspawn_job_user(session.job) == &session);
	/* No function is called by the start, whatever there is to be taken. */
	CHECK_INT(waitid(P_PID, (id_t)pspawn_job_child(session.job, 0)->pid, &info,
			 WEXITED | WNOWAIT | __WALL),
		  0);
	CHECK_INT(session.calls, 0);
	CHECK_INT(pspawn_job_wait(session.job, -1), 0);
	CHECK_INT(session.calls, 1);
	CHECK(pspawn_job_user(session.job) == &session);
	pspawn_job_free(session.job);
	CHECK_INT(pspawn_job_start(&session.job, &quiet, 1, NULL, NULL), 0);
	CHECK(pspawn_job_user(session.job) == NULL);
	pspawn_job_free(session.job);
}
