/* SPDX-License-Identifier: ISC */
/*
 * The start of all stages: job-make.c makes what is there before any of them, job-describe.c
 * completes their descriptions, job-start.c starts them.
 */
#ifndef JOB_LAUNCH_H
#define JOB_LAUNCH_H

#include "job.h"

/* What one stage gets besides its own: two ends of pipes, or a terminal; and its attributes. */
enum { MORE_FDS = 3, MORE_ATTRS = 2 };

struct launch {
	struct pspawn_job *job;
	const struct pspawn_cmd *cmds;
	struct pspawn_error *error;
	struct pspawn_fd *fds;
	struct pspawn_attr *attrs;
	int *streams; /* by entry beyond the description's own: the stream it is for, or -1 */
	int *theirs;  /* by flow: the child's side, where we hold it; or -1 */
	int link;     /* where the next stage reads what the last one writes; or, in its start, the
			 other end of a pipe that nobody else writes to; or -1 */
	int next_link;
	int terminal; /* the child's side, or -1 */
};

/* The caller's description of a stage: the next one is after as many bytes as the caller's have. */
const struct pspawn_cmd *launch_cmd(const struct launch *launch, size_t stage);

/*
 * Move a descriptor of ours to a number that no description reads: one that is not open in the
 * caller has to be an error, and not lead to us. reserve() does that for one plan, this for
 * those of all stages. 0 or -errno.
 */
int launch_clear(const struct launch *launch, int *fd);

/* A terminal, files in memory, pipes that several stages write to. 0 or -errno with the error
 * filled. */
int launch_make(struct launch *launch);

/* The whole description of a stage, in the launch's arrays. */
void launch_describe(struct launch *launch, size_t stage, struct pspawn_cmd *cmd);

/* Is it the stage that is fed from it, or collected by it? */
int launch_is_for_stage(const struct launch *launch, const struct flow *flow, size_t stage);

/* Does the caller's map of a stage mention this number? */
int launch_maps(const struct launch *launch, size_t stage, int number);

/* By SETSID or PGROUP: does it get a group of its own? */
int launch_leads(const struct pspawn_cmd *cmd);

#endif
