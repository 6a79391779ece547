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
#include <sys/wait.h>

#include "backend.h"
#include "calls.h"
#include "entry.h"
#include "watch.h"

enum { STACK_SIZE = 4096, STACK_ALIGN = 16 };

/* How to be born, best first. */
struct way {
	int by_clone3;
	int pidfd;
	int exit_signal;
};

static const struct way ways[] = {
	{ 1, CLONE_PIDFD, 0 },	     /* Linux 5.5 */
	{ 0, CLONE_PIDFD, 0 },	     /* clone3 missing or forbidden */
	{ 0, 0, 0 },		     /* pidfds forbidden */
	{ 0, 0, SIGCHLD },	     /* exit_signal 0 refused */
};

/* What parent and child share during a birth. */
struct cradle {
	const struct plan *plan;
	struct stage stage;
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
	replay(cradle->plan, &cradle->stage, &cradle->report);
	return 1;
}

static long give_birth(const struct way *way, int (*child)(void *), void *argument, int files,
		       int *pidfd)
{
	char stack[STACK_SIZE] __attribute__((aligned(STACK_ALIGN)));
	unsigned long flags = CLONE_VM | CLONE_VFORK | (unsigned long)(way->pidfd | files);
	struct entry_args args = { 0 };

	*pidfd = -1;
	if (!way->by_clone3)
		return entry_clone(flags | (unsigned long)way->exit_signal, stack + STACK_SIZE,
				   pidfd, child, argument);
	args.flags = flags | CLONE_CLEAR_SIGHAND;
	args.pidfd = (uintptr_t)pidfd;
	args.exit_signal = (uint64_t)way->exit_signal;
	args.stack = (uintptr_t)stack;
	args.stack_size = STACK_SIZE;
	return entry_clone3(&args, sizeof(args), child, argument);
}

static int one_step_down(long pid)
{
	return pid == -ENOSYS || pid == -EPERM || pid == -EINVAL || pid == -E2BIG;
}

/* ---- does CLONE_VM share memory here, and CLONE_VFORK wait? */

CHILD_SIDE static int leave_a_mark(void *argument)
{
	*(volatile int *)argument = 1;
	return 0;
}

enum { UNKNOWN, HONEST, DISHONEST };

/* HONEST, DISHONEST, or why no child could be had. */
static long ask_whether_honest(void)
{
	static const struct way plain[] = { { 0, 0, 0 }, { 0, 0, SIGCHLD } };
	volatile int mark = 0;
	struct sys_mask mask;
	long pid = -EINVAL;
	int pidfd, answer;

	sys_block_signals(&mask);
	for (size_t i = 0; i < 2 && pid == -EINVAL; i++)
		pid = give_birth(&plain[i], leave_a_mark, (void *)&mark, 0, &pidfd);
	/* At once: a mark that is left later is one of a child that runs beside us. */
	answer = mark ? HONEST : DISHONEST;
	sys_set_mask(&mask);
	if (pid < 0)
		return pid;
	sys_reap((pid_t)pid);
	return answer;
}

static long honest(void)
{
	static atomic_int cached = UNKNOWN;
	long answer = atomic_load(&cached);

	if (answer == UNKNOWN) {
		answer = ask_whether_honest();
		if (answer > 0)
			atomic_store(&cached, (int)answer);
	}
	return answer;
}

static const char *refuses(const struct plan *plan, int *index)
{
	long answer = honest();

	(void)plan;
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
	static atomic_int cached = UNKNOWN;
	enum { EXACT = 1, ROUNDED };
	int how = atomic_load(&cached);

	if (how == UNKNOWN) {
		how = sys_kernel_is_at_least(6, 11) ? EXACT : ROUNDED;
		atomic_store(&cached, how);
	}
	return how == EXACT ? top : top | 4095;
}

/* Set once a child was refused a table of its own: trying again would cost a birth each. */
static atomic_int unshare_denied;

static long birth_of(struct cradle *cradle)
{
	int files = cradle->share_files ? CLONE_FILES : 0;
	long pid = -ENOSYS;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && one_step_down(pid); i++) {
		cradle->stage.handlers_cleared = ways[i].by_clone3;
		pid = give_birth(&ways[i], run, cradle, files, &cradle->pidfd);
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

static int start(const struct plan *plan, struct birth *birth)
{
	struct cradle cradle = { .plan = plan, .pidfd = -1 };
	struct sys_mask mask;
	long pid = honest();

	/* Without an answer there is no child to be had now; no flag is tried before there is one. */
	if (pid < 0)
		return failed_birth(birth, pid);
	cradle.cut = cut_above(plan->top);
	cradle.stage.top = INT_MAX;
	cradle.stage.channel = -1;
	sys_block_signals(&mask);
	pid = birth_in_some_table(&cradle);
	sys_set_mask(&mask);
	if (pid < 0)
		return failed_birth(birth, pid);
	if (cradle.report.code || !cradle.report.reached)
		return failed_child(birth, &cradle, (pid_t)pid);
	birth->pid = (pid_t)pid;
	birth->watch = watch_of(&cradle, birth->pid);
	return 0;
}

const struct backend backend_linux = { "linux", refuses, start };
