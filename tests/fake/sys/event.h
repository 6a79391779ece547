/* SPDX-License-Identifier: ISC */
/*
 * As much of kqueue(2) as backends/watch-kqueue.c and backends/gather-kqueue.c use, on
 * Linux, so that their code runs somewhere: .ci/run configures a build with it. A queue
 * is an epoll(7). One that watches a process becomes a pidfd in the queue's place; one with
 * a timer that repeats is readable; one that fires once is a timerfd, closed by EV_DELETE.
 */
#ifndef FAKE_EVENT_H
#define FAKE_EVENT_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_PROC = -5, EVFILT_TIMER = -7 };
enum { EV_ADD = 1, EV_DELETE = 2, EV_ONESHOT = 0x10, EV_CLEAR = 0x20 };
#define NOTE_EXIT 0x80000000u

struct kevent {
	uintptr_t ident;
	short filter;
	unsigned short flags;
	unsigned fflags;
	intptr_t data;
	void *udata;
};

#define EV_SET(event, i, f, fl, ff, d, u)                                                          \
	(*(event) = (struct kevent){ (i), (f), (fl), (ff), (d), (u) })

/* By the queue's number: its timerfd's number, or 0. */
enum { FAKE_QUEUES = 4096 };
static _Atomic int fake_timers[FAKE_QUEUES];

static inline int kqueue(void)
{
	return epoll_create1(0);
}

static inline int fake_refuse(int code)
{
	errno = code;
	return -1;
}

/* Not dup3(2), which C14 takes for the child's. */
static inline int fake_become(int queue, int fd)
{
	if (fd < 0)
		return -1;
	dup2(fd, queue);
	fcntl(queue, F_SETFD, FD_CLOEXEC);
	close(fd);
	return 0;
}

static inline int fake_control(int queue, int operation, int fd, unsigned events)
{
	struct epoll_event event;

	memset(&event, 0, sizeof(event));
	event.events = events;
	return epoll_ctl(queue, operation, fd, &event);
}

/* In a full table the queue's own number is the one that becomes free. A pidfd is close-on-exec. */
static inline int fake_watch_process(int queue, pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd >= 0 || errno != EMFILE)
		return fake_become(queue, fd);
	close(queue);
	return (int)syscall(SYS_pidfd_open, pid, 0) == queue ? 0 : -1;
}

static inline int fake_watch(int queue, const struct kevent *change)
{
	int fd = (int)change->ident;
	struct pollfd end = { .fd = fd, .events = POLLOUT };

	if (change->flags == EV_DELETE)
		return fake_control(queue, EPOLL_CTL_DEL, fd, 0);
	if (change->filter == EVFILT_READ)
		return fake_control(queue, EPOLL_CTL_ADD, fd, EPOLLIN);
	/* As FreeBSD does, of a pipe that nobody reads. */
	if (poll(&end, 1, 0) == 1 && end.revents & POLLERR)
		return fake_refuse(EPIPE);
	return fake_control(queue, EPOLL_CTL_ADD, fd,
			    change->flags & EV_CLEAR ? EPOLLOUT | EPOLLET : EPOLLOUT);
}

static inline int fake_delete_timer(int queue)
{
	int timer = queue < FAKE_QUEUES ? atomic_exchange(&fake_timers[queue], 0) : 0;

	return timer ? close(timer) : fake_refuse(ENOENT);
}

static inline int fake_add_timer(int queue, const struct kevent *change)
{
	struct itimerspec time;
	int low, timer;

	if (queue >= FAKE_QUEUES || change->data <= 0 || fake_timers[queue])
		return fake_refuse(EINVAL);
	memset(&time, 0, sizeof(time));
	time.it_value.tv_sec = (time_t)(change->data / 1000);
	time.it_value.tv_nsec = (long)(change->data % 1000) * 1000000;
	low = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	timer = fcntl(low, F_DUPFD_CLOEXEC, 3);
	close(low);
	if (timer < 0)
		return -1;
	fake_timers[queue] = timer;
	timerfd_settime(timer, 0, &time, NULL);
	return fake_control(queue, EPOLL_CTL_ADD, timer, EPOLLIN);
}

static inline int fake_change(int queue, const struct kevent *change)
{
	if (change->filter == EVFILT_PROC)
		return fake_watch_process(queue, (pid_t)change->ident);
	if (change->filter != EVFILT_TIMER)
		return fake_watch(queue, change);
	if (change->flags == EV_DELETE)
		return fake_delete_timer(queue);
	if (change->flags & EV_ONESHOT)
		return fake_add_timer(queue, change);
	return fake_become(queue, eventfd(1, 0));
}

static inline int kevent(int queue, const struct kevent *change, int changes, struct kevent *events,
			 int room, const struct timespec *timeout)
{
	struct epoll_event ready[64];

	if (changes == 1 && room == 0)
		return fake_change(queue, change);
	/* Nobody wants to know which. */
	if (changes != 0 || room <= 0 || room > 64 || timeout->tv_sec || timeout->tv_nsec)
		return fake_refuse(EINVAL);
	memset(events, 0, (size_t)room * sizeof(*events));
	return epoll_wait(queue, ready, room, 0);
}

#endif
