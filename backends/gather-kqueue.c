/* SPDX-License-Identifier: ISC */
/* BSD and macOS: a kqueue, with a timer among its events and children's kqueues among its
 * descriptors. */
#include "gather.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#include <time.h>

#include "answer.h"
#include "backend.h"

/* The only timer. Timers and descriptors have numbers apart. */
enum { TIMER = 0 };

/* As many stale events as are dropped at a time. */
enum { AT_ONCE = 16 };

static int open_queue(void)
{
	ANSWER(kqueue());
}

static int change(int queue, uintptr_t ident, int filter, int flags, int data)
{
	struct kevent event;

	EV_SET(&event, ident, (short)filter, (unsigned short)flags, 0, data, NULL);
	ANSWER(kevent(queue, &event, 1, NULL, 0, NULL));
}

/*
 * To a poll(2) some kernels say that a queue is readable for as long as anything in it has
 * ever been ready: only who asks for events makes them look again.
 */
static int look_again(int queue)
{
	static const struct timespec at_once = { 0, 0 };
	struct kevent events[AT_ONCE];

	ANSWER(kevent(queue, NULL, 0, events, AT_ONCE, &at_once));
}

int gather_open(struct gather *gather)
{
	int queue = open_queue();

	if (queue >= 0)
		sys_setfd(queue, 1);
	gather->fd = reserve(queue, NULL);
	return gather->fd < 0 ? gather->fd : 0;
}

void gather_close(struct gather *gather)
{
	if (gather->fd < 0)
		return;
	/* It would go with the queue, but for systems whose timers are descriptors. */
	change(gather->fd, TIMER, EVFILT_TIMER, EV_DELETE, 0);
	sys_release(gather->fd);
	gather->fd = -1;
}

/* How the filter is added: not at all, for as long as it is ready, or for each change of it. */
static int way_to_read(short events)
{
	return events & POLLIN ? EV_ADD : 0;
}

/* Who only wants to know that all readers have gone is not told again and again that there is room.
 */
static int way_to_write(short events)
{
	return events & POLLOUT ? EV_ADD : events & POLLERR ? EV_ADD | EV_CLEAR : 0;
}

/* -EPIPE, from some kernels, for what could be written to if there were somebody to read it. */
static int watch_for(int queue, int fd, int filter, const int ways[2])
{
	if (ways[0] == ways[1])
		return 0;
	/* It may have gone by itself. */
	if (ways[0])
		change(queue, (uintptr_t)fd, filter, EV_DELETE, 0);
	return ways[1] ? change(queue, (uintptr_t)fd, filter, ways[1], 0) : 0;
}

int gather_watch(struct gather *gather, int fd, short before, short now)
{
	const int read_ways[2] = { way_to_read(before), way_to_read(now) };
	const int write_ways[2] = { way_to_write(before), way_to_write(now) };
	int result;

	if (gather->fd < 0)
		return 0;
	/* A stream is read or written: where one fails the other was not wanted. */
	result = watch_for(gather->fd, fd, EVFILT_READ, read_ways);
	return result < 0 ? result : watch_for(gather->fd, fd, EVFILT_WRITE, write_ways);
}

int gather_time(struct gather *gather, int timeout_ms)
{
	if (gather->fd < 0)
		return 0;
	/* Adding it again would leave it as ready as it was on some systems. */
	change(gather->fd, TIMER, EVFILT_TIMER, EV_DELETE, 0);
	look_again(gather->fd);
	if (timeout_ms < 0)
		return 0;
	/* Not 0, which is refused or means "never" here and there. */
	return change(gather->fd, TIMER, EVFILT_TIMER, EV_ADD | EV_ONESHOT,
		      timeout_ms ? timeout_ms : 1);
}
