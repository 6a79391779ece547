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

/* How to be born, best first. */
static const struct way ways[] = {
	{ 1, CLONE_PIDFD, 0, 1 },    /* only with a cgroup: Linux 5.7 */
	{ 1, CLONE_PIDFD, 0, 0 },    /* Linux 5.5 */
	{ 0, CLONE_PIDFD, 0, 0 },    /* clone3 missing or forbidden */
	{ 0, 0, 0, 0 },		     /* pidfds forbidden */
	{ 0, 0, SIGCHLD, 0 },	     /* exit_signal 0 refused */
};

/* What parent and child share during a birth. */
struct cradle {
	const struct plan *plan;
	struct stage stage;
	unsigned namespaces;
	int share_files;
	int cut; /* with share_files: the child's own table ends here */
	int unshare_error; /* why the child could not get a table of its own; 0: it could */
	int pidfd;
	struct report report;
};

CHILD_SIDE static int run(void *argument)
{
	struct cradle *cradle = argument;

	if (cradle->share_files) {
		/* The table is still the parent's: until this has worked, touch nothing. */
		cradle->unshare_error = sys_unshare_files(cradle->cut + 1);
		if (cradle->unshare_error)
			return 1;
		cradle->stage.top = cradle->cut > cradle->plan->left_over ? cradle->cut
									  : cradle->plan->left_over;
		/* Our own pidfd must not pass for a source that is not open. */
		if (cradle->pidfd >= 0 && cradle->pidfd <= cradle->plan->top)
			sys_close(cradle->pidfd);
	}
	replay(&cradle->stage);
	return 1;
}

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

	if (plan->waits_for_maps && (has_step(plan, STEP_MAP_USER, index) ||
				     has_step(plan, STEP_SETGROUPS, index) ||
				     has_step(plan, STEP_MAP_GROUP, index)))
		return "ids are mapped by a parent that runs, and this one would be suspended";
	/* While the memory is hidden, an ordinary user cannot write to /proc/self. */
	if (plan->namespaces & PSPAWN_NS_USER && has_step(plan, STEP_OOM_SCORE, index))
		return "an OOM score is not for a child whose memory is ours and hidden";
	answer = honest();
	*index = -1;
	if (answer == DISHONEST)
		return "a child does not share memory here, so it could not report errors";
	if (one_step_down(answer))
		return "this process may not have a child that shares its memory";
	/* A shortage is no reason to pass: start() meets it too, and calls it by its name. */
	return NULL;
}

/* ---- a start */

/*
 * The highest number that the child's own table is born with. Linux before 6.11
 * copies the map of full words of 64 numbers for 4096 numbers at a time and, cut
 * in between, leaves it saying "full" where nothing is (CVE-2024-45025): the
 * program would be refused numbers that are free. Releases with the cure under
 * an older number exist, and cannot be told apart.
 */
static int cut_above(int top)
{
	static atomic_int cached;
	enum { UNKNOWN, EXACT, ROUNDED };
	int how = atomic_load(&cached);

	if (how == UNKNOWN) {
		how = sys_kernel_is_at_least(6, 11) ? EXACT : ROUNDED;
		atomic_store(&cached, how);
	}
	return how == EXACT ? top : top | 4095;
}

/* Set once a child was refused a table of its own: trying again would cost a birth each. */
static atomic_int unshare_denied;

/* What is wrong with a cgroup the child will find out in its own way, as with every backend. */
static int try_next(const struct way *way, long pid)
{
	/* EAGAIN may be the cgroup's own limit, which does not hinder who moves there. */
	if (way->into_cgroup)
		return pid < 0 && (pid == -EAGAIN || !is_shortage(pid));
	return one_step_down(pid);
}

static long birth_of(struct cradle *cradle)
{
	struct wish wish = { run, cradle, cradle->namespaces, cradle->plan->cgroup };
	size_t first = wish.cgroup < 0;
	long pid = -ENOSYS;

	if (cradle->share_files)
		wish.flags |= CLONE_FILES;
	for (size_t i = first; i == first || (i < sizeof(ways) / sizeof(ways[0]) &&
					      try_next(&ways[i - 1], pid)); i++) {
		cradle->stage.handlers_cleared = ways[i].by_clone3;
		cradle->stage.in_cgroup = ways[i].into_cgroup;
		pid = give_birth(&ways[i], &wish, &cradle->pidfd);
	}
	return pid;
}

