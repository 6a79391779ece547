/* SPDX-License-Identifier: ISC */
#include "programs.h"

#include <stdio.h>
#include <stdlib.h>

static char much[1000000];

static int start(struct program *program, const char *name, const struct pspawn_cmd *cmd,
		 struct pspawn_stream feed, int timeout_ms)
{
	struct pspawn_io io = { .size = sizeof(io),
				.timeout_ms = timeout_ms,
				PSPAWN_STREAMS(feed, pspawn_stream_collect(1, &program->out),
					       pspawn_stream_collect(2, &program->err)) };
	struct pspawn_error error;
	char why[256];

	program->name = name;
	if (pspawn_job_start(&program->job, cmd, 1, &io, &error) == 0)
		return 0;
	pspawn_strerror(&error, cmd, why, sizeof(why));
	fprintf(stderr, "%s: %s\n", name, why);
	return -1;
}

int programs_start(struct program *programs)
{
	struct pspawn_cmd shout = { PSPAWN_CMD("tr", "a-z", "A-Z") };
	struct pspawn_cmd copy = { PSPAWN_CMD("cat") };
	struct pspawn_cmd fail = { PSPAWN_CMD("sh", "-c", "printf oops >&2; exit 3") };
	struct pspawn_cmd late = { PSPAWN_CMD("sleep", "60") };

	if (start(&programs[0], "shout", &shout, pspawn_stream_feed(0, "quiet", 5), 0) < 0 ||
	    start(&programs[1], "copy", &copy, pspawn_stream_feed(0, much, sizeof(much)), 0) < 0 ||
	    start(&programs[2], "fail", &fail, pspawn_stream_feed(0, NULL, 0), 0) < 0)
		return -1;
	return start(&programs[3], "late", &late, pspawn_stream_feed(0, NULL, 0), 200);
}

static void report(const struct program *program)
{
	struct pspawn_result result;

	pspawn_job_result(program->job, &result, NULL);
	printf("%s: ", program->name);
	if (result.stop_reason == PSPAWN_STOP_TIMEOUT)
		printf("stopped by its deadline\n");
	else if (program->out.length > 20)
		printf("status %d, %zu bytes\n", pspawn_exit_code(&result.status),
		       program->out.length);
	else
		printf("status %d, %s%s\n", pspawn_exit_code(&result.status), program->out.data,
		       program->err.data);
}

void programs_end(struct program *programs)
{
	for (int i = 0; i < PROGRAMS; i++) {
		report(&programs[i]);
		pspawn_buffer_free(&programs[i].out);
		pspawn_buffer_free(&programs[i].err);
		pspawn_job_free(programs[i].job);
	}
}

int program_fd(struct program *program)
{
	int fd = pspawn_job_fd(program->job);

	if (fd < 0) {
		fprintf(stderr, "no descriptor for a job here\n");
		exit(CANNOT);
	}
	return fd;
}
