/* SPDX-License-Identifier: ISC */
/* What signals to us mean for the program, and its stops for us. */
#include "run.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signals.h"
#include "terminal.h"

/* ---- the programs */

/* What state_of() returns besides the signal that has stopped it. */
enum { RUNS = 0, HAS_ENDED = -1 };

/* It stays to be asked: the library waits for the end, and we may want to know of a stop again. */
static int state_of(const struct pspawn_child *child)
{
	siginfo_t info = { .si_pid = 0 };

	if (!child->pid ||
	    waitid(P_PID, (id_t)child->pid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) < 0)
		return HAS_ENDED;
	if (!info.si_pid)
		return RUNS;
	return info.si_code == CLD_STOPPED ? info.si_status : HAS_ENDED;
}

static int is_in_our_group(const struct pspawn_child *child)
{
	return getpgid(child->pid) == getpgrp();
}

static int is_in_our_session(const struct pspawn_child *child)
{
	return getsid(child->pid) == getsid(0);
}

static void deliver(const struct run *run, const struct pspawn_child *child, int number)
{
	if (run->io.reach == PSPAWN_REACH_CHILD)
		pspawn_kill(child, number);
	else
		pspawn_kill_all(child, number, NULL);
}

/* The first stands for all that are in one group. */
static size_t receivers(const struct run *run)
{
	return run->io.flags & PSPAWN_ONE_GROUP ? 1 : run->count;
}

static void pass(struct run *run, const struct heard *heard)
{
	for (size_t i = 0; i < receivers(run); i++) {
		const struct pspawn_child *child = pspawn_job_child(run->job, i);

		/* What a key has sent to our group is known there. */
		if (child->pid && !(heard->by_terminal && is_in_our_group(child)))
			deliver(run, child, heard->number);
	}
}

/* ---- stops */

static void resize(struct run *run)
{
	unsigned short rows, columns;

	terminal_size(&rows, &columns);
	pspawn_job_resize(run->job, rows, columns);
}

static void resume(struct run *run, const struct heard *heard)
{
	pid_t front = terminal_front();

	(void)heard;
	if (run->options->bounds.pty) {
		terminal_make_raw();
		resize(run);
	}
	if (run->front && front == getpgrp())
		terminal_give(run->front);
	run->is_ahead = run->front && (front == getpgrp() || front == run->front);
	for (size_t i = 0; i < receivers(run); i++) {
		const struct pspawn_child *child = pspawn_job_child(run->job, i);

		/* A shell continues all in our group, and most of them have no use for it twice. */
		if (child->pid &&
		    (run->has_stopped || !is_in_our_group(child) || state_of(child) > 0))
			deliver(run, child, SIGCONT);
	}
	run->has_stopped = 0;
}

/* We stop, and with us what a shell knows as its job. */
static void suspend(struct run *run, int number)
{
	progress_erase(&run->progress);
	terminal_restore();
	if (run->is_ahead)
		terminal_give(getpgrp());
	run->is_ahead = run->stop_by = 0;
	/*
	 * What no shell would continue is not stopped, and the program goes on. But without the
	 * terminal it would be stopped again and again.
	 */
	if (signals_stop(number) || number != SIGTTIN)
		resume(run, NULL);
}

/* It has used the terminal from behind. If we are in front, it comes there in our place. */
static int bring_to_front(struct run *run, const struct pspawn_child *child)
{
	pid_t group = getpgid(child->pid);
	pid_t front = terminal_front();

	if (front != getpgrp() && !(run->is_ahead && front == run->front))
		return 0;
	run->front = group;
	run->is_ahead = group != getpgrp();
	if (group != front)
		terminal_give(group);
	deliver(run, child, SIGCONT);
	return 1;
}

/* SIGSTOP alone is somebody's who wants to look at the program, unless it has our terminal. */
static void look_for_stop(struct run *run, const struct heard *heard)
{
	(void)heard;
	for (size_t i = 0; i < run->count; i++) {
		const struct pspawn_child *child = pspawn_job_child(run->job, i);
		int number = state_of(child);
		int wants_terminal = number == SIGTTIN || number == SIGTTOU;

		if (number <= 0 || (!run->stop_by && !is_in_our_session(child)))
			continue;
		if (run->stop_by)
			suspend(run, run->stop_by);
		else if (wants_terminal && bring_to_front(run, child))
			continue;
		else if (wants_terminal || number == SIGTSTP || run->is_ahead)
			suspend(run, wants_terminal ? SIGTTIN : SIGTSTP);
		return;
	}
}

/*
 * SIGTSTP lets a program put its terminal in order. It is sure to stop one that is in another
 * group of our session: we are the parent for which the group is no orphaned one. In a session of
 * its own the kernel would throw it away, and what becomes of it in our group depends on our
 * parents. Returns 1 where a program may catch the signal and stop later, and 0 where all got
 * SIGSTOP. We do not wait for that one: a program in vfork(2) cannot stop before its child has
 * executed another one, and SIGSTOP has stopped this child too.
 */
static int stop_program(struct run *run, const struct heard *heard)
{
	int may_catch = 0;

	for (size_t i = 0; i < receivers(run); i++) {
		const struct pspawn_child *child = pspawn_job_child(run->job, i);
		int is_sure = is_in_our_session(child) && !is_in_our_group(child);

		if (!child->pid)
			continue;
		if (heard->by_terminal && is_in_our_group(child)) {
			may_catch = 1;
			continue;
		}
		deliver(run, child, is_sure ? SIGTSTP : SIGSTOP);
		may_catch |= is_sure;
		run->has_stopped |= !is_sure;
	}
	return may_catch;
}

static void suspend_all(struct run *run, const struct heard *heard)
{
	int is_running = 0, may_catch;

	for (size_t i = 0; i < run->count; i++)
		is_running |= state_of(pspawn_job_child(run->job, i)) != HAS_ENDED;
	/* A process that wants us to stop gets that; a key does what it does to any program. */
	run->stop_by = heard->by_terminal ? heard->number : SIGSTOP;
	may_catch = stop_program(run, heard);
	if (is_running && may_catch)
		look_for_stop(run, heard);
	else
		suspend(run, run->stop_by);
}

/* ---- all signals */

/* What has no bounds has no stop either: it is the program's to say what the signal means. */
static void stop(struct run *run, const struct heard *heard)
{
	if (run->options->bounds.is_run)
		pspawn_job_stop(run->job);
	else
		pass(run, heard);
}

#ifdef SIGWINCH
static void change_size(struct run *run, const struct heard *heard)
{
	if (run->options->bounds.pty)
		resize(run);
	else
		pass(run, heard);
}
#endif

static const struct reaction {
	int number;
	void (*react)(struct run *run, const struct heard *heard);
} reactions[] = {
	{ SIGTERM, stop },         { SIGCHLD, look_for_stop }, { SIGTSTP, suspend_all },
	{ SIGTTIN, suspend_all },  { SIGCONT, resume },
#ifdef SIGWINCH
	{ SIGWINCH, change_size },
#endif
};

static void react(struct run *run, const struct heard *heard)
{
	size_t i = 0, count = sizeof(reactions) / sizeof(reactions[0]);

	while (i < count && reactions[i].number != heard->number)
		i++;
	if (i < count)
		reactions[i].react(run, heard);
	else
		pass(run, heard);
}

void run_react(struct run *run)
{
	struct heard heard;

	while (signals_next(&heard))
		react(run, &heard);
}
