/* SPDX-License-Identifier: ISC */
/* Parent and child from the birth to the plan: see linux.c for what is dangerous about it. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <unistd.h>

#include "calls.h"
#include "linux.h"
#include "raw.h"
#include "watch.h"

/* How to be born, best first. */
static const struct way ways[] = {
	{ 1, CLONE_PIDFD, 0, 1 }, /* only with a cgroup: Linux 5.7 */
	{ 1, CLONE_PIDFD, 0, 0 }, /* Linux 5.5 */
	{ 0, CLONE_PIDFD, 0, 0 }, /* clone3 missing or forbidden */
	{ 0, 0, 0, 0 },           /* pidfds forbidden */
	{ 0, 0, SIGCHLD, 0 },     /* exit_signal 0 refused */
};

/* The parent of a child that does not hold it has to see its descriptors unchanged until then. */
CHILD_SIDE static void stand_apart(struct bed *bed)
{
	if (!bed)
		return;
	atomic_store(&bed->presence, APART);
	RAW3(SYS_futex, &bed->presence, FUTEX_WAKE, 1);
}

static void wait_until_apart(struct bed *bed)
{
	while (atomic_load(&bed->presence) == ENTERS)
		RAW4(SYS_futex, &bed->presence, FUTEX_WAIT, ENTERS, NULL);
}

CHILD_SIDE static int run(void *argument)
{
	struct cradle *cradle = argument;

	*(volatile int *)&cradle->entered = 1;
	if (cradle->share_files) {
		/* The table is still the parent's: until this has worked, touch nothing. */
		cradle->unshare_error = sys_unshare_files(cradle->cut + 1);
		if (cradle->unshare_error)
			return 1;
		stand_apart(cradle->bed);
		cradle->stage.top =
		    cradle->cut > cradle->plan->left_over ? cradle->cut : cradle->plan->left_over;
		/* Our own pidfd must not pass for a source that is not open. */
		if (cradle->pidfd >= 0 && cradle->pidfd <= cradle->plan->top)
			sys_close(cradle->pidfd);
	}
	replay(&cradle->stage);
	return 1;
}

/*
 * The highest number that the child's own table is born with. Linux before 6.11
 * copies the map of full words of 64 numbers for 4096 numbers at a time and, cut
 * in between, leaves it saying "full" where nothing is (CVE-2024-45025): the
 * program would be refused numbers that are free. Releases with the cure under
 * an older number exist, and cannot be told apart.
 */
int cut_above(int top)
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

int has_to_copy(void)
{
	return atomic_load(&unshare_denied);
}

/* What is wrong with a cgroup the child will find out in its own way, as with every backend. */
static int try_next(const struct way *way, long pid)
{
	/* EAGAIN may be the cgroup's own limit, which does not hinder who moves there. */
	if (way->into_cgroup)
		return pid < 0 && (pid == -EAGAIN || !is_shortage(pid));
	return one_step_down(pid);
}

/*
 * A child that is born in a cgroup may be killed before it runs at all: Linux 6.18 kills each one
 * there if cgroup.kill has ever been written to, for it compares how often with the same of our own
 * cgroup. Then the next way is tried, which is no birth in there, and that once: somebody else may
 * have killed the child. It holds us, so it has run by now, or never will.
 */
static long unless_stillborn(const struct cradle *cradle, const struct way *way, long pid)
{
	if (pid <= 0 || !way->into_cgroup || *(const volatile int *)&cradle->entered)
		return pid;
	watch_cancel(cradle->pidfd);
	sys_reap((pid_t)pid);
	return -ECHILD;
}

/*
 * Whom we do not wait for enters its cgroup by a write, in its own time. A frozen one would hold it
 * at its birth, before it has a table of its own, and us with it; and a child that is killed at its
 * birth could not be replaced: the caller has its pid already.
 */
static long birth_as(struct cradle *cradle, const struct wish *wish)
{
	size_t first = wish->cgroup < 0 || wish->bed;
	long pid = -ENOSYS;

	for (size_t i = first;
	     i == first || (i < sizeof(ways) / sizeof(ways[0]) && try_next(&ways[i - 1], pid));
	     i++) {
		cradle->stage.handlers_cleared = ways[i].by_clone3;
		cradle->stage.in_cgroup = ways[i].into_cgroup;
		cradle->entered = 0;
		pid = give_birth(&ways[i], wish, &cradle->pidfd);
		pid = unless_stillborn(cradle, &ways[i], pid);
	}
	return pid;
}

/* A process at its limit of descriptors can still start something: it waits by pid then. */
static long birth_of(struct cradle *cradle)
{
	struct wish wish = { run,	   cradle, cradle->namespaces, cradle->plan->cgroup,
			     cradle->bed, cradle->plan->unwatched };
	long pid;

	if (cradle->share_files)
		wish.flags |= CLONE_FILES;
	if (cradle->bed)
		atomic_store(&cradle->bed->presence, ENTERS);
	pid = birth_as(cradle, &wish);
	if (!is_out_of_numbers(pid))
		return pid;
	wish.has_no_pidfd = 1;
	return birth_as(cradle, &wish);
}

static long birth_in_some_table(struct cradle *cradle)
{
	long pid;

	/* No range begins above INT_MAX. That number is not open anyhow, as the child will find. */
	cradle->share_files = !cradle->plan->inherit_all && cradle->cut < INT_MAX &&
			      !cradle->copies_files && !has_to_copy();
	pid = birth_of(cradle);
	if (pid > 0 && cradle->bed && cradle->share_files)
		wait_until_apart(cradle->bed);
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

static void set_stage(struct cradle *cradle)
{
	struct stage *stage = &cradle->stage;

	stage->plan = cradle->plan;
	stage->report = &cradle->report;
	stage->top = INT_MAX;
	stage->callers_mask = &cradle->mask;
	if (cradle->plan->watches_parent)
		stage->parent = getpid();
}

long cradle_birth(struct cradle *cradle)
{
	long pid;

	set_stage(cradle);
	sys_block_signals(&cradle->mask);
	if (cradle->plan->new_powers)
		dumpable_save((cradle->plan->namespaces & PSPAWN_NS_USER) != 0);
	pid = birth_in_namespaces(cradle);
	if (cradle->plan->new_powers)
		dumpable_restore();
	sys_set_mask(&cradle->mask);
	return pid;
}
