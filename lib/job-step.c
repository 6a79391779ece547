/* SPDX-License-Identifier: ISC */
/* One step of a run: move what can be moved, notice who has ended and what is due. */
#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "job.h"
#include "watch.h"

/* So that one stream does not keep the others waiting. */
enum { BUDGET = 1 << 20 };

enum { LONGEST_BACKOFF_MS = 32 };

/* ---- before it */

static int is_polled(const struct job_stage *stage)
{
	return !stage->has_ended && stage->child.pollfd >= 0 && !stage->is_untold;
}

static int is_asked(const struct job_stage *stage)
{
	return !stage->has_ended && (stage->child.pollfd < 0 || stage->is_untold);
}

static int milliseconds(int64_t until, int64_t now)
{
	int64_t left = until - now;

	if (until == NEVER)
		return -1;
	/* Rounded up, or the last millisecond would be spent asking. */
	return left <= 0 ? 0 : left / 1000 >= INT_MAX ? INT_MAX : (int)((left + 999) / 1000);
}

static int64_t next_due(const struct pspawn_job *job, int64_t now)
{
	int64_t due = job_end_at(job);

	/* No descriptor tells that a function may be asked again. */
	if (job->is_woken)
		return now;
	if (!job->why)
		due = earlier(due, job_late_at(job));
	else if (!job_stop_is_done(job))
		due = earlier(due, job->stop_at);
	/* Nor that a program has begun to read, or of some systems that it has ended. */
	for (size_t i = 0; i < job->nflows; i++)
		if (flow_waits(&job->flows[i]) && flow_is_prompted(&job->flows[i]))
			return earlier(due, now + job->backoff_ms * 1000);
	for (size_t i = 0; i < job->nstages; i++)
		if (is_asked(&job->stages[i]))
			return earlier(due, now + job->backoff_ms * 1000);
	return due;
}

int job_prepare(struct pspawn_job *job)
{
	struct pollfd *polled = job->polled;
	int64_t now = sys_now_us();

	job->is_guessing = 0;
	for (size_t i = 0; i < job->nflows; i++, polled++) {
		polled->events = flow_wants(&job->flows[i]);
		polled->fd = polled->events ? job->flows[i].fd : -1;
		polled->revents = 0;
	}
	for (size_t i = 0; i < job->nstages; i++, polled++) {
		polled->fd = is_polled(&job->stages[i]) ? job->stages[i].child.pollfd : -1;
		polled->events = POLLIN;
		polled->revents = 0;
	}
	return milliseconds(next_due(job, now), now);
}

void job_assume_ready(struct pspawn_job *job)
{
	job->is_guessing = 1;
	for (size_t i = 0; i < job->nflows + job->nstages; i++)
		job->polled[i].revents = job->polled[i].events & (POLLIN | POLLOUT);
}

/* ---- the step */

void job_note_end(struct pspawn_job *job, struct job_stage *stage, int64_t now)
{
	stage->has_ended = 1;
	if (--job->running > 0)
		return;
	job->ended = now;
	/* From now on the terminal is at its end when no descendant has it open. */
	close_if(&job->peer);
}

static void look_at_stage(struct pspawn_job *job, struct job_stage *stage, int64_t now)
{
	int result = watch_peek(stage->child.pid, stage->child.pollfd);

	if (result == -EINPROGRESS) {
		stage->is_untold = !job->is_guessing;
		return;
	}
	/*
	 * It cannot be looked at without being taken; or somebody else has taken it, and its number
	 * may be anybody's by now.
	 */
	if (result == -ENOSYS || result == -ECHILD) {
		/* Its descriptor goes with it. */
		job_unwatch(job, stage);
		result = pspawn_wait(&stage->child, &stage->status, 0);
		if (result == -EINPROGRESS)
			return;
		stage->status.lost = result < 0;
		stage->is_taken = 1;
	}
	job_note_end(job, stage, now);
}

/* Returns 1 when the last one was seen to have ended. */
static int look_at_stages(struct pspawn_job *job, int64_t now)
{
	const struct pollfd *polled = job->polled + job->nflows;
	size_t before = job->running;

	for (size_t i = 0; i < job->nstages; i++) {
		struct job_stage *stage = &job->stages[i];

		if (is_asked(stage) || (is_polled(stage) && polled[i].revents))
			look_at_stage(job, stage, now);
	}
	return before > 0 && job->running == 0;
}

/* Those who could read have gone: known without asking for something to write. */
static int is_unread(const struct flow *flow, short revents)
{
	return flow_is_feed(flow) && revents & (POLLERR | POLLHUP);
}

