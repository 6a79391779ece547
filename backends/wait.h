/* SPDX-License-Identifier: ISC */
/* Waiting by pid, and the arithmetic of deadlines: the common part of watch-*.c. */
#ifndef WAIT_H
#define WAIT_H

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "names.h"

/* The time in milliseconds at which a wait is over; -1: never. */
int64_t wait_deadline(int timeout_ms);

/* What is left, as poll(2) wants it: -1 for ever, 0 over. */
int wait_left(int64_t deadline);

/*
 * wait4(2): 0, -EINPROGRESS (WNOHANG and still running) or -errno; goes on after a signal. That a
 * child has stopped, which its tracer is told whatever was asked for, is no end of it.
 */
int wait_by_pid(pid_t pid, int options, int *raw, struct rusage *rusage);

/* Is that what waitid(2) says of an end? */
int wait_is_end(const siginfo_t *info);

/* watch_peek() by pid. */
int wait_peek(pid_t pid);

/* watch_change(), by what waitid(2) calls an idtype and an id. */
int wait_change(int idtype, int id, int sleeps, int *stopped);

/* For want of a descriptor: ask, pause for twice as long as before, at most 32 ms. */
int wait_with_backoff(pid_t pid, int timeout_ms, int *raw, struct rusage *rusage);

#endif
