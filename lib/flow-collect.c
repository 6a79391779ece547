/* SPDX-License-Identifier: ISC */
/* Collecting: into memory, to a function, to a function line by line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "sys.h"

enum { HOLD_ROOM = 64 << 10 };

static int nothing_left(struct flow *flow)
{
	(void)flow;
	return 0;
}

static int at_limit(struct flow *flow)
{
	flow->why = PSPAWN_STOP_LIMIT;
	return -EFBIG;
}

/* What `came` and `over` return when the caller's function wants no more. */
enum { ENOUGH = 1 };

static long said(struct flow *flow, long result, size_t most)
{
	result = flow_said(result, most);
	if (result < 0)
		flow->why = PSPAWN_STOP_CALLBACK;
	return result;
}

/* ---- into memory */

static struct refusal check_buffer(const struct pspawn_stream *stream)
{
	if (stream->keep < PSPAWN_KEEP_HEAD || stream->keep > PSPAWN_KEEP_BOTH)
		return invalid("an unknown `keep`");
	return invalid_if(!stream->buffer, "needs a buffer");
}

static int prepare_buffer(struct flow *flow)
{
	size_t limit = flow->stream.limit ? flow->stream.limit : PSPAWN_LIMIT_DEFAULT;

	store_init(&flow->store, limit, flow->stream.keep);
	return 0;
}

static char *space_in_store(struct flow *flow, size_t *room)
{
	return store_space(&flow->store, room);
}

static int came_to_store(struct flow *flow, size_t size)
{
	store_came(&flow->store, size);
	return flow->stream.flags & PSPAWN_STREAM_STOP_AT_LIMIT && store_gap(&flow->store)
		   ? at_limit(flow)
		   : 0;
}

const struct flow_kind flow_buffer = {
	.check = check_buffer,
	.prepare = prepare_buffer,
	.space = space_in_store,
	.came = came_to_store,
	.over = nothing_left,
};

/* ---- to a function */

static struct refusal check_take(const struct pspawn_stream *stream)
{
	return invalid_if(!stream->take, "needs a function `take`");
}

static int prepare_hold(struct flow *flow)
{
	flow->hold = malloc(HOLD_ROOM + 1);
	flow->room = HOLD_ROOM;
	return flow->hold ? 0 : -ENOMEM;
}

static char *space_in_hold(struct flow *flow, size_t *room)
{
	*room = flow->room;
	return flow->hold;
}

/* How many more the function may be given. */
static size_t left_to_take(const struct flow *flow)
{
	size_t limit = flow->stream.limit ? flow->stream.limit : PSPAWN_UNLIMITED;

	return flow->taken < limit ? limit - (size_t)flow->taken : 0;
}

/* What is beyond the limit is read and thrown away, or stops the run. */
static int drop_the_rest(struct flow *flow)
{
	int is_more = flow->at < flow->filled;

	flow->at = flow->filled = 0;
	return is_more && flow->stream.flags & PSPAWN_STREAM_STOP_AT_LIMIT ? at_limit(flow) : 0;
}

/* Until all is taken. What is not is between `at` and `filled`. */
static int offer(struct flow *flow)
{
	size_t left;

	while (flow->at < flow->filled && (left = left_to_take(flow)) > 0) {
		size_t size = flow->filled - flow->at < left ? flow->filled - flow->at : left;
		long result = flow->stream.take(flow->stream.context, flow->hold + flow->at, size);

		result = said(flow, result, size);
		if (result <= 0)
			return result ? (int)result : ENOUGH;
		flow->at += (size_t)result;
		flow->taken += (size_t)result;
	}
	return drop_the_rest(flow);
}

static int came_to_take(struct flow *flow, size_t size)
{
	flow->filled += size;
	return offer(flow);
}

const struct flow_kind flow_take = {
	.check = check_take,
	.prepare = prepare_hold,
	.space = space_in_hold,
	.came = came_to_take,
	.over = nothing_left,
};

/* ---- line by line */

static struct refusal check_lines(const struct pspawn_stream *stream)
{
	return invalid_if(!stream->line, "needs a function `line`");
}

static size_t longest(const struct flow *flow)
{
	size_t limit = flow->stream.limit ? flow->stream.limit : PSPAWN_LINE_DEFAULT;

	return limit < PSPAWN_UNLIMITED / 4 ? limit : PSPAWN_UNLIMITED / 4;
}

/* A line that is longer than the memory, and may be: twice as much. */
static char *space_for_line(struct flow *flow, size_t *room)
{
	if (flow->filled == flow->room) {
		char *hold = realloc(flow->hold, 2 * flow->room + 1);

		if (!hold)
			return NULL;
		flow->hold = hold;
		flow->room *= 2;
	}
	*room = flow->room - flow->filled;
	return flow->hold + flow->filled;
}

