/* SPDX-License-Identifier: ISC */
/* X01 to X04: a run as an object, driven in every way, ends as pspawn_run() says. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "suite.h"

enum { MOST_STAGES = 3, MANY = 300000 };

/* What a run can end with. */
struct outcome {
	int code;
	struct pspawn_result result;
	struct pspawn_error error;
	struct pspawn_buffer out, err;
	struct pspawn_transfer fed, got;
	struct pspawn_status statuses[MOST_STAGES];
};

struct scene {
	const char *lines[MOST_STAGES];
	size_t feed; /* bytes; 0: nothing is fed */
	size_t limit;
	int stops_at_limit, timeout_ms, drain;
	unsigned flags;
	int code; /* expected */
};

static const struct scene scenes[] = {
	{ { "exit 3" }, .feed = 0 },
	{ { "kill -9 $$" }, .feed = 0 },
	{ { "cat" }, .feed = MANY },
	{ { "tee /dev/fd/7" }, .feed = MANY },
	{ { "exec <&-; echo done" }, .feed = MANY },
	{ { "cat; exit 4", "tr a-z A-Z", "cat" }, .feed = MANY, .flags = PSPAWN_FAIL_IF_ANY },
	{ { "exec sleep 60" }, .timeout_ms = 30, .code = -ETIMEDOUT },
	{ { "exec sleep 60", "exec sleep 60" }, .timeout_ms = 30, .code = -ETIMEDOUT },
	/* The runner ends what sleeps on. */
	{ { "sleep 10000 & echo hello" }, .drain = PSPAWN_DRAIN_EXIT },
	{ { "sleep 10000 & echo hello" }, .drain = PSPAWN_DRAIN_IDLE },
	{ { "sleep 10000 & echo hello" }, .drain = PSPAWN_DRAIN_MAX },
	{ { "sleep 0.1 & echo hello" }, .drain = PSPAWN_DRAIN_EOF },
	{ { "cat" }, .feed = MANY, .limit = 1000 },
	/* By the shell itself: who is left of a stopped run may hold its output, or not. */
	{ { "trap '' PIPE; printf %70000s x 2>/dev/null; exec sleep 60" },
	  .limit = 1000,
	  .stops_at_limit = 1,
	  .code = -EFBIG },
	{ { "echo shown; echo too >&2" }, .flags = PSPAWN_ON_TERMINAL },
};
enum { SCENES = sizeof(scenes) / sizeof(scenes[0]) };

static char data[MANY];

/* The streams of a scene, into `streams`. Returns how many. */
static size_t streams_of(const struct scene *scene, struct outcome *outcome,
			 struct pspawn_stream *streams)
{
	struct pspawn_stream out =
	    pspawn_stream_report(pspawn_stream_collect(1, &outcome->out), &outcome->got);
	size_t count = 0;

	if (scene->feed)
		streams[count++] =
		    pspawn_stream_report(pspawn_stream_feed(0, data, scene->feed), &outcome->fed);
	if (scene->stops_at_limit)
		out = pspawn_stream_stop_at(out, scene->limit);
	else if (scene->limit)
		out = pspawn_stream_limit(out, scene->limit, PSPAWN_KEEP_BOTH);
	streams[count++] = out;
	streams[count++] = pspawn_stream_collect(7, &outcome->err);
	return count;
}

