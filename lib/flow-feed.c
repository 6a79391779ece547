/* SPDX-License-Identifier: ISC */
/* Feeding: from memory, or from a function of the caller's. */
#include <errno.h>
#include <stdlib.h>

#include "flow.h"
#include "sys.h"
#include "pty.h"

enum { HOLD_ROOM = 64 << 10 };

static int check_data(const struct pspawn_stream *stream)
{
	return stream->data || stream->size == 0 ? 0 : -EINVAL;
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

static int check_give(const struct pspawn_stream *stream)
{
	return stream->give ? 0 : -EINVAL;
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

	if (given <= 0)
		return flow_said(given);
	if ((size_t)given > flow->room)
		return -EOVERFLOW;
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
static int check_file(const struct pspawn_stream *stream)
{
	return stream->kind == PSPAWN_FEED_FILE ? check_data(stream) : stream->file ? 0 : -EINVAL;
}

const struct flow_kind flow_file = { .check = check_file, .prepare = no_more };

/*
 * What is typed at the end, so that whoever reads lines reads an end: twice in the
 * middle of a line, where the first only hands over what there is of it.
 */
static int type_end(struct flow *flow)
{
	int character = pty_end_character(flow->fd);
	int is_midline = flow->bytes > 0 && flow->last != '\n';
	char ends[2] = { (char)character, (char)character };
	long result = 0;

	if (character >= 0)
		result = sys_write_quietly(flow->fd, ends, is_midline ? 2 : 1);
	/* Accepted in part is accepted: the rest could only end an empty line. */
	return result == -EAGAIN ? -EAGAIN : 0;
}

static int finish(struct flow *flow)
{
	if (!flow->on_terminal || type_end(flow) == 0)
		flow_close(flow, PSPAWN_END_DONE);
	return 0;
}

/* 1: there are bytes to write; else what flow_feed() is to return. */
static int refill(struct flow *flow)
{
	int result = flow->is_complete ? 0 : flow_kind_of(flow->stream.kind)->refill(flow);

	/* A function that has said so is not asked again while there is no room for the end. */
	flow->is_complete = result == 0;
	if (result == 0)
		return finish(flow);
	flow->paused = result == -EAGAIN;
	if (flow->paused)
		return 0;
	flow->why = result < 0 ? PSPAWN_WHY_CALL : 0;
	return result;
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
		flow->last = flow->hold[flow->at + (size_t)result - 1];
		flow->at += (size_t)result;
		flow->bytes += (unsigned long long)result;
		budget -= (size_t)result;
		if ((size_t)result < size)
			return 0;
	}
	return 0;
}
