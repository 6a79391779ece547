/* SPDX-License-Identifier: ISC */
/*
 * Lower the plan to the file actions and attributes of posix_spawn(3). What a
 * system cannot express is refused before anything starts. What posix_spawn
 * cannot tell, namely which step failed, a rehearsal in a forked child finds
 * out; it costs something only when a start fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>

#include "backend.h"
#include "foreground.h"
#include "lower.h"
#include "watch.h"

/* Each number in a gap costs the child a system call: with more, fork is the better way. */
enum { WIDEST_GAPS = 256 };

/* ---- what it cannot express */

static size_t numbers_in_gaps(const struct plan *plan)
{
	if (plan->nkeep == 0)
		return 0;
	return (size_t)plan->keep[plan->nkeep - 1] + 1 - plan->nkeep;
}

static const char *cannot_close(const struct plan *plan)
{
	if (LOWER_CLOSES_BY_DEFAULT)
		return plan->inherit_all ? "it cannot inherit what is not listed" : NULL;
	if (!LOWER_HAS_CLOSEFROM)
		return "posix_spawn cannot close everything else here";
	if (!plan->inherit_all && numbers_in_gaps(plan) > WIDEST_GAPS)
		return "the gaps between the descriptors are too wide for posix_spawn";
	return NULL;
}

static const char *cannot_lower(const struct plan *plan, int *index)
{
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];

		*index = step->index;
		if (!lower_can(step))
			return step->kind == STEP_CHDIR || step->kind == STEP_FCHDIR
				       ? "posix_spawn cannot change directory here"
				       : "posix_spawn has nothing of the kind";
		if (step->prefer)
			return "posix_spawn cannot go on without a step that fails";
		if (step->kind == STEP_FOREGROUND && !foreground_is_ours(plan, step))
			return "only who opens the terminal could give it back";
	}
	*index = -1;
	return cannot_close(plan);
}

/* ---- does it report that a program is missing? */

enum { UNKNOWN, HONEST, DISHONEST, FORBIDDEN };

/* Some libcs say success, and the child exits with 127. An empty path names no program. */
static int ask_whether_honest(void)
{
	char *argv[] = { (char *)"", NULL };
	char *envp[] = { NULL };
	pid_t pid = -1;
	int saved = errno;
	int result = posix_spawn(&pid, "", NULL, NULL, argv, envp);

	if (result == 0)
		sys_reap(pid);
	errno = saved;
	switch (result) {
	case 0:
		return DISHONEST;
	case EAGAIN:
	case ENOMEM:
		return UNKNOWN;
	case EPERM: /* of clone3, for which filters had them and libc has no other way */
	case EINVAL:
	case ENOSYS:
	case E2BIG:
		return FORBIDDEN;
	default:
		return HONEST;
	}
}

static const char *refuses(const struct plan *plan, int *index)
{
	static atomic_int cached = UNKNOWN;
	int answer = atomic_load(&cached);

	if (answer == UNKNOWN) {
		answer = ask_whether_honest();
		atomic_store(&cached, answer);
	}
	*index = -1;
	if (answer == DISHONEST)
		return "posix_spawn does not report here that a program is missing";
	if (answer == FORBIDDEN)
		return "this process may not use posix_spawn";
	return cannot_lower(plan, index);
}

/* ---- attributes */

static int set_attributes(const struct plan *plan, posix_spawnattr_t *attributes)
{
	short flags = 0;
	int result = 0;

#if LOWER_CLOSES_BY_DEFAULT
	flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
	for (size_t i = 0; i < plan->nsteps && result == 0; i++)
		result = lower_attribute(&plan->steps[i], attributes, &flags);
	return result ? result : posix_spawnattr_setflags(attributes, flags);
}

/* ---- a start */

static int blame(const struct plan *plan, struct birth *birth, int code)
{
	struct report *report = &birth->report;

	if (code == EAGAIN || code == ENOMEM)
		return report_failure(report, code, PSPAWN_STEP_CREATE, -1);
	report_failure(report, 0, PSPAWN_STEP_CREATE, -1);
	fork_rehearse(plan, code, report);
	/* An open that fails otherwise is the rehearsal's own affair: a FIFO whose reader has gone. */
	if (report->step == PSPAWN_STEP_OPEN && report->code != code)
		return report_failure(report, code, PSPAWN_STEP_EXEC, -1);
	/* No step wants one, so it was libc, which lists what it closes where ranges are missing. */
	if (report->code == 0 && is_out_of_numbers(-code)) {
		birth->reason = "posix_spawn itself needs a free number here";
		return BACKEND_PASS;
	}
	/* Every step went well, so it was the program. A rehearsal that was cut short says nothing. */
	if (report->code == 0)
		return report_failure(report, code,
				      report->reached ? PSPAWN_STEP_EXEC : PSPAWN_STEP_CREATE, -1);
	report->code = code;
	return -code;
}

