/* SPDX-License-Identifier: ISC */
/*
 * As much of kqueue(2) as backends/watch-kqueue.c uses, on Linux, so that its
 * code runs somewhere: .ci/run configures a build with it. A queue that watches a
 * process becomes a pidfd in the queue's place; one with a timer is readable.
 */
#ifndef FAKE_EVENT_H
#define FAKE_EVENT_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { EVFILT_PROC = -5, EVFILT_TIMER = -7 };
enum { EV_ADD = 1 };
#define NOTE_EXIT 0x80000000u

struct kevent {
	uintptr_t ident;
	short filter;
	unsigned short flags;
	unsigned fflags;
	intptr_t data;
	void *udata;
};

#define EV_SET(event, i, f, fl, ff, d, u) \
	(*(event) = (struct kevent){ (i), (f), (fl), (ff), (d), (u) })

static inline int kqueue(void)
{
	return eventfd(0, 0);
}

static inline int kevent(int queue, const struct kevent *change, int changes,
			 struct kevent *events, int room, const struct timespec *timeout)
{
	int pidfd;

	(void)events;
	(void)timeout;
	if (changes != 1 || room != 0 || change->flags != EV_ADD) {
		errno = EINVAL;
		return -1;
	}
	if (change->filter == EVFILT_TIMER)
		return eventfd_write(queue, 1);
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)change->ident, 0);
	if (pidfd < 0)
		return -1;
	/* Not dup3(2), which C14 takes for the child's. */
	dup2(pidfd, queue);
	fcntl(queue, F_SETFD, FD_CLOEXEC);
	close(pidfd);
	return 0;
}

#endif
