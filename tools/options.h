/* SPDX-License-Identifier: ISC */
/* The command line, as a description. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <pspawn.h>

#include "bounds.h"

/* The last entries are for the pipes of --fds. */
enum { OPTIONS_MAX = 1024, OPTIONS_RELAY = 2 };

struct options {
	struct pspawn_cmd cmd; /* points into this structure and into argv */
	struct pspawn_fd fds[OPTIONS_MAX];
	struct pspawn_attr attrs[OPTIONS_MAX];
	const char *attr_names[OPTIONS_MAX]; /* the option of each */
	struct relay *relay; /* the child that shows its descriptors; see fds.h */
	struct bounds bounds;
	int prefer;	     /* applies to the next attribute */
	int explain;
	int show_fds;
	int json;
	const char *json_to; /* a descriptor's number or a path; NULL: standard error */
	int is_answered; /* --help and --version */
};

enum { OPTIONS_TO_RUN, OPTIONS_ANSWERED };

/* Fill from the command line. --help and --version are answered here; wrong usage exits. */
int options_parse(struct options *options, char **argv);

/* Is there an attribute of this kind? Returns the index of the last one, or -1. */
int options_find(const struct options *options, int kind);

/* The entry for this number of the program's, or -1. */
int options_fd(const struct options *options, int number);

#endif
