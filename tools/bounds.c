/* SPDX-License-Identifier: ISC */
#include "bounds.h"

#include <signal.h>
#include <string.h>

#include <pspawn.h>

#include "measures.h"
#include "names.h"
#include "print.h"

enum { KILL_AFTER_MS = 2000 };

static const struct name reaches[] = {
	{ "child", PSPAWN_REACH_CHILD },
	{ "group", PSPAWN_REACH_GROUP },
	{ NULL, 0 },
};
static const struct name keeps[] = {
	{ "head", PSPAWN_KEEP_HEAD },
	{ "tail", PSPAWN_KEEP_TAIL },
	{ "both", PSPAWN_KEEP_BOTH },
	{ NULL, 0 },
};
static const struct name drains[] = {
	{ "idle", PSPAWN_DRAIN_IDLE },
	{ "eof", PSPAWN_DRAIN_EOF },
	{ "most", PSPAWN_DRAIN_MAX },
	{ "exit", PSPAWN_DRAIN_EXIT },
	{ NULL, 0 },
};

/* A vocabulary of words alone: no prefix, no numbers, no sets. */
static int word_of(const char *what, const struct name *names, struct part part)
{
	const struct vocabulary words = { what, "", names, 0, -1, 0, 0 };

	return names_value(&words, part);
}

/* ---- one option each */

static void take_timeout(struct bounds *bounds, const char *text)
{
	bounds->timeout_ms = measures_time(part_of(text), 1);
}

static void take_silent_timeout(struct bounds *bounds, const char *text)
{
	bounds->silent_ms = measures_time(part_of(text), 1);
}

static void take_signal(struct bounds *bounds, const char *text)
{
	bounds->signal = names_value(&names_signals, part_of(text));
}

static void take_kill_after(struct bounds *bounds, const char *text)
{
	bounds->kill_after_ms = measures_time(part_of(text), 0);
}

static void take_reach(struct bounds *bounds, const char *text)
{
	bounds->reach = word_of("reach", reaches, part_of(text));
}

static void take_stdin_text(struct bounds *bounds, const char *text)
{
	bounds->text = text;
}

static void take_stdin_file(struct bounds *bounds, const char *text)
{
	bounds->file = text;
}

static void take_capture(struct bounds *bounds, const char *text)
{
	(void)text;
	bounds->capture = 1;
}

static void take_max_output(struct bounds *bounds, const char *text)
{
	bounds->most = measures_size(part_of(text));
}

static void take_keep(struct bounds *bounds, const char *text)
{
	bounds->keep = word_of("part of the output", keeps, part_of(text));
}

static void take_stop_at_limit(struct bounds *bounds, const char *text)
{
	(void)text;
	bounds->stop_at_limit = 1;
}

/* 0 would be the library's default, and `exit` is what is meant by it. */
static int drain_time(struct part part)
{
	return part_is(part, "unlimited") ? -1 : measures_time(part, 1);
}

/* idle[:IDLE[:MOST]], most[:MOST], eof, exit */
static void take_drain(struct bounds *bounds, const char *text)
{
	struct part rest = part_of(text);

	bounds->drain = word_of("policy", drains, part_cut(&rest, ':'));
	bounds->drain_idle_ms = bounds->drain_max_ms = 0;
	if (rest.text && bounds->drain == PSPAWN_DRAIN_IDLE)
		bounds->drain_idle_ms = measures_time(part_cut(&rest, ':'), 1);
	if (rest.text && bounds->drain != PSPAWN_DRAIN_EOF && bounds->drain != PSPAWN_DRAIN_EXIT)
		bounds->drain_max_ms = drain_time(part_cut(&rest, ':'));
	if (rest.text)
		wrong("more times than this policy has: %s", text);
}

static void take_pty(struct bounds *bounds, const char *text)
{
	(void)text;
	bounds->pty = 1;
}

static void take_pty_wait(struct bounds *bounds, const char *text)
{
	bounds->prompt = text;
}

static void take_pipeline(struct bounds *bounds, const char *text)
{
	bounds->separator = text ? text : ":::";
}

static void take_fail_if_any(struct bounds *bounds, const char *text)
{
	(void)text;
	bounds->fail_if_any = 1;
}

static void take_quiet(struct bounds *bounds, const char *text)
{
	(void)text;
	bounds->quiet = 1;
}

/* ---- the options */

