/* SPDX-License-Identifier: ISC */
/*
 * A start that goes on by itself. Everything that the child reads on its way is a copy which
 * belongs to the handle. It may be given back when the child is on that way no more: when it
 * executes its program or has ended, which its `startfd` says, and its end by itself as well
 * (somebody else's fork() may hold the other end of startfd for longer).
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "begun.h"
#include "child.h"
#include "wait.h"
#include "watch.h"

struct pspawn_begun {
	struct pspawn_begun *next;
	const struct backend *backend;
	struct birth birth;
	struct pspawn_cmd *kept;
	struct work work;
};

/* How long a child that was killed on its way is waited for: in vain where its file system hangs.
 */
enum { LAST_WAIT_MS = 200 };

/* ---- is it over? */

static int is_over(const struct pspawn_begun *begun)
{
	struct pollfd ended = { .fd = begun->birth.watch, .events = POLLIN };
	char nothing;

	return sys_read(begun->birth.startfd, &nothing, 1) == 0 ||
	       (ended.fd >= 0 && sys_poll(&ended, 1, 0) == 1);
}

static int sleep_until_over(const struct pspawn_begun *begun, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = begun->birth.startfd, .events = POLLIN },
				{ .fd = begun->birth.watch, .events = POLLIN } };
	int64_t deadline = wait_deadline(timeout_ms);

	while (!is_over(begun)) {
		int left = wait_left(deadline);
		int result;

		if (left == 0)
			return -EINPROGRESS;
		result = sys_poll(fds, 2, left);
		/* Under RLIMIT_NOFILE 0 it fails always. */
		if (result < 0 && result != -EINTR)
			sys_nap(1);
	}
	return 0;
}

/* ---- its end */

static void free_begun(struct pspawn_begun *begun)
{
	work_done(&begun->work);
	free(begun->kept);
	free(begun);
}

/* The child's account, when it is over. Returns 0 or -errno. */
static int end(struct pspawn_begun *begun)
{
	struct report *report = &begun->birth.report;

	begun->backend->end(&begun->birth);
	close_if(&begun->birth.startfd);
	if (report->code == 0 && !report->reached)
		report_failure(report, ECHILD, PSPAWN_STEP_EXEC, -1);
	return -report->code;
}

static void empty(struct pspawn_child *child, const struct report *report)
{
	struct handle *handle = handle_of(child);

	handle->pid = handle->group = 0;
	handle->pollfd = handle->cgroup = handle->startfd = -1;
	handle->start_code = report->code;
	handle->start_step = report->step;
	handle->start_index = report->index;
	handle->start_what = report->what;
	handle->start_reason = report->reason;
}

static int complete(struct pspawn_child *child, struct report *report)
{
	struct handle *handle = handle_of(child);
	struct pspawn_begun *begun = handle->begun;
	int cancel = sys_disable_cancel();
	int result = end(begun);

	*report = begun->birth.report;
	handle->begun = NULL;
	handle->startfd = -1;
	if (result == 0) {
		fill_outcome(child, &begun->work.plan, report);
		give_cgroup(child, &begun->work, report);
		numbers_hand_over(&begun->work);
	} else {
		watch_cancel(child->pollfd);
		sys_reap(child->pid);
		name_excess(&begun->work, report);
		empty(child, report);
		numbers_drop(&begun->work);
	}
	free_begun(begun);
	sys_restore_cancel(cancel);
	return result;
}

int begun_wait(struct pspawn_child *child, struct report *report, int timeout_ms)
{
	const struct pspawn_begun *begun = handle_in(child)->begun;
	const struct plan_step *step;

	if (sleep_until_over(begun, timeout_ms) == 0)
		return complete(child, report);
	step = &begun->work.plan.steps[*(volatile int *)&begun->birth.under_way->at];
	return report_failure(report, EINPROGRESS, step_names[step->kind].step, step->index);
}

/* ---- those that nobody asks for any more */

static _Atomic(struct pspawn_begun *) forgotten;

