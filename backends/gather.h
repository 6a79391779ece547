/* SPDX-License-Identifier: ISC */
/*
 * Many descriptors and a time, gathered into one descriptor that is readable when
 * any of them is ready: gather-epoll.c on Linux, gather-kqueue.c on BSD and macOS,
 * gather-none.c elsewhere. The linker picks one.
 */
#ifndef GATHER_H
#define GATHER_H

#include "names.h"

struct gather {
	int fd;    /* -1: not open, and everything below does nothing */
	int timer; /* a descriptor of its own where the system wants one, or -1 */
};

/* 0, -ENOSYS where the system has nothing of the kind, or a shortage. */
int gather_open(struct gather *gather);
void gather_close(struct gather *gather);

/*
 * From waiting for `before` on fd to waiting for `now`, both as for poll(2); 0: for nothing,
 * POLLERR: only for the end of those who read it. On -errno it waits for nothing.
 */
int gather_watch(struct gather *gather, int fd, short before, short now);

/* Be readable after so many milliseconds at the latest; -1: no time. */
int gather_time(struct gather *gather, int timeout_ms);

#endif