const struct bounds_option bounds_options[] = {
	{ "timeout", "TIME", 0, "stop it after that: 5s, 1.5m, 250ms, 2h", take_timeout },
	{ "silent-timeout", "TIME", 0, "stop it after so long without output",
	  take_silent_timeout },
	{ "signal", "SIGNAL", 0, "the first that a stop sends (TERM)", take_signal },
	{ "kill-after", "TIME", 0, "and KILL so long after it (2s)", take_kill_after },
	{ "reach", "child|group", 0, "whom stops reach (group)", take_reach },
	{ "stdin-text", "TEXT", 0, "it reads this from its 0", take_stdin_text },
	{ "stdin-file", "PATH", 0, "what we read in there, through a pipe", take_stdin_file },
	{ "capture", NULL, 0, "collect its output and print it afterwards", take_capture },
	{ "max-output", "SIZE", 0, "no more of it than 64k, 16M, 1G (16M)", take_max_output },
	{ "keep", "head|tail|both", 0, "what is kept of longer output (head)", take_keep },
	{ "stop-at-limit", NULL, 0, "stop it when there is more", take_stop_at_limit },
	{ "drain", "POLICY[:TIME]", 0, "idle, eof, most, exit: when output is over", take_drain },
	{ "pty", NULL, 0, "on a terminal of its own", take_pty },
	{ "pty-wait", "TEXT", 0, "type when it has shown this", take_pty_wait },
	{ "pipeline", "[=WORD]", 1, "programs with WORD (:::) between them", take_pipeline },
	{ "fail-if-any", NULL, 0, "fail if any of them fails", take_fail_if_any },
	{ "quiet", NULL, 0, "show no progress, say nothing of stops", take_quiet },
};

const int bounds_count = (int)(sizeof(bounds_options) / sizeof(bounds_options[0]));

void bounds_init(struct bounds *bounds)
{
	memset(bounds, 0, sizeof(*bounds));
	bounds->signal = SIGTERM;
	bounds->kill_after_ms = KILL_AFTER_MS;
	bounds->reach = PSPAWN_REACH_GROUP;
	bounds->keep = bounds->drain = -1;
}

void bounds_take(struct bounds *bounds, const struct bounds_option *option, const char *text)
{
	values_are_of(option->name);
	option->take(bounds, text);
	values_are_of(NULL);
	/* That one goes with a start as well, which has nothing to say. */
	bounds->is_run |= option->take != take_quiet;
}

void bounds_settle(const struct bounds *bounds)
{
	int is_limited = bounds->most || bounds->stop_at_limit || bounds->keep >= 0;
	int is_collected = bounds->capture || bounds->pty;

	if (bounds->text && bounds->file)
		wrong("--stdin-text does not go with --stdin-file");
	if (is_limited && !is_collected)
		wrong("--max-output, --keep and --stop-at-limit need --capture or --pty");
	if (bounds->silent_ms && !is_collected)
		wrong("--silent-timeout needs --capture or --pty");
	if (bounds->keep >= 0 && !bounds->capture)
		wrong("--keep needs --capture");
	if (bounds->stop_at_limit && bounds->keep > 0)
		wrong("--stop-at-limit goes with --keep head only");
	if (bounds->stop_at_limit && !bounds->most)
		wrong("--stop-at-limit needs --max-output");
	if (bounds->drain >= 0 && !is_collected && !bounds->text && !bounds->file)
		wrong("--drain needs --capture, --pty, --stdin-text or --stdin-file");
	if (bounds->fail_if_any && !bounds->separator)
		wrong("--fail-if-any needs --pipeline");
	if (bounds->pty && bounds->separator)
		wrong("--pty does not go with --pipeline");
	if (bounds->prompt && (!bounds->pty || (!bounds->text && !bounds->file)))
		wrong("--pty-wait needs --pty, and --stdin-text or --stdin-file");
	if (bounds->separator && !*bounds->separator)
		wrong("--pipeline: the word between programs is empty");
}

void bounds_help(void)
{
	print_text(&to_output, "\nA run:\n");
	for (int i = 0; i < bounds_count; i++) {
		const struct bounds_option *option = &bounds_options[i];
		const char *argument = option->argument ? option->argument : "";
		int length = (int)strlen(option->name);

		print(&to_output, "  --%s%s%-*s %s\n", option->name,
		      option->is_optional ? "" : " ",
		      option->is_optional ? 26 - length : 25 - length, argument, option->help);
	}
}
