/* SPDX-License-Identifier: ISC */
/*
 * T01 to T08: every kind of stream under every drain policy, with children that
 * exit, are killed, leave a descendant that holds on, close early, never touch it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pour.h"
#include "pspawn_cloexec.h"
#include "suite.h"

/* More than a pipe holds; of text. Nothing is NONE; PART is less than all, by how much is the
 * system's. */
enum { SIZE = 300000 };
enum amount { NONE, PART, ALL };

/* The descendant's end: when we close the other end of 9, or when a little time has passed. */
#define HOLDS "{ read x <&9; } 2>&1 &"
#define HOLDS_BRIEFLY "sleep 0.1 &"

enum { POLICIES = 4 };

static const char *const policy_names[POLICIES] = { "idle", "eof", "most", "exit" };

struct situation {
	const char *name;
	const char *line;
	const char *line_eof; /* until EOF; NULL: the same */
	int code, signal;
	int ends[POLICIES]; /* enum pspawn_end */
	enum amount bytes, content;
};

#define DONE PSPAWN_END_DONE
#define HELD PSPAWN_END_HELD
#define CLOSED PSPAWN_END_CLOSED
#define EACH(end)                                                                                  \
	{                                                                                          \
		end, end, end, end                                                                 \
	}
#define BUT_EOF(end, eof)                                                                          \
	{                                                                                          \
		end, eof, end, end                                                                 \
	}

#define COUNTS "test $(wc -c) -eq 300000 || exit 1; "

static const struct situation fed[] = {
	{ "exits", COUNTS "exit 3", NULL, 3, 0, EACH(DONE), ALL, ALL },
	{ "killed", "kill -9 $$", NULL, 0, SIGKILL, EACH(CLOSED), PART, ALL },
	{ "read and killed", COUNTS "kill -9 $$", NULL, 0, SIGKILL, EACH(DONE), ALL, ALL },
	{ "grandchild", "exec 3<&0; " HOLDS " exit 3", "exec 3<&0; " HOLDS_BRIEFLY " exit 3", 3, 0,
	  BUT_EOF(HELD, CLOSED), PART, ALL },
	{ "closes early", "read x; exec <&-; sleep 0.02; exit 3", NULL, 3, 0, EACH(CLOSED), PART,
	  ALL },
	{ "never reads", "sleep 0.02; exit 3", NULL, 3, 0, EACH(CLOSED), PART, ALL },
};

static const struct situation fed_file[] = {
	{ "exits", COUNTS "exit 3", NULL, 3, 0, EACH(DONE), ALL, ALL },
	{ "killed", "kill -9 $$", NULL, 0, SIGKILL, EACH(DONE), ALL, ALL },
	{ "read and killed", COUNTS "kill -9 $$", NULL, 0, SIGKILL, EACH(DONE), ALL, ALL },
	{ "grandchild", "exec 3<&0; " HOLDS " exit 3", NULL, 3, 0, EACH(DONE), ALL, ALL },
	{ "closes early", "read x; exec <&-; sleep 0.02; exit 3", NULL, 3, 0, EACH(DONE), ALL,
	  ALL },
	{ "never reads", "sleep 0.02; exit 3", NULL, 3, 0, EACH(DONE), ALL, ALL },
};

static const struct situation collected[] = {
	{ "exits", "cat <&8; exit 3", NULL, 3, 0, EACH(DONE), ALL, ALL },
	{ "killed", "cat <&8; kill -9 $$", NULL, 0, SIGKILL, EACH(DONE), ALL, ALL },
	{ "grandchild", HOLDS " cat <&8; exit 3", HOLDS_BRIEFLY " cat <&8; exit 3", 3, 0,
	  BUT_EOF(HELD, DONE), ALL, ALL },
	{ "closes early", "cat <&8; exec >&-; sleep 0.02; exit 3", NULL, 3, 0, EACH(DONE), ALL,
	  ALL },
	{ "never writes", "sleep 0.02; exit 3", NULL, 3, 0, EACH(DONE), NONE, NONE },
	{ "never writes, grandchild", HOLDS " exit 3", HOLDS_BRIEFLY " exit 3", 3, 0,
	  BUT_EOF(HELD, DONE), NONE, NONE },
};

static const struct situation collected_file[] = {
	{ "exits", "cat <&8; exit 3", NULL, 3, 0, EACH(DONE), ALL, ALL },
	{ "killed", "cat <&8; kill -9 $$", NULL, 0, SIGKILL, EACH(DONE), ALL, ALL },
	{ "grandchild", HOLDS " cat <&8; exit 3", NULL, 3, 0, EACH(DONE), ALL, ALL },
	{ "closes early", "cat <&8; exec >&-; sleep 0.02; exit 3", NULL, 3, 0, EACH(DONE), ALL,
	  ALL },
	{ "never writes", "sleep 0.02; exit 3", NULL, 3, 0, EACH(DONE), NONE, NONE },
};

/* What a run of the table is about. */
struct pour_in {
	int kind;
	char *text;
	struct source source;
	struct heap heap;
	struct pspawn_buffer buffer;
	int file;
	struct pspawn_transfer told;
};

