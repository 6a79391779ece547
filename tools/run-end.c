/* SPDX-License-Identifier: ISC */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "json-run.h"
#include "values.h"

static void say(const struct run *run, const char *what)
{
	if (!run->options->bounds.quiet)
		fprintf(stderr, "pspawn: %s\n", what);
}

/* That it was stopped by a signal to us is known to whoever has sent it. */
static void say_why(const struct run *run, const struct pspawn_result *result,
		    const struct pspawn_error *error)
{
	char sentence[512];

	if (!error->code || result->why == PSPAWN_WHY_ASKED)
		return;
	pspawn_strerror(error, &run->cmds[error->stage], sentence, sizeof(sentence));
	if (result->why == PSPAWN_WHY_TIMEOUT || result->why == PSPAWN_WHY_LIMIT)
		say(run, sentence);
	else
		fprintf(stderr, "pspawn: %s\n", sentence);
}

/* Returns 0 or -errno. */
static int print_kept(const struct run *run, int which)
{
	static const char *const names[] = { "input", "output", "error" };
	const struct pspawn_buffer *kept = &run->kept[which];
	char left_out[128];

	if (kept->gap) {
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

	if (out < 0)
		fprintf(stderr, "pspawn: standard output: %s\n", strerror(-out));
	return out < 0 ? out : err;
}

int run_end(struct run *run)
{
	struct pspawn_result result;
	struct pspawn_error error;
	int code = pspawn_job_result(run->job, &result, &error);
	int printed = 0;

	if (run->options->json) {
		json_run(run, &result, &error);
	} else {
		printed = print_output(run);
		say_why(run, &result, &error);
	}
	for (int i = 0; i < RUN_STREAMS; i++)
		free(run->kept[i].data);
	if (result.why == PSPAWN_WHY_TIMEOUT)
		return TIMED_OUT;
	if (printed < 0 || (code < 0 && code != -ECANCELED) || result.status.lost)
		return OWN_ERROR;
	return pspawn_exit_code(&result.status);
}
