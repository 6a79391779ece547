/* SPDX-License-Identifier: ISC */
/* The description of a stage, with what streams, pipes and the run's wishes add to it. */
#include <string.h>

#include "job-launch.h"

int launch_is_for_stage(const struct launch *launch, const struct flow *flow, size_t stage)
{
	switch (flow->stream.stage) {
	case PSPAWN_EVERY_STAGE:
		return 1;
	case PSPAWN_LAST_STAGE:
		return stage == launch->job->nstages - 1;
	default:
		return (size_t)flow->stream.stage == stage;
	}
}

static void add_fd(struct launch *launch, struct pspawn_cmd *cmd, struct pspawn_fd fd, int stream)
{
	*launch->streams++ = stream;
	launch->fds[cmd->nfds++] = fd;
}

static void add_flow(struct launch *launch, struct pspawn_cmd *cmd, size_t i)
{
	struct flow *flow = &launch->job->flows[i];
	int child = flow->stream.child;

	if (flow->on_terminal)
		return;
	if (launch->theirs[i] >= 0)
		add_fd(launch, cmd, pspawn_fd_dup(child, launch->theirs[i]), (int)i);
	else if (flow_is_feed(flow))
		add_fd(launch, cmd, pspawn_fd_pipe_in(child, &flow->fd), (int)i);
	else
		add_fd(launch, cmd, pspawn_fd_pipe_out(child, &flow->fd), (int)i);
	if (flow->stream.also)
		add_fd(launch, cmd, pspawn_fd_same(flow->stream.also, child), (int)i);
}

int launch_maps(const struct launch *launch, size_t stage, int number)
{
	const struct pspawn_cmd *cmd = launch_cmd(launch, stage);

	return fds_find(cmd->fds, cmd->nfds, number) < cmd->nfds;
}

/*
 * `a >file | b <file` is what a shell makes of it: what a stage maps itself leads nowhere else.
 * Where the stage before has sent its output elsewhere, this one reads an end of file: the other
 * end of its pipe is ours until it is started. And where this stage reads elsewhere, nobody reads
 * from the one before.
 */
static void add_links(struct launch *launch, struct pspawn_cmd *cmd, size_t stage)
{
	int reads = stage > 0 && !launch_maps(launch, stage, 0);
	int writes = stage + 1 < launch->job->nstages && !launch_maps(launch, stage, 1);

	/* Before it is made, in the rehearsal of all descriptions, any pipe stands for it. */
	if (reads && launch->link >= 0)
		add_fd(launch, cmd, pspawn_fd_dup(0, launch->link), -1);
	else if (reads)
		add_fd(launch, cmd, pspawn_fd_pipe_in(0, &launch->link), -1);
	if (writes)
		add_fd(launch, cmd, pspawn_fd_pipe_out(1, &launch->next_link), -1);
}

static void add_fds(struct launch *launch, struct pspawn_cmd *cmd, size_t stage)
{
	int *streams = launch->streams;

	add_links(launch, cmd, stage);
	for (int number = 0; number <= 2 && launch->terminal >= 0; number++)
		add_fd(launch, cmd, pspawn_fd_dup(number, launch->terminal), -1);
	/* Last, since of two entries for one number the latter is told, and streams have names. */
	for (size_t i = 0; i < launch->job->nflows; i++)
		if (launch_is_for_stage(launch, &launch->job->flows[i], stage))
			add_flow(launch, cmd, i);
	launch->streams = streams;
}

static void add_attr(struct launch *launch, struct pspawn_cmd *cmd, struct pspawn_attr attr)
{
	launch->attrs[cmd->nattrs++] = attr;
}

int launch_leads(const struct pspawn_cmd *cmd)
{
	return attr_last(cmd, PSPAWN_ATTR_SETSID) || attr_last(cmd, PSPAWN_ATTR_PGROUP);
}

static void add_attrs(struct launch *launch, struct pspawn_cmd *cmd, size_t stage)
{
	const struct pspawn_io *io = &launch->job->io;
	pid_t leader = launch->job->stages[0].child.pid;

	if (launch->terminal >= 0) {
		if (!attr_last(cmd, PSPAWN_ATTR_SETSID))
			add_attr(launch, cmd, pspawn_attr_setsid());
		if (!attr_last(cmd, PSPAWN_ATTR_CTTY))
			add_attr(launch, cmd, pspawn_attr_ctty(0));
	} else if (io->flags & PSPAWN_ONE_GROUP) {
		add_attr(launch, cmd, pspawn_attr_pgroup(stage == 0 ? 0 : leader));
	} else if (io->reach == PSPAWN_REACH_GROUP && !launch_leads(cmd)) {
		add_attr(launch, cmd, pspawn_attr_pgroup(0));
	}
}

void launch_describe(struct launch *launch, size_t stage, struct pspawn_cmd *cmd)
{
	copy_versioned(cmd, sizeof(*cmd), launch_cmd(launch, stage), CMD_OLDEST_SIZE);
	if (cmd->nfds)
		memcpy(launch->fds, cmd->fds, cmd->nfds * sizeof(*cmd->fds));
	if (cmd->nattrs)
		memcpy(launch->attrs, cmd->attrs, cmd->nattrs * sizeof(*cmd->attrs));
	cmd->size = sizeof(*cmd);
	cmd->fds = launch->fds;
	cmd->attrs = launch->attrs;
	add_fds(launch, cmd, stage);
	add_attrs(launch, cmd, stage);
}
