/* SPDX-License-Identifier: ISC */
/* libuv: uv_spawn(), and a buffer that doubles. Its pipes are Unix sockets. */
#include <uv.h>

#include "bench.h"

static struct {
	char *data;
	size_t room, length;
} output;

static void on_end(uv_process_t *child, int64_t status, int signal)
{
	if (status != 0 || signal != 0)
		bench_fail("the child has failed");
	uv_close((uv_handle_t *)child, NULL);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	(void)handle;
	if (output.room - output.length < suggested) {
		output.room = 2 * output.room + suggested;
		output.data = realloc(output.data, output.room);
		if (!output.data)
			bench_fail("no memory");
	}
	*buffer = uv_buf_init(output.data + output.length, (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t came, const uv_buf_t *buffer)
{
	(void)buffer;
	if (came > 0)
		output.length += (size_t)came;
	else if (came < 0)
		uv_close((uv_handle_t *)stream, NULL);
}

static void on_written(uv_write_t *request, int status)
{
	if (status < 0)
		bench_fail(uv_strerror(status));
	uv_close((uv_handle_t *)request->handle, NULL);
}

static void start(uv_process_t *child, char **argv, uv_pipe_t *pipe, int ours)
{
	uv_stdio_container_t stdio[3] = { { .flags = UV_IGNORE },
					  { .flags = UV_IGNORE },
					  { .flags = UV_IGNORE } };
	uv_process_options_t options = {
		.file = argv[0], .args = argv, .exit_cb = on_end, .stdio = stdio, .stdio_count = 3
	};
	int code;

	uv_pipe_init(uv_default_loop(), pipe, 0);
	stdio[ours].flags = UV_CREATE_PIPE | (ours ? UV_WRITABLE_PIPE : UV_READABLE_PIPE);
	stdio[ours].data.stream = (uv_stream_t *)pipe;
	code = uv_spawn(uv_default_loop(), child, &options);
	if (code < 0)
		bench_fail(uv_strerror(code));
}

static void bench_work(const char *work, const char *number, size_t size)
{
	char *collected[] = { "head", "-c", (char *)(size_t)number, "/dev/zero", NULL };
	char *fed[] = { "cat", NULL };
	int collects = strcmp(work, "collect") == 0;
	uv_buf_t input = uv_buf_init(collects ? NULL : bench_input(size), (unsigned)size);
	long long began = bench_now_us();
	uv_process_t child;
	uv_write_t request;
	uv_pipe_t pipe;

	start(&child, collects ? collected : fed, &pipe, collects);
	if (collects)
		uv_read_start((uv_stream_t *)&pipe, on_room, on_read);
	else
		uv_write(&request, (uv_stream_t *)&pipe, &input, 1, on_written);
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	if (collects && output.length != size)
		bench_fail("wrong size");
	printf("%lld\n", bench_now_us() - began);
}
