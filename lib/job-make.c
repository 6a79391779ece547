/* SPDX-License-Identifier: ISC */
/* What a run makes before any of its stages is there, and numbers for it. */
#include <errno.h>

#include "job-launch.h"
#include "memory-file.h"
#include "pty.h"

const struct pspawn_cmd *launch_cmd(const struct launch *launch, size_t stage)
{
	const char *first = (const void *)launch->cmds;

	return first ? (const void *)(first + stage * versioned_size(first, CMD_OLDEST_SIZE)) : NULL;
}

static int is_source(const struct launch *launch, int number)
{
	for (size_t i = 0; i < launch->job->nstages; i++) {
		const struct pspawn_cmd *cmd = launch_cmd(launch, i);

		for (size_t k = 0; k < cmd->nfds; k++)
			if (cmd->fds[k].kind == PSPAWN_FD_DUP && cmd->fds[k].number == number)
				return 1;
		for (size_t k = 0; k < cmd->nattrs; k++)
			if (attr_source(&cmd->attrs[k]) == number)
				return 1;
	}
	return 0;
}

static int keep_clear(const struct launch *launch, int fd)
{
	while (fd >= 0 && is_source(launch, fd)) {
		int moved = sys_dup_from(fd, fd + 1);

		sys_release(fd);
		fd = moved == -EINVAL ? -EMFILE : moved;
	}
	return fd;
}

int launch_clear(const struct launch *launch, int *fd)
{
	*fd = keep_clear(launch, *fd);
	return *fd < 0 ? *fd : 0;
}

/* To the user of the first stage that it is for and that has one. */
static void give_flow(const struct launch *launch, const struct flow *flow, int fd)
{
	for (size_t i = 0; i < launch->job->nstages; i++)
		if (launch_is_for_stage(launch, flow, i) && give_to_user(launch_cmd(launch, i), fd))
			return;
}

static int make_file(struct launch *launch, size_t i)
{
	struct flow *flow = &launch->job->flows[i];
	int is_feed = flow_goes_in(&flow->stream);
	struct memory_file file;
	int result = is_feed ? memory_file_of(&file, flow->stream.data, flow->stream.size)
			     : memory_file_empty(&file);

	if (result < 0)
		return result;
	flow->file = file.ours;
	launch->theirs[i] = file.theirs;
	give_flow(launch, flow, file.theirs);
	if (is_feed) {
		close_if(&flow->file);
		flow->bytes = flow->stream.size;
		flow_close(flow, PSPAWN_END_DONE);
	}
	result = launch_clear(launch, &launch->theirs[i]);
	return result == 0 && !is_feed ? launch_clear(launch, &flow->file) : result;
}

/* One pipe that all stages write to: only here do we hold the children's end ourselves. */
static int make_shared_pipe(struct launch *launch, size_t i)
{
	struct flow *flow = &launch->job->flows[i];
	int ends[2];
	int result = sys_pipe(ends);

	if (result == 0)
		result = reserve_both(ends, NULL);
	if (result < 0)
		return result;
	launch->theirs[i] = ends[1];
	give_flow(launch, flow, ends[1]);
	flow->fd = ends[0];
	result = launch_clear(launch, &launch->theirs[i]);
	return result == 0 ? launch_clear(launch, &flow->fd) : result;
}

static int is_on_terminal(const struct launch *launch, const struct flow *flow)
{
	return launch->terminal >= 0 && flow->stream.child <= 2;
}

static int make_for_flow(struct launch *launch, size_t i)
{
	struct flow *flow = &launch->job->flows[i];

	if (flow_is_file(&flow->stream))
		return make_file(launch, i);
	if (!is_on_terminal(launch, flow))
		return flow->stream.stage == PSPAWN_EVERY_STAGE ? make_shared_pipe(launch, i) : 0;
	flow->on_terminal = 1;
	flow->typing.peer = &launch->job->peer;
	flow->fd = keep_clear(launch, sys_dup_from(launch->job->terminal, 3));
	return flow->fd < 0 ? flow->fd : 0;
}

static int make_terminal(struct launch *launch)
{
	struct pspawn_job *job = launch->job;
	int ends[2];
	int result;

	if (!(job->io.flags & PSPAWN_ON_TERMINAL))
		return 0;
	result = pty_open(ends);
	if (result < 0)
		return result;
	job->terminal = ends[0];
	launch->terminal = ends[1];
	give_to_user(launch_cmd(launch, 0), launch->terminal);
	pty_resize(job->terminal, job->io.rows, job->io.columns);
	if (job->io.modes)
		result = pty_set_modes(launch->terminal, job->io.modes);
	if (result < 0)
		return result;
	result = launch_clear(launch, &job->terminal);
	if (result == 0)
		result = launch_clear(launch, &launch->terminal);
	if (result < 0)
		return result;
	/* The program may close it and come back by /dev/tty: it is over when that has ended. */
	job->peer = keep_clear(launch, pty_hold(job->terminal));
	return job->peer < 0 ? job->peer : 0;
}

/* What is shown on a terminal may be what somebody waits for who types there. */
static void join_terminal(struct pspawn_job *job)
{
	struct flow *typed = NULL, *shown = NULL;

	for (size_t i = 0; i < job->nflows; i++)
		if (job->flows[i].on_terminal && flow_is_feed(&job->flows[i]))
			typed = &job->flows[i];
		else if (job->flows[i].on_terminal)
			shown = &job->flows[i];
	if (shown)
		shown->typed = typed;
}

int launch_make(struct launch *launch)
{
	int result = make_terminal(launch);

	if (result < 0)
		return job_fail(launch->error, result, PSPAWN_STEP_PREPARE, -1);
	for (size_t i = 0; i < launch->job->nflows; i++) {
		result = make_for_flow(launch, i);
		if (result < 0)
			return job_fail(launch->error, result, PSPAWN_STEP_PREPARE, (int)i);
	}
	join_terminal(launch->job);
	return 0;
}