static struct pspawn_stream stream_of(struct pour_in *in)
{
	switch (in->kind) {
	case PSPAWN_FEED_DATA:
		return pspawn_stream_feed(0, in->text, SIZE);
	case PSPAWN_FEED_FILE:
		return pspawn_stream_feed_file(0, in->text, SIZE);
	case PSPAWN_FEED_CALL:
		return pspawn_stream_feed_call(0, source_give, &in->source);
	case PSPAWN_COLLECT_BUFFER:
		return pspawn_stream_collect(1, &in->buffer);
	case PSPAWN_COLLECT_CALL:
		return pspawn_stream_collect_call(1, heap_take, &in->heap);
	case PSPAWN_COLLECT_LINES:
		return pspawn_stream_collect_lines(1, heap_line, &in->heap);
	default:
		return pspawn_stream_collect_file(1, &in->file);
	}
}

/* Whatever it was collected with: into the heap. */
static void gather_content(struct pour_in *in)
{
	if (in->kind == PSPAWN_COLLECT_BUFFER) {
		CHECK(in->buffer.data != NULL);
		CHECK_INT(in->buffer.data[in->buffer.length], 0);
		CHECK_INT(in->buffer.gap, 0);
		CHECK_INT(in->buffer.head, in->buffer.length);
		in->heap.data = in->buffer.data;
		in->heap.size = in->buffer.length;
	}
	if (in->kind == PSPAWN_COLLECT_FILE) {
		in->heap.data = read_whole(in->file, &in->heap.size);
		close(in->file);
	}
}

static struct pspawn_result run_it(struct pour_in *in, const struct situation *row, int policy)
{
	const char *line = policy == PSPAWN_DRAIN_EOF && row->line_eof ? row->line_eof : row->line;
	struct pspawn_stream stream = stream_of(in);
	int output = open("text", O_RDONLY | O_CLOEXEC);
	struct pspawn_result result;
	int control[2];

	CHECK_INT(pspawn_pipe(control), 0);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line),
				  PSPAWN_FDS(pspawn_fd_dup(9, control[0]),
					     pspawn_fd_dup(8, output)) };
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_report(stream, &in->told)),
				.drain = policy, .drain_idle_ms = 10, .drain_max_ms = 20 };

	/* Time for the shell on a slow machine would be no idle time of its own; but EOF has none.
	 */
	result = pour_through(&cmd, 1, io, 0);
	close(output);
	close(control[0]);
	close(control[1]);
	return result;
}

static void check_row(int kind, const struct situation *row, int policy)
{
	struct pour_in in = { .kind = kind, .text = text_of(SIZE), .file = -1 };
	int is_feed = kind <= PSPAWN_FEED_FILE;
	struct pspawn_result result;

	in.source = (struct source){ in.text, SIZE, 0, 0 };
	suite_note("kind %d, %s, %s", kind, policy_names[policy], row->name);
	result = run_it(&in, row, policy);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	CHECK_INT(result.stop_signal, 0);
	CHECK_INT(result.statuses_lost, 0);
	CHECK_INT(result.status.exited, !row->signal);
	CHECK_INT(result.status.code, row->signal ? -1 : row->code);
	CHECK_INT(result.status.signal, row->signal);
	CHECK_INT(in.told.end, row->ends[policy]);
	CHECK_INT(result.streams_held, row->ends[policy] == HELD);
	if (row->bytes == PART)
		CHECK(in.told.bytes < SIZE);
	else
		CHECK_INT(in.told.bytes, row->bytes == ALL ? SIZE : 0);
	gather_content(&in);
	if (!is_feed)
		CHECK(same_bytes(in.heap.data, in.heap.size, in.text,
				 row->content == ALL ? SIZE : 0));
	heap_drop(&in.heap);
	free(in.text);
}

static void check_kind(int kind, const struct situation *rows, size_t count)
{
	char *text = text_of(SIZE);
	int fd = open("text", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK_INT(write(fd, text, SIZE), SIZE);
	close(fd);
	free(text);
	for (size_t i = 0; i < count; i++)
		for (int policy = 0; policy < POLICIES; policy++)
			check_row(kind, &rows[i], policy);
}

#define TABLE_OF(kind, rows) check_kind(kind, rows, sizeof(rows) / sizeof((rows)[0]))

CASE(T01, table_of_feed_data)
{
	TABLE_OF(PSPAWN_FEED_DATA, fed);
}

CASE(T02, table_of_feed_call)
{
	TABLE_OF(PSPAWN_FEED_CALL, fed);
}

CASE(T03, table_of_feed_file)
{
	TABLE_OF(PSPAWN_FEED_FILE, fed_file);
}

CASE(T04, table_of_collect_buffer)
{
	TABLE_OF(PSPAWN_COLLECT_BUFFER, collected);
}

CASE(T05, table_of_collect_call)
{
	TABLE_OF(PSPAWN_COLLECT_CALL, collected);
}

CASE(T06, table_of_collect_lines)
{
	TABLE_OF(PSPAWN_COLLECT_LINES, collected);
}

CASE(T07, table_of_collect_file)
{
	TABLE_OF(PSPAWN_COLLECT_FILE, collected_file);
}
