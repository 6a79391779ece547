/* SPDX-License-Identifier: ISC */
/* The handle: wait, signal, forget. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "begun.h"
#include "child.h"
#include "wait.h"
#include "watch.h"

#ifdef __APPLE__
enum { RSS_UNITS_IN_KIB = 1024 }; /* bytes, getrusage(2) */
#else
enum { RSS_UNITS_IN_KIB = 1 };
#endif

enum { LONGEST_NAP_MS = 32 };

static int64_t microseconds(const struct timeval *time)
{
	return (int64_t)time->tv_sec * 1000000 + time->tv_usec;
}

static void fill_usage(struct pspawn_status *status, const struct rusage *rusage)
{
	status->user_us = microseconds(&rusage->ru_utime);
	status->system_us = microseconds(&rusage->ru_stime);
	status->max_rss_kib = rusage->ru_maxrss / RSS_UNITS_IN_KIB;
	status->minor_faults = rusage->ru_minflt;
	status->major_faults = rusage->ru_majflt;
	status->blocks_in = rusage->ru_inblock;
	status->blocks_out = rusage->ru_oublock;
	status->voluntary_switches = rusage->ru_nvcsw;
	status->involuntary_switches = rusage->ru_nivcsw;
}

static void fill_status(struct pspawn_status *status, int raw, const struct rusage *rusage)
{
	status_clear(status);
	if (WIFEXITED(raw)) {
		status->exited = 1;
		status->code = WEXITSTATUS(raw);
	}
	if (WIFSIGNALED(raw)) {
		status->signal = WTERMSIG(raw);
		status->core = WCOREDUMP(raw) != 0;
	}
	fill_usage(status, rusage);
}

static int wait_for_end(struct pspawn_child *child, struct pspawn_status *status, int timeout_ms)
{
	struct rusage rusage;
	int raw = 0;
	int result;

	memset(&rusage, 0, sizeof(rusage));
	result = watch_wait(child->pid, child->pollfd, timeout_ms, &raw, &rusage);
	if (result == 0 && status)
		fill_status(status, raw, &rusage);
	if (result != -EINPROGRESS)
		pspawn_forget(child);
	return result;
}

/* First the end of the start, then the end of the child. */
static int wait_for_both(struct pspawn_child *child, struct pspawn_status *status, int timeout_ms)
{
	int64_t deadline = wait_deadline(timeout_ms);
	struct report report;
	int result = begun_wait(child, &report, timeout_ms);

	return result < 0 ? result : wait_for_end(child, status, wait_left(deadline));
}

int pspawn_wait(struct pspawn_child *child, struct pspawn_status *status, int timeout_ms)
{
	const struct handle *handle = handle_in(child);
	int saved = errno;
	int result;

	if (timeout_ms < -1)
		return -EINVAL;
	if (child->pid == 0)
		return handle->start_code ? -handle->start_code : -ESRCH;
	result = handle->begun ? wait_for_both(child, status, timeout_ms)
			      : wait_for_end(child, status, timeout_ms);
	errno = saved;
	return result;
}

/* A stop or a continuation, without waiting. */
static int ask_for_change(struct pspawn_child *child, struct pspawn_status *status, int sleeps)
{
	int stopped;
	int result = watch_change(child->pid, child->pollfd, sleeps, &stopped);

	if (result > 0 && status) {
		status_clear(status);
		status->stopped = stopped;
		status->continued = stopped == 0;
	}
	return result;
}

static int wait_for_change(struct pspawn_child *child, struct pspawn_status *status,
			   int timeout_ms)
{
	int64_t deadline = wait_deadline(timeout_ms);
	int nap_ms = 1;

	for (;;) {
		int result = ask_for_change(child, status, timeout_ms < 0);
		int left = wait_left(deadline);

		if (result == 0)
			result = wait_for_end(child, status, 0);
		if (result != -EINPROGRESS || left == 0)
			return result;
		if (left > 0)
			sys_nap(left < nap_ms ? left : nap_ms);
		if (nap_ms < LONGEST_NAP_MS)
			nap_ms *= 2;
	}
}

int pspawn_wait_change(struct pspawn_child *child, struct pspawn_status *status, int timeout_ms)
{
	int64_t deadline = wait_deadline(timeout_ms);
	int saved = errno;
	int result = 0;

	if (timeout_ms < -1)
		return -EINVAL;
	if (child->pid == 0)
		return pspawn_wait(child, status, timeout_ms);
	if (handle_in(child)->begun)
		result = pspawn_wait_started(child, NULL, timeout_ms);
	if (result == 0)
		result = wait_for_change(child, status, wait_left(deadline));
	errno = saved;
	return result;
}

