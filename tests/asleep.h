/* SPDX-License-Identifier: ISC */
/* Does somebody who waits sleep, or look again and again? */
#ifndef ASLEEP_H
#define ASLEEP_H

#include <sys/types.h>

/*
 * Waits until process `pid` was found asleep many times (returns 1), or has had half a second of a
 * CPU before that (returns 0). How fast the machine is does not matter. Reads Linux's /proc.
 */
int is_asleep(pid_t pid);

/*
 * The same of the process that calls this, from a process of its own, which then ends and lets go of
 * the descriptors that it has inherited. asleep_told() waits for that.
 */
pid_t asleep_watch(void);
int asleep_told(pid_t watcher);

#endif
