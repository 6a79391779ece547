/* SPDX-License-Identifier: ISC */
/* T50 to T56: what the caller's function has not taken is offered again. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "pour.h"
#include "pspawn_cloexec.h"
#include "suite.h"

/* A function that takes at most `piece` bytes, and says "not now" to the calls in `refuses`. */
struct picky {
	char text[256]; /* [offered], {refused}, (a piece of a line) */
	size_t length, piece;
	int calls;
	unsigned refuses; /* bit i: the call i, from 0 */
};

static void note(struct picky *picky, const char *marks, const char *data, size_t size)
{
	CHECK(picky->length + size + 3 < sizeof(picky->text));
	picky->text[picky->length++] = marks[0];
	memcpy(picky->text + picky->length, data, size);
	picky->length += size;
	picky->text[picky->length++] = marks[1];
	picky->text[picky->length] = '\0';
}

static int refuses(struct picky *picky)
{
	int call = picky->calls++;

	return call < 32 && picky->refuses >> call & 1;
}

static long take(void *context, const void *data, size_t size)
{
	struct picky *picky = context;
	int is_refused = refuses(picky);

	note(picky, is_refused ? "{}" : "[]", data, size);
	if (is_refused)
		return -EAGAIN;
	return (long)(picky->piece && size > picky->piece ? picky->piece : size);
}

static int line(void *context, const char *data, size_t length, int whole)
{
	struct picky *picky = context;
	int is_refused = refuses(picky);

	CHECK_INT(data[length], 0);
	note(picky, is_refused ? "{}" : whole ? "[]" : "()", data, length);
	return is_refused ? -EAGAIN : 1;
}

/* ---- bytes */

CASE(T50, bytes_that_are_taken_in_part)
{
	struct picky picky = { .piece = 4 };
	struct pspawn_stream call = pspawn_stream_collect_call(1, take, &picky);
	struct pspawn_io all = { PSPAWN_STREAMS(call) };
	struct pspawn_io some = { PSPAWN_STREAMS(pspawn_stream_limit(call, 6, 0)) };
	struct pspawn_io stop = { PSPAWN_STREAMS(pspawn_stream_stop_at(call, 6)) };

	pour("printf 0123456789", all, 0);
	CHECK_STR(picky.text, "[0123456789][456789][89]");
	picky = (struct picky){ .piece = 4 };
	pour("printf 0123456789", some, 0);
	CHECK_STR(picky.text, "[012345][45]");
	picky = (struct picky){ .piece = 4 };
	pour("printf 0123456789; exec sleep 60", stop, -EFBIG);
	CHECK_STR(picky.text, "[012345][45]");
}

struct slow {
	const char *text;
	size_t at, calls;
};

static long take_some(void *context, const void *data, size_t size)
{
	struct slow *slow = context;
	size_t some = slow->calls++ % 5000 + 1;

	CHECK(memcmp(data, slow->text + slow->at, size) == 0);
	if (slow->calls % 7 == 0)
		return -EAGAIN;
	some = some < size ? some : size;
	slow->at += some;
	return (long)some;
}

CASE(T50, much_that_is_taken_in_part)
{
	enum { SIZE = 500000 };
	char *text = text_of(SIZE);
	struct slow slow = { .text = text };
	struct pspawn_cmd cat = { PSPAWN_CMD("cat") };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, text, SIZE),
					       pspawn_stream_collect_call(1, take_some, &slow)) };
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cat, 1, &io, NULL), 0);
	while (pspawn_job_wait(job, 0) == -EINPROGRESS)
		;
	CHECK_INT(pspawn_job_result(job, NULL, NULL), 0);
	CHECK_INT(slow.at, SIZE);
	pspawn_job_free(job);
	free(text);
}

/* Step until so many calls were made. */
static void step_until(struct pspawn_job *job, const struct picky *picky, int calls)
{
	struct pollfd fds[4];
	int timeout_ms;

	while (picky->calls < calls) {
		int count = pspawn_job_poll(job, fds, 4, &timeout_ms);

		CHECK(poll(fds, (nfds_t)count, timeout_ms < 0 ? DRIVE_SOON_MS : timeout_ms) >= 0);
		CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	}
}

CASE(T51, the_rest_is_refused)
{
	struct picky picky = { .piece = 4, .refuses = 2 | 4 };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, take, &picky)) };
	struct pspawn_job *job = drive_start("printf 0123456789", &io);

	step_until(job, &picky, 2);
	CHECK_STR(picky.text, "[0123456789]{456789}");
	pspawn_job_wake(job);
	step_until(job, &picky, 3);
	CHECK_STR(picky.text, "[0123456789]{456789}{456789}");
	pspawn_job_wake(job);
	CHECK_INT(drive(job, BY_POLL, NULL), 0);
	CHECK_STR(picky.text, "[0123456789]{456789}{456789}[456789][89]");
	pspawn_job_free(job);
}

static long answers(void *context, const void *data, size_t size)
{
	long answer = *(long *)context;

	(void)data;
	return answer == 1 ? (long)size + 1 : answer;
}

CASE(T52, more_than_was_offered)
{
	static const long wrong[] = { 1, LONG_MAX, -5000, LONG_MIN };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		long answer = wrong[i];
		struct pspawn_io io = { PSPAWN_STREAMS(
		    pspawn_stream_collect_call(1, answers, &answer)) };
		struct pspawn_result result = pour("echo x; exec sleep 60", io, -EINVAL);

		CHECK_INT(result.stop_reason, PSPAWN_STOP_CALLBACK);
		CHECK_INT(pour_error.step, PSPAWN_STEP_COLLECT);
		CHECK_INT(pour_error.stream, 0);
	}
}

