/* SPDX-License-Identifier: ISC */
/*
 * The reference: fork, replay the plan, hear of failures through a pipe that
 * closes by itself when the program is executed; or, where there is no number
 * for a pipe, through memory that is shared. Works everywhere; pays for
 * the size of the parent. A plain fork() in another thread copies the pipe's
 * writing end: then the start lasts until that child executes or ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "fork.h"
#include "watch.h"

enum { LONGEST_NAP_MS = 32 };

/*
 * Sleep until all has been said, which is until nobody holds the other end: the first words
 * alone are no reason to wake up. 0 where that cannot be had. Only for Linux: elsewhere a
 * poll(2) that wants nothing may sleep for ever.
 */
static int await_silence(const struct line *line)
{
	struct pollfd end = { .fd = line->channel[0] };

	return line->by_clone3 && sys_poll(&end, 1, -1) == 1 && end.revents & POLLHUP;
}

/*
 * The child says "about to execute", or what failed, or both. Silence means
 * that it was killed before. What is not a whole report is not one.
 */
static void listen_to(const struct line *line, struct report *report)
{
	struct report heard[3]; /* with room left, so that one read(2) says that it was all */
	int is_all = await_silence(line);
	size_t size;

	do {
		long result = sys_read(line->channel[0], heard, sizeof(heard));

		size = result < 0 ? 1 : (size_t)result;
		if (size % sizeof(*heard))
			report_failure(report, EPROTO, PSPAWN_STEP_CREATE, -1);
		else if (size)
			*report = heard[size / sizeof(*heard) - 1];
	} while (!is_all && size && size % sizeof(*heard) == 0);
}

/* In a full table: ask until it has executed its program or ended, in ever longer steps. */
static void read_shared(const struct line *line, pid_t pid, struct report *report)
{
	const volatile int *reached = &line->shared->reached;
	int nap_ms = 1;

	while (watch_peek(pid, -1) == -EINPROGRESS &&
	       !(*reached && (line->is_held || sys_has_executed(pid)))) {
		sys_nap(nap_ms);
		if (nap_ms < LONGEST_NAP_MS)
			nap_ms *= 2;
	}
	*report = *line->shared;
}

/* The child's account, with what the parent knows besides. Only it holds the other end. */
static void hear(struct line *line, pid_t pid, struct report *report)
{
	unsigned long long left_out = report->left_out;

	if (line->shared)
		read_shared(line, pid, report);
	else
		listen_to(line, report);
	report->left_out |= left_out;
	/* Not the child's to say, and no pointer comes out of a pipe. */
	report->what = 0;
	report->reason = NULL;
}

static int lose_child(struct birth *birth, pid_t pid)
{
	int code = birth->report.code;

	/* Only then can it still be there; else its pid may be somebody else's by now. */
	if (code == EPROTO || (code && birth->report.step == PSPAWN_STEP_MAP_IDS))
		sys_kill(pid, SIGKILL);
	sys_reap(pid);
	return code ? -code : report_failure(&birth->report, ECHILD, PSPAWN_STEP_EXEC, -1);
}

static int start_with(const struct plan *plan, struct birth *birth, struct line *line)
{
	pid_t pid = line_begin(plan, line, &birth->report);

	if (pid < 0)
		return (int)pid;
	if (!birth->report.code)
		hear(line, pid, &birth->report);
	if (birth->report.code || !birth->report.reached)
		return lose_child(birth, pid);
	birth->pid = pid;
	return 0;
}

static int start(const struct plan *plan, struct birth *birth)
{
	struct line line;
	int result;

	line_clear(&line);
	result = line_prepare(plan, &line, &birth->report);
	if (result < 0)
		return result;
	result = start_with(plan, birth, &line);
	line_drop(&line);
	birth->watch = line.watch;
	if (result < 0)
		watch_cancel(line.watch);
	return result;
}

static const char *refuses(const struct plan *plan, int *index)
{
	(void)plan;
	(void)index;
	return NULL;
}

void fork_rehearse(const struct plan *plan, int code, struct report *report)
{
	struct plan rehearsal = *plan;
	struct line line;
	pid_t pid;

	rehearsal.rehearsal = code;
	line_clear(&line);
	if (line_make(plan, &line) < 0)
		return;
	pid = line_fork(&rehearsal, &line, 0, report);
	if (pid > 0) {
		close_if(&line.channel[1]);
		hear(&line, pid, report);
		sys_reap(pid);
	}
	line_drop(&line);
}

const struct backend backend_fork = {
	.name = "fork", .refuses = refuses, .start = start, .begin = fork_begin, .end = fork_end
};
