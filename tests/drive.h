/* SPDX-License-Identifier: ISC */
/* A job in a loop of the caller's, in each of the ways in which that can be done. */
#ifndef DRIVE_H
#define DRIVE_H

#include <pspawn.h>

#include "suite.h"

enum drive_way {
	BY_POLL,     /* the set of pspawn_job_poll() */
	BY_FD,       /* the one descriptor of pspawn_job_fd(), among the caller's */
	BY_WAIT,     /* pspawn_job_wait() with short timeouts */
	BY_WAIT_ANY, /* pspawn_job_wait_any() */
	DRIVE_WAYS
};

/*
 * Step until the job is over. Returns what the last step did; *steps, which may be NULL, is how
 * many it took. Where there is no descriptor BY_FD is BY_POLL.
 */
int drive(struct pspawn_job *job, enum drive_way way, int *steps);

/* Start a line of shell. */
struct pspawn_job *drive_start(const char *line, const struct pspawn_io *io);

/* Does the system tell of the child's end by a descriptor? Else there are steps that do nothing. */
int drive_is_told(const struct pspawn_job *job);

/* Is a step due within so many milliseconds, by the job's own descriptor? It has to have one. */
int drive_is_due(struct pspawn_job *job, int timeout_ms);

/* Skip the case where jobs have no descriptor of their own. */
void drive_need_fd(struct pspawn_job *job);

/* As long as a test waits for what has to come: the runner ends a hang. */
enum { DRIVE_SOON_MS = AN_HOUR_MS };

/* A line of shell that goes on whenever it can read a line from its 5. */
struct led {
	struct pspawn_job *job;
	int leash;
};
struct led drive_lead(const char *line, const struct pspawn_io *io);
void drive_pull(struct led *led);
void drive_let_go(struct led *led);

/* Step whenever a step is due, until this many bytes have come. The job has a descriptor. */
void drive_until(struct pspawn_job *job, const struct pspawn_transfer *got,
		 unsigned long long bytes);

#endif