enum { FED = 1, HEARD = 2 };

static int move_flows(struct pspawn_job *job, int64_t now)
{
	int moved = 0;

	for (size_t i = 0; i < job->nflows; i++) {
		struct flow *flow = &job->flows[i];
		unsigned long long before = flow->bytes;
		int result;

		if (flow->fd < 0 ||
		    (!job->polled[i].revents && !flow_is_owed(flow) && !flow_waits(flow)))
			continue;
		if (is_unread(flow, job->polled[i].revents)) {
			flow_close(flow, flow_all_fed(flow) ? flow_end_of_feed(flow)
							    : PSPAWN_END_CLOSED);
			continue;
		}
		if (flow->paused ||
		    (flow_waits(flow) && !flow_is_awaited(flow, now - job->moved)))
			continue;
		result = flow_move(flow, BUDGET);
		if (flow->bytes != before)
			moved |= flow_is_feed(flow) ? FED : HEARD;
		if (result < 0)
			job_stop_for_flow(job, i, result);
	}
	return moved;
}

/*
 * Where it is we who do not read on, the terminal is hung up, or the child would wait for
 * us for ever; and so nothing more is typed on it.
 */
static void hang_up(struct pspawn_job *job)
{
	int is_cut = 0;

	for (size_t i = 0; i < job->nflows; i++)
		is_cut |= job->flows[i].on_terminal && job->flows[i].end == PSPAWN_END_CUT &&
			  !flow_is_feed(&job->flows[i]);
	if (!is_cut || job->terminal < 0)
		return;
	for (size_t i = 0; i < job->nflows; i++)
		if (job->flows[i].on_terminal && job->flows[i].fd >= 0)
			flow_close(&job->flows[i], PSPAWN_END_CLOSED);
	close_if(&job->peer);
	close_if(&job->terminal);
}

void job_advance(struct pspawn_job *job)
{
	int64_t now = sys_now_us();
	int was_held_up = job_is_held_up(job);
	int moved;

	/*
	 * Ends first: what is read afterwards was written before them, or by somebody else. With
	 * the last one all streams are read, since poll(2) may have looked at them before it.
	 */
	if (look_at_stages(job, now))
		job_assume_ready(job);
	/* Before functions are called, since one may wake the job for another. */
	job->is_woken = 0;
	moved = move_flows(job, now);
	hang_up(job);
	/* The caller's functions may have taken their time. */
	now = sys_now_us();
	if (moved)
		job->moved = now;
	if (moved & HEARD || was_held_up)
		job->heard = now;
	if (moved)
		job->backoff_ms = 1;
	else if (job->backoff_ms < LONGEST_BACKOFF_MS)
		job->backoff_ms *= 2;
	/* What is complete at the last moment is in time. */
	job_end_if_due(job, now);
	if (job->is_over)
		return;
	job_stop_if_late(job, now);
	job_stop_step(job, now);
	job_end_if_due(job, now);
}

/* ---- after it */

void job_unwatch(struct pspawn_job *job, struct job_stage *stage)
{
	gather_watch(&job->gather, stage->child.pollfd, stage->polled, 0);
	stage->polled = 0;
}

void job_wake(struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nflows; i++) {
		job->is_woken |= job->flows[i].paused;
		job->flows[i].paused = 0;
	}
}

static int gather_flows(struct pspawn_job *job)
{
	int result = 0;

	for (size_t i = 0; i < job->nflows; i++) {
		struct flow *flow = &job->flows[i];
		short wants = flow_wants(flow);
		int failed = gather_watch(&job->gather, flow->fd, flow->polled, wants);

		flow->polled = failed ? 0 : wants;
		result |= failed;
	}
	return result;
}

static int gather_stages(struct pspawn_job *job)
{
	int result = 0;

	for (size_t i = 0; i < job->nstages; i++) {
		struct job_stage *stage = &job->stages[i];
		short wants = is_polled(stage) ? POLLIN : 0;
		int failed = gather_watch(&job->gather, stage->child.pollfd, stage->polled, wants);

		stage->polled = failed ? 0 : wants;
		result |= failed;
	}
	return result;
}

void job_gather(struct pspawn_job *job)
{
	int timeout_ms, failed;

	if (job->gather.fd < 0)
		return;
	timeout_ms = job->is_over ? 0 : job_prepare(job);
	failed = gather_flows(job);
	failed |= gather_stages(job);
	/* What cannot be watched is asked for. */
	if (failed && (timeout_ms < 0 || timeout_ms > job->backoff_ms))
		timeout_ms = job->backoff_ms;
	gather_time(&job->gather, timeout_ms);
}
