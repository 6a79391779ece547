/* SPDX-License-Identifier: ISC */
/* Start all stages of a run, or none. */
#include <errno.h>
#include <stdlib.h>

#include "child.h"
#include "job-launch.h"

/* ---- errors, in terms of what the caller wrote */

static void name_nothing(struct pspawn_error *error)
{
	error->what = PSPAWN_INDEX_NONE;
	error->index = -1;
}

/* An entry of ours: the stream that it is for, or the caller's entry for a number of the run's. */
static void name_cause(struct launch *launch, const struct pspawn_cmd *given)
{
	struct pspawn_error *error = launch->error;
	int child = launch->fds[error->index].child;
	int is_twice = error->step == PSPAWN_STEP_CHECK && error->code == EINVAL;
	size_t i;

	error->stream = launch->streams[(size_t)error->index - given->nfds];
	error->what = PSPAWN_INDEX_STREAM;
	error->index = error->stream;
	if (is_twice)
		error->reason = "the map, another stream or a pipe of the run has this number, too";
	if (error->stream >= 0)
		return;
	name_nothing(error);
	i = fds_find(given->fds, given->nfds, child);
	if (is_twice && i < given->nfds) {
		error->what = PSPAWN_INDEX_FD;
		error->index = (int)i;
		error->reason = "a pipe or the terminal of the run has this number";
	}
}

static int fail_stage(struct launch *launch, size_t stage)
{
	struct pspawn_error *error = launch->error;
	const struct pspawn_cmd *given = launch_cmd(launch, stage);

	error->stream = -1;
	if (error->what == PSPAWN_INDEX_FD && (size_t)error->index >= given->nfds)
		name_cause(launch, given);
	else if (error->what == PSPAWN_INDEX_ATTR && (size_t)error->index >= given->nattrs)
		name_nothing(error);
	job_name_stage(error, stage, launch->job->nstages);
	return -error->code;
}

/* ---- all stages */

/* A run goes on by itself, and a pipeline's group is the pipeline's. */
static struct refusal check_for_run(const struct launch *launch, const struct pspawn_cmd *cmd)
{
	if (cmd->flags & PSPAWN_ASYNC)
		return invalid("PSPAWN_ASYNC is not for runs");
	if (cmd->flags & PSPAWN_NO_POLLFD)
		return invalid("PSPAWN_NO_POLLFD is not for runs");
	return invalid_if(launch->job->io.flags & PSPAWN_ONE_GROUP && launch_leads(cmd),
			  "SETSID, PGROUP and PSPAWN_ONE_GROUP exclude each other");
}

static int check_description(struct launch *launch, size_t stage, struct pspawn_cmd *cmd)
{
	struct report report = { 0 };
	int result = cmd_check(cmd, launch_cmd(launch, stage), &report);
	struct refusal refusal;

	if (result < 0) {
		fill_error(launch->error, &report);
	} else {
		refusal = check_for_run(launch, cmd);
		result = refusal.code ? job_refuse(launch->error, refusal) : 0;
	}
	if (result < 0)
		job_name_stage(launch->error, stage, launch->job->nstages);
	return result;
}

/* Refuse what is wrong with any description before the first is started. */
static int check_descriptions(struct launch *launch, size_t *nfds, size_t *nattrs)
{
	*nfds = *nattrs = 0;
	for (size_t i = 0; i < launch->job->nstages; i++) {
		struct pspawn_cmd cmd;
		int result = check_description(launch, i, &cmd);

		if (result < 0)
			return result;
		*nfds = cmd.nfds > *nfds ? cmd.nfds : *nfds;
		*nattrs = cmd.nattrs > *nattrs ? cmd.nattrs : *nattrs;
	}
	return 0;
}

/* Everything of a start that has no side effect, program search included. */
static int rehearse(struct launch *launch, size_t stage)
{
	struct report report = { 0 };
	struct pspawn_cmd cmd;
	struct work work;
	int result;

	launch_describe(launch, stage, &cmd);
	result = work_begin(&work, &cmd, &report);
	work_done(&work);
	if (result == 0)
		return 0;
	fill_error(launch->error, &report);
	return fail_stage(launch, stage);
}