static long birth_in_some_table(struct cradle *cradle)
{
	long pid;

	/* No range begins above INT_MAX. That number is not open anyhow, as the child will find. */
	cradle->share_files = !cradle->plan->inherit_all && cradle->cut < INT_MAX &&
			      !atomic_load(&unshare_denied);
	pid = birth_of(cradle);
	if (pid <= 0 || !cradle->unshare_error)
		return pid;
	watch_cancel(cradle->pidfd);
	sys_reap((pid_t)pid);
	/* A shortage passes; a refusal stays. */
	if (one_step_down(cradle->unshare_error))
		atomic_store(&unshare_denied, 1);
	cradle->share_files = 0;
	return birth_of(cradle);
}

/* Namespaces may be what the kernel does not want to give. */
static long birth_in_namespaces(struct cradle *cradle)
{
	const struct plan_step *step = cradle->plan->steps;
	long pid;

	cradle->namespaces = cradle->plan->namespaces;
	pid = birth_in_some_table(cradle);
	if (pid > 0 || !cradle->namespaces || is_shortage(pid))
		return pid;
	if (!step->prefer)
		return report_failure(&cradle->report, (int)-pid, PSPAWN_STEP_NAMESPACES,
				      step->index);
	leave_out(&cradle->report, step->index);
	cradle->namespaces = 0;
	return birth_in_some_table(cradle);
}

static int failed_birth(struct birth *birth, long result)
{
	int step = PSPAWN_STEP_CREATE;

	if (one_step_down(result)) {
		birth->reason = "the kernel refuses every kind of clone that it needs";
		return BACKEND_PASS;
	}
	/* The pidfd found no number: as with the pipes of other backends. */
	if (result == -EMFILE || result == -ENFILE)
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
static int watch_of(const struct cradle *cradle, pid_t pid)
{
	int watch = cradle->pidfd;

	if (watch < 0)
		return watch_attach(watch_prepare(NULL), pid);
	return watch > 2 ? watch : reserve(watch, NULL);
}

static void set_stage(struct cradle *cradle, const struct sys_mask *callers_mask)
{
	struct stage *stage = &cradle->stage;

	stage->plan = cradle->plan;
	stage->report = &cradle->report;
	stage->top = INT_MAX;
	stage->channel = -1;
	stage->callers_mask = callers_mask;
	if (cradle->plan->watches_parent)
		stage->parent = getpid();
}

static long birth_apart(struct cradle *cradle)
{
	struct sys_mask mask;
	long pid;

	set_stage(cradle, &mask);
	sys_block_signals(&mask);
	if (cradle->plan->new_powers)
		dumpable_save((cradle->plan->namespaces & PSPAWN_NS_USER) != 0);
	pid = birth_in_namespaces(cradle);
	if (cradle->plan->new_powers)
		dumpable_restore();
	sys_set_mask(&mask);
	return pid;
}

static int start(const struct plan *plan, struct birth *birth)
{
	struct cradle cradle = { .plan = plan, .pidfd = -1 };
	long pid = honest();

	/* Without an answer there is no child to be had now; no flag is tried before there is one. */
	if (pid < 0)
		return failed_birth(birth, pid);
	cradle.cut = cut_above(plan->top);
	pid = birth_apart(&cradle);
	if (pid < 0 && cradle.report.code)
		birth->report = cradle.report;
	if (pid < 0)
		return cradle.report.code ? (int)pid : failed_birth(birth, pid);
	if (cradle.report.code || !cradle.report.reached)
		return failed_child(birth, &cradle, (pid_t)pid);
	birth->pid = (pid_t)pid;
	birth->watch = watch_of(&cradle, birth->pid);
	birth->report = cradle.report;
	return 0;
}

const struct backend backend_linux = { "linux", refuses, start };
