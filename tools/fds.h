/* SPDX-License-Identifier: ISC */
/*
 * --fds: the table that the program was given. Looking at the program from
 * outside would come too late: its loader opens files at once. So the child
 * begins as this command, writes down its own table, and becomes the program.
 */
#ifndef FDS_H
#define FDS_H

#include "options.h"

/* How the command knows that it is that child. */
#define FDS_RELAY "--relay-and-show-descriptors"

/*
 * Make the description one of the relay. `end` receives the parent's end of
 * the pipe through which the table comes. Returns 0 or -1: no such program.
 */
int fds_describe(struct options *options, struct pspawn_error *error, int *end);

/* Copy the table to standard error. Returns the errno value of a failed exec, or 0. */
int fds_show(int end);

/* The child: argv is { ..., FDS_RELAY, channel, path, argv0, ... }. */
int fds_relay(char **argv);

#endif