/* What a stage's start has handed to us, before the next stage reads its numbers. */
static int clear_stage(struct launch *launch, size_t stage)
{
	struct pspawn_child *child = &launch->job->stages[stage].child;
	int result = launch->link >= 0 ? launch_clear(launch, &launch->link) : 0;

	/* Where there is no number for it the child is waited for by its pid. */
	if (result == 0 && child->pollfd >= 0 && launch_clear(launch, &child->pollfd) < 0)
		child->pollfd = -1;
	if (result == 0 && handle_of(child)->cgroup >= 0)
		result = launch_clear(launch, &handle_of(child)->cgroup);
	return result < 0 ? job_fail(launch->error, result, PSPAWN_STEP_PREPARE, -1) : 0;
}

static int clear_ends(struct launch *launch, size_t stage)
{
	int result = clear_stage(launch, stage);

	for (size_t i = 0; i < launch->job->nflows && result == 0; i++) {
		struct flow *flow = &launch->job->flows[i];

		if (flow->fd < 0 || !launch_is_for_stage(launch, flow, stage))
			continue;
		result = launch_clear(launch, &flow->fd);
		if (result == 0)
			result = sys_do_not_block(flow->fd);
		if (result < 0)
			job_fail(launch->error, result, PSPAWN_STEP_PREPARE, (int)i);
	}
	return result;
}

static int start_stage(struct launch *launch, size_t stage)
{
	struct pspawn_cmd cmd;
	int result;

	/* A pipe has one owner: the user of the stage before, if that has one. */
	if (launch->link >= 0 && !attr_last(launch_cmd(launch, stage - 1), PSPAWN_ATTR_USER))
		give_to_user(launch_cmd(launch, stage), launch->link);
	launch_describe(launch, stage, &cmd);
	result = pspawn_start(&launch->job->stages[stage].child, &cmd, launch->error);
	close_if(&launch->link);
	if (result < 0)
		return fail_stage(launch, stage);
	launch->job->running++;
	launch->link = launch->next_link;
	launch->next_link = -1;
	return clear_ends(launch, stage);
}

static int start_all(struct launch *launch)
{
	size_t count = launch->job->nstages;
	int result = 0;

	for (size_t i = 0; i < count && count > 1 && result == 0; i++)
		result = rehearse(launch, i);
	if (result == 0)
		result = launch_make(launch);
	launch->job->began = sys_now_us();
	for (size_t i = 0; i < count && result == 0; i++)
		result = start_stage(launch, i);
	return result;
}

/* Those that run already, where one of them cannot. */
static void undo(struct pspawn_job *job)
{
	/* One that may not be signalled would be waited for as long as it likes. */
	job_kill(job, 0);
	for (size_t i = 0; i < job->nstages; i++)
		if (job->stages[i].child.pid)
			pspawn_wait(&job->stages[i].child, NULL, -1);
}

static int take_room(struct launch *launch, size_t nfds, size_t nattrs)
{
	size_t nflows = launch->job->nflows;
	/* Each stream may have two numbers. */
	size_t extra = 2 * nflows + MORE_FDS;

	launch->attrs =
	    malloc((nattrs + MORE_ATTRS) * sizeof(*launch->attrs) +
		   (nfds + extra) * sizeof(*launch->fds) + (nflows + extra) * sizeof(int));
	if (!launch->attrs)
		return job_fail(launch->error, -ENOMEM, PSPAWN_STEP_PREPARE, -1);
	launch->fds = (void *)(launch->attrs + nattrs + MORE_ATTRS);
	launch->theirs = (void *)(launch->fds + nfds + extra);
	launch->streams = launch->theirs + nflows;
	for (size_t i = 0; i < nflows; i++)
		launch->theirs[i] = -1;
	return 0;
}

static void give_back(struct launch *launch)
{
	for (size_t i = 0; i < launch->job->nflows; i++)
		close_if(&launch->theirs[i]);
	close_if(&launch->link);
	close_if(&launch->next_link);
	close_if(&launch->terminal);
	free(launch->attrs);
}

int job_launch(struct pspawn_job *job, const struct pspawn_cmd *cmds, struct pspawn_error *error)
{
	struct launch launch = { .job = job,
				 .cmds = cmds,
				 .error = error,
				 .link = -1,
				 .next_link = -1,
				 .terminal = -1 };
	size_t nfds, nattrs;
	int result = check_descriptions(&launch, &nfds, &nattrs);

	if (result == 0)
		result = take_room(&launch, nfds, nattrs);
	if (result < 0)
		return result;
	result = start_all(&launch);
	give_back(&launch);
	if (result < 0)
		undo(job);
	return result;
}
