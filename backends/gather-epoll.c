/* SPDX-License-Identifier: ISC */
/* Linux: epoll(7), with a timerfd among its descriptors. */
#include "gather.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include "answer.h"
#include "backend.h"

static int control(int set, int operation, int fd, unsigned events)
{
	struct epoll_event event;

	memset(&event, 0, sizeof(event));
	event.events = events;
	event.data.fd = fd;
	ANSWER(epoll_ctl(set, operation, fd, &event));
}

static int open_set(void)
{
	ANSWER(epoll_create1(EPOLL_CLOEXEC));
}

static int open_timer(void)
{
	ANSWER(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
}

int gather_open(struct gather *gather)
{
	int result;

	gather->fd = reserve(open_set(), NULL);
	if (gather->fd < 0)
		return gather->fd;
	gather->timer = reserve(open_timer(), NULL);
	result = gather->timer;
	if (result >= 0)
		result = control(gather->fd, EPOLL_CTL_ADD, gather->timer, EPOLLIN);
	if (result < 0) {
		gather_close(gather);
		return result;
	}
	return 0;
}

void gather_close(struct gather *gather)
{
	if (gather->timer >= 0)
		sys_release(gather->timer);
	if (gather->fd >= 0)
		sys_release(gather->fd);
	gather->fd = gather->timer = -1;
}

/* The bits of poll(2) and epoll(7) are the same on Linux. */
int gather_watch(struct gather *gather, int fd, short before, short now)
{
	int result;

	if (gather->fd < 0 || before == now)
		return 0;
	/* Also before a close: a child that is just being made may still hold what fd leads to. */
	if (!now)
		return control(gather->fd, EPOLL_CTL_DEL, fd, 0);
	result = control(gather->fd, before ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, (unsigned)now);
	if (result < 0 && before)
		control(gather->fd, EPOLL_CTL_DEL, fd, 0);
	return result;
}

static int set_timer(int timer, const struct itimerspec *time)
{
	ANSWER(timerfd_settime(timer, 0, time, NULL));
}

int gather_time(struct gather *gather, int timeout_ms)
{
	struct itimerspec time;

	if (gather->fd < 0)
		return 0;
	memset(&time, 0, sizeof(time));
	if (timeout_ms >= 0) {
		time.it_value.tv_sec = timeout_ms / 1000;
		/* At once is a nanosecond: nothing at all would stop the timer. */
		time.it_value.tv_nsec = timeout_ms ? timeout_ms % 1000 * 1000000L : 1;
	}
	return set_timer(gather->timer, &time);
}
