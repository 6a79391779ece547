/* SPDX-License-Identifier: ISC */
/*
 * BSD and macOS: a kqueue that knows of one child. It becomes readable when
 * the child ends. The end is always confirmed by wait4(2), since some kernels
 * deliver NOTE_EXIT a moment before the child can be waited for.
 */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "backend.h"
#include "wait.h"

int watch_prepare(const struct plan *plan, int has_spare)
{
	int queue = kqueue();

	(void)has_spare;
	if (queue < 0)
		return -errno;
	sys_setfd(queue, 1);
	return reserve(queue, plan);
}

void watch_cancel(int prepared)
{
	if (prepared >= 0)
		sys_release(prepared);
}

static int add(int queue, const struct kevent *event)
{
	return kevent(queue, event, 1, NULL, 0, NULL) < 0 ? -errno : 0;
}

int watch_attach(int prepared, pid_t pid)
{
	struct kevent exits, soon;
	int result;

	if (prepared < 0)
		return prepared;
	EV_SET(&exits, (uintptr_t)pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	EV_SET(&soon, 1, EVFILT_TIMER, EV_ADD, 0, 1, NULL);
	result = add(prepared, &exits);
	/* It has ended already, and whoever polls must find that out too. */
	if (result == -ESRCH)
		result = add(prepared, &soon);
	if (result == 0)
		return prepared;
	/* A queue that knows of nobody would never be readable. */
	sys_release(prepared);
	return result;
}

int watch_wait(pid_t pid, int watch, int timeout_ms, int *raw, struct rusage *rusage)
{
	struct pollfd ended = { .fd = watch, .events = POLLIN };
	int64_t deadline = wait_deadline(timeout_ms);

	if (watch < 0 || timeout_ms < 0)
		return wait_with_backoff(pid, timeout_ms, raw, rusage);
	for (;;) {
		int result = wait_by_pid(pid, WNOHANG, raw, rusage);
		int left = wait_left(deadline);
		int polled;

		if (result != -EINPROGRESS || left == 0)
			return result;
		polled = poll(&ended, 1, left);
		/* Told that it has ended, or told nothing: then it is asked for in ever longer steps. */
		if (polled > 0 || (polled < 0 && errno != EINTR))
			return wait_with_backoff(pid, wait_left(deadline), raw, rusage);
	}
}

int watch_peek(pid_t pid, int watch)
{
	(void)watch;
	return wait_peek(pid);
}

int watch_kill(pid_t pid, int watch, int signal)
{
	(void)watch;
	return sys_kill(pid, signal);
}

int watch_change(pid_t pid, int watch, int sleeps, int *stopped)
{
	(void)watch;
	return wait_change(P_PID, pid, sleeps, stopped);
}

int watch_pid(int watch)
{
	(void)watch;
	return -ENOSYS;
}

unsigned long long watch_inode(int watch)
{
	(void)watch;
	return 0;
}
