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
#include <sys/wait.h>

#include "backend.h"
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
	result = channel[0] < 0 ? channel[0] : channel[1];
	watch_cancel(channel[0]);
	watch_cancel(channel[1]);
	return result;
}

CHILD_SIDE static void be_the_child(const struct plan *plan, int channel)
{
	struct stage stage;
	struct report report = { 0 };

	stage.handlers_cleared = 0;
	stage.top = INT_MAX;
	stage.channel = channel;
	replay(plan, &stage, &report);
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

/* A child on its way through the plan; closes the channel's writing end. */
static pid_t fork_child(const struct plan *plan, const int channel[2])
{
	struct sys_mask mask;
	pid_t pid;

	sys_block_signals(&mask);
	pid = sys_fork();
	if (pid == 0)
		be_the_child(plan, channel[1]);
	sys_set_mask(&mask);
	sys_release(channel[1]);
	return pid;
}

static int give_up(struct birth *birth, int code, int step)
{
	return report_failure(&birth->report, code, step, -1);
}

static int lose_child(struct birth *birth, pid_t pid, int watch)
{
	/* Only then can it still be there; else its pid may be somebody else's by now. */
	if (birth->report.code == EPROTO)
		sys_kill(pid, SIGKILL);
	sys_reap(pid);
	watch_cancel(watch);
	if (birth->report.code == 0)
		return give_up(birth, ECHILD, PSPAWN_STEP_EXEC);
	return -birth->report.code;
}

static int start_with(const struct plan *plan, struct birth *birth, const int channel[2], int watch)
{
	pid_t pid = fork_child(plan, channel);

	if (pid < 0) {
		sys_release(channel[0]);
		watch_cancel(watch);
		return give_up(birth, -pid, PSPAWN_STEP_CREATE);
	}
	listen_to(channel[0], &birth->report);
	sys_release(channel[0]);
	if (birth->report.code || !birth->report.reached)
		return lose_child(birth, pid, watch);
	birth->pid = pid;
	birth->watch = watch_attach(watch, pid);
	return 0;
}

static int start(const struct plan *plan, struct birth *birth)
{
	int channel[2];
	int result = make_channel(plan, channel);
	int watch;

	if (result < 0)
		return give_up(birth, -result, PSPAWN_STEP_PREPARE);
	watch = watch_prepare(plan);
	if (watch >= 0 || watch == -ENOSYS)
		return start_with(plan, birth, channel, watch);
	sys_release(channel[0]);
	sys_release(channel[1]);
	return give_up(birth, -watch, PSPAWN_STEP_PREPARE);
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
	int channel[2];
	pid_t pid;

	rehearsal.rehearsal = code;
	if (make_channel(plan, channel) < 0)
		return;
	pid = fork_child(&rehearsal, channel);
	if (pid > 0) {
		listen_to(channel[0], report);
		sys_reap(pid);
	}
	sys_release(channel[0]);
}

const struct backend backend_fork = { "fork", refuses, start };
