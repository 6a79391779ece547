/* SPDX-License-Identifier: ISC */
/*
 * Berths: the low numbers that pspawn_reserve() keeps. A pipe that nobody writes
 * to lies in each, until a start takes it and puts a source there.
 */
#ifndef BERTH_H
#define BERTH_H

#include "sys.h"

enum { BERTHS = 64 };

/* How many numbers are kept. All that a start without reservations pays is to ask this. */
int berths_count(void);

/* The number of berth i, or -1. */
int berth_number(int i);

/*
 * Take berth i for this thread, for `source` if that is not -1: 1, or 0 where it is not
 * free. One whose number the program has closed meanwhile is given up, since it may have
 * opened something there.
 */
int berth_take(int i, int source);

/* Which source that was. */
int berth_source(int i);

/* Put the source there, if it is one that may be put there. Returns 0 or -errno. */
int berth_fill(int i);

/*
 * Give back those of which `taken` has a bit. What has been put there goes, and the pipe of
 * `spare`, one of them in which nothing was put, lies there again.
 */
void berths_return(uint64_t taken, int spare);

/* Keep berth i, by a copy of `placeholder`: 0, or -EAGAIN while somebody is closing it, or -errno.
 */
int berth_keep(int i, int placeholder);

/* Close its number, now or after the start that has it. */
void berth_retire(int i);

/* Is it there, and going to stay? */
int berth_is_kept(int i);

/* After fork(): what other threads had taken is nobody's here. */
void berths_adopt(void);

#endif
