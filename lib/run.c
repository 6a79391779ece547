/* SPDX-License-Identifier: ISC */
/* Runs from beginning to end: what most callers want. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"

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

int pspawn_output(const struct pspawn_cmd *cmd, struct pspawn_buffer *out,
		  struct pspawn_status *status, struct pspawn_error *error)
{
	struct pspawn_io io = { .size = sizeof(io), PSPAWN_STREAMS(pspawn_stream_collect(1, out)) };
	struct pspawn_result result;
	int code;

	if (out)
		memset(out, 0, sizeof(*out));
	code = pspawn_run(cmd, &io, &result, error);
	if (status)
		*status = result.status;
	if (code == 0 && out->gap) {
		struct pspawn_error unused;

		return job_fail(error ? error : &unused, -EOVERFLOW, PSPAWN_STEP_COLLECT, 0);
	}
	return code;
}

/* Of two entries for one number the latter is reported, and that is not the caller's. */
static void name_entry_of_2(struct pspawn_error *error, const struct pspawn_cmd *both)
{
	int ours = (int)both->nfds - 1;
	int i = 0;

	if (error->what != PSPAWN_INDEX_FD || error->index != ours)
		return;
	while (i < ours && both->fds[i].child != 2)
		i++;
	error->what = i < ours ? PSPAWN_INDEX_FD : PSPAWN_INDEX_NONE;
	error->index = i < ours ? i : -1;
	if (error->step == PSPAWN_STEP_CHECK && i < ours)
		error->reason = "2 is the combined output's";
}

int pspawn_combined_output(const struct pspawn_cmd *cmd, struct pspawn_buffer *out,
			   struct pspawn_status *status, struct pspawn_error *error)
{
	struct report report = { 0 };
	struct pspawn_cmd both;
	struct pspawn_fd *fds;
	int code;

	if (out)
		memset(out, 0, sizeof(*out));
	if (status)
		memset(status, 0, sizeof(*status));
	if (cmd_check(&both, cmd, &report) < 0)
		return fill_error(error, &report);
	fds = malloc((both.nfds + 1) * sizeof(*fds));
	if (!fds) {
		report_failure(&report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
		return fill_error(error, &report);
	}
	if (both.nfds)
		memcpy(fds, both.fds, both.nfds * sizeof(*fds));
	fds[both.nfds++] = pspawn_fd_same(2, 1);
	both.fds = fds;
	both.size = sizeof(both);
	code = pspawn_output(&both, out, status, error);
	if (code < 0 && error)
		name_entry_of_2(error, &both);
	free(fds);
	return code;
}
