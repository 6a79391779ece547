/* SPDX-License-Identifier: ISC */
/* Parent and child of a fork, and what connects them until the program is executed. */
#include "fork.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "idmap.h"
#include "watch.h"

/* Both ends lie outside what the plan reads and writes. */
static int make_channel(const struct plan *plan, int channel[2])
{
	int result = sys_pipe(channel);

	return result < 0 ? result : reserve_both(channel, plan);
}

CHILD_SIDE static void be_the_child(const struct plan *plan, const struct line *line,
				    struct report *report)
{
	struct stage stage;

	/* Our own copy of the other end would keep the gate open for ever. */
	if (line->gate[1] >= 0)
		sys_close(line->gate[1]);
	if (line->gate[0] >= 0 && sys_await(line->gate[0]) < 0)
		sys_exit(127);
	/* No number of ours may pass for a source that is not open. */
	if (line->gate[0] >= 0)
		sys_close(line->gate[0]);
	stage.plan = plan;
	stage.report = report;
	stage.handlers_cleared = line->by_clone3;
	stage.top = INT_MAX;
	stage.channel = line->tellfd;
	stage.tells = !line->shared;
	stage.in_cgroup = 0;
	stage.parent = line->parent;
	stage.callers_mask = &line->mask;
	replay(&stage);
	sys_exit(127);
}

/* In the best way that there is. */
static pid_t fork_somehow(struct line *line, unsigned namespaces)
{
	int pidfd = -1;
	pid_t pid = -ENOSYS;

	if (line->watch != -ENOSYS)
		pid = sys_fork_watched(namespaces, &pidfd);
	line->by_clone3 = pid != -ENOSYS;
	if (pid == -ENOSYS)
		return namespaces ? sys_fork_into(namespaces) : sys_fork();
	if (pid > 0) {
		watch_cancel(line->watch);
		line->watch = reserve(pidfd, NULL);
	}
	return pid;
}

/* A child on its way through the plan. */
pid_t line_fork(const struct plan *plan, struct line *line, unsigned namespaces,
		struct report *report)
{
	pid_t pid;

	if (plan->watches_parent)
		line->parent = getpid();
	/* From its birth on the child may write there. */
	if (line->shared)
		*line->shared = *report;
	sys_block_signals(&line->mask);
	pid = fork_somehow(line, namespaces);
	if (pid == 0)
		be_the_child(plan, line, line->shared ? line->shared : report);
	sys_set_mask(&line->mask);
	return pid;
}

/* The pidfd that it would have been born with. */
static int has_no_number(pid_t pid)
{
	return pid == -EMFILE || pid == -ENFILE;
}

/* Namespaces may be what the kernel does not want to give. */
static pid_t fork_into_namespaces(const struct plan *plan, struct line *line, struct report *report)
{
	const struct plan_step *step = plan->steps;
	pid_t pid = line_fork(plan, line, plan->namespaces, report);

	if (pid >= 0 || !plan->namespaces || pid == -EAGAIN || pid == -ENOMEM || has_no_number(pid))
		return pid;
	if (!step->prefer)
		return report_failure(report, -pid, PSPAWN_STEP_NAMESPACES, step->index);
	leave_out(report, step->index);
	return line_fork(plan, line, 0, report);
}

static int failed_fork(struct report *report, pid_t pid)
{
	int step = has_no_number(pid) ? PSPAWN_STEP_PREPARE : PSPAWN_STEP_CREATE;

	return report->code ? (int)pid : report_failure(report, -pid, step, -1);
}

void line_drop(struct line *line)
{
	close_if(&line->channel[0]);
	close_if(&line->channel[1]);
	close_if(&line->gate[0]);
	close_if(&line->gate[1]);
}

void line_clear(struct line *line)
{
	line->channel[0] = line->channel[1] = line->gate[0] = line->gate[1] = line->tellfd = -1;
	line->parent = 0;
	line->shared = NULL;
	line->watch = -ENOSYS;
}

int line_make(const struct plan *plan, struct line *line)
{
	int result = 0;

	if (line->tellfd < 0) {
		result = make_channel(plan, line->channel);
		line->tellfd = line->channel[1];
	}
	if (result == 0 && plan->waits_for_maps)
		result = make_channel(plan, line->gate);
	if (result < 0)
		line_drop(line);
	return result;
}

static int let_pass(const struct plan *plan, struct line *line, pid_t pid, struct report *report)
{
	int result;

	if (line->gate[1] < 0)
		return 0;
	result = map_ids(plan, pid, report);
	/* Should it be dead already, its silence will tell. */
	if (result == 0)
		(void)sys_write(line->gate[1], "", 1);
	return result;
}

int line_prepare(const struct plan *plan, struct line *line, struct report *report)
{
	int result = line_make(plan, line);

	if (result == 0)
		line->watch = watch_prepare(plan, line->channel[1] >= 0);
	if (result == 0 && line->watch < 0 && line->watch != -ENOSYS &&
	    line->watch != WATCH_TAKES_SPARE) {
		result = line->watch;
		line_drop(line);
	}
	return result < 0 ? report_failure(report, -result, PSPAWN_STEP_PREPARE, -1) : 0;
}

pid_t line_begin(const struct plan *plan, struct line *line, struct report *report)
{
	pid_t pid = fork_into_namespaces(plan, line, report);

	if (pid < 0)
		return failed_fork(report, pid);
	/* Only the child has something to say; and here is the room that watching it may need. */
	close_if(&line->channel[1]);
	/* At once: where SIGCHLD is ignored, a child that has ended is gone, and so is its number.
	 */
	if (!line->by_clone3)
		line->watch = watch_attach(line->watch, pid);
	let_pass(plan, line, pid, report);
	return pid;
}
