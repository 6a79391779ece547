/* SPDX-License-Identifier: ISC */
/* What process 1 of a container has to do besides. */
#ifndef INIT_H
#define INIT_H

/*
 * As process 1, go on in a child, and return in that. The parent takes the status of every
 * orphan that comes to it, passes all signals on, and ends as the child does. In one process
 * it would have to tell orphans from the programs of a run, whose statuses others wait for.
 */
void init_if_first(void);

#endif
