/* SPDX-License-Identifier: ISC */
#include "pspawn_cloexec.h"
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "limit.h"
#include "settle.h"
#include "signals.h"
#include "stages.h"
#include "terminal.h"
#include "values.h"

/* ---- what goes in and comes out */

static void add(struct run *run, int which, struct pspawn_stream stream)
{
	run->passes[which] = 1;
	run->streams[run->io.nstreams++] = pspawn_stream_report(stream, &run->moved[which]);
}

static int open_input(const struct options *options)
{
	int fd;

	limit_enter();
	fd = pspawn_open(options->bounds.file, O_RDONLY, 0);
	limit_leave();
	if (fd < 0)
		cannot(-fd, "--stdin-file: open \"%s\"", options->bounds.file);
	return settle_number(options, fd);
}

/* A person at our terminal knows when to type, and has keys that do not wait. */
static struct pspawn_stream typed(const struct bounds *bounds, struct pspawn_stream stream)
{
	int is_ours = !bounds->text && !bounds->file && isatty(STDIN_FILENO);

	return bounds->pty && !is_ours ? pspawn_stream_after(stream, bounds->prompt) : stream;
}

static void add_input(struct run *run)
{
	const struct bounds *bounds = &run->options->bounds;

	if (bounds->text) {
		add(run, RUN_IN,
		    typed(bounds, pspawn_stream_feed(0, bounds->text, strlen(bounds->text))));
		return;
	}
	run->in = port_in(bounds->file ? open_input(run->options) : STDIN_FILENO);
	if (bounds->file || bounds->pty)
		add(run, RUN_IN, typed(bounds, pspawn_stream_feed_call(0, port_give, &run->in)));
}

static struct pspawn_stream limited(const struct bounds *bounds, struct pspawn_stream stream)
{
	if (bounds->stop_at_limit)
		return pspawn_stream_stop_at(stream, bounds->most);
	return pspawn_stream_limit(stream, bounds->most, bounds->keep < 0 ? 0 : bounds->keep);
}

static void add_output(struct run *run)
{
	const struct bounds *bounds = &run->options->bounds;
	struct pspawn_stream out = pspawn_stream_collect(1, &run->kept[RUN_OUT]);
	struct pspawn_stream err = pspawn_stream_collect(2, &run->kept[RUN_ERR]);

	run->out = port_out(bounds->capture && json_is_wanted() ? to_json.fd : STDOUT_FILENO);
	if (bounds->capture || bounds->pty)
		port_watch(&run->out);
	if (!bounds->capture)
		out = pspawn_stream_collect_call(1, port_take, &run->out);
	if (bounds->capture || bounds->pty)
		add(run, RUN_OUT, limited(bounds, out));
	/* On a terminal there is one stream. */
	if (bounds->capture && !bounds->pty)
		add(run, RUN_ERR, limited(bounds, pspawn_stream_of_stage(err, PSPAWN_EVERY_STAGE)));
}

/* ---- how it goes */

static int leads(const struct options *options)
{
	return options_find(options, PSPAWN_ATTR_SETSID) >= 0 ||
	       options_find(options, PSPAWN_ATTR_PGROUP) >= 0;
}

static unsigned flags_of(const struct run *run)
{
	const struct bounds *bounds = &run->options->bounds;
	unsigned flags = 0;

	if (bounds->pty)
		flags |= PSPAWN_ON_TERMINAL;
	if (bounds->fail_if_any)
		flags |= PSPAWN_FAIL_IF_ANY;
	if (run->count > 1 && bounds->reach == PSPAWN_REACH_GROUP && !leads(run->options))
		flags |= PSPAWN_ONE_GROUP;
	return flags;
}

static void describe(struct run *run)
{
	const struct bounds *bounds = &run->options->bounds;
	struct pspawn_io *io = &run->io;

	run->cmds = stages_of(run->options, &run->count);
	run->statuses = values_keep(run->count, sizeof(*run->statuses));
	run->started = values_keep(run->count, sizeof(*run->started));
	run->stops[0].signal = bounds->signal;
	/* 0 would be the library's default. */
	run->stops[0].wait_ms = bounds->kill_after_ms ? bounds->kill_after_ms : 1;
	run->stops[1].signal = SIGKILL;
	run->stops[1].wait_ms = PSPAWN_FOREVER;
	io->size = sizeof(*io);
	io->streams = run->streams;
	io->drain = bounds->drain < 0 ? PSPAWN_DRAIN_IDLE : bounds->drain;
	io->drain_idle_ms = bounds->drain_idle_ms;
	io->drain_max_ms = bounds->drain_max_ms;
	io->reach = bounds->is_run ? bounds->reach : 0;
	io->stops = run->stops;
	io->nstops = 2;
	io->statuses = run->statuses;
	io->flags = flags_of(run);
	terminal_size(&io->rows, &io->columns);
	io->modes = terminal_modes();
	add_input(run);
	add_output(run);
	io->timeout_ms = limit_for_program();
	io->silent_ms = bounds->silent_ms;
}

