/* SPDX-License-Identifier: ISC */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "json-run.h"
#include "json.h"
#include "print.h"
#include "signals.h"
#include "values.h"

static int is_late(const struct pspawn_result *result)
{
	return result->stop_reason == PSPAWN_STOP_TIMEOUT ||
	       result->stop_reason == PSPAWN_STOP_SILENT;
}

static void say(const struct run *run, const char *what)
{
	if (!run->options->bounds.quiet)
		print_sentence(what);
}

/* That it was stopped by a signal to us is known to whoever has sent it. */
static void say_why(const struct run *run, const struct pspawn_result *result,
		    const struct pspawn_error *error)
{
	char sentence[512];

	if (!error->code || result->stop_reason == PSPAWN_STOP_REQUESTED || run->out.is_gone)
		return;
	pspawn_strerror(error, &run->cmds[error->stage], sentence, sizeof(sentence));
	if (is_late(result) || result->stop_reason == PSPAWN_STOP_LIMIT)
		say(run, sentence);
	else
		print_sentence(sentence);
}

/* Returns 0 or -errno. */
static int print_kept(const struct run *run, int which)
{
	static const char *const names[] = { "input", "output", "error" };
	const struct pspawn_buffer *kept = &run->kept[which];
	char left_out[128];

	if (kept->gap && !(which == RUN_OUT && run->out.is_gone)) {
		snprintf(left_out, sizeof(left_out),
			 "standard %s: %llu bytes are left out after the first %zu", names[which],
			 kept->gap, kept->head);
		say(run, left_out);
	}
	return port_write(which, kept->data, kept->length);
}

static int print_output(const struct run *run)
{
	int out = print_kept(run, RUN_OUT);
	int err = print_kept(run, RUN_ERR);

	if (out == -ETIMEDOUT)
		print_sentence("standard output: it has taken too long, and nobody reads");
	else if (out < 0 && out != -EPIPE)
		complain(-out, "standard output");
	return out < 0 ? out : err;
}

/* Where no failure of reading what is fed has cut it, it was the terminal. */
static void say_cut(const struct run *run, const struct pspawn_error *error)
{
	if (run->moved[RUN_IN].end == PSPAWN_END_CUT && !error->code)
		say(run, "the terminal has cut a line of the input: it keeps 4095 bytes of one");
}

/* As any program ends that writes to a pipe which nobody reads. */
static int unread(void)
{
	return signals_is_ignored(SIGPIPE) ? complain(EPIPE, "standard output") : -SIGPIPE;
}

int run_end(struct run *run)
{
	struct pspawn_result result;
	struct pspawn_error error;
	int code = pspawn_job_result(run->job, &result, &error);
	int printed;

	signals_default();
	if (run->options->json && !run->options->bounds.is_run) {
		json_result(run->options, &run->started[0], &result.status);
		printed = to_json.result;
	} else if (run->options->json) {
		json_run(run, &result, &error);
		printed = to_json.result;
	} else {
		printed = print_output(run);
		say_why(run, &result, &error);
		say_cut(run, &error);
	}
	for (int i = 0; i < RUN_STREAMS; i++)
		pspawn_buffer_free(&run->kept[i]);
	if (is_late(&result) || printed == -ETIMEDOUT)
		return TIMED_OUT;
	if (run->out.is_gone || printed == -EPIPE)
		return unread();
	if (printed < 0 || (code < 0 && code != -ECANCELED) || result.status.lost)
		return OWN_ERROR;
	/* A shell ends its loop when what it waits for has died of the key, not when it has exited. */
	if (result.status.signal == SIGINT || result.status.signal == SIGQUIT)
		return -result.status.signal;
	return pspawn_exit_code(&result.status);
}
