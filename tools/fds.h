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

/* What we hear from the relay. */
struct relay {
	int table;   /* our end of a pipe: the table, as text */
	int failure; /* our end of a pipe: the errno of exec as an int, or nothing */
	char numbers[2][16];
	char *argv[];
};

/*
 * Make the description one of the relay. Returns 0, or -1 with the error
 * filled: the description is refused or there is no such program.
 */
int fds_describe(struct options *options, struct pspawn_error *error);

/* Copy the table to standard error, by `to_error`. Returns the errno value of a failed exec, or 0. */
int fds_show(const struct relay *relay);

/* The child: argv is { ..., FDS_RELAY, its ends of the pipes, path, file, argv0, ... }. */
int fds_relay(char **argv);

#endif
