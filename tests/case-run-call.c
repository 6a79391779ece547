/* SPDX-License-Identifier: ISC */
/* T30 to T38: functions of the caller's that want no more, not now, or not at all. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pour.h"
#include "suite.h"

/* A function that answers `answer` to the call number `at`, and takes or gives otherwise. */
struct moody {
	struct heap heap;
	struct source source;
	int calls, at, answer;
	int every; /* say "not now" to all but each so manieth */
};

static int is_in_a_mood(struct moody *moody)
{
	moody->calls++;
	return moody->calls == moody->at || (moody->every && moody->calls % moody->every);
}

static long take(void *context, const void *data, size_t size)
{
	struct moody *moody = context;

	if (is_in_a_mood(moody))
		return moody->answer;
	return heap_take(&moody->heap, data, size);
}

static long give(void *context, void *data, size_t room)
{
	struct moody *moody = context;

	if (is_in_a_mood(moody))
		return moody->answer > 0 ? (long)room + 1 : moody->answer;
	return source_give(&moody->source, data, room);
}

/* Poll and step by hand, and wake it each time: no time passes where nothing is to be waited for.
 */
static int step_and_wake(const struct pspawn_cmd *cmd, struct pspawn_io *io)
{
	struct pspawn_job *job;
	int result;

	io->size = sizeof(*io);
	CHECK_INT(pspawn_job_start(&job, cmd, 1, io, &pour_error), 0);
	while ((result = pspawn_job_step(job)) == -EINPROGRESS) {
		struct pollfd fds[8];
		int timeout;
		int count = pspawn_job_poll(job, fds, 8, &timeout);

		CHECK(count <= 8);
		poll(fds, (nfds_t)count, timeout < 0 || timeout > 1 ? 1 : timeout);
		pspawn_job_wake(job);
	}
	pspawn_job_free(job);
	return result;
}

CASE(T30, not_now_loses_and_doubles_nothing)
{
	enum { SIZE = 500000 };
	struct pspawn_cmd cat = { PSPAWN_CMD("cat") };
	char *text = text_of(SIZE);

	for (int every = 2; every <= 3; every++) {
		struct moody out = { .every = every, .answer = -EAGAIN };
		struct moody in = { .every = every, .answer = -EAGAIN };
		struct pspawn_transfer told[2];
		struct pspawn_io io = { PSPAWN_STREAMS(
		    pspawn_stream_report(pspawn_stream_feed_call(0, give, &in), &told[0]),
		    pspawn_stream_report(pspawn_stream_collect_call(1, take, &out), &told[1])) };

		in.source = (struct source){ text, SIZE, 0, 0 };
		CHECK_INT(step_and_wake(&cat, &io), 0);
		CHECK(same_bytes(out.heap.data, out.heap.size, text, SIZE));
		CHECK(in.calls > SIZE / 65536 * 2 - 2);
		for (int i = 0; i < 2; i++) {
			CHECK_INT(told[i].end, PSPAWN_END_DONE);
			CHECK_INT(told[i].bytes, SIZE);
		}
		heap_drop(&out.heap);
	}
	free(text);
}

/* The functions that wait ask again by themselves, also after the child's end. */
CASE(T31, not_now_is_asked_again)
{
	struct moody out = { .every = 3, .answer = -EAGAIN };
	struct moody in = { .every = 3, .answer = -EAGAIN, .source = { "some\nwords", 10, 0, 6 } };
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed_call(0, give, &in),
					       pspawn_stream_collect_call(1, take, &out)) };

	for (int drain = PSPAWN_DRAIN_IDLE; drain <= PSPAWN_DRAIN_EXIT; drain++) {
		in.source.at = 0;
		in.calls = out.calls = 0;
		io.drain = drain;
		pour("exec cat", io, 0);
		CHECK_INT(in.calls, 9);
		CHECK(same_bytes(out.heap.data, out.heap.size, "some\nwords", 10));
		heap_drop(&out.heap);
	}
}

CASE(T32, enough_bytes)
{
	struct moody out = { .at = 2, .answer = 0 };
	struct pspawn_transfer told;
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_report(pspawn_stream_collect_call(1, take, &out), &told)) };
	struct pspawn_result result = pour("exec yes", io, 0);

	CHECK_INT(out.calls, 2);
	CHECK_INT(told.end, PSPAWN_END_CUT);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	CHECK_INT(result.status.signal, SIGPIPE);
	heap_drop(&out.heap);
}

CASE(T33, bytes_that_are_refused)
{
	struct moody out = { .at = 1, .answer = -EILSEQ };
	struct pspawn_buffer err;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_collect(7, &err),
					       pspawn_stream_collect_call(1, take, &out)) };
	struct pspawn_result result = pour("echo x >&7; echo a; exec sleep 60", io, -EILSEQ);

	CHECK_INT(out.calls, 1);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_CALLBACK);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(pour_error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(pour_error.stream, 1);
	CHECK_STR(err.data, "x\n");
	free(err.data);
}