/* By this way, or, for DRIVE_WAYS, by pspawn_pipeline(). */
static void play(const struct scene *scene, enum drive_way way, struct outcome *outcome)
{
	struct pspawn_stream streams[3];
	struct pspawn_io io = { .size = sizeof(io),
				.streams = streams,
				.timeout_ms = scene->timeout_ms,
				.drain = scene->drain,
				.drain_idle_ms = 20,
				.drain_max_ms = scene->drain == PSPAWN_DRAIN_MAX ? 50 : 0,
				.flags = scene->flags,
				PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }),
				.statuses = outcome->statuses };
	const char *argv[MOST_STAGES][4];
	struct pspawn_cmd cmds[MOST_STAGES] = { { 0 } };
	struct pspawn_job *job;
	size_t count = 0;

	memset(outcome, 0, sizeof(*outcome));
	io.nstreams = streams_of(scene, outcome, streams);
	for (; count < MOST_STAGES && scene->lines[count]; count++) {
		const char *words[] = { "/bin/sh", "-c", scene->lines[count], NULL };

		memcpy(argv[count], words, sizeof(words));
		cmds[count].size = sizeof(cmds[count]);
		cmds[count].argv = (char *const *)argv[count];
	}
	if (way == DRIVE_WAYS) {
		outcome->code =
		    pspawn_pipeline(cmds, count, &io, &outcome->result, &outcome->error);
		return;
	}
	CHECK_INT(pspawn_job_start(&job, cmds, count, &io, &outcome->error), 0);
	CHECK_INT(pspawn_job_result(job, NULL, NULL), -EINPROGRESS);
	outcome->code = drive(job, way, NULL);
	CHECK_INT(pspawn_job_result(job, &outcome->result, &outcome->error), outcome->code);
	pspawn_job_free(job);
}

static void same_status(const struct pspawn_status *a, const struct pspawn_status *b)
{
	CHECK_INT(a->exited, b->exited);
	CHECK_INT(a->code, b->code);
	CHECK_INT(a->signal, b->signal);
	CHECK_INT(a->lost, b->lost);
}

static void same_buffer(const struct pspawn_buffer *a, const struct pspawn_buffer *b)
{
	CHECK_INT(a->length, b->length);
	CHECK_INT(a->gap, b->gap);
	CHECK_INT(a->head, b->head);
	CHECK_INT(memcmp(a->data, b->data, a->length + 1), 0);
}

static void same(const struct outcome *a, const struct outcome *b)
{
	CHECK_INT(a->code, b->code);
	CHECK_INT(a->error.code, b->error.code);
	CHECK_INT(a->error.step, b->error.step);
	CHECK_INT(a->error.stream, b->error.stream);
	CHECK_INT(a->error.stage, b->error.stage);
	same_status(&a->result.status, &b->result.status);
	CHECK_INT(a->result.stage, b->result.stage);
	CHECK_INT(a->result.stop_reason, b->result.stop_reason);
	CHECK_INT(a->result.stop_signal, b->result.stop_signal);
	CHECK_INT(a->result.stop_reach, b->result.stop_reach);
	CHECK_INT(a->result.streams_held, b->result.streams_held);
	CHECK_INT(a->fed.end, b->fed.end);
	CHECK_INT(a->got.end, b->got.end);
	for (int i = 0; i < MOST_STAGES; i++)
		same_status(&a->statuses[i], &b->statuses[i]);
	/* Of what is stopped at a limit more or less may have been read. */
	if (a->code != -EFBIG)
		same_buffer(&a->out, &b->out);
	same_buffer(&a->err, &b->err);
}

static void give_back(struct outcome *outcome)
{
	free(outcome->out.data);
	free(outcome->err.data);
}

static void play_all(enum drive_way way)
{
	for (size_t i = 0; i < MANY; i++)
		data[i] = (char)('a' + i * 31 % 26);
	for (size_t i = 0; i < SCENES; i++) {
		struct outcome wanted, outcome;

		suite_note("%s", scenes[i].lines[0]);
		play(&scenes[i], DRIVE_WAYS, &wanted);
		CHECK_INT(wanted.code, scenes[i].code);
		play(&scenes[i], way, &outcome);
		same(&outcome, &wanted);
		give_back(&wanted);
		give_back(&outcome);
	}
}

CASE(X01, driven_by_poll)
{
	play_all(BY_POLL);
}

CASE(X02, driven_by_its_descriptor)
{
	play_all(BY_FD);
}

CASE(X03, driven_by_short_waits)
{
	play_all(BY_WAIT);
}

CASE(X04, driven_by_wait_any)
{
	play_all(BY_WAIT_ANY);
}
