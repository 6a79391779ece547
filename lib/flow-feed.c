/* SPDX-License-Identifier: ISC */
/* Feeding: from memory, or from a function of the caller's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "sys.h"

enum { HOLD_ROOM = 64 << 10 };

static struct refusal check_data(const struct pspawn_stream *stream)
{
	return invalid_if(!stream->data && stream->size > 0, "data is NULL, and size is not 0");
}

/* It is only read. */
static int prepare_data(struct flow *flow)
{
	flow->hold = (char *)(size_t)flow->stream.data;
	flow->filled = flow->stream.size;
	return 0;
}

static int no_more(struct flow *flow)
{
	(void)flow;
	return 0;
}

static struct refusal check_give(const struct pspawn_stream *stream)
{
	return invalid_if(!stream->give, "needs a function `give`");
}

static int prepare_give(struct flow *flow)
{
	flow->hold = malloc(HOLD_ROOM);
	flow->room = HOLD_ROOM;
	return flow->hold ? 0 : -ENOMEM;
}

static int ask_for_more(struct flow *flow)
{
	long given = flow->stream.give(flow->stream.context, flow->hold, flow->room);

	given = flow_said(given, flow->room);
	if (given <= 0)
		return (int)given;
	flow->at = 0;
	flow->filled = (size_t)given;
	return 1;
}

const struct flow_kind flow_data = {
	.is_feed = 1, .check = check_data, .prepare = prepare_data, .refill = no_more
};
const struct flow_kind flow_give = {
	.is_feed = 1, .check = check_give, .prepare = prepare_give, .refill = ask_for_more
};

/* A file is complete before the child exists: there is nothing to move. */
static struct refusal check_file(const struct pspawn_stream *stream)
{
	if (stream->kind == PSPAWN_FEED_FILE)
		return check_data(stream);
	return invalid_if(!stream->file, "`file` is NULL");
}

const struct flow_kind flow_file = { .check = check_file, .prepare = no_more };

static int finish(struct flow *flow)
{
	if (!flow->on_terminal || flow_type_end(flow) == 0)
		flow_close(flow, flow_end_of_feed(flow));
	return 0;
}

/* 1: there are bytes to write; else what flow_feed() is to return. */
static int refill(struct flow *flow)
{
	int result = flow->typing.is_complete ? 0 : flow_kind_of(flow->stream.kind)->refill(flow);

	/* A function that has said so is not asked again while there is no room for the end. */
	flow->typing.is_complete = result == 0;
	if (result == 0)
		return finish(flow);
	flow->paused = result == -EAGAIN;
	if (flow->paused)
		return 0;
	flow->why = result < 0 ? PSPAWN_STOP_CALLBACK : 0;
	return result;
}

/* Those that wait are typed line by line: a program that asks may throw away what lies behind it. */
static size_t next_piece(const struct flow *flow, size_t size)
{
	const char *data = flow->hold + flow->at;
	const char *newline = flow_waits(flow) ? memchr(data, '\n', size) : NULL;

	return newline ? (size_t)(newline - data) + 1 : size;
}

static void note_typed(struct flow *flow, size_t size)
{
	const char *data = flow->hold + flow->at;

	pty_count(flow->fd, &flow->typing.line, data, size);
	flow->typing.last = data[size - 1];
	flow->typing.lines += flow->typing.last == '\n';
}

int flow_feed(struct flow *flow, size_t budget)
{
	flow_widen(flow, flow->filled - flow->at);
	while (budget > 0) {
		size_t size;
		long result = flow->at == flow->filled ? refill(flow) : 1;

		if (result <= 0)
			return (int)result;
		size = flow->filled - flow->at < budget ? flow->filled - flow->at : budget;
		size = next_piece(flow, size);
		result = sys_write_quietly(flow->fd, flow->hold + flow->at, size);
		if (result == -EAGAIN || result == 0)
			return 0;
		/* All who could read it have closed it. A terminal says EIO. */
		if (result == -EPIPE || (result == -EIO && flow->on_terminal)) {
			flow_close(flow, PSPAWN_END_CLOSED);
			return 0;
		}
		if (result < 0)
			return (int)result;
		if (flow->on_terminal)
			note_typed(flow, (size_t)result);
		flow->at += (size_t)result;
		flow->bytes += (unsigned long long)result;
		budget -= (size_t)result;
		if ((size_t)result < size || flow_waits(flow))
			return 0;
	}
	return 0;
}
