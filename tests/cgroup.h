/* SPDX-License-Identifier: ISC */
/* A cgroup (version 2) of the case's own, below the one that we are in. */
#ifndef CGROUP_H
#define CGROUP_H

#include <sys/types.h>

/* Make it and open its directory at `number`. Skips the case where it cannot be entered. */
void cgroup_make(int number);

/* When nobody is in it any more. */
void cgroup_remove(int number);

/* Write `text` to a file of the cgroup, such as "cgroup.freeze". Skips the case where there is none. */
void cgroup_write(const char *file, const char *text);

/* Is this process in there? */
int cgroup_has(pid_t pid);

/* The probe's fact "cgroup" of who is in there. Static. */
const char *cgroup_fact(void);

#endif