/* With a NUL in place of the byte after it. */
static int tell_line(struct flow *flow, size_t begin, size_t end, int whole)
{
	char after = flow->hold[end];
	long result;

	flow->hold[end] = '\0';
	result = flow->stream.line(flow->stream.context, flow->hold + begin, end - begin, whole);
	flow->hold[end] = after;
	result = said(flow, result, 1);
	return result < 0 ? (int)result : result ? 0 : ENOUGH;
}

/* The first line, or the first piece of one, in what there is from `begin` on; 0: none yet. */
static size_t first_line(const struct flow *flow, size_t begin, int *whole)
{
	size_t size = flow->filled - begin;
	size_t most = longest(flow);
	size_t known = flow->at > begin ? flow->at - begin : 0;
	/* Not beyond the longest line, or many short pieces would each search all of it. */
	size_t searched = size > most ? most + 1 : size;
	const char *newline = memchr(flow->hold + begin + known, '\n', searched - known);

	*whole = newline != NULL;
	if (*whole)
		return (size_t)(newline - flow->hold) - begin + 1;
	return size > most ? most : 0;
}

static int came_to_lines(struct flow *flow, size_t size)
{
	size_t begin = 0, length;
	int result = 0, whole;

	flow->filled += size;
	while (result == 0 && (length = first_line(flow, begin, &whole)) > 0) {
		result = tell_line(flow, begin, begin + length - (size_t)whole, whole);
		flow->at = 0;
		if (result == -EAGAIN)
			break;
		begin += length;
	}
	flow->filled -= begin;
	memmove(flow->hold, flow->hold + begin, flow->filled);
	/* Without a newline in them they need not be searched again. */
	flow->at = result == 0 ? flow->filled : 0;
	return result;
}

static int last_line(struct flow *flow)
{
	int result = flow->filled ? tell_line(flow, 0, flow->filled, 0) : 0;

	if (result != -EAGAIN)
		flow->filled = flow->at = 0;
	return result;
}

const struct flow_kind flow_lines = {
	.check = check_lines,
	.prepare = prepare_hold,
	.space = space_for_line,
	.came = came_to_lines,
	.over = last_line,
};

/* ---- all three */

/* The caller's function has said "not now": it is offered the same again after a wake. */
static int is_refused(struct flow *flow, int result)
{
	flow->paused = flow->is_owed = result == -EAGAIN;
	return flow->paused;
}

/* What came of giving bytes away. 0: go on; 1: not now, or no more. */
static int after(struct flow *flow, int result)
{
	if (is_refused(flow, result))
		return 1;
	if (result == ENOUGH)
		flow_close(flow, PSPAWN_END_CUT);
	return result;
}

/* What has come to its end is asked for its end again, if the last line is not taken yet. */
static int end_of_output(struct flow *flow)
{
	int result = flow_kind_of(flow->stream.kind)->over(flow);

	if (is_refused(flow, result))
		return 0;
	flow_close(flow, PSPAWN_END_DONE);
	return result < 0 ? result : 0;
}

int flow_end_now(struct flow *flow, int may_wait)
{
	int result = flow_kind_of(flow->stream.kind)->over(flow);

	if (is_refused(flow, result) && may_wait)
		return 0;
	flow_close(flow, flow->paused ? PSPAWN_END_CUT : PSPAWN_END_HELD);
	return result < 0 && result != -EAGAIN ? result : 0;
}

/* A read that brought less than it could has emptied a pipe; not so a terminal. */
static int is_empty(const struct flow *flow, size_t came, size_t room)
{
	return came < room && !flow->on_terminal;
}

int flow_collect(struct flow *flow, size_t budget)
{
	const struct flow_kind *kind = flow_kind_of(flow->stream.kind);

	if (flow->is_owed) {
		int result = after(flow, kind->came(flow, 0));

		if (result != 0)
			return result < 0 ? result : 0;
	}
	flow_widen(flow, 0);
	while (budget > 0) {
		size_t room;
		char *space = kind->space(flow, &room);
		long came;
		int result;

		if (!space)
			return -ENOMEM;
		room = room < budget ? room : budget;
		came = sys_read(flow->fd, space, room);
		if (came == -EAGAIN)
			return 0;
		/* A terminal whose other side is closed says EIO on Linux. */
		if (came == 0 || (came == -EIO && flow->on_terminal))
			return end_of_output(flow);
		if (came < 0)
			return (int)came;
		if (flow->typed)
			flow_has_shown(flow->typed, space, (size_t)came);
		flow->bytes += (unsigned long long)came;
		budget -= (size_t)came;
		result = after(flow, kind->came(flow, (size_t)came));
		if (result != 0)
			return result < 0 ? result : 0;
		if (is_empty(flow, (size_t)came, room))
			return 0;
	}
	return 0;
}
