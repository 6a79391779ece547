/* SPDX-License-Identifier: ISC */
/* T57 to T59: the beginning and the end of a buffer, whatever becomes of the call in between. */
#include <errno.h>
#include <string.h>

#include "fault.h"
#include "pour.h"
#include "suite.h"

static int is_empty(const struct pspawn_buffer *buffer)
{
	static const struct pspawn_buffer empty = PSPAWN_BUFFER_INIT;

	return memcmp(buffer, &empty, sizeof(empty)) == 0;
}

CASE(T57, a_buffer_and_its_end)
{
	int held = fault_malloc_held();
	struct pspawn_cmd cmd = { PSPAWN_CMD("echo", "words") };
	struct pspawn_buffer out = PSPAWN_BUFFER_INIT;

	CHECK(is_empty(&out));
	errno = 12345;
	pspawn_buffer_free(NULL);
	pspawn_buffer_free(&out);
	CHECK(is_empty(&out));
	for (int i = 0; i < 2; i++) {
		CHECK_INT(pspawn_output(&cmd, &out, NULL, NULL), 0);
		CHECK_STR(out.data, "words\n");
		pspawn_buffer_free(&out);
		CHECK(is_empty(&out));
	}
	pspawn_buffer_free(&out);
	CHECK_INT(errno, 12345);
	CHECK_INT(fault_malloc_held(), held);
}

typedef int output(const struct pspawn_cmd *cmd, struct pspawn_buffer *out,
		   struct pspawn_status *status, struct pspawn_error *error);

static void want_empty(const struct pspawn_cmd *cmd, int code)
{
	static output *const outputs[] = { pspawn_output, pspawn_combined_output };

	for (int i = 0; i < 2; i++) {
		struct pspawn_buffer out;
		struct pspawn_status status;
		struct pspawn_error error;

		memset(&out, 0x55, sizeof(out));
		memset(&status, 0x55, sizeof(status));
		CHECK_INT(outputs[i](cmd, &out, &status, &error), code);
		CHECK_INT(error.code, -code);
		CHECK(is_empty(&out));
		CHECK_INT(status.exited, 0);
		CHECK_INT(status.code, -1);
		memset(&out, 0x55, sizeof(out));
		CHECK_INT(outputs[i](cmd, &out, NULL, NULL), code);
		pspawn_buffer_free(&out);
		CHECK_INT(outputs[i](cmd, NULL, NULL, NULL), -EINVAL);
	}
}

CASE(T58, empty_whatever_is_wrong)
{
	static char *const nothing[] = { NULL };
	struct pspawn_cmd cmd = { PSPAWN_CMD("no-such-program") };

	want_empty(&cmd, -ENOENT);
	want_empty(NULL, -EINVAL);
	cmd.argv = nothing;
	want_empty(&cmd, -EINVAL);
	cmd.argv = NULL;
	want_empty(&cmd, -EINVAL);
	cmd.size = 8;
	want_empty(&cmd, -EINVAL);
	cmd.size = 5000;
	want_empty(&cmd, -E2BIG);
	cmd = (struct pspawn_cmd){ PSPAWN_CMD("true"), .nfds = 1 };
	want_empty(&cmd, -EINVAL);
	/* A number that is collected. */
	cmd = (struct pspawn_cmd){ PSPAWN_CMD("true"), PSPAWN_FDS(pspawn_fd_null(1)) };
	want_empty(&cmd, -EINVAL);
}

/* What is not looked into cannot be emptied: hence the initialiser. */
CASE(T59, buffers_that_are_left_as_they_are)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true") };
	struct pspawn_buffer out = PSPAWN_BUFFER_INIT;
	struct pspawn_stream stream = pspawn_stream_collect(1, &out);
	struct pspawn_io io = { .size = 8, .streams = &stream, .nstreams = 1 };

	out.length = 7;
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), -EINVAL);
	io.size = 5000;
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), -E2BIG);
	io.size = sizeof(io);
	io.nstreams = PSPAWN_MAX_ENTRIES + 1;
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), -E2BIG);
	CHECK_INT(out.length, 7);
	io.nstreams = 1;
	io.timeout_ms = -2;
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), -EINVAL);
	CHECK(is_empty(&out));
}
