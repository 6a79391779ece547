/* SPDX-License-Identifier: ISC */
/* The object: its birth and end, and what can be asked of it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "pty.h"

static const struct pspawn_stop standard_stops[] = { { SIGTERM, STOP_MS },
						     { SIGKILL, PSPAWN_FOREVER } };

int job_fail(struct pspawn_error *error, int code, int step, int stream)
{
	memset(error, 0, sizeof(*error));
	error->code = -code;
	error->step = step;
	error->what = stream < 0 ? PSPAWN_INDEX_NONE : PSPAWN_INDEX_STREAM;
	error->index = error->stream = stream;
	return code;
}

int job_refuse(struct pspawn_error *error, struct refusal refusal)
{
	job_fail(error, -refusal.code, PSPAWN_STEP_CHECK,
		 refusal.what == PSPAWN_INDEX_STREAM ? refusal.index : -1);
	error->what = refusal.what;
	error->index = refusal.index;
	error->reason = refusal.reason;
	return -refusal.code;
}

void job_name_stage(struct pspawn_error *error, size_t stage, size_t nstages)
{
	error->stage = (int)stage;
	if (error->what != PSPAWN_INDEX_NONE || nstages == 1)
		return;
	error->what = PSPAWN_INDEX_STAGE;
	error->index = (int)stage;
}

/* ---- birth */

/* One piece of memory, the strictest alignment first. */
static struct pspawn_job *take_room(const struct pspawn_io *io, size_t nstages)
{
	size_t nstops = (io->nstops ? io->nstops : 2) + 1;
	size_t size = sizeof(struct pspawn_job) + nstages * sizeof(struct job_stage) +
		      io->nstreams * sizeof(struct flow) +
		      (io->nstreams + nstages) * sizeof(struct pollfd) +
		      nstops * sizeof(struct pspawn_stop);
	struct pspawn_job *job = malloc(size);

	if (!job)
		return NULL;
	memset(job, 0, size);
	job->io = *io;
	job->stages = (void *)(job + 1);
	job->nstages = nstages;
	job->flows = (void *)(job->stages + nstages);
	job->nflows = io->nstreams;
	job->polled = (void *)(job->flows + job->nflows);
	job->stops = (void *)(job->polled + job->nflows + nstages);
	job->terminal = job->peer = job->gather.fd = job->gather.timer = -1;
	job->backoff_ms = 1;
	job->error.index = job->error.stream = -1;
	status_clear(&job->result.status);
	for (size_t i = 0; i < nstages; i++)
		status_clear(&job->stages[i].status);
	return job;
}

/* The caller's, or ours; SIGKILL is the last in any case. */
static void set_stops(struct pspawn_job *job)
{
	const struct pspawn_stop *stops = job->io.stops;
	const struct pspawn_stop last = { SIGKILL, -1 };

	job->nstops = job->io.nstops;
	if (job->nstops == 0) {
		stops = standard_stops;
		job->nstops = sizeof(standard_stops) / sizeof(standard_stops[0]);
	}
	memcpy(job->stops, stops, job->nstops * sizeof(*stops));
	if (job->stops[job->nstops - 1].signal != SIGKILL)
		job->stops[job->nstops++] = last;
}

static int set_flows(struct pspawn_job *job, struct pspawn_error *error)
{
	int result = 0;

	for (size_t i = 0; i < job->nflows; i++) {
		struct flow *flow = &job->flows[i];

		flow->stream = job->io.streams[i];
		flow->gather = &job->gather;
		flow->fd = flow->file = -1;
	}
	for (size_t i = 0; i < job->nflows && result == 0; i++) {
		struct flow *flow = &job->flows[i];

		result = flow_kind_of(flow->stream.kind)->prepare(flow);
		if (result < 0)
			job_fail(error, result, PSPAWN_STEP_PREPARE, (int)i);
	}
	return result;
}

static void drop(struct pspawn_job *job)
{
	for (size_t i = 0; i < job->nflows; i++)
		flow_drop(&job->flows[i]);
	gather_close(&job->gather);
	close_if(&job->peer);
	close_if(&job->terminal);
	free(job);
}

static int create(struct pspawn_job **made, const struct pspawn_io *io, size_t nstages,
		  struct pspawn_error *error)
{
	struct pspawn_job *job;
	int result;

	job = take_room(io, nstages);
	if (!job)
		return job_fail(error, -ENOMEM, PSPAWN_STEP_PREPARE, -1);
	set_stops(job);
	result = set_flows(job, error);
	if (result < 0)
		drop(job);
	else
		*made = job;
	return result;
}

