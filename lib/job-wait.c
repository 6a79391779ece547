/* SPDX-License-Identifier: ISC */
/* Sleeping until a run is over. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "job.h"
#include "wait.h"

/* Functions that have said "not now" are asked again; where poll(2) fails we nap. */
enum { ASK_AGAIN_MS = 10, NAP_MS = 8 };

/* As many as are polled without memory of their own. */
enum { FEW = 64 };

/* The shorter of two waits; -1 is for ever. */
static int shorter(int a, int b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static int is_paused(const struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nflows; i++)
		if (job->flows[i].fd >= 0 && job->flows[i].paused)
			return 1;
	return 0;
}

/* What poll(2) cannot say we find out by trying: under RLIMIT_NOFILE 0 it fails always. */
static int sleep_on(struct pollfd *fds, size_t count, int timeout_ms)
{
	int result = sys_poll(fds, count, timeout_ms);

	if (result >= 0 || result == -EINTR)
		return 0;
	sys_nap(shorter(timeout_ms, NAP_MS));
	return result;
}

int pspawn_job_wait(struct pspawn_job *job, int timeout_ms)
{
	int result = pspawn_job_wait_any(&job, 1, timeout_ms);

	return result < 0 && result != -EINPROGRESS ? result : job_answer(job);
}

/* The jobs' descriptors in a row. Returns how long nothing is due. */
static int collect(struct pspawn_job *const *jobs, size_t count, struct pollfd *fds)
{
	int timeout_ms = -1;

	for (size_t i = 0; i < count; i++) {
		if (!jobs[i])
			continue;
		timeout_ms = shorter(timeout_ms, job_prepare(jobs[i]));
		if (is_paused(jobs[i]))
			timeout_ms = shorter(timeout_ms, ASK_AGAIN_MS);
		for (size_t k = 0; k < jobs[i]->nflows + jobs[i]->nstages; k++)
			*fds++ = jobs[i]->polled[k];
	}
	return timeout_ms;
}

static void advance(struct pspawn_job *const *jobs, size_t count, const struct pollfd *fds,
		    int cannot_poll)
{
	for (size_t i = 0; i < count; i++) {
		if (!jobs[i])
			continue;
		for (size_t k = 0; k < jobs[i]->nflows + jobs[i]->nstages; k++)
			jobs[i]->polled[k].revents = (*fds++).revents;
		/* By a function of the caller's, which another of these has called. */
		if (jobs[i]->is_over)
			continue;
		if (cannot_poll)
			job_assume_ready(jobs[i]);
		job_wake(jobs[i]);
		job_advance(jobs[i]);
		job_gather(jobs[i]);
	}
}

static int first_over(struct pspawn_job *const *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (jobs[i] && jobs[i]->is_over)
			return (int)i;
	return -EINPROGRESS;
}

static int wait_any(struct pspawn_job *const *jobs, size_t count, struct pollfd *fds, size_t nfds,
		    int timeout_ms)
{
	int64_t deadline = wait_deadline(timeout_ms);
	int result;

	while ((result = first_over(jobs, count)) == -EINPROGRESS) {
		int due = collect(jobs, count, fds);
		int left = wait_left(deadline);
		int failed = sleep_on(fds, nfds, shorter(due, left));

		advance(jobs, count, fds, failed);
		if (left == 0)
			return first_over(jobs, count);
	}
	return result;
}

/* The only one of them; NULL: there are more, or none. */
static struct pspawn_job *only_one(struct pspawn_job *const *jobs, size_t count, size_t *njobs,
				   size_t *nfds)
{
	struct pspawn_job *last = NULL;

	for (size_t i = 0; i < count; i++)
		if (jobs[i]) {
			*nfds += jobs[i]->nflows + jobs[i]->nstages;
			last = jobs[i];
			++*njobs;
		}
	return *njobs == 1 ? last : NULL;
}

int pspawn_job_wait_any(struct pspawn_job *const *jobs, size_t count, int timeout_ms)
{
	size_t nfds = 0, njobs = 0;
	struct pspawn_job *only = only_one(jobs, count, &njobs, &nfds);
	struct pollfd few[FEW];
	struct pollfd *taken = NULL;
	int saved = errno;
	int cancel, result = -ENOMEM;

	if (timeout_ms < -1 || njobs == 0)
		return -EINVAL;
	cancel = sys_disable_cancel();
	/* One job has room to be polled in, so that a run in progress cannot want for memory. */
	if (!only && nfds > FEW)
		taken = malloc(nfds * sizeof(*taken));
	if (only || nfds <= FEW || taken)
		result = wait_any(jobs, count, only ? only->polled : taken ? taken : few, nfds,
				  timeout_ms);
	free(taken);
	sys_restore_cancel(cancel);
	errno = saved;
	return result;
}
