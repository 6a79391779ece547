/* SPDX-License-Identifier: ISC */
/* libuv: uv_spawn() with three inherited descriptors, in a loop of each thread's own. */
#include <errno.h>
#include <uv.h>

#include "contend.h"

static _Thread_local uv_loop_t loop;
static _Thread_local int is_there;
static _Thread_local int exit_status;

static void ended(uv_process_t *process, int64_t status, int signal)
{
	exit_status = signal ? 128 + signal : (int)status;
	uv_close((uv_handle_t *)process, NULL);
}

static long long start(const struct contest *contest)
{
	uv_stdio_container_t stdio[3];
	uv_process_options_t options = {
		.exit_cb = ended,
		.file = contest->program,
		.args = (char **)contest->argv,
		.stdio = stdio,
		.stdio_count = 3,
	};
	uv_process_t process;
	long long started;
	int code;

	if (!is_there && uv_loop_init(&loop) < 0)
		contend_fail("uv_loop_init", ENOMEM);
	is_there = 1;
	for (int i = 0; i < 3; i++) {
		stdio[i].flags = UV_INHERIT_FD;
		stdio[i].data.fd = contest->sources[i];
	}
	code = uv_spawn(&loop, &process, &options);
	started = contend_now();
	if (code < 0)
		contend_fail("uv_spawn", -code);
	uv_run(&loop, UV_RUN_DEFAULT);
	if (exit_status != 0)
		contend_fail("wait", ECHILD);
	return started;
}

const struct contender contender = { .start = start };
