/* SPDX-License-Identifier: ISC */
/* T65 to T68: two numbers of the child in one stream. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "pour.h"
#include "suite.h"

static const char turns[] = "echo 1; echo 2 >&2; echo 3; echo 4 >&2";
#define TURNS "1\n2\n3\n4\n"

static void collect_both(const char *line, int child, int also)
{
	struct pspawn_buffer out = PSPAWN_BUFFER_INIT;
	struct heap bytes = { 0 }, lines = { 0 };
	struct pspawn_stream streams[] = { pspawn_stream_collect(child, &out),
					   pspawn_stream_collect_call(child, heap_take, &bytes),
					   pspawn_stream_collect_lines(child, heap_line, &lines) };

	for (size_t i = 0; i < 3; i++) {
		struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_and(streams[i], also)) };

		pour(line, io, 0);
	}
	CHECK_STR(out.data, TURNS);
	CHECK(same_bytes(bytes.data, bytes.size, TURNS, 8));
	CHECK(same_bytes(lines.data, lines.size, TURNS, 8));
	pspawn_buffer_free(&out);
	heap_drop(&bytes);
	heap_drop(&lines);
}

static void want_file(int file, const char *expected)
{
	size_t size;
	char *data = read_whole(file, &size);

	CHECK(same_bytes(data, size, expected, strlen(expected)));
	free(data);
	close(file);
}

CASE(T65, both_in_the_order_of_writing)
{
	int file;
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_and(pspawn_stream_collect_file(2, &file), 1)) };

	collect_both(turns, 1, 2);
	collect_both(turns, 2, 1);
	collect_both("echo 1 >&7; echo 2 >&3; echo 3 >&7; echo 4 >&3", 3, 7);
	pour(turns, io, 0);
	want_file(file, TURNS);
}

CASE(T65, both_in_a_job)
{
	for (enum drive_way way = BY_POLL; way < DRIVE_WAYS; way++) {
		struct pspawn_buffer out = PSPAWN_BUFFER_INIT;
		struct pspawn_io io = { .size = sizeof(io),
					PSPAWN_STREAMS(
					    pspawn_stream_and(pspawn_stream_collect(1, &out), 2)) };
		struct pspawn_job *job = drive_start(turns, &io);

		CHECK_INT(drive(job, way, NULL), 0);
		pspawn_job_free(job);
		CHECK_STR(out.data, TURNS);
		pspawn_buffer_free(&out);
	}
}

CASE(T66, both_with_a_limit)
{
	struct pspawn_buffer out;
	struct pspawn_stream both = pspawn_stream_and(pspawn_stream_collect(1, &out), 2);
	struct pspawn_io tail = { PSPAWN_STREAMS(pspawn_stream_limit(both, 4, PSPAWN_KEEP_TAIL)) };
	struct pspawn_io stop = { PSPAWN_STREAMS(pspawn_stream_stop_at(both, 4)) };

	pour(turns, tail, 0);
	CHECK_STR(out.data, "3\n4\n");
	CHECK_INT(out.gap, 4);
	pspawn_buffer_free(&out);
	CHECK_INT(pour(turns, stop, -EFBIG).stop_reason, PSPAWN_STOP_LIMIT);
	CHECK_STR(out.data, "1\n2\n");
	pspawn_buffer_free(&out);
}

CASE(T67, both_of_stages)
{
	struct pspawn_cmd cmds[] = {
		{ PSPAWN_CMD("/bin/sh", "-c", "echo a; echo b >&4; echo c >&2") },
		{ PSPAWN_CMD("/bin/sh", "-c", "cat; echo d >&2; echo e >&4") }
	};
	struct pspawn_buffer out;
	int file;
	struct pspawn_stream err = pspawn_stream_and(pspawn_stream_collect_file(4, &file), 2);
	struct pspawn_io every = { PSPAWN_STREAMS(
	    pspawn_stream_collect(1, &out), pspawn_stream_of_stage(err, PSPAWN_EVERY_STAGE)) };
	struct pspawn_io first = { PSPAWN_STREAMS(
	    pspawn_stream_and(pspawn_stream_collect(1, &out), 2), pspawn_stream_of_stage(err, 0)) };
	struct pspawn_cmd last = { PSPAWN_CMD("/bin/sh", "-c", "cat; echo d >&2; echo e") };

	pour_through(cmds, 2, every, 0);
	CHECK_STR(out.data, "a\n");
	want_file(file, "b\nc\nd\ne\n");
	pspawn_buffer_free(&out);
	cmds[1] = last;
	pour_through(cmds, 2, first, 0);
	CHECK_STR(out.data, "a\nd\ne\n");
	want_file(file, "b\nc\n");
	pspawn_buffer_free(&out);
}

/* ---- what contradicts itself, or something else */

static struct pspawn_buffer buffer;

static void refuse(struct pspawn_io io, struct pspawn_stream stream, int code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_FDS(pspawn_fd_null(7)) };
	struct pspawn_stream streams[] = { pspawn_stream_collect(1, &buffer), stream };
	struct pspawn_error error;

	io.size = sizeof(io);
	io.streams = streams;
	io.nstreams = 2;
	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), code);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
	CHECK_INT(error.what, PSPAWN_INDEX_STREAM);
	CHECK_INT(error.index, 1);
	CHECK_INT(error.stream, 1);
}

CASE(T68, two_numbers_that_cannot_be_meant)
{
	struct pspawn_io plain = { 0 }, terminal = { .flags = PSPAWN_ON_TERMINAL };
	struct pspawn_stream out = pspawn_stream_collect(4, &buffer);

	refuse(plain, pspawn_stream_and(out, 4), -EINVAL);
	refuse(plain, pspawn_stream_and(out, 1), -EINVAL);
	refuse(plain, pspawn_stream_and(out, 7), -EINVAL);
	refuse(plain, pspawn_stream_and(out, -1), -EBADF);
	refuse(plain, pspawn_stream_and(out, 0x7fffffff), -EBADF);
	refuse(plain, pspawn_stream_and(pspawn_stream_feed(0, "x", 1), 4), -EINVAL);
	refuse(plain, pspawn_stream_and(pspawn_stream_feed_file(0, "x", 1), 4), -EINVAL);
	refuse(terminal, pspawn_stream_and(out, 2), -EINVAL);
}

CASE(T68, two_numbers_beside_a_terminal)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "echo 1 >&4; echo 2 >&5; echo shown") };
	struct pspawn_buffer out, shown;
	struct pspawn_stream seen = pspawn_stream_collect(1, &shown);
	struct pspawn_stream both = pspawn_stream_and(pspawn_stream_collect(4, &out), 5);
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(seen, both) };
	struct pspawn_io shows_both = { .size = sizeof(io),
					.flags = PSPAWN_ON_TERMINAL,
					PSPAWN_STREAMS(pspawn_stream_and(seen, 2)) };
	struct pspawn_io shows_more = { .size = sizeof(io),
					.flags = PSPAWN_ON_TERMINAL,
					PSPAWN_STREAMS(pspawn_stream_and(seen, 5)) };

	CHECK_INT(pspawn_run(&cmd, &shows_both, NULL, NULL), -EINVAL);
	CHECK_INT(pspawn_run(&cmd, &shows_more, NULL, NULL), -EINVAL);
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), 0);
	CHECK_STR(out.data, "1\n2\n");
	CHECK(strstr(shown.data, "shown") != NULL);
	pspawn_buffer_free(&out);
	pspawn_buffer_free(&shown);
}
