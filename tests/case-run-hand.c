/* SPDX-License-Identifier: ISC */
/* V10, V11: a terminal by hand, and terminals that are refused. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pour.h"
#include "suite.h"

CASE(V10, a_terminal_by_hand)
{
	static const char line[] = "stty size </dev/tty";
	struct pspawn_child child;
	struct pspawn_status status;
	char word[32] = "";
	int ends[2];

	CHECK_INT(pspawn_terminal(ends, 33, 0), 0);
	for (int i = 0; i < 2; i++) {
		CHECK(ends[i] > 2);
		CHECK(isatty(ends[i]));
		CHECK_INT(fcntl(ends[i], F_GETFD), FD_CLOEXEC);
	}
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line),
				  PSPAWN_FDS(pspawn_fd_dup(0, ends[1]), pspawn_fd_dup(1, ends[1])),
				  PSPAWN_ATTRS(pspawn_attr_setsid(), pspawn_attr_ctty(0)) };

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 0);
	CHECK_INT(read(ends[0], word, sizeof(word)), 7);
	CHECK_STR(word, "33 80\r\n");
	close(ends[0]);
	close(ends[1]);
}

CASE(V11, terminals_that_cannot_be_meant)
{
	static struct pspawn_buffer buffer;
	static int file;
	const struct pspawn_stream shown = pspawn_stream_collect(1, &buffer);
	const struct pspawn_stream refused[] = {
		pspawn_stream_feed_file(0, "x", 1), pspawn_stream_collect_file(1, &file),
		pspawn_stream_feed(1, "x", 1),      pspawn_stream_collect(0, &buffer),
		pspawn_stream_collect(2, &buffer),  pspawn_stream_feed(2, "x", 1),
	};
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("true") }, { PSPAWN_CMD("true") } };
	struct pspawn_cmd own = { PSPAWN_CMD("true"), PSPAWN_FDS(pspawn_fd_null(2)) };
	struct pspawn_error error;
	struct pspawn_io io = { .size = sizeof(io), .flags = PSPAWN_ON_TERMINAL };

	/* Nobody would read what is shown. */
	CHECK_INT(pspawn_run(cmds, &io, NULL, &error), -EINVAL);
	CHECK_INT(error.stream, -1);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct pspawn_stream streams[] = { shown, refused[i] };

		io.streams = streams;
		io.nstreams = 2;
		CHECK_INT(pspawn_run(cmds, &io, NULL, &error), -EINVAL);
		CHECK_INT(error.step, PSPAWN_STEP_CHECK);
		CHECK_INT(error.stream, 1);
	}
	io.streams = &shown;
	io.nstreams = 1;
	CHECK_INT(pspawn_pipeline(cmds, 2, &io, NULL, &error), -EINVAL);
	CHECK_INT(pspawn_run(&own, &io, NULL, &error), -EINVAL);
	CHECK_INT(pspawn_run(cmds, &io, NULL, &error), 0);
	free(buffer.data);
}
