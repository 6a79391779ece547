/* SPDX-License-Identifier: ISC */
/* What streams of all kinds have in common. */
#include "flow.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "lib.h"

/* No system has larger ones; what is below is a mistake, and not to be negated. */
enum { MOST_ERRNO = 4095 };

/*
 * What a stream of this many bytes gets is a pipe as large as four: fewer wake-ups for the
 * same. Not everyone from the beginning, and not larger, because the user's share of pages in pipes
 * (pipe-user-pages-soft) is as much as 1024 pipes hold, and everything of his lives on it.
 */
enum { WIDE_AFTER = 1 << 20, WIDE = 256 << 10 };

const struct flow_kind *flow_kind_of(int kind)
{
	static const struct flow_kind *const kinds[] = {
		[PSPAWN_FEED_DATA] = &flow_data,    [PSPAWN_FEED_CALL] = &flow_give,
		[PSPAWN_FEED_FILE] = &flow_file,    [PSPAWN_COLLECT_BUFFER] = &flow_buffer,
		[PSPAWN_COLLECT_CALL] = &flow_take, [PSPAWN_COLLECT_LINES] = &flow_lines,
		[PSPAWN_COLLECT_FILE] = &flow_file,
	};

	if (kind < 0 || (size_t)kind >= sizeof(kinds) / sizeof(kinds[0]))
		return NULL;
	return kinds[kind];
}

int flow_is_feed(const struct flow *flow)
{
	return flow_kind_of(flow->stream.kind)->is_feed;
}

int flow_goes_in(const struct pspawn_stream *stream)
{
	return flow_kind_of(stream->kind)->is_feed || stream->kind == PSPAWN_FEED_FILE;
}

int flow_is_file(const struct pspawn_stream *stream)
{
	return flow_kind_of(stream->kind) == &flow_file;
}

static void tell(const struct flow *flow)
{
	if (flow->stream.transfer) {
		flow->stream.transfer->bytes = flow->bytes;
		flow->stream.transfer->end = flow->end;
	}
}

short flow_wants(const struct flow *flow)
{
	if (flow->fd < 0)
		return 0;
	/* With nothing to write there is still to be seen that nobody will read. */
	if (flow_is_feed(flow))
		return flow->paused || flow_waits(flow) ? POLLERR : POLLOUT;
	return flow->paused ? 0 : POLLIN;
}

long flow_said(long result, size_t most)
{
	int is_errno = result < 0 && result >= -MOST_ERRNO;

	return is_errno || (result >= 0 && (unsigned long)result <= most) ? result : -EINVAL;
}

int flow_is_owed(const struct flow *flow)
{
	return flow->fd >= 0 && !flow->paused && flow->is_owed;
}

void flow_close(struct flow *flow, int end)
{
	if (flow->fd >= 0) {
		gather_watch(flow->gather, flow->fd, flow->polled, 0);
		sys_release(flow->fd);
	}
	flow->fd = -1;
	flow->polled = 0;
	flow->paused = flow->is_owed = 0;
	flow->end = end;
	tell(flow);
}

void flow_widen(struct flow *flow, size_t to_come)
{
	if (flow->is_wide || flow->on_terminal ||
	    (flow->bytes < WIDE_AFTER && to_come < WIDE_AFTER - flow->bytes))
		return;
	flow->is_wide = 1;
	sys_widen_pipe(flow->fd, WIDE);
}

int flow_move(struct flow *flow, size_t budget)
{
	int result = flow_is_feed(flow) ? flow_feed(flow, budget) : flow_collect(flow, budget);

	if (result < 0)
		flow_close(flow, PSPAWN_END_CUT);
	tell(flow);
	return result;
}

static void give_up_feed(struct flow *flow)
{
	/* A function that has nothing to give does not say who could have read it. */
	if (flow_all_fed(flow))
		flow_close(flow, flow_end_of_feed(flow));
	else
		flow_close(flow, sys_is_hung_up(flow->fd) ? PSPAWN_END_CLOSED : PSPAWN_END_HELD);
}

/* What lies in it, and its end if that is there. */
static int read_the_rest(struct flow *flow)
{
	int result = flow_is_owed(flow) ? flow_move(flow, 0) : 0;
	size_t left = flow->fd >= 0 ? sys_readable(flow->fd) : 0;

	/* Not "until it is empty": whoever holds it may write faster than we read. */
	while (left > 0 && flow->fd >= 0 && !flow->paused && result == 0) {
		unsigned long long before = flow->bytes;

		result = flow_move(flow, left);
		if (flow->bytes == before)
			break;
		left -= (size_t)(flow->bytes - before);
	}
	/* Nobody can write to it any more: then what is there is all, and so is the end. */
	if (result == 0 && flow->fd >= 0 && !flow->paused && sys_is_hung_up(flow->fd))
		result = flow_move(flow, PSPAWN_UNLIMITED);
	return result;
}

int flow_give_up(struct flow *flow, int may_wait)
{
	int result;

	if (flow_is_feed(flow)) {
		give_up_feed(flow);
		return 0;
	}
	result = read_the_rest(flow);
	if (flow->fd < 0)
		return result;
	if (!flow->paused)
		return flow_end_now(flow, may_wait);
	if (!may_wait)
		flow_close(flow, PSPAWN_END_CUT);
	return 0;
}

void flow_hand_over(struct flow *flow)
{
	if (flow->stream.kind == PSPAWN_COLLECT_BUFFER)
		store_hand_over(&flow->store, flow->stream.buffer);
	if (flow->stream.kind == PSPAWN_COLLECT_FILE) {
		long long size = sys_rewind(flow->file);

		/* It is the child's alone until now, and needs no end of its own. */
		flow->bytes = size > 0 ? (unsigned long long)size : 0;
		flow->end = PSPAWN_END_DONE;
		tell(flow);
		*flow->stream.file = flow->file;
		flow->file = -1;
	}
}

void flow_drop(struct flow *flow)
{
	if (flow->fd >= 0)
		flow_close(flow, flow->end);
	close_if(&flow->file);
	store_drop(&flow->store);
	if (flow->stream.kind != PSPAWN_FEED_DATA)
		free(flow->hold);
	flow->hold = NULL;
}
