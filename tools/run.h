/* SPDX-License-Identifier: ISC */
/*
 * The program, from its start to its end, in one loop: with our own descriptors, signals to us
 * and the line of progress besides the library's. Without an option of bounds.h it is a run
 * that has no streams and no bounds. The files: run.c makes the run and its ends,
 * run-loop.c is the loop, run-signals.c what signals mean, run-end.c says what became of it.
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
	pid_t front;  /* the group that our terminal is for, when we have it; 0: we ourselves */
	int is_ahead; /* and it is there now, instead of us */
	int has_stopped; /* we have sent SIGSTOP, and send SIGCONT when we go on */
	int stop_by;  /* when the program has stopped, so does this signal stop us; 0: none was sent */
};

/* `run` is all zero. Returns 0, or -errno with the error filled, of run->cmds[error->stage]. */
int run_start(struct run *run, const struct options *options, struct pspawn_error *error);

/*
 * Until it is over, and say what became of it. Returns our exit status; -N: we are to end by
 * signal N.
 */
int run_finish(struct run *run);

/* Until the run is over. */
void run_loop(struct run *run);

/* To the signals that have come. */
void run_react(struct run *run);

/* Say what became of it, in the way that the options want. Returns as run_finish(). */
int run_end(struct run *run);

#endif
