/* SPDX-License-Identifier: ISC */
/*
 * A run at work. The files, in the order in which a run goes: job-check.c refuses,
 * job-start.c starts the stages (see job-launch.h), job-step.c moves data and notices ends,
 * job-stop.c stops, job-end.c decides when it is over and says what became of it.
 * job-wait.c sleeps; job.c is the object.
 */
#ifndef JOB_H
#define JOB_H

#include <stdint.h>

#include "flow.h"
#include "gather.h"
#include "lib.h"

/* One of the programs. */
struct job_stage {
	struct pspawn_child child;
	struct pspawn_status status;
	int has_ended; /* its status is not taken before the run is over, and so its pid is not
			  given away */
	int is_taken;  /* the status is taken */
	int is_untold; /* poll(2) alone says that it has ended: a tracer has its status */
	int reached;   /* how far the last signal for it got: enum pspawn_reach, or -errno */
	short polled;
};

/* In microseconds of sys_now_us(); NEVER: not at all. */
#define NEVER INT64_MAX

/* What a run drains for where nothing else is said, in milliseconds. */
enum { IDLE_MS = 100, MOST_MS = 5000, STOP_MS = 2000 };

static inline int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

struct pspawn_job {
	struct pspawn_io io; /* checked, of this library's size */
	struct job_stage *stages;
	size_t nstages;
	struct flow *flows;
	size_t nflows;
	struct pspawn_stop *stops;
	size_t nstops;
	struct pollfd *polled; /* by flow, then by stage; fd -1: nothing */
	struct gather gather;
	int terminal;   /* our side, or -1 */
	int peer;       /* the child's side of it, until all stages have ended; or -1 */
	int is_woken;   /* functions that have said "not now" are to be asked again */
	int is_guessing; /* `polled` is not what poll(2) said, but that anything may be ready */
	int backoff_ms; /* where a stage cannot be polled for */

	int64_t began, deadline;
	int64_t ended; /* when the last stage was seen to have ended */
	int64_t moved; /* when a byte last did */
	int64_t heard; /* ... came; or the caller's functions held what came up */
	size_t running;

	/* Being stopped: */
	enum pspawn_stop_reason why;
	int64_t stopped; /* when that began, or its last signal reached anyone */
	size_t next_stop;
	int64_t stop_at;
	int64_t look_at; /* when to look again for those who are left of its groups */
	int signal, reach;

	int is_over;
	struct pspawn_error error; /* the first thing that went wrong */
	struct pspawn_result result;
};

/* Fill an error that is a run's own; stream -1: no stream's. Returns `code`, which is negative. */
int job_fail(struct pspawn_error *error, int code, int step, int stream);

/* The same for a description or a struct pspawn_io that is refused (CHECK). Returns -code. */
int job_refuse(struct pspawn_error *error, struct refusal refusal);

/* In a pipeline an error that no entry is at fault for is the stage's. */
void job_name_stage(struct pspawn_error *error, size_t stage, size_t nstages);

/* Clear what `io` would have filled, refuse it, and copy it. 0 or -errno with the error filled. */
int job_check(struct pspawn_io *io, const struct pspawn_io *given, size_t nstages,
	      struct pspawn_error *error);

/* Start all stages, or none. On failure `error` is filled. */
int job_launch(struct pspawn_job *job, const struct pspawn_cmd *cmds, struct pspawn_error *error);

/* Fill job->polled. Returns how long nothing is due, as for poll(2). */
int job_prepare(struct pspawn_job *job);

/* Go on, by what poll(2) has said in job->polled. */
void job_advance(struct pspawn_job *job);

/* The stage has ended, or is not waited for. */
void job_note_end(struct pspawn_job *job, struct job_stage *stage, int64_t now);

/* What poll(2) could not tell: all may be ready. */
void job_assume_ready(struct pspawn_job *job);

/* Functions that have said "not now" may be asked again. */
void job_wake(struct pspawn_job *job);

/* Bring the gatherer up to date. */
void job_gather(struct pspawn_job *job);

/* The stage's descriptor is about to be closed. */
void job_unwatch(struct pspawn_job *job, struct job_stage *stage);

/* Begin to stop it, because of this. The first reason counts. */
void job_stop_for(struct pspawn_job *job, enum pspawn_stop_reason why,
		  const struct pspawn_error *error);

/* ... because its time is over, or it was silent for too long; and when that is, or NEVER. */
void job_stop_if_late(struct pspawn_job *job, int64_t now);
int64_t job_late_at(const struct pspawn_job *job);

/* Does a function of the caller's not take what has come? */
int job_is_held_up(const struct pspawn_job *job);

/* ... because of what flow_move() has returned. */
void job_stop_for_flow(struct pspawn_job *job, size_t i, int code);

/* Send what is due. */
void job_stop_step(struct pspawn_job *job, int64_t now);

/* Kill all that is left, and give up those that may not be signalled. */
void job_kill(struct pspawn_job *job, int64_t now);

/* Is nobody left whom a further step would reach? */
int job_stop_is_done(const struct pspawn_job *job);

/*
 * All stages have ended, and streams that are still open would be given up now. Is anyone else left
 * whom the stops reach, and who may be the one who holds them?
 */
int job_stop_is_awaited(struct pspawn_job *job, int64_t now);

/* What is left of groups and cgroups of a run that was stopped. */
void job_stop_rest(struct pspawn_job *job);

/* When it will be over if nothing moves; NEVER while it depends on others. */
int64_t job_end_at(const struct pspawn_job *job);

/* Is it over? Then finish it. */
void job_end_if_due(struct pspawn_job *job, int64_t now);
void job_end(struct pspawn_job *job);

/* -EINPROGRESS, or what pspawn_run() returns. */
int job_answer(const struct pspawn_job *job);

/* So many milliseconds of a description after that moment: 0 is the default, -1 never. */
int64_t job_after(int64_t moment, int ms, int standard);

#endif
