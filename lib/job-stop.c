/* SPDX-License-Identifier: ISC */
/* Stopping a run: signals, one after the other, to as many as they are meant to reach. */
#include <errno.h>
#include <signal.h>

#include "child.h"
#include "job.h"

/* Is there a group or a cgroup to be reached, also after the child itself has ended? */
static int is_beyond(const struct pspawn_job *job, const struct job_stage *stage)
{
	return job->io.reach != PSPAWN_REACH_CHILD &&
	       (pspawn_child_group(&stage->child) || pspawn_child_cgroup(&stage->child) >= 0);
}

static int reaches_beyond(const struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nstages; i++)
		if (!job->stages[i].is_taken && is_beyond(job, &job->stages[i]))
			return 1;
	return 0;
}

/* It has ended, and with it all that a signal to it would reach; or it was never started. */
static int is_out_of_reach(const struct pspawn_job *job, const struct job_stage *stage)
{
	if (stage->child.pid == 0 || stage->is_taken)
		return 1;
	return stage->has_ended && (!is_beyond(job, stage) || !is_survived(&stage->child));
}

/* A stopped program gets any signal but SIGKILL only when it is continued. */
static int is_to_be_continued(int signal)
{
	return signal != SIGKILL && signal != SIGCONT && signal != SIGSTOP && signal != SIGTSTP &&
	       signal != SIGTTIN && signal != SIGTTOU;
}

/*
 * A signal to the group that all are in was everybody's, but for those in a cgroup elsewhere, and
 * those that have left the group, as setsid(2) does.
 */
static int is_covered(const struct pspawn_job *job, const struct job_stage *stage, int signal)
{
	return (signal != SIGKILL || pspawn_child_cgroup(&stage->child) < 0) &&
	       sys_group_of(stage->child.pid) == pspawn_child_group(&job->stages[0].child);
}

/* How far that reached; 0: nobody. */
static int send_to_all(struct pspawn_job *job, int signal)
{
	int reach = job->io.reach ? job->io.reach : PSPAWN_REACH_CGROUP;
	int reached = 0, to_all = 0;

	for (size_t i = 0; i < job->nstages; i++) {
		struct job_stage *stage = &job->stages[i];

		if ((to_all && is_covered(job, stage, signal)) || is_out_of_reach(job, stage))
			continue;
		/* -ESRCH: it ends on its own at this moment. */
		stage->reached = kill_within(&stage->child, signal, reach);
		if (stage->reached > 0 && is_to_be_continued(signal))
			kill_within(&stage->child, SIGCONT, reach);
		reached = stage->reached > reached ? stage->reached : reached;
		if (i == 0 && job->io.flags & PSPAWN_ONE_GROUP &&
		    stage->reached == PSPAWN_REACH_GROUP)
			to_all = 1;
	}
	return reached;
}

/*
 * A set-user-id program that took its powers may not be signalled by us. Nothing will end
 * it, so nobody waits for it: it loses its pipes, and we its status. Not where its
 * cgroup was killed, which asks nobody.
 */
static void leave_unreachable(struct pspawn_job *job, int64_t now)
{
	for (size_t i = 0; i < job->nstages; i++) {
		struct job_stage *stage = &job->stages[i];

		if (stage->has_ended || stage->reached == PSPAWN_REACH_CGROUP ||
		    pspawn_kill(&stage->child, 0) != -EPERM)
			continue;
		job_unwatch(job, stage);
		pspawn_forget(&stage->child);
		stage->is_taken = stage->status.lost = 1;
		job_note_end(job, stage, now);
	}
}

void job_kill(struct pspawn_job *job, int64_t now)
{
	job->reach = send_to_all(job, SIGKILL);
	leave_unreachable(job, now);
}

int job_stop_is_done(const struct pspawn_job *job)
{
	return job->next_stop == job->nstops || (job->running == 0 && !reaches_beyond(job));
}

