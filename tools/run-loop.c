/* SPDX-License-Identifier: ISC */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signals.h"
#include "terminal.h"
#include "values.h"

/* ---- signals to us */

static void pass(struct run *run, int number, int by_terminal)
{
	int is_one_group = (run->io.flags & PSPAWN_ONE_GROUP) != 0;

	for (size_t i = 0; i < (is_one_group ? 1 : run->count); i++) {
		const struct pspawn_child *child = pspawn_job_child(run->job, i);

		/* What a key has sent to our group is known there. */
		if (!child->pid || (by_terminal && getpgid(child->pid) == getpgrp()))
			continue;
		if (run->io.reach == PSPAWN_REACH_CHILD)
			pspawn_kill(child, number);
		else
			pspawn_kill_all(child, number);
	}
}

static void pass_on(struct run *run, const struct heard *heard)
{
	pass(run, heard->number, heard->by_terminal);
}

static void stop(struct run *run, const struct heard *heard)
{
	(void)heard;
	pspawn_job_stop(run->job);
}

static void resize(struct run *run, const struct heard *heard)
{
	unsigned short rows, columns;

	(void)heard;
	if (!run->options->bounds.pty)
		return;
	terminal_size(&rows, &columns);
	pspawn_job_resize(run->job, rows, columns);
}

/* We stop, and with us what a shell knows as its job; the program has stopped or does now. */
static void suspend(struct run *run)
{
	progress_erase(&run->progress);
	terminal_restore();
	if (run->is_ahead)
		terminal_give_back(getpgrp());
	signals_stop_ourselves();
	if (run->options->bounds.pty)
		terminal_make_raw();
	resize(run, NULL);
	run->is_ahead = run->shares_terminal && terminal_foreground() >= 0;
	if (run->is_ahead)
		terminal_give_back(run->started[0].group);
	pass(run, SIGCONT, 0);
}

static void suspend_all(struct run *run, const struct heard *heard)
{
	pass_on(run, heard);
	suspend(run);
}

/* The library waits for ends alone, so stops are ours to take. */
static void look_for_stop(struct run *run, const struct heard *heard)
{
	siginfo_t info = { .si_pid = 0 };

	(void)heard;
	if (run->shares_terminal &&
	    waitid(P_PID, (id_t)run->started[0].pid, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid)
		suspend(run);
}

static const struct reaction {
	int number;
	void (*react)(struct run *run, const struct heard *heard);
} reactions[] = {
	{ SIGINT, pass_on },      { SIGQUIT, pass_on },       { SIGHUP, pass_on },
	{ SIGUSR1, pass_on },     { SIGUSR2, pass_on },       { SIGTERM, stop },
	{ SIGTSTP, suspend_all }, { SIGCHLD, look_for_stop },
#ifdef SIGWINCH
	{ SIGWINCH, resize },
#endif
};

static void react(struct run *run)
{
	struct heard heard;

	while (signals_next(&heard))
		for (size_t i = 0; i < sizeof(reactions) / sizeof(reactions[0]); i++)
			if (reactions[i].number == heard.number)
				reactions[i].react(run, &heard);
}

/* ---- the loop */

/* What is ours to poll for, before the library's. */
enum { SIGNALS, IN, OUT, OURS };

static int shorter(int a, int b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static void sleep_and_react(struct run *run, struct pollfd *fds, size_t room)
{
	const struct pollfd signals = { run->signals, POLLIN, 0 };
	int timeout;
	int count = pspawn_job_poll(run->job, fds + OURS, room, &timeout);

	fds[SIGNALS] = signals;
	fds[IN] = port_poll(&run->in);
	fds[OUT] = port_poll(&run->out);
	if (poll(fds, (nfds_t)(OURS + count), shorter(timeout, progress_due(&run->progress))) < 0)
		return;
	if (fds[SIGNALS].revents)
		react(run);
	/* Both have to be told. */
	if (port_polled(&run->in, &fds[IN]) | port_polled(&run->out, &fds[OUT]))
		pspawn_job_wake(run->job);
}

void run_loop(struct run *run)
{
	size_t room = run->io.nstreams + run->count;
	struct pollfd *fds = values_keep(OURS + room, sizeof(*fds));

	while (pspawn_job_step(run->job) == -EAGAIN) {
		progress_step(&run->progress);
		sleep_and_react(run, fds, room);
	}
	free(fds);
}