/* As many bytes as the row says at a time. */
CASE(T34, given_in_pieces)
{
	static const size_t sizes[][2] = { { 0, 0 },   { 1, 0 },         { 100, 1 },
					   { 100, 7 }, { 300000, 4096 }, { 300000, 0 } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *text = text_of(sizes[i][0]);
		struct source source = { text, sizes[i][0], 0, sizes[i][1] };
		struct pspawn_buffer out;
		struct pspawn_transfer told;
		struct pspawn_io io = { PSPAWN_STREAMS(
		    pspawn_stream_report(pspawn_stream_feed_call(0, source_give, &source), &told),
		    pspawn_stream_collect(1, &out)) };

		pour("exec cat", io, 0);
		CHECK(same_bytes(out.data, out.length, text, source.size));
		CHECK_INT(told.bytes, source.size);
		CHECK_INT(told.end, PSPAWN_END_DONE);
		free(out.data);
		free(text);
	}
}

CASE(T35, not_given)
{
	/* 1 stands for more than there is room for. */
	static const int answers[][2] = { { -EIO, -EIO }, { 1, -EINVAL } };

	for (size_t i = 0; i < 2; i++) {
		struct moody in = { .at = 2, .answer = answers[i][0], .source = { "x", 1, 0, 0 } };
		struct pspawn_buffer out;
		struct pspawn_transfer told;
		struct pspawn_io io = { PSPAWN_STREAMS(
		    pspawn_stream_collect(1, &out),
		    pspawn_stream_report(pspawn_stream_feed_call(0, give, &in), &told)) };
		struct pspawn_result result = pour("exec sleep 60", io, answers[i][1]);

		CHECK_INT(in.calls, 2);
		CHECK_INT(result.stop_reason, PSPAWN_STOP_CALLBACK);
		CHECK_INT(result.status.signal, SIGTERM);
		CHECK_INT(pour_error.step, PSPAWN_STEP_FEED);
		CHECK_INT(pour_error.stream, 1);
		CHECK_INT(told.end, PSPAWN_END_CUT);
		CHECK_INT(told.bytes, 1);
		free(out.data);
	}
}

static long give_nothing_ever(void *context, void *data, size_t room)
{
	(void)context, (void)data, (void)room;
	return -EAGAIN;
}

/* By hand, and never woken: the function has said "not now" for good. */
static int step_only(const char *line, struct pspawn_io *io)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_job *job;
	int result;

	io->size = sizeof(*io);
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, io, &pour_error), 0);
	while ((result = pspawn_job_step(job)) == -EINPROGRESS) {
		struct pollfd fds[8];
		int timeout;
		int count = pspawn_job_poll(job, fds, 8, &timeout);

		CHECK(count <= 2);
		poll(fds, (nfds_t)count, timeout);
	}
	pspawn_job_free(job);
	return result;
}

/* A function with nothing to give does not keep a run that has nobody to give it to. */
CASE(T36, nobody_left_to_give_to)
{
	for (int drain = PSPAWN_DRAIN_IDLE; drain <= PSPAWN_DRAIN_EXIT; drain++) {
		struct pspawn_transfer told;
		struct pspawn_io io = {
			PSPAWN_STREAMS(pspawn_stream_report(
			    pspawn_stream_feed_call(0, give_nothing_ever, NULL), &told)),
			.drain = drain, .drain_idle_ms = AN_HOUR_MS, .drain_max_ms = AN_HOUR_MS
		};

		CHECK_INT(pour("exit 3", io, 0).status.code, 3);
		CHECK_INT(told.end, PSPAWN_END_CLOSED);
		CHECK_INT(step_only("exit 3", &io), 0);
		CHECK_INT(told.end, PSPAWN_END_CLOSED);
	}
}

/* And where a descendant could still be given something, it holds the stream. */
CASE(T38, only_a_descendant_left_to_give_to)
{
	static const char line[] = "exec 3<&0; sleep 10000 & exit 3";
	struct pspawn_transfer told;
	struct pspawn_io io = { .drain_idle_ms = 20,
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_feed_call(0, give_nothing_ever, NULL), &told)) };

	CHECK_INT(pour(line, io, 0).streams_held, 1);
	CHECK_INT(told.end, PSPAWN_END_HELD);
	CHECK_INT(step_only(line, &io), 0);
	CHECK_INT(told.end, PSPAWN_END_HELD);
}

/* Somebody who gives when the child that was to read has ended. */
struct late {
	struct pspawn_job *job;
	int calls;
};

static long give_too_late(void *context, void *data, size_t room)
{
	struct late *late = context;
	const struct pspawn_child *child = pspawn_job_child(late->job, 0);
	siginfo_t info;

	late->calls++;
	kill(child->pid, SIGKILL);
	CHECK_INT(waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT), 0);
	memset(data, 'x', room);
	return (long)room;
}

/* The end of the reader comes between poll(2) and write(2), and SIGPIPE, which would end us. */
CASE(T37, given_too_late)
{
	struct late late = { .calls = 0 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "60") };
	struct pspawn_transfer told;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_feed_call(0, give_too_late, &late), &told)) };
	struct pspawn_result result;

	CHECK_INT(pspawn_job_start(&late.job, &cmd, 1, &io, NULL), 0);
	CHECK_INT(pspawn_job_wait(late.job, -1), 0);
	CHECK_INT(pspawn_job_result(late.job, &result, NULL), 0);
	pspawn_job_free(late.job);
	CHECK_INT(late.calls, 1);
	CHECK_INT(told.end, PSPAWN_END_CLOSED);
	CHECK_INT(told.bytes, 0);
	CHECK_INT(result.status.signal, SIGKILL);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
}
