/* SPDX-License-Identifier: ISC */
/* Runs from beginning to end: what most callers want. */
#include <errno.h>
#include <string.h>

#include "job.h"
#include "lib.h"

int pspawn_pipeline(const struct pspawn_cmd *cmds, size_t count, const struct pspawn_io *io,
		    struct pspawn_result *result, struct pspawn_error *error)
{
	struct pspawn_job *job;
	int code;

	if (result) {
		memset(result, 0, sizeof(*result));
		status_clear(&result->status);
	}
	code = pspawn_job_start(&job, cmds, count, io, error);
	if (code < 0)
		return code;
	pspawn_job_wait(job, -1);
	code = pspawn_job_result(job, result, error);
	pspawn_job_free(job);
	return code;
}

int pspawn_run(const struct pspawn_cmd *cmd, const struct pspawn_io *io,
	       struct pspawn_result *result, struct pspawn_error *error)
{
	return pspawn_pipeline(cmd, 1, io, result, error);
}

/* The stream is ours, and the entry for its number the caller's. The description has been checked. */
static void name_entry(struct pspawn_error *error, const struct pspawn_cmd *cmd,
		       const struct pspawn_stream *stream)
{
	size_t i;

	if (error->step != PSPAWN_STEP_CHECK || error->what != PSPAWN_INDEX_STREAM)
		return;
	i = fds_find(cmd->fds, cmd->nfds, stream->child);
	if (i == cmd->nfds)
		i = fds_find(cmd->fds, cmd->nfds, stream->also);
	if (i == cmd->nfds)
		return;
	error->what = PSPAWN_INDEX_FD;
	error->index = (int)i;
	error->stream = -1;
	error->reason = "the collected output has this number";
}

static int output(const struct pspawn_cmd *cmd, struct pspawn_stream stream,
		  struct pspawn_status *status, struct pspawn_error *error)
{
	struct pspawn_io io = { .size = sizeof(io), .streams = &stream, .nstreams = 1 };
	struct pspawn_result result;
	struct pspawn_error unused;
	int code;

	/* What is refused before streams are looked at leaves it empty, too. */
	if (stream.buffer)
		memset(stream.buffer, 0, sizeof(*stream.buffer));
	code = pspawn_run(cmd, &io, &result, error);
	if (code < 0 && error)
		name_entry(error, cmd, &stream);
	if (status)
		*status = result.status;
	if (code == 0 && stream.buffer->gap)
		code = job_fail(error ? error : &unused, -EOVERFLOW, PSPAWN_STEP_COLLECT, 0);
	return code;
}

int pspawn_output(const struct pspawn_cmd *cmd, struct pspawn_buffer *out,
		  struct pspawn_status *status, struct pspawn_error *error)
{
	return output(cmd, pspawn_stream_collect(1, out), status, error);
}

int pspawn_combined_output(const struct pspawn_cmd *cmd, struct pspawn_buffer *out,
			   struct pspawn_status *status, struct pspawn_error *error)
{
	return output(cmd, pspawn_stream_and(pspawn_stream_collect(1, out), 2), status, error);
}

static void add_failure(struct text *text, const struct pspawn_cmd *cmd,
			const struct pspawn_status *status)
{
	char words[64];

	pspawn_strstatus(status, words, sizeof(words));
	text_add(text, "run ");
	text_add_quoted(text, cmd->file ? cmd->file : cmd->argv[0]);
	text_add(text, ": %s", words);
}

int pspawn_check(const struct pspawn_cmd *cmd, char *buf, size_t size)
{
	struct text text = { buf, size, 0 };
	struct pspawn_result result;
	struct pspawn_error error;
	int code = pspawn_run(cmd, NULL, &result, &error);

	text_add(&text, "%s", "");
	if (code < 0) {
		pspawn_strerror(&error, cmd, buf, size);
		return code;
	}
	code = pspawn_exit_code(&result.status);
	if (code != 0)
		add_failure(&text, cmd, &result.status);
	return code;
}