static void remember(struct pspawn_begun *begun)
{
	begun->next = atomic_load(&forgotten);
	while (!atomic_compare_exchange_weak(&forgotten, &begun->next, begun))
		;
}

/*
 * A child whose start has failed is ours to wait for: it raises no SIGCHLD, and nobody knows of
 * it. Of one that runs its program the caller may know.
 */
static int is_gone(struct pspawn_begun *begun)
{
	struct rusage rusage;
	int raw;

	if (begun->birth.startfd >= 0 && !is_over(begun))
		return 0;
	if (begun->birth.startfd >= 0)
		end(begun);
	return begun->birth.report.code == 0 ||
	       watch_wait(begun->birth.pid, begun->birth.watch, 0, &raw, &rusage) != -EINPROGRESS;
}

static void sweep(void)
{
	struct pspawn_begun *begun = atomic_exchange(&forgotten, NULL);

	while (begun) {
		struct pspawn_begun *next = begun->next;

		if (is_gone(begun)) {
			watch_cancel(begun->birth.watch);
			free_begun(begun);
		} else {
			remember(begun);
		}
		begun = next;
	}
}

void begun_unwatch(struct pspawn_child *child)
{
	handle_of(child)->begun->birth.watch = -1;
}

void begun_forget(struct pspawn_child *child)
{
	struct handle *handle = handle_of(child);
	struct pspawn_begun *begun = handle->begun;

	handle->begun = NULL;
	handle->pollfd = handle->startfd = -1;
	numbers_drop(&begun->work);
	remember(begun);
	sweep();
}

/* ---- its beginning */

/* The cgroup's number is not handed over before it is known that the child is in there. */
static void hand_over(struct work *work)
{
	int cgroup = work->cgroup;

	work->cgroup = -1;
	numbers_hand_over(work);
	work->cgroup = cgroup;
}

static int begin(struct pspawn_begun *begun, const struct pspawn_cmd *cmd, struct choice *choice,
		 struct report *report)
{
	int result;

	work_clear(&begun->work);
	begun->kept = cmd_keep(cmd);
	if (!begun->kept)
		return report_failure(report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	begun->work.cmd = *begun->kept;
	result = work_build(&begun->work, report);
	if (result == 0)
		result = choose(&begun->work, choice, report);
	if (result < 0)
		return result;
	result = start_work(&begun->work, choice, &begun->birth);
	begun->backend = *choice->rung;
	*report = begun->birth.report;
	return result;
}

/* A start that is given up leaves no child, but for one that cannot be killed where it is. */
static int give_up(struct pspawn_child *child, struct report *report)
{
	struct report ignored;

	/* Nothing is handed back, also if it has just been in time. */
	numbers_drop(&handle_of(child)->begun->work);
	pspawn_kill(child, SIGKILL);
	begun_wait(child, &ignored, LAST_WAIT_MS);
	if (!handle_in(child)->begun)
		pspawn_wait(child, NULL, LAST_WAIT_MS);
	pspawn_forget(child);
	report->code = ETIMEDOUT;
	return -ETIMEDOUT;
}

static int within(struct pspawn_child *child, int limit_ms, struct report *report)
{
	int result = begun_wait(child, report, limit_ms);

	return result == -EINPROGRESS && handle_in(child)->begun ? give_up(child, report) : result;
}

int begun_start(struct pspawn_child *child, const struct pspawn_cmd *cmd, struct choice *choice,
		struct report *report)
{
	struct pspawn_begun *begun = malloc(sizeof(*begun));
	struct pspawn_child made;
	int result;

	sweep();
	if (!begun)
		return report_failure(report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	result = begin(begun, cmd, choice, report);
	if (result < 0) {
		free_begun(begun);
		return result;
	}
	fill_child(&made, &begun->birth, choice);
	handle_of(&made)->startfd = begun->birth.startfd;
	handle_of(&made)->begun = begun;
	if (cmd->start_ms > 0)
		result = within(&made, cmd->start_ms, report);
	else
		hand_over(&begun->work);
	if (result == 0) {
		*child = made;
		report->code = report->step = 0;
	}
	return result;
}
