/* SPDX-License-Identifier: ISC */
/*
 * Linux: a child that shares our memory until it executes its program, so that
 * nothing is copied whatever our size. The hazards of that, and their cures:
 *
 *  - A signal handler that runs in the child would corrupt us. Every signal is
 *    blocked, libc's own included, from before the birth until every handler
 *    is default in the child; the mask opens as the last act before exec.
 *  - Whatever the child writes is written in our memory. It makes raw system
 *    calls on a stack of its own, and obeys the law at the top of replay.c.
 *  - Emulators and debuggers turn CLONE_VM into a copy. Then the report would
 *    be lost, and a failure look like success: honest() finds out once whether
 *    memory is really shared, and if not this backend is passed over. No other
 *    unusual flag is tried before that.
 *  - With CLONE_FILES the child even shares our descriptors, so that none are
 *    copied, however many we have. Its first act is to get a table of its own
 *    with only the numbers that the plan reads. Should that fail it ends
 *    before it has touched anything, and the start is done again without.
 *  - A failed start must not be seen by a SIGCHLD handler, nor be stolen by
 *    somebody's wait(-1): exit_signal is 0. execve(2) sets it back to SIGCHLD.
 *  - A kernel or a filter may refuse any of it. The ways below are tried in
 *    order, and the last resort is the next backend.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "calls.h"
#include "linux.h"
#include "watch.h"

/* 1, with its entry in *index, if there is such a step. */
static int has_step(const struct plan *plan, int kind, int *index)
{
	const struct plan_step *step = find_step(plan, kind);

	if (step)
		*index = step->index;
	return step != NULL;
}

static const char *refuses(const struct plan *plan, int *index)
{
	long answer;

	if (plan->waits_for_maps &&
	    (has_step(plan, STEP_MAP_USER, index) || has_step(plan, STEP_SETGROUPS, index) ||
	     has_step(plan, STEP_MAP_GROUP, index)))
		return "ids are mapped by a parent that runs, and this one would be suspended";
	/* While the memory is hidden, an ordinary user cannot write to /proc/self. */
	if (plan->namespaces & PSPAWN_NS_USER && has_step(plan, STEP_OOM_SCORE, index))
		return "an OOM score is not for a child whose memory is ours and hidden";
	*index = -1;
	if (plan->goes_on && plan->new_powers)
		return "a child that changes its powers would hide our memory for as long as it "
		       "starts";
	answer = honest();
	if (answer == DISHONEST)
		return "a child does not share memory here, so it could not report errors";
	if (one_step_down(answer))
		return "this process may not have a child that shares its memory";
	/* A shortage is no reason to pass: start() meets it too, and calls it by its name. */
	return NULL;
}

/* ---- a start */

int failed_birth(struct birth *birth, const struct cradle *cradle, long result)
{
	int step = PSPAWN_STEP_CREATE;

	if (cradle->report.code) {
		birth->report = cradle->report;
		return (int)result;
	}
	if (one_step_down(result)) {
		birth->reason = "the kernel refuses every kind of clone that it needs";
		return BACKEND_PASS;
	}
	/* Of descriptors, as with the numbers that are taken before. */
	if (is_out_of_numbers(result))
		step = PSPAWN_STEP_PREPARE;
	return report_failure(&birth->report, (int)-result, step, -1);
}

/* The child ended before its program began: by a step that failed, or it was killed. */
static int failed_child(struct birth *birth, const struct cradle *cradle, pid_t pid)
{
	watch_cancel(cradle->pidfd);
	sys_reap(pid);
	if (cradle->report.code == 0)
		return report_failure(&birth->report, ECHILD, PSPAWN_STEP_EXEC, -1);
	birth->report = cradle->report;
	return -birth->report.code;
}

/* A kernel without CLONE_PIDFD may still have pidfd_open(); the child is ours to wait for. */
int watch_of(const struct cradle *cradle, pid_t pid)
{
	int watch = cradle->pidfd;

	if (cradle->plan->unwatched)
		return -ENOSYS;
	if (watch < 0)
		return watch_attach(watch_prepare(NULL, 0), pid);
	return watch > 2 ? watch : reserve(watch, NULL);
}

static int start(const struct plan *plan, struct birth *birth)
{
	struct cradle cradle = { .plan = plan, .pidfd = -1, .stage = { .channel = -1 } };
	long pid = honest();

	/* Without an answer there is no child to be had now; no flag is tried before there is one.
	 */
	if (pid > 0) {
		cradle.cut = cut_above(plan->top);
		pid = cradle_birth(&cradle);
	}
	if (pid < 0)
		return failed_birth(birth, &cradle, pid);
	if (cradle.report.code || !cradle.report.reached)
		return failed_child(birth, &cradle, (pid_t)pid);
	birth->pid = (pid_t)pid;
	birth->watch = watch_of(&cradle, birth->pid);
	birth->report = cradle.report;
	return 0;
}

/* A table is copied in pieces; what a small one costs is not worth a system call. */
static int cheap_top(const struct plan *plan)
{
	return plan->inherit_all || has_to_copy() ? INT_MAX : cut_above(127);
}

const struct backend backend_linux = { .name = "linux",
				       .refuses = refuses,
				       .start = start,
				       .begin = linux_begin,
				       .end = linux_end,
				       .cheap_top = cheap_top };
