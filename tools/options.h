/* SPDX-License-Identifier: ISC */
/* The command line, as a description. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <pspawn.h>

enum { OPTIONS_MAX = 1024 };

struct options {
	struct pspawn_cmd cmd; /* points into this structure and into argv */
	struct pspawn_fd fds[OPTIONS_MAX];
	struct pspawn_attr attrs[OPTIONS_MAX];
	char **relay; /* argv of the child that shows its descriptors; see fds.h */
	int explain;
	int show_fds;
	int json;
};

/* Fill from the command line. Exits for --help, --version and wrong usage. */
void options_parse(struct options *options, int argc, char **argv);

#endif
