/* SPDX-License-Identifier: ISC */
/* T60 to T64: descendants that do something after the child's end. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pour.h"
#include "pspawn_cloexec.h"
#include "suite.h"

/* It would go on for ever; when we have gone, SIGPIPE ends it. */
#define CHATS "while echo x; do sleep 0.01; done &"
#define READS_ON "exec 3<&0; { sleep 0.05; wc -c <&3 >&4; } &"

/* Returns how many bytes have come. */
static size_t run_chat(int drain, int drain_max_ms)
{
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_io io = { .drain = drain,
				.drain_idle_ms = AN_HOUR_MS,
				.drain_max_ms = drain_max_ms,
				PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)) };
	struct pspawn_result result = pour("echo first; " CHATS " exit 3", io, 0);
	size_t length = out.length;

	CHECK_INT(result.status.code, 3);
	CHECK_INT(result.streams_held, 1);
	CHECK_INT(told.end, PSPAWN_END_HELD);
	CHECK_INT(told.bytes, length);
	CHECK(strncmp(out.data, "first\n", 6) == 0);
	if (drain != PSPAWN_DRAIN_EXIT)
		CHECK(result.elapsed_us >= drain_max_ms * 1000LL);
	free(out.data);
	return length;
}

/* What it has to say within the bound is collected, where the bound is long enough for a word. */
CASE(T60, one_that_never_stops_writing)
{
	static const int policies[] = { PSPAWN_DRAIN_IDLE, PSPAWN_DRAIN_MAX };

	for (size_t i = 0; i < 2; i++)
		for (int drain_max_ms = 60; run_chat(policies[i], drain_max_ms) == 6;
		     drain_max_ms *= 2)
			CHECK(drain_max_ms < AN_HOUR_MS / 60);
	run_chat(PSPAWN_DRAIN_EXIT, AN_HOUR_MS);
}

/* Whatever comes within the time allowed is waited for, and no longer than it takes: not an hour. */
CASE(T61, one_that_writes_a_little_later)
{
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_io io = { .drain_idle_ms = AN_HOUR_MS,
				.drain_max_ms = -1,
				PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)) };

	for (int drain = PSPAWN_DRAIN_IDLE; drain <= PSPAWN_DRAIN_MAX; drain++) {
		io.drain = drain;
		struct pspawn_result result =
		    pour("{ sleep 0.05; echo late; } & echo first; exit 3", io, 0);

		CHECK_INT(result.streams_held, 0);
		CHECK_INT(told.end, PSPAWN_END_DONE);
		CHECK_STR(out.data, "first\nlate\n");
		free(out.data);
	}
}

/* A descendant is fed like the child itself. */
CASE(T62, one_that_reads_on)
{
	char *text = text_of(300000);
	struct pspawn_buffer out;
	struct pspawn_transfer told;

	for (int drain = PSPAWN_DRAIN_IDLE; drain <= PSPAWN_DRAIN_MAX; drain++) {
		struct pspawn_io io = { .drain = drain,
					.drain_idle_ms = AN_HOUR_MS,
					.drain_max_ms = AN_HOUR_MS,
					PSPAWN_STREAMS(
					    pspawn_stream_report(
						pspawn_stream_feed(0, text, 300000), &told),
					    pspawn_stream_collect(4, &out)) };

		CHECK_INT(pour(READS_ON " exit 3", io, 0).status.code, 3);
		CHECK_INT(told.end, PSPAWN_END_DONE);
		CHECK_INT(told.bytes, 300000);
		CHECK_INT(strtol(out.data, NULL, 10), 300000);
		free(out.data);
	}
	free(text);
}

/* Each stream has its own end; what has been held is counted. */
CASE(T63, some_are_held_and_some_are_not)
{
	char *text = text_of(300000);
	struct pspawn_buffer out[3];
	struct pspawn_transfer told[4];
	int control[2];
	/* 3 is closed before there is a descendant, which would not do so at once. */
	static const char line[] = "exec 6<&0; echo b >&3; exec 3>&-; { read x <&9; } & echo a; "
				   "echo c >&4; exit 3";

	CHECK_INT(pspawn_pipe(control), 0);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line),
				  PSPAWN_FDS(pspawn_fd_dup(9, control[0])) };
	struct pspawn_io io = {
		.drain_idle_ms = 10,
		PSPAWN_STREAMS(pspawn_stream_report(pspawn_stream_feed(0, text, 300000), &told[0]),
			       pspawn_stream_report(pspawn_stream_collect(1, &out[0]), &told[1]),
			       pspawn_stream_report(pspawn_stream_collect(3, &out[1]), &told[2]),
			       pspawn_stream_report(pspawn_stream_collect(4, &out[2]), &told[3]))
	};
	static const int ends[] = { PSPAWN_END_HELD, PSPAWN_END_HELD, PSPAWN_END_DONE,
				    PSPAWN_END_HELD };
	static const char *const texts[] = { "a\n", "b\n", "c\n" };

	CHECK_INT(pour_through(&cmd, 1, io, 0).streams_held, 3);
	for (int i = 0; i < 4; i++)
		CHECK_INT(told[i].end, ends[i]);
	for (int i = 0; i < 3; i++) {
		CHECK_STR(out[i].data, texts[i]);
		free(out[i].data);
	}
	close(control[0]);
	close(control[1]);
	free(text);
}

/* The drain begins when the last stage has ended, and the first is not its only one. */
CASE(T64, stages_are_drained_together)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/sh", "-c", "sleep 0.1; echo late >&5") },
				     { PSPAWN_CMD("/bin/sh", "-c", "sleep 0.05; exit 4") },
				     { PSPAWN_CMD("true") } };
	struct pspawn_status statuses[3];
	struct pspawn_buffer out;
	struct pspawn_io io = { .statuses = statuses,
				.drain = PSPAWN_DRAIN_EXIT,
				PSPAWN_STREAMS(
				    pspawn_stream_of_stage(pspawn_stream_collect(5, &out), 0)) };

	pour_through(cmds, 3, io, 0);
	CHECK_STR(out.data, "late\n");
	CHECK_INT(statuses[1].code, 4);
	free(out.data);
}
