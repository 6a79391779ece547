/* SPDX-License-Identifier: ISC */
/* The programs that the examples of event loops run, all at once. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <pspawn.h>

enum { PROGRAMS = 4, CANNOT = 77 };

struct program {
	struct pspawn_job *job;
	const char *name;
	struct pspawn_buffer out, err;
};

/* Start them all: fed, collected, one of them with a deadline. 0, or -1 with a sentence printed. */
int programs_start(struct program *programs);

/* Their results, in this order whoever ended first; they are forgotten. */
void programs_end(struct program *programs);

/* The job's one descriptor. Where the system has none the example ends with CANNOT. */
int program_fd(struct program *program);

#endif
