/* SPDX-License-Identifier: ISC */
/*
 * How the end of a child is watched: watch-pidfd.c on Linux, watch-kqueue.c on
 * BSD and macOS, watch-backoff.c elsewhere. The linker picks one.
 */
#ifndef WATCH_H
#define WATCH_H

#include <limits.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "plan.h"

/* Instead of a descriptor: the one that the caller is going to close will leave room enough. */
#define WATCH_TAKES_SPARE INT_MIN

/*
 * Take, before the child exists, the number that watching it will need, so
 * that no other thread takes the last one meanwhile. Returns a
 * close-on-exec descriptor that the plan does not touch, -ENOSYS where the system has
 * nothing of the kind, or why there is no room; the child can be started without. `has_spare`:
 * the caller closes a descriptor of its own just before watch_attach(), and then
 * WATCH_TAKES_SPARE may be returned.
 */
int watch_prepare(const struct plan *plan, int has_spare);

/* Give up what watch_prepare() took. Harmless on what it returned when it failed. */
void watch_cancel(int prepared);

/* Exchange what that returned for a descriptor that watches `pid`. On -errno it is given up. */
int watch_attach(int prepared, pid_t pid);

/*
 * Wait for the child, at most timeout_ms (-1: no limit). `watch` is -1 or what
 * watch_attach() gave. Returns 0 with the raw status, -EINPROGRESS or -ECHILD.
 */
int watch_wait(pid_t pid, int watch, int timeout_ms, int *raw, struct rusage *rusage);

/*
 * Has it ended? 0: yes, and its status is still there to be waited for; -EINPROGRESS: no;
 * -ECHILD: its status is not there; -ENOSYS: that cannot be asked without taking it.
 */
int watch_peek(pid_t pid, int watch);

/*
 * Was it stopped (1, with the signal in *stopped) or continued (1, *stopped is 0) since that was
 * asked for last? 0: no; -ENOSYS: that cannot be asked. With `sleeps` it first sleeps until there
 * is that or its end to be asked for.
 */
int watch_change(pid_t pid, int watch, int sleeps, int *stopped);

/* Of whom a descriptor is, that is of the kind of `watch`: a pid, -EBADF or -ENOSYS. */
int watch_pid(int watch);

/* A number that is nobody else's, of what `watch` leads to; 0: there is none. */
unsigned long long watch_inode(int watch);

/* Signal the child. Through the descriptor where that rules out a recycled pid. */
int watch_kill(pid_t pid, int watch, int signal);

#endif