/* ---- lines */

CASE(T53, lines_that_are_refused)
{
	struct picky picky = { .refuses = 1 | 4 | 16 | 32 };
	struct pspawn_transfer told;
	struct pspawn_stream lines = pspawn_stream_collect_lines(1, line, &picky);
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_limit(lines, 4, 0), &told)) };
	struct pspawn_job *job = drive_start("printf 'a\\nbcdefg\\nhi'", &io);
	int timeout_ms;

	step_until(job, &picky, 1);
	CHECK_STR(picky.text, "{a}");
	pspawn_job_wake(job);
	step_until(job, &picky, 3);
	CHECK_STR(picky.text, "{a}[a]{bcde}");
	pspawn_job_wake(job);
	step_until(job, &picky, 5);
	CHECK_STR(picky.text, "{a}[a]{bcde}(bcde){fg}");
	pspawn_job_wake(job);
	step_until(job, &picky, 6);
	CHECK_STR(picky.text, "{a}[a]{bcde}(bcde){fg}{fg}");
	picky.refuses = 1u << 7;
	pspawn_job_wake(job);
	step_until(job, &picky, 8);
	CHECK_STR(picky.text, "{a}[a]{bcde}(bcde){fg}{fg}[fg]{hi}");
	/* The end is there, and the run goes on: the last line is still to be taken. */
	do {
		pspawn_job_poll(job, NULL, 0, &timeout_ms);
		CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	} while (timeout_ms >= 0 && drive_is_told(job));
	CHECK_INT(picky.calls, 8);
	pspawn_job_wake(job);
	CHECK_INT(drive(job, BY_POLL, NULL), 0);
	CHECK_STR(picky.text, "{a}[a]{bcde}(bcde){fg}{fg}[fg]{hi}(hi)");
	CHECK_INT(told.end, PSPAWN_END_DONE);
	CHECK_INT(told.bytes, 11);
	pspawn_job_free(job);
}

/* The functions that wait ask again by themselves. */
CASE(T54, lines_are_told_again)
{
	for (int drain = PSPAWN_DRAIN_IDLE; drain <= PSPAWN_DRAIN_EXIT; drain++) {
		struct picky picky = { .refuses = 1 | 4 };
		struct pspawn_io io = {
			.drain = drain, PSPAWN_STREAMS(pspawn_stream_collect_lines(1, line, &picky))
		};

		pour("printf 'a\\nb'", io, 0);
		CHECK_STR(picky.text, "{a}[a]{b}(b)");
	}
}

/* ---- when a run would be over */

/* A descendant holds the pipe, so that it is the end of the run that ends the line. */
static const char held[] = "sleep 10000 & printf words; exit 7";

CASE(T55, the_last_line_is_refused)
{
	struct picky picky = { .refuses = 1 | 2 };
	struct pspawn_transfer told;
	struct pspawn_io io = { .drain = PSPAWN_DRAIN_EXIT,
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_collect_lines(1, line, &picky), &told)) };
	struct pspawn_result result = pour(held, io, 0);

	CHECK_STR(picky.text, "{words}{words}(words)");
	CHECK_INT(told.end, PSPAWN_END_HELD);
	CHECK_INT(result.streams_held, 1);
}

/* Who is stopped does not wait for it. */
CASE(T55, the_last_line_is_refused_for_good)
{
	struct picky picky = { .refuses = ~0u };
	struct pspawn_transfer told;
	struct pspawn_io io = { .size = sizeof(io),
				.drain = PSPAWN_DRAIN_EXIT,
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_collect_lines(1, line, &picky), &told)) };
	struct pspawn_job *job = drive_start(held, &io);
	struct pspawn_result result;

	step_until(job, &picky, 1);
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(told.end, PSPAWN_END_CUT);
	CHECK_INT(result.streams_held, 0);
	pspawn_job_free(job);
}

/* A line that makes a descendant write to the other stream, after all streams were read. */
struct late {
	int pull, answer;
};

static int let_write(void *context, const char *data, size_t length, int whole)
{
	const struct late *late = context;
	char byte;

	CHECK_STR(data, "words");
	CHECK_INT(length, 5);
	CHECK_INT(whole, 0);
	CHECK_INT(write(late->pull, "x\n", 2), 2);
	CHECK_INT(read(late->answer, &byte, 1), 1);
	return 1;
}

CASE(T56, what_comes_at_the_last_moment_is_refused)
{
	int pull[2], answer[2];
	struct late late;
	struct picky picky = { .refuses = 1 };
	struct pspawn_transfer told;

	CHECK_INT(pspawn_pipe(pull), 0);
	CHECK_INT(pspawn_pipe(answer), 0);
	late = (struct late){ pull[1], answer[0] };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "(read x <&5; echo late >&4; echo >&6; read x <&5) & "
					     "printf words; exit 7"),
				  PSPAWN_FDS(pspawn_fd_dup(5, pull[0]),
					     pspawn_fd_dup(6, answer[1])) };
	struct pspawn_io io = { .drain = PSPAWN_DRAIN_EXIT,
				PSPAWN_STREAMS(
				    pspawn_stream_collect_lines(1, let_write, &late),
				    pspawn_stream_report(
					pspawn_stream_collect_call(4, take, &picky), &told)) };

	CHECK_INT(pour_through(&cmd, 1, io, 0).streams_held, 2);
	CHECK_STR(picky.text, "{late\n}[late\n]");
	CHECK_INT(told.end, PSPAWN_END_HELD);
	for (int i = 0; i < 2; i++) {
		close(pull[i]);
		close(answer[i]);
	}
}
