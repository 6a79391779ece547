/* SPDX-License-Identifier: ISC */
/*
 * The command with an option of bounds.h: a run in one loop, with our own descriptors,
 * signals to us and the line of progress besides the library's. The files: run.c makes the
 * run and its ends, run-loop.c is the loop, run-end.c says what became of it.
 */
#ifndef RUN_H
#define RUN_H

#include <pspawn.h>

#include "options.h"
#include "ports.h"
#include "progress.h"

enum { RUN_IN, RUN_OUT, RUN_ERR, RUN_STREAMS };

struct run {
	const struct options *options;
	struct pspawn_cmd *cmds;
	size_t count;
	struct pspawn_io io;
	struct pspawn_stop stops[2];
	struct pspawn_stream streams[RUN_STREAMS];
	struct pspawn_transfer moved[RUN_STREAMS];
	struct pspawn_buffer kept[RUN_STREAMS]; /* with --capture */
	int passes[RUN_STREAMS];                /* is there such a stream? */
	struct port in, out;
	struct pspawn_status *statuses;
	struct pspawn_child *started; /* as they were: a run that is over has none */
	struct pspawn_job *job;
	struct progress progress;
	int signals;
	int shares_terminal; /* the program reads from ours, in a group of its own */
	int is_ahead;        /* and that group is in front of it instead of us */
};

/* Start, loop, end. Returns our exit status. */
int run_bounded(const struct options *options);

/* Until the run is over. */
void run_loop(struct run *run);

/* Say what became of it, in the way that the options want. Returns our exit status. */
int run_end(struct run *run);

#endif
