/* SPDX-License-Identifier: ISC */
/* pspawn: start a program exactly as described. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "fds.h"
#include "init.h"
#include "json.h"
#include "options.h"
#include "print.h"
#include "run.h"
#include "signals.h"
#include "stopped.h"
#include "values.h"

static int explain(const struct options *options)
{
	struct pspawn_error error;
	int length = pspawn_explain(&options->cmd, NULL, 0, &error);
	char *text;

	if (length < 0)
		return failure(options, &options->cmd, &error);
	text = values_keep((size_t)length + 1, 1);
	pspawn_explain(&options->cmd, text, (size_t)length + 1, &error);
	print_text(&to_output, text);
	free(text);
	return 0;
}

/* The pid is for whoever wants to continue it, or to attach a debugger. */
static int leave_stopped(const struct options *options, const struct pspawn_child *child)
{
	int index = options_find(options, PSPAWN_ATTR_TRACE_ME);
	int code;

	if (index < 0 || pspawn_child_outcome(child, (size_t)index) == PSPAWN_LEFT_OUT)
		return 0;
	code = stopped_leave(child);
	if (code) {
		complain(code, "stop the program");
	} else if (options->json) {
		json_stopped(child);
	} else {
		print(&to_error, "pspawn: process %ld is stopped\n", (long)child->pid);
		print_done(&to_error);
	}
	return code;
}

/* Errors are said of the user's program, also where the relay of --fds begins in its place. */
static int run(struct options *options)
{
	static struct run run;
	struct pspawn_cmd given = options->cmd;
	struct pspawn_error error;

	if (options->show_fds && fds_describe(options, &error) < 0)
		return failure(options, &given, &error);
	if (run_start(&run, options, &error) < 0)
		return failure(options, run.count > 1 ? &run.cmds[error.stage] : &given, &error);
	if (options->show_fds)
		error.code = fds_show(options->relay);
	if (error.code) {
		pspawn_job_free(run.job);
		error.step = PSPAWN_STEP_EXEC;
		error.index = -1;
		return failure(options, &given, &error);
	}
	if (leave_stopped(options, &run.started[0]) != 0) {
		pspawn_job_free(run.job);
		return OWN_ERROR;
	}
	return run_finish(&run);
}

/* What could not be printed has not been done. */
static int printed(int status)
{
	int result = print_done(&to_output);

	return result < 0 ? complain(-result, "standard output") : status;
}

/* Nor has the result been told; and there is nothing left to say so but the status. */
static int told(const struct options *options, int status)
{
	int is_lost = (options->json && to_json.result < 0) ||
		      (options->show_fds && to_error.result < 0);

	return is_lost && status != TIMED_OUT ? OWN_ERROR : status;
}

int main(int argc, char **argv)
{
	static struct options options;
	int status;

	if (argc > 5 && strcmp(argv[1], FDS_RELAY) == 0)
		return fds_relay(argv);
	if (options_parse(&options, argv) == OPTIONS_ANSWERED)
		return printed(0);
	/* Ignored, it would take the program's exit status away, and so ours. */
	signal(SIGCHLD, SIG_DFL);
	if (options.explain)
		return printed(explain(&options));
	init_if_first();
	status = run(&options);
	return status < 0 ? signals_end_by(-status) : told(&options, status);
}