/* ---- our side of it */

/* Before the program is there: a signal that ends us would leave it alone. */
static void listen_to_signals(struct run *run)
{
	int ends[2];
	int result = pspawn_pipe(ends);

	if (result < 0)
		cannot(-result, "a pipe for signals");
	for (int i = 0; i < 2; i++)
		ends[i] = settle_number(run->options, ends[i]);
	signals_listen(ends);
	run->signals = ends[0];
}

/* ---- our terminal */

static int reads_from_terminal(const struct run *run)
{
	const struct options *options = run->options;

	/* What we write may go to a program in our group that reads from the terminal, such as less. */
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !run->passes[RUN_IN] &&
	       options_fd(options, 0) < 0 &&
	       !leads(options) && options_find(options, PSPAWN_ATTR_NO_TTY) < 0;
}

/*
 * A group of its own is behind our terminal, and stopped when it reads from there. So
 * it comes to the front in our place, like a job of a shell's: by itself, before it can read,
 * or show what somebody answers with a key that is meant for it. Where a backend is asked
 * for that may not have the like, we bring it there when it has started.
 */
static void come_to_front(struct run *run, int was_in_front)
{
	struct pspawn_cmd *first = &run->cmds[0];
	struct pspawn_attr *attrs;

	if (!run->options->bounds.is_run || !reads_from_terminal(run) || first->backend ||
	    options_find(run->options, PSPAWN_ATTR_FOREGROUND) >= 0 || !was_in_front)
		return;
	attrs = values_keep(first->nattrs + 1, sizeof(*attrs));
	for (size_t i = 0; i < first->nattrs; i++)
		attrs[i] = first->attrs[i];
	attrs[first->nattrs++] = pspawn_attr_prefer(pspawn_attr_foreground(STDIN_FILENO));
	first->attrs = attrs;
}

static void share_terminal(struct run *run, int was_in_front)
{
	const struct pspawn_child *first = &run->started[0];
	int is_wanted = pspawn_child_group(first) > 0 && reads_from_terminal(run);

	run->is_ahead = was_in_front && terminal_front() != getpgrp();
	if (run->is_ahead || is_wanted)
		run->front = pspawn_child_group(first);
	if (is_wanted && was_in_front && !run->is_ahead) {
		run->is_ahead = 1;
		terminal_give(pspawn_child_group(first));
		/* It may have read already. */
		pspawn_kill_all(first, SIGCONT, NULL);
	}
}

/* A program that shows things on our terminal itself has it alone. */
static int shows_progress(const struct options *options)
{
	return options->bounds.is_run && !options->bounds.quiet &&
	       (options->bounds.capture || options_fd(options, 1) >= 0 || !isatty(STDOUT_FILENO));
}

static void begin(struct run *run, int was_in_front)
{
	const struct options *options = run->options;
	struct progress *progress = &run->progress;

	for (size_t i = 0; i < run->count; i++)
		run->started[i] = *pspawn_job_child(run->job, i);
	share_terminal(run, was_in_front);
	if (options->bounds.pty) {
		signals_before_the_end(terminal_restore);
		terminal_make_raw();
	}
	progress->job = run->job;
	progress->stages = run->count;
	progress->in = run->passes[RUN_IN] ? &run->moved[RUN_IN] : NULL;
	for (int i = 0; i < 2; i++)
		progress->outs[i] = run->passes[RUN_OUT + i] ? &run->moved[RUN_OUT + i] : NULL;
	progress_begin(progress, shows_progress(options));
}

int run_start(struct run *run, const struct options *options, struct pspawn_error *error)
{
	int was_in_front = terminal_front() == getpgrp();
	int result;

	run->options = options;
	describe(run);
	listen_to_signals(run);
	come_to_front(run, was_in_front);
	result = pspawn_job_start(&run->job, run->cmds, run->count, &run->io, error);
	if (result == 0)
		begin(run, was_in_front);
	else if (was_in_front)
		terminal_give(getpgrp());
	return result;
}

int run_finish(struct run *run)
{
	int status;

	run_loop(run);
	progress_erase(&run->progress);
	terminal_restore();
	if (run->is_ahead)
		terminal_give(getpgrp());
	status = run_end(run);
	pspawn_job_free(run->job);
	return status;
}