/* A second start, for a script. Nothing is opened by it again: see opens_twice(). */
static int spawn_shell(const struct plan *plan, struct birth *birth,
		       const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes)
{
	int result = posix_spawn(&birth->pid, PLAN_SHELL, actions, attributes, plan->shell_argv,
				 plan->envp);

	/* The failure of the shell itself is not the program's. */
	return result ? ENOEXEC : 0;
}

static int spawn_once(const struct plan *plan, struct birth *birth,
		      const posix_spawn_file_actions_t *actions,
		      const posix_spawnattr_t *attributes)
{
	const char *program = plan->steps[plan->nsteps - 1].path;
	/* Without a number the child is not watched, and waited for by its pid. */
	int watch = plan->unwatched ? -ENOSYS : watch_prepare(plan, 0);
	int waited = 0;
	int result;

	do
		result = posix_spawn(&birth->pid, program, actions, attributes, plan->argv,
				     plan->envp);
	while (result == EINTR || (result == ETXTBSY && busy_again(plan, &waited)));
	if (result == ENOEXEC && plan->shell_argv)
		result = spawn_shell(plan, birth, actions, attributes);
	if (result == 0) {
		birth->watch = watch_attach(watch, birth->pid);
		return 0;
	}
	watch_cancel(watch);
	return blame(plan, birth, result);
}

/* A failed child must not leave the terminal to its group, which ends with it. */
static int spawn(const struct plan *plan, struct birth *birth,
		 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes)
{
	struct foreground before;
	int result;

	foreground_remember(&before, plan);
	result = spawn_once(plan, birth, actions, attributes);
	/* The rehearsal has taken it, too. */
	if (result != 0)
		foreground_give_back(&before);
	return result;
}

/* A source that is kept from the plan: posix_spawn would refuse it before the steps before it. */
static int lacks_a_source(const struct plan *plan)
{
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];

		if (step->from < 0 && (step->kind == STEP_MOVE || step->kind == STEP_FCHDIR))
			return 1;
	}
	return 0;
}

static int fail_as_rehearsed(const struct plan *plan, struct birth *birth)
{
	struct report *report = &birth->report;

	fork_rehearse(plan, EBADF, report);
	/* The rehearsal has not come so far: there was no child to be had. */
	if (report->code == 0)
		return report_failure(report, EAGAIN, PSPAWN_STEP_CREATE, -1);
	return -report->code;
}

/* There and back clears close-on-exec, where there is a number for it: see lower.c. */
static int lacks_scratch(const struct plan *plan)
{
	return !LOWER_CLOSES_BY_DEFAULT && plan->scratch == SCRATCH_NONE &&
	       find_step(plan, STEP_CLEAR) != NULL;
}

/* A file that is made (O_EXCL), emptied or waited for by an open(2) is no longer the same then. */
static int opens_twice(const struct plan *plan)
{
	return plan->shell_argv && find_step(plan, STEP_OPEN) != NULL;
}

static int start_with(const struct plan *plan, struct birth *birth,
		      posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes)
{
	int result;

	if (lacks_a_source(plan))
		return fail_as_rehearsed(plan, birth);
	if (lacks_scratch(plan)) {
		birth->reason = "posix_spawn needs a free number to clear close-on-exec";
		return BACKEND_PASS;
	}
	if (opens_twice(plan)) {
		birth->reason = "posix_spawn would open files twice for a script";
		return BACKEND_PASS;
	}
	result = set_attributes(plan, attributes);

	for (size_t i = 0; i < plan->nsteps && result == 0; i++)
		result = lower(plan, &plan->steps[i], actions);
	if (result == 0)
		return spawn(plan, birth, actions, attributes);
	if (result == ENOMEM)
		return report_failure(&birth->report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	birth->reason = "posix_spawn does not take a number that the plan uses";
	return BACKEND_PASS;
}

static int start(const struct plan *plan, struct birth *birth)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int result;

	if (posix_spawn_file_actions_init(&actions))
		return report_failure(&birth->report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	if (posix_spawnattr_init(&attributes)) {
		posix_spawn_file_actions_destroy(&actions);
		return report_failure(&birth->report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	}
	result = start_with(plan, birth, &actions, &attributes);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

const struct backend backend_posix_spawn = {
	.name = "posix_spawn", .refuses = refuses, .start = start
};