static void set_deadline(struct pspawn_job *job)
{
	job->deadline =
	    job->io.timeout_ms > 0 ? job->began + (int64_t)job->io.timeout_ms * 1000 : NEVER;
	job->moved = job->heard = job->began;
}

static int start(struct pspawn_job **made, const struct pspawn_cmd *cmds, size_t count,
		 const struct pspawn_io *given, struct pspawn_error *error)
{
	struct pspawn_io io;
	struct pspawn_job *job = NULL;
	int result = job_check(&io, given, count, error);

	if (result == 0)
		result = create(&job, &io, count, error);
	if (result < 0)
		return result;
	result = job_launch(job, cmds, error);
	if (result < 0) {
		drop(job);
		return result;
	}
	set_deadline(job);
	*made = job;
	return job_fail(error, 0, 0, -1);
}

int pspawn_job_start(struct pspawn_job **job, const struct pspawn_cmd *cmds, size_t count,
		     const struct pspawn_io *io, struct pspawn_error *error)
{
	struct pspawn_error unused;
	int saved = errno;
	int cancel = sys_disable_cancel();
	int result = start(job, cmds, count, io, error ? error : &unused);

	sys_restore_cancel(cancel);
	errno = saved;
	return result;
}

/* ---- life */

int pspawn_job_step(struct pspawn_job *job)
{
	int saved = errno;
	int cancel = sys_disable_cancel();

	if (!job->is_over) {
		job_prepare(job);
		if (sys_poll(job->polled, job->nflows + job->nstages, 0) < 0)
			job_assume_ready(job);
		job_advance(job);
		job_gather(job);
	}
	sys_restore_cancel(cancel);
	errno = saved;
	return job_answer(job);
}

int pspawn_job_poll(struct pspawn_job *job, struct pollfd *fds, size_t room, int *timeout_ms)
{
	size_t count = 0;

	*timeout_ms = job->is_over ? 0 : job_prepare(job);
	for (size_t i = 0; i < job->nflows + job->nstages && !job->is_over; i++) {
		if (job->polled[i].fd < 0)
			continue;
		if (count < room)
			fds[count] = job->polled[i];
		count++;
	}
	return (int)count;
}

int pspawn_job_fd(struct pspawn_job *job)
{
	int cancel = sys_disable_cancel();
	int result = job->gather.fd < 0 ? gather_open(&job->gather) : 0;

	if (result == 0)
		job_gather(job);
	sys_restore_cancel(cancel);
	return result < 0 ? result : job->gather.fd;
}

void pspawn_job_wake(struct pspawn_job *job)
{
	job_wake(job);
	job_gather(job);
}

int pspawn_job_stop(struct pspawn_job *job)
{
	struct pspawn_error error;

	if (job->is_over)
		return -ESRCH;
	if (job->why)
		return -EALREADY;
	job_fail(&error, -ECANCELED, PSPAWN_STEP_STOP, -1);
	job_stop_for(job, PSPAWN_STOP_REQUESTED, &error);
	job_stop_step(job, sys_now_us());
	job_gather(job);
	return 0;
}

int pspawn_job_resize(struct pspawn_job *job, unsigned short rows, unsigned short columns)
{
	return job->terminal < 0 ? -ENOTTY : pty_resize(job->terminal, rows, columns);
}

const struct pspawn_child *pspawn_job_child(const struct pspawn_job *job, size_t stage)
{
	return stage < job->nstages ? &job->stages[stage].child : NULL;
}

void *pspawn_job_user(const struct pspawn_job *job)
{
	return job->io.user;
}

int pspawn_job_result(const struct pspawn_job *job, struct pspawn_result *result,
		      struct pspawn_error *error)
{
	if (result)
		*result = job->result;
	if (error)
		*error = job->error;
	return job_answer(job);
}

void pspawn_job_free(struct pspawn_job *job)
{
	int saved = errno;
	int cancel;

	if (!job)
		return;
	cancel = sys_disable_cancel();
	if (!job->is_over) {
		job_kill(job, sys_now_us());
		for (size_t i = 0; i < job->nflows; i++)
			if (job->flows[i].fd >= 0)
				flow_close(&job->flows[i], PSPAWN_END_CUT);
		job_end(job);
	}
	drop(job);
	sys_restore_cancel(cancel);
	errno = saved;
}
