/* SPDX-License-Identifier: ISC */
/* Several programs in libuv's loop: one poll handle for each. */
#include <errno.h>
#include <uv.h>

#include "programs.h"

static void step(uv_poll_t *handle, int status, int events)
{
	struct program *program = handle->data;

	(void)status;
	(void)events;
	/* The loop ends when its last handle is closed. */
	if (pspawn_job_step(program->job) != -EINPROGRESS)
		uv_close((uv_handle_t *)handle, NULL);
}

int main(void)
{
	struct program programs[PROGRAMS];
	uv_poll_t handles[PROGRAMS];
	uv_loop_t loop;

	if (uv_loop_init(&loop) < 0 || programs_start(programs) < 0)
		return 1;
	for (int i = 0; i < PROGRAMS; i++) {
		handles[i].data = &programs[i];
		if (uv_poll_init(&loop, &handles[i], program_fd(&programs[i])) < 0 ||
		    uv_poll_start(&handles[i], UV_READABLE, step) < 0)
			return 1;
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	programs_end(programs);
	return 0;
}
