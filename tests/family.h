/* SPDX-License-Identifier: ISC */
/* A run whose child has a child, which outlives it and becomes the case's own then. */
#ifndef FAMILY_H
#define FAMILY_H

#include <pspawn.h>
#include <sys/types.h>

struct family {
	struct pspawn_transfer told;
	struct pspawn_job *job;
	pid_t parent, offspring;
	char last[64]; /* the last line that came out of the run */
};

/*
 * Start `count` programs and wait until the last has written the pid of its child, in a line.
 * Skips the case where orphans do not become the case's own.
 */
void start_families(struct family *family, const struct pspawn_cmd *cmds, size_t count,
		    struct pspawn_io io);
void start_family(struct family *family, const struct pspawn_cmd *cmd, struct pspawn_io io);

/* Wait for the end, which pspawn_job_wait() reports by `expected`. Frees the job. */
struct pspawn_result end_family(struct family *family, int expected);

/* It lives on when all is over, until it is killed here. */
void expect_spared(pid_t pid);

void expect_ended_by(pid_t pid, int number);

#endif
