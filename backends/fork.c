/* SPDX-License-Identifier: ISC */
/*
 * The reference: fork, replay the plan, hear of failures through a pipe that
 * closes by itself when the program is executed. Works everywhere; pays for
 * the size of the parent. A plain fork() in another thread copies the pipe's
 * writing end: then the start lasts until that child executes or ends.
 */
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

	if (result < 0)
		return result;
	channel[0] = reserve(channel[0], plan);
	channel[1] = reserve(channel[1], plan);
	if (channel[0] >= 0 && channel[1] >= 0)
		return 0;
	return channel[0] < 0 ? channel[0] : channel[1];
}

/* What parent and child are connected by. */
struct line {
	int channel[2]; /* the child reports */
	int gate[2];	/* the child waits until its ids are mapped; -1: it need not */
	pid_t parent;
	struct sys_mask mask; /* the caller's */
};

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
	stage.handlers_cleared = 0;
	stage.top = INT_MAX;
	stage.channel = line->channel[1];
	stage.in_cgroup = 0;
	stage.parent = line->parent;
	stage.callers_mask = &line->mask;
	replay(&stage);
	sys_exit(127);
}

/*
 * The child says "about to execute", or what failed, or both. Silence means
 * that it was killed before. What is not a whole report is not one.
 */
static void listen_to(int channel, struct report *report)
{
	struct report heard;
	long size;

	while ((size = sys_read(channel, &heard, sizeof(heard))) == (long)sizeof(heard))
		*report = heard;
	if (size != 0)
		report_failure(report, EPROTO, PSPAWN_STEP_CREATE, -1);
}

/* A child on its way through the plan. */
static pid_t fork_child(const struct plan *plan, struct line *line, unsigned namespaces,
			struct report *report)
{
	pid_t pid;

	if (plan->watches_parent)
		line->parent = getpid();
	sys_block_signals(&line->mask);
	pid = namespaces ? sys_fork_into(namespaces) : sys_fork();
	if (pid == 0)
		be_the_child(plan, line, report);
	sys_set_mask(&line->mask);
	return pid;
}

/* Namespaces may be what the kernel does not want to give. */
static pid_t fork_into_namespaces(const struct plan *plan, struct line *line,
				  struct report *report)
{
	const struct plan_step *step = plan->steps;
	pid_t pid = fork_child(plan, line, plan->namespaces, report);

	if (pid >= 0 || !plan->namespaces || pid == -EAGAIN || pid == -ENOMEM)
		return pid;
	if (!step->prefer)
		return report_failure(report, -pid, PSPAWN_STEP_NAMESPACES, step->index);
	leave_out(report, step->index);
	return fork_child(plan, line, 0, report);
}

static int give_up(struct birth *birth, int code, int step)
{
	return report_failure(&birth->report, code, step, -1);
}

static int lose_child(struct birth *birth, pid_t pid)
{
	int code = birth->report.code;

	/* Only then can it still be there; else its pid may be somebody else's by now. */
	if (code == EPROTO || (code && birth->report.step == PSPAWN_STEP_MAP_IDS))
		sys_kill(pid, SIGKILL);
	sys_reap(pid);
	return code ? -code : give_up(birth, ECHILD, PSPAWN_STEP_EXEC);
}

static void release(int *fd)
{
	if (*fd >= 0)
		sys_release(*fd);
	*fd = -1;
}

static void hang_up(struct line *line)
{
	release(&line->channel[0]);
	release(&line->channel[1]);
	release(&line->gate[0]);
	release(&line->gate[1]);
}

static int connect_to_child(const struct plan *plan, struct line *line)
{
	int result;

	line->channel[0] = line->channel[1] = line->gate[0] = line->gate[1] = -1;
	line->parent = 0;
	result = make_channel(plan, line->channel);
	if (result == 0 && plan->waits_for_maps)
		result = make_channel(plan, line->gate);
	if (result < 0)
		hang_up(line);
	return result;
}

/* The child's account, with what the parent knows besides. Only we hold the other end. */
static void hear(struct line *line, struct report *report)
{
	unsigned long long left_out = report->left_out;

	release(&line->channel[1]);
	listen_to(line->channel[0], report);
	report->left_out |= left_out;
}

static int open_gate(const struct plan *plan, struct line *line, pid_t pid, struct report *report)
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

static int start_with(const struct plan *plan, struct birth *birth, struct line *line)
{
	pid_t pid = fork_into_namespaces(plan, line, &birth->report);

	if (pid < 0)
		return birth->report.code ? (int)pid : give_up(birth, -pid, PSPAWN_STEP_CREATE);
	if (open_gate(plan, line, pid, &birth->report) == 0)
		hear(line, &birth->report);
	if (birth->report.code || !birth->report.reached)
		return lose_child(birth, pid);
	birth->pid = pid;
	return 0;
}

static int start(const struct plan *plan, struct birth *birth)
{
	struct line line;
	int result = connect_to_child(plan, &line);
	int watch;

	if (result < 0)
		return give_up(birth, -result, PSPAWN_STEP_PREPARE);
	watch = watch_prepare(plan);
	if (watch >= 0 || watch == -ENOSYS)
		result = start_with(plan, birth, &line);
	else
		result = give_up(birth, -watch, PSPAWN_STEP_PREPARE);
	hang_up(&line);
	if (result < 0)
		watch_cancel(watch);
	else
		birth->watch = watch_attach(watch, birth->pid);
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
	if (connect_to_child(plan, &line) < 0)
		return;
	pid = fork_child(&rehearsal, &line, 0, report);
	if (pid > 0) {
		hear(&line, report);
		sys_reap(pid);
	}
	hang_up(&line);
}

const struct backend backend_fork = { "fork", refuses, start };
