/* SPDX-License-Identifier: ISC */
/* How a long run is doing, on one line of the terminal, which is gone when the run is. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <pspawn.h>

struct progress {
	int is_shown_at_all;
	int is_on;             /* there is a line now */
	long long began, next; /* in milliseconds */
	const struct pspawn_job *job;
	size_t stages;
	const struct pspawn_transfer *in, *outs[2]; /* NULL: does not pass through us */
};

/* `is_wanted` 0: say nothing, whatever standard error is. */
void progress_begin(struct progress *progress, int is_wanted);

/* How long nothing has to be shown, as for poll(2). */
int progress_due(const struct progress *progress);

void progress_step(struct progress *progress);

/* Before anything else is written to the terminal, and at the end. */
void progress_erase(struct progress *progress);

#endif
