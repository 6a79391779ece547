/* SPDX-License-Identifier: ISC */
/* Typing on a terminal: when, how much of it, and the end. */
#include <errno.h>
#include <string.h>

#include "flow.h"
#include "sys.h"

/*
 * A program may wait by poll(2), which cannot be seen: after so long without a byte it is typed
 * all the same. One that has shown nothing is more likely still on its way to a question. And nobody
 * answers more questions than that, so that much is typed at full speed.
 */
enum { SILENT_US = 2000000, SILENT_AT_FIRST_US = 10000000, MOST_QUESTIONS = 100 };

int flow_waits(const struct flow *flow)
{
	return flow->fd >= 0 && !flow->paused && !flow->typing.is_free &&
	       (flow->stream.flags & PSPAWN_STREAM_AFTER) != 0;
}

int flow_is_prompted(const struct flow *flow)
{
	return !flow->stream.after || !flow->stream.after[flow->typing.matched];
}

int flow_is_awaited(struct flow *flow, int64_t silent_us)
{
	struct typing *typing = &flow->typing;
	int64_t most_us = typing->has_shown ? SILENT_US : SILENT_AT_FIRST_US;

	if (!flow_is_prompted(flow))
		return 0;
	typing->is_free = silent_us >= most_us || typing->lines >= MOST_QUESTIONS;
	return typing->is_free || pty_is_read(*typing->peer);
}

/*
 * How many bytes of the text are there with the next one. What was there is its own beginning, so
 * that nothing else has to be kept to find out where in it another one may have begun.
 */
static size_t match(const char *text, size_t matched, char next)
{
	while (text[matched] != next) {
		size_t shorter = matched;

		if (matched == 0)
			return 0;
		do
			shorter--;
		while (memcmp(text, text + matched - shorter, shorter) != 0);
		matched = shorter;
	}
	return matched + 1;
}

void flow_has_shown(struct flow *typed, const char *data, size_t size)
{
	typed->typing.has_shown = 1;
	for (size_t i = 0; i < size && !flow_is_prompted(typed); i++)
		typed->typing.matched = match(typed->stream.after, typed->typing.matched, data[i]);
}

int flow_end_of_feed(const struct flow *flow)
{
	return flow->typing.line.is_cut ? PSPAWN_END_CUT : PSPAWN_END_DONE;
}

int flow_all_fed(const struct flow *flow)
{
	return flow->on_terminal &&
	       (flow->typing.is_complete ||
		(flow->stream.kind == PSPAWN_FEED_DATA && flow->at == flow->filled));
}

/*
 * Twice in the middle of a line, where the first only hands over what there is of it; the
 * second one has to be waited for as well.
 */
int flow_type_end(struct flow *flow)
{
	int character = pty_end_character(flow->fd);
	int is_midline = character >= 0 && flow->bytes > 0 && flow->typing.last != '\n';
	int is_first = is_midline && flow_waits(flow);
	char ends[2] = { (char)character, (char)character };
	long result = 0;

	if (character >= 0)
		result = sys_write_quietly(flow->fd, ends, is_midline && !is_first ? 2 : 1);
	/* Accepted in part is accepted: the rest could only end an empty line. */
	if (result == -EAGAIN)
		return -EAGAIN;
	flow->typing.last = '\n';
	return is_first ? -EAGAIN : 0;
}