int pspawn_wait_started(struct pspawn_child *child, struct pspawn_error *error, int timeout_ms)
{
	const struct handle *handle = handle_in(child);
	struct report report = { .code = handle->start_code,
				 .step = handle->start_step,
				 .index = handle->start_index,
				 .what = handle->start_what,
				 .reason = handle->start_reason };
	int saved = errno;
	int result = -report.code;

	if (timeout_ms < -1)
		result = report_refusal(&report, invalid("timeout_ms is below -1"),
					PSPAWN_STEP_CHECK);
	else if (child->pid == 0 && !handle->start_code)
		result = report_refusal(&report, refuse_for(ESRCH, "the handle is empty"),
					PSPAWN_STEP_CHECK);
	else if (handle->begun)
		result = begun_wait(child, &report, timeout_ms);
	if (result == 0)
		report.code = report.step = 0;
	fill_error(error, &report);
	errno = saved;
	return result;
}

int pspawn_kill(const struct pspawn_child *child, int signal)
{
	return child->pid == 0 ? -ESRCH : watch_kill(child->pid, child->pollfd, signal);
}

static int kill_alone(const struct pspawn_child *child, int signal)
{
	int result = pspawn_kill(child, signal);

	return result < 0 ? result : PSPAWN_REACH_CHILD;
}

/*
 * Who leads a group can still join another one of its session. Asked after the group was
 * signalled: whoever is in it then has got the signal.
 */
static int kill_group(const struct pspawn_child *child, int signal)
{
	const struct handle *handle = handle_in(child);
	int result = sys_kill(-handle->group, signal);
	int alone = 0;

	if (sys_group_of(child->pid) != handle->group)
		alone = kill_alone(child, signal);
	if (result == 0)
		return PSPAWN_REACH_GROUP;
	return alone ? alone : result;
}

/* Not to be ended between opening the file and closing it. */
static int kill_cgroup(int cgroup)
{
	int cancel = sys_disable_cancel();
	int result = sys_write_at(cgroup, "cgroup.kill", "1");

	sys_restore_cancel(cancel);
	return result;
}

int kill_within(const struct pspawn_child *child, int signal, int reach)
{
	const struct handle *handle = handle_in(child);
	/* Not a signal but a question: is it still there, and its number its own? */
	int result = pspawn_kill(child, 0);

	/* EPERM: it is there, with another user's powers, but who is with it may be ours. */
	if (result < 0 && result != -EPERM)
		return result;
	if (signal == SIGKILL && handle->cgroup >= 0 && reach > PSPAWN_REACH_CHILD &&
	    kill_cgroup(handle->cgroup) == 0) {
		/* It may have moved to another one; a second SIGKILL is none. */
		pspawn_kill(child, signal);
		return PSPAWN_REACH_CGROUP;
	}
	if (handle->group > 0 && reach > PSPAWN_REACH_CHILD)
		return kill_group(child, signal);
	return kill_alone(child, signal);
}

int is_survived(const struct pspawn_child *child)
{
	const struct handle *handle = handle_in(child);

	if (handle->cgroup >= 0 && sys_cgroup_is_alive(handle->cgroup))
		return 1;
	return handle->group > 0 ? sys_group_is_alive(handle->group) : 0;
}

int pspawn_kill_all(const struct pspawn_child *child, int signal, int *reach)
{
	int result = kill_within(child, signal, PSPAWN_REACH_CGROUP);

	if (reach)
		*reach = result < 0 ? 0 : result;
	return result < 0 ? result : 0;
}

void pspawn_forget(struct pspawn_child *child)
{
	struct handle *handle = handle_of(child);
	/* Closing may be a cancellation point, and the descriptor would be lost there. */
	int cancel = sys_disable_cancel();

	if (child->pid != 0) {
		if (handle->begun)
			begun_forget(child);
		watch_cancel(child->pollfd);
		if (handle->cgroup >= 0)
			sys_release(handle->cgroup);
	}
	handle->pid = handle->group = 0;
	handle->pollfd = handle->cgroup = handle->startfd = -1;
	handle->start_code = 0;
	sys_restore_cancel(cancel);
}

/* ---- what the handle says */

int pspawn_child_outcome(const struct pspawn_child *child, size_t index)
{
	const struct handle *handle = handle_in(child);

	if (index >= 64)
		return PSPAWN_APPLIED;
	if (handle->left_out >> index & 1)
		return PSPAWN_LEFT_OUT;
	return handle->otherwise >> index & 1 ? PSPAWN_OTHERWISE : PSPAWN_APPLIED;
}

const char *pspawn_child_backend(const struct pspawn_child *child)
{
	return handle_in(child)->backend;
}

const char *pspawn_child_fallback_reason(const struct pspawn_child *child)
{
	return handle_in(child)->fallback_reason;
}

int pspawn_child_group(const struct pspawn_child *child)
{
	return handle_in(child)->group;
}

/* Of a handle that is all zero, too. */
int pspawn_child_cgroup(const struct pspawn_child *child)
{
	return child->pid ? handle_in(child)->cgroup : -1;
}

int pspawn_child_startfd(const struct pspawn_child *child)
{
	return child->pid ? handle_in(child)->startfd : -1;
}
