/* SPDX-License-Identifier: ISC */
/* pspawn: start a program exactly as described. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "fds.h"
#include "json.h"
#include "options.h"
#include "run.h"
#include "stopped.h"
#include "terminal.h"
#include "values.h"

static int explain(const struct options *options)
{
	struct pspawn_error error;
	int length = pspawn_explain(&options->cmd, NULL, 0, &error);
	char *text;

	if (length < 0)
		return failure(options, &options->cmd, &error);
	text = malloc((size_t)length + 1);
	if (!text) {
		fputs("pspawn: out of memory\n", stderr);
		return OWN_ERROR;
	}
	pspawn_explain(&options->cmd, text, (size_t)length + 1, &error);
	fputs(text, stdout);
	free(text);
	return 0;
}

/*
 * Signals from the terminal are for the program; what it makes of them is its
 * exit status and so ours. A handler, since a program inherits what is ignored.
 */
static void leave_it_to_the_program(int number)
{
	(void)number;
}

static void catch_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = leave_it_to_the_program;
	action.sa_flags = SA_RESTART;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
}

static int wait_for(const struct options *options, struct pspawn_child *child)
{
	struct pspawn_child started = *child;
	struct pspawn_status status;
	int result = pspawn_wait(child, &status, -1);

	if (result < 0) {
		fprintf(stderr, "pspawn: wait: %s\n", strerror(-result));
		return OWN_ERROR;
	}
	if (options->json)
		json_result(options, &started, &status);
	return pspawn_exit_code(&status);
}

/* The pid is for whoever wants to continue it, or to attach a debugger. */
static int leave_stopped(const struct options *options, struct pspawn_child *child)
{
	int index = options_find(options, PSPAWN_ATTR_TRACE_ME);
	int code;

	if (index < 0 || pspawn_outcome(child, (size_t)index) == PSPAWN_LEFT_OUT)
		return 0;
	code = stopped_leave(child);
	if (code) {
		fprintf(stderr, "pspawn: stop the program: %s\n", strerror(code));
		pspawn_kill(child, SIGKILL);
		pspawn_wait(child, NULL, -1);
		return OWN_ERROR;
	}
	if (options->json)
		json_stopped(child);
	else
		fprintf(stderr, "pspawn: process %ld is stopped\n", (long)child->pid);
	return 0;
}

static int run(struct options *options)
{
	struct pspawn_child child;
	struct pspawn_error error;

	if (pspawn_start(&child, &options->cmd, &error) < 0)
		return failure(options, &options->cmd, &error);
	catch_signals();
	if (leave_stopped(options, &child) != 0)
		return OWN_ERROR;
	return wait_for(options, &child);
}

static int run_and_show(struct options *options)
{
	struct options given = *options;
	struct pspawn_child child;
	struct pspawn_error error;

	if (fds_describe(options, &error) < 0 || pspawn_start(&child, &options->cmd, &error) < 0)
		return failure(&given, &given.cmd, &error);
	catch_signals();
	error.code = fds_show(options->relay);
	if (error.code == 0)
		return wait_for(options, &child);
	pspawn_wait(&child, NULL, -1);
	error.step = PSPAWN_STEP_EXEC;
	error.index = -1;
	return failure(&given, &given.cmd, &error);
}

/* What could not be printed has not been done. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "pspawn: standard output: %s\n", strerror(errno));
	return OWN_ERROR;
}

/* Nor has the result been told; and there is nothing left to say so but the status. */
static int told(int status)
{
	return fflush(stderr) == 0 && !ferror(stderr) ? status : OWN_ERROR;
}

int main(int argc, char **argv)
{
	static struct options options;
	pid_t foreground = -1;
	int status;

	if (argc > 5 && strcmp(argv[1], FDS_RELAY) == 0)
		return fds_relay(argv);
	if (options_parse(&options, argv) == OPTIONS_ANSWERED)
		return flushed(0);
	/* Ignored, it would take the program's exit status away, and so ours. */
	signal(SIGCHLD, SIG_DFL);
	if (options.explain)
		return flushed(explain(&options));
	if (options_find(&options, PSPAWN_ATTR_FOREGROUND) >= 0)
		foreground = terminal_foreground();
	if (options.bounds.is_run)
		status = run_bounded(&options);
	else
		status = options.show_fds ? run_and_show(&options) : run(&options);
	terminal_give_back(foreground);
	return options.json ? told(status) : status;
}
