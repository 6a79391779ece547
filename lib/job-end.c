/* SPDX-License-Identifier: ISC */
/* When a run is over, and what became of it. */
#include <errno.h>
#include <string.h>

#include "job.h"

int64_t job_after(int64_t moment, int ms, int standard)
{
	if (ms < 0)
		return NEVER;
	return moment + (int64_t)(ms ? ms : standard) * 1000;
}

/* By the policy, from the moment when all stages had ended. */
static int64_t drained_by_policy(const struct pspawn_job *job)
{
	const struct pspawn_io *io = &job->io;
	int64_t most = job_after(job->ended, io->drain_max_ms, MOST_MS);
	int64_t idle = job_after(later(job->moved, job->ended), io->drain_idle_ms, IDLE_MS);

	switch (io->drain) {
	case PSPAWN_DRAIN_EOF:
		return NEVER;
	case PSPAWN_DRAIN_MAX:
		return most;
	case PSPAWN_DRAIN_EXIT:
		return job->ended;
	default:
		return earlier(idle, most);
	}
}

/* Whoever is to be stopped does not wait for others, however patient the policy is. */
static int64_t drained_at(const struct pspawn_job *job)
{
	int64_t since = later(job->ended, job->stopped);
	int64_t idle = later(job->moved, since) + IDLE_MS * 1000;
	int64_t by_policy = drained_by_policy(job);

	return job->why ? earlier(by_policy, earlier(idle, since + MOST_MS * 1000)) : by_policy;
}

static int is_open(const struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nflows; i++)
		if (job->flows[i].fd >= 0)
			return 1;
	return 0;
}

/* Has the caller's function something to take yet? */
static int is_paused(const struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nflows; i++)
		if (job->flows[i].fd >= 0 && job->flows[i].paused && !flow_is_feed(&job->flows[i]))
			return 1;
	return 0;
}

int64_t job_end_at(const struct pspawn_job *job)
{
	if (job->running > 0 || (!job->why && is_paused(job)))
		return NEVER;
	return is_open(job) ? later(drained_at(job), job->look_at) : 0;
}

/* Who is to be stopped does not wait for the caller's functions either. */
static void give_up_flows(struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nflows; i++) {
		struct flow *flow = &job->flows[i];
		int result = flow->fd >= 0 ? flow_give_up(flow, !job->why) : 0;

		if (result < 0)
			job_stop_for_flow(job, i, result);
	}
}

static void take_status(struct pspawn_job *job, size_t i)
{
	struct job_stage *stage = &job->stages[i];

	if (!stage->is_taken) {
		job_unwatch(job, stage);
		stage->status.lost = pspawn_wait(&stage->child, &stage->status, -1) < 0;
	}
	stage->is_taken = stage->has_ended = 1;
	if (job->io.statuses)
		job->io.statuses[i] = stage->status;
	if (!stage->status.lost)
		return;
	job->result.statuses_lost++;
	if (!job->error.code) {
		job_fail(&job->error, -ECHILD, PSPAWN_STEP_WAIT, -1);
		job_name_stage(&job->error, i, job->nstages);
	}
}

static size_t telling_stage(const struct pspawn_job *job)
{
	size_t last = job->nstages - 1;

	if (job->io.flags & PSPAWN_FAIL_IF_ANY)
		for (size_t i = job->nstages; i-- > 0;)
			if (job->stages[i].status.code != 0)
				return i;
	return last;
}

void job_end(struct pspawn_job *job)
{
	struct pspawn_result *result = &job->result;
	size_t stage;

	for (size_t i = 0; i < job->nflows; i++)
		result->streams_held += job->flows[i].end == PSPAWN_END_HELD;
	job_stop_rest(job);
	for (size_t i = 0; i < job->nstages; i++)
		take_status(job, i);
	for (size_t i = 0; i < job->nflows; i++)
		flow_hand_over(&job->flows[i]);
	stage = telling_stage(job);
	result->status = job->stages[stage].status;
	result->stage = (int)stage;
	result->stop_reason = (int)job->why;
	result->stop_signal = job->signal;
	result->stop_reach = job->reach;
	result->elapsed_us = sys_now_us() - job->began;
	job->running = 0;
	job->is_over = 1;
}

void job_end_if_due(struct pspawn_job *job, int64_t now)
{
	if (now < job_end_at(job) || (job->why && is_open(job) && job_stop_is_awaited(job, now)))
		return;
	give_up_flows(job);
	/* One of them has stopped the run: then the others are not waited for. */
	if (job->why)
		give_up_flows(job);
	if (!is_open(job))
		job_end(job);
}

int job_answer(const struct pspawn_job *job)
{
	return job->is_over ? -job->error.code : -EINPROGRESS;
}