void job_stop_step(struct pspawn_job *job, int64_t now)
{
	while (job->why && now >= job->stop_at && !job_stop_is_done(job)) {
		const struct pspawn_stop *stop = &job->stops[job->next_stop++];
		int reached = send_to_all(job, stop->signal);

		if (reached > 0)
			job->signal = stop->signal;
		if (reached > job->reach)
			job->reach = reached;
		/* Who was not reached does not need the time. */
		if (reached <= 0)
			continue;
		job->stopped = now;
		job->look_at = 0;
		job->stop_at = job_after(now, stop->wait_ms, STOP_MS);
	}
	if (job->why && job->next_stop == job->nstops)
		leave_unreachable(job, now);
}

void job_stop_for(struct pspawn_job *job, enum pspawn_stop_reason why,
		  const struct pspawn_error *error)
{
	if (job->why)
		return;
	job->why = why;
	job->stopped = sys_now_us();
	job->error = *error;
	job->stop_at = 0;
}

/* ---- because of time */

int job_is_held_up(const struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nflows; i++)
		if (job->flows[i].is_owed)
			return 1;
	return 0;
}

/* What is held up is not read, and what is not read cannot be heard. */
static int64_t silent_at(const struct pspawn_job *job)
{
	if (job->io.silent_ms <= 0 || job_is_held_up(job))
		return NEVER;
	return job->heard + (int64_t)job->io.silent_ms * 1000;
}

int64_t job_late_at(const struct pspawn_job *job)
{
	return earlier(job->deadline, silent_at(job));
}

void job_stop_if_late(struct pspawn_job *job, int64_t now)
{
	int is_silent = silent_at(job) < job->deadline;
	struct pspawn_error error;

	if (now < job_late_at(job) || job->why)
		return;
	job_fail(&error, -ETIMEDOUT, PSPAWN_STEP_STOP, -1);
	if (is_silent)
		error.reason = "it was silent for too long";
	job_stop_for(job, is_silent ? PSPAWN_STOP_SILENT : PSPAWN_STOP_TIMEOUT, &error);
}

/* ---- because of a stream */

void job_stop_for_flow(struct pspawn_job *job, size_t i, int code)
{
	const struct flow *flow = &job->flows[i];
	int is_feed = flow_is_feed(flow);
	struct pspawn_error error;

	job_fail(&error, code, is_feed ? PSPAWN_STEP_FEED : PSPAWN_STEP_COLLECT, (int)i);
	job_stop_for(job, flow->why ? (enum pspawn_stop_reason)flow->why : PSPAWN_STOP_FAILURE,
		     &error);
}

/* ---- for those who are left */

/* 1, 0; -ENOSYS: somebody may be. */
static int is_anyone_left(const struct pspawn_job *job)
{
	int result = 0;

	for (size_t i = 0; i < job->nstages && result != 1; i++) {
		const struct job_stage *stage = &job->stages[i];
		int left =
		    stage->is_taken || !is_beyond(job, stage) ? 0 : is_survived(&stage->child);

		result = left ? left : result;
	}
	return result;
}

/*
 * They get the time that the stops give. "For ever" is for the stages; and where nobody knows
 * whether there is anyone, or SIGKILL does not end them, they get no longer than a run may drain.
 */
int job_stop_is_awaited(struct pspawn_job *job, int64_t now)
{
	static const int64_t least = IDLE_MS * 1000, most = MOST_MS * 1000;
	int64_t lived = now - later(job->ended, job->stopped);
	int is_killed = job->next_stop == job->nstops;
	int left = is_anyone_left(job);

	if (left == 0 || (is_killed && (left < 0 || lived >= most)))
		return 0;
	if (lived >= most && (left < 0 || job->stop_at == NEVER)) {
		job->next_stop = job->nstops - 1;
		job->stop_at = now;
		job_stop_step(job, now);
		return 1;
	}
	/* Nothing reports their end: look again after as long as they have lived already. */
	job->look_at = now + (lived < most ? earlier(later(lived, least), most - lived) : most);
	return 1;
}

void job_stop_rest(struct pspawn_job *job)
{
	if (job->why && reaches_beyond(job))
		send_to_all(job, SIGKILL);
}
