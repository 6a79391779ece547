/* SPDX-License-Identifier: ISC */
/* W0x: runs that are refused, and the sentences for that. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attr-refuse.h"
#include "fault.h"
#include "suite.h"
#include "table.h"

enum { NOTHING = -1 };

static struct pspawn_buffer out;
static struct pspawn_transfer told;
static int file;

/* What has to be cleared by a start that fails. */
static void make_dirty(struct pspawn_result *result)
{
	memset(&out, 0x55, sizeof(out));
	memset(&told, 0x55, sizeof(told));
	memset(result, 0x55, sizeof(*result));
	file = 77;
}

static int is_zero(const void *data, size_t size)
{
	const char *bytes = data;

	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return 0;
	return 1;
}

/* But for the code, which no program has exited with. */
static int has_no_result(struct pspawn_result result)
{
	int code = result.status.code;

	result.status.code = 0;
	return code == -1 && is_zero(&result, sizeof(result));
}

struct refused {
	int code, stream, stage;
};

static void refuse_pipeline(const struct pspawn_cmd *cmds, size_t count, const struct pspawn_io *io,
			    struct refused expected)
{
	unsigned long long before = open_numbers();
	int held = fault_malloc_held();
	struct pspawn_result result;
	struct pspawn_error error;

	make_dirty(&result);
	memset(&error, 0x55, sizeof(error));
	errno = 12345;
	CHECK_INT(pspawn_pipeline(cmds, count, io, &result, &error), -expected.code);
	CHECK_INT(errno, 12345);
	CHECK_INT(error.code, expected.code);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
	CHECK_INT(error.stream, expected.stream);
	CHECK_INT(error.stage, expected.stage);
	expect_explained(&error);
	CHECK(has_no_result(result));
	CHECK_INT(fault_malloc_held(), held);
	CHECK_INT(open_numbers(), before);
	CHECK_INT(pspawn_pipeline(cmds, count, io, NULL, NULL), -expected.code);
}

static void refuse_io(struct pspawn_io io, int code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct refused expected = { code, NOTHING, 0 };

	io.size = io.size ? io.size : sizeof(io);
	refuse_pipeline(&cmd, 1, &io, expected);
}

/* As the third of streams of which the others are right, and are left as after a failed start. */
static void refuse_stream_of(struct pspawn_io io, struct pspawn_stream stream, int code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_stream streams[] = {
		pspawn_stream_report(pspawn_stream_collect(8, &out), &told),
		pspawn_stream_collect_file(9, &file), stream, pspawn_stream_feed(10, "x", 1)
	};
	struct refused expected = { code, 2, 0 };

	io.size = sizeof(io);
	io.streams = streams;
	io.nstreams = 4;
	refuse_pipeline(&cmd, 1, &io, expected);
	CHECK(is_zero(&out, sizeof(out)));
	CHECK(is_zero(&told, sizeof(told)));
	CHECK_INT(file, -1);
}

static void refuse_stream(struct pspawn_stream stream, int code)
{
	refuse_stream_of((struct pspawn_io){ 0 }, stream, code);
}

static void refuse_members_of_io(const void *unused)
{
	struct pspawn_stop unknown = { NSIG, 0 }, none = { 0, 0 }, negative = { -1, 0 },
			   before = { SIGTERM, -2 };

	(void)unused;
	forbid_side_effects();
	refuse_io((struct pspawn_io){ .size = 8 }, EINVAL);
	refuse_io((struct pspawn_io){ .size = sizeof(struct pspawn_io) - 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .size = 4097 }, E2BIG);
	refuse_io((struct pspawn_io){ .size = (size_t)-1 }, E2BIG);
	refuse_io((struct pspawn_io){ .flags = 8 }, EINVAL);
	refuse_io((struct pspawn_io){ .flags = 1u << 31 }, EINVAL);
	for (int i = 0; i < 4; i++) {
		struct pspawn_io io = { 0 };

		io.reserved[i] = 1;
		refuse_io(io, EINVAL);
	}
	refuse_io((struct pspawn_io){ .nstreams = 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .streams = (void *)&out, .nstreams = 65537 }, E2BIG);
	refuse_io((struct pspawn_io){ .timeout_ms = -2 }, EINVAL);
	refuse_io((struct pspawn_io){ .timeout_ms = INT_MIN }, EINVAL);
	refuse_io((struct pspawn_io){ .silent_ms = -2 }, EINVAL);
	refuse_io((struct pspawn_io){ .drain_idle_ms = -2 }, EINVAL);
	refuse_io((struct pspawn_io){ .drain_max_ms = -2 }, EINVAL);
	refuse_io((struct pspawn_io){ .drain = -1 }, EINVAL);
	refuse_io((struct pspawn_io){ .drain = PSPAWN_DRAIN_EXIT + 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .reach = -1 }, EINVAL);
	refuse_io((struct pspawn_io){ .reach = PSPAWN_REACH_CGROUP + 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .nstops = 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .stops = &none, .nstops = 65537 }, E2BIG);
	refuse_io((struct pspawn_io){ .stops = &none, .nstops = 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .stops = &negative, .nstops = 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .stops = &unknown, .nstops = 1 }, EINVAL);
	refuse_io((struct pspawn_io){ .stops = &before, .nstops = 1 }, EINVAL);
	/* The runner's own look afterwards would be a side effect. */
	_exit(0);
}

CASE(W01, members_of_io)
{
	suite_apart(refuse_members_of_io, NULL);
}

CASE(W01, unknown_tail_of_io)
{
	struct {
		struct pspawn_io io;
		long long tail[2];
	} newer = { { .size = sizeof(newer) }, { 0, 0 } };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct refused expected = { E2BIG, NOTHING, 0 };

	CHECK_INT(pspawn_run(&cmd, &newer.io, NULL, NULL), 0);
	newer.tail[1] = 1;
	refuse_pipeline(&cmd, 1, &newer.io, expected);
}

static struct pspawn_stream with_size(struct pspawn_stream stream, size_t size)
{
	stream.size = size;
	return stream;
}

static void refuse_members_of_streams(const void *unused)
{
	struct pspawn_stream odd = pspawn_stream_feed(0, "x", 1);

	(void)unused;
	forbid_side_effects();
	odd.kind = 0;
	refuse_stream(odd, EINVAL);
	odd.kind = PSPAWN_COLLECT_FILE + 1;
	refuse_stream(odd, EINVAL);
	odd.kind = INT_MIN;
	refuse_stream(odd, EINVAL);
	odd = pspawn_stream_feed(0, "x", 1);
	odd.also = 4;
	refuse_stream(odd, EINVAL);
	odd.also = 0;
	odd.flags = 2;
	refuse_stream(odd, EINVAL);
	refuse_stream(pspawn_stream_feed(-1, "x", 1), EBADF);
	refuse_stream(pspawn_stream_collect(INT_MIN, &out), EBADF);
	refuse_stream(with_size(pspawn_stream_feed(0, NULL, 0), 1), EINVAL);
	refuse_stream(with_size(pspawn_stream_feed_file(0, NULL, 0), 1), EINVAL);
	refuse_stream(pspawn_stream_feed_call(0, NULL, NULL), EINVAL);
	refuse_stream(pspawn_stream_collect(1, NULL), EINVAL);
	refuse_stream(pspawn_stream_collect_call(1, NULL, NULL), EINVAL);
	refuse_stream(pspawn_stream_collect_lines(1, NULL, NULL), EINVAL);
	refuse_stream(pspawn_stream_collect_file(1, NULL), EINVAL);
	refuse_stream(pspawn_stream_limit(pspawn_stream_collect(1, &out), 5, -1), EINVAL);
	refuse_stream(pspawn_stream_limit(pspawn_stream_collect(1, &out), 5, PSPAWN_KEEP_BOTH + 1),
		      EINVAL);
	refuse_stream(pspawn_stream_of_stage(pspawn_stream_collect(1, &out), 1), EINVAL);
	refuse_stream(pspawn_stream_of_stage(pspawn_stream_collect(1, &out), INT_MAX), EINVAL);
	refuse_stream(pspawn_stream_of_stage(pspawn_stream_collect(1, &out), -3), EINVAL);
	refuse_stream(pspawn_stream_of_stage(pspawn_stream_feed(0, "x", 1), PSPAWN_EVERY_STAGE),
		      EINVAL);
	_exit(0);
}

CASE(W02, members_of_streams)
{
	suite_apart(refuse_members_of_streams, NULL);
}

/* Two for one number; one for a number that the map mentions, or that none may have. */
CASE(W02, numbers_of_streams)
{
	struct pspawn_cmd mapped = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_null(7)) };
	struct pspawn_stream streams[] = { pspawn_stream_collect(1, &out),
					   pspawn_stream_feed(0, "x", 1),
					   pspawn_stream_feed(7, "x", 1) };
	struct pspawn_io io = { .size = sizeof(io), .streams = streams, .nstreams = 3 };
	struct refused third = { EINVAL, 2, 0 };

	refuse_pipeline(&mapped, 1, &io, third);
	CHECK(is_zero(&out, sizeof(out)));
	streams[2] = pspawn_stream_collect_file(7, &file);
	refuse_pipeline(&mapped, 1, &io, third);
	CHECK_INT(file, -1);
	streams[2].child = 1;
	refuse_pipeline(&mapped, 1, &io, third);
	streams[2].child = INT_MAX;
	third.code = EBADF;
	refuse_pipeline(&mapped, 1, &io, third);
}

CASE(W03, numbers_of_pipelines)
{
	struct pspawn_cmd plain = { PSPAWN_CMD("/bin/true") };
	struct pspawn_cmd mapped = { PSPAWN_CMD("/bin/true"),
				     PSPAWN_FDS(pspawn_fd_null(0), pspawn_fd_null(1)) };
	struct pspawn_cmd cmds[] = { plain, mapped, plain };
	struct pspawn_stream streams[] = { pspawn_stream_feed(0, "x", 1),
					   pspawn_stream_collect(1, &out) };
	struct pspawn_io io = { .size = sizeof(io), .streams = streams, .nstreams = 2 };
	struct refused none = { EINVAL, NOTHING, 0 }, of_stream = { EINVAL, 1, 1 };

	refuse_pipeline(cmds, 0, &io, none);
	/* Numbers that a stage has redirected itself. */
	streams[1] = pspawn_stream_of_stage(pspawn_stream_collect(1, &out), 1);
	refuse_pipeline(cmds, 3, &io, of_stream);
	streams[1] = pspawn_stream_of_stage(pspawn_stream_feed(0, "x", 1), 1);
	refuse_pipeline(cmds, 3, &io, of_stream);
	cmds[1] = plain;
	of_stream.stage = 0;
	/* Numbers that lead to the next stage, or come from the one before. */
	streams[1] = pspawn_stream_of_stage(pspawn_stream_collect(1, &out), 0);
	refuse_pipeline(cmds, 3, &io, of_stream);
	streams[1] = pspawn_stream_of_stage(pspawn_stream_collect(1, &out), PSPAWN_EVERY_STAGE);
	refuse_pipeline(cmds, 3, &io, of_stream);
	streams[1] = pspawn_stream_of_stage(pspawn_stream_feed(0, "x", 1), 2);
	of_stream.stage = 2;
	refuse_pipeline(cmds, 3, &io, of_stream);
}

static void refuse_group(struct pspawn_attr attr, int stage)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") }, { PSPAWN_CMD("/bin/true") } };
	struct pspawn_io io = { .size = sizeof(io), .flags = PSPAWN_ONE_GROUP };
	struct refused expected = { EINVAL, NOTHING, stage };

	cmds[stage].attrs = &attr;
	cmds[stage].nattrs = 1;
	refuse_pipeline(cmds, 2, &io, expected);
}

CASE(W03, groups_of_pipelines)
{
	for (int stage = 0; stage < 2; stage++) {
		refuse_group(pspawn_attr_setsid(), stage);
		refuse_group(pspawn_attr_pgroup(0), stage);
	}
}

/* A stage that is refused is so before the first is started. */
CASE(W03, descriptions_of_pipelines)
{
	static char *const nothing[] = { NULL };
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/sh", "-c", "echo >started") },
				     { .size = sizeof(cmds[1]), .argv = nothing } };
	struct refused expected = { EINVAL, NOTHING, 1 };
	struct pspawn_error error;

	refuse_pipeline(cmds, 2, NULL, expected);
	cmds[1] = (struct pspawn_cmd){ PSPAWN_CMD("no-such-program") };
	CHECK_INT(pspawn_pipeline(cmds, 2, NULL, NULL, &error), -ENOENT);
	CHECK_INT(error.step, PSPAWN_STEP_SEARCH);
	CHECK_INT(error.stage, 1);
	CHECK_INT(access("started", F_OK), -1);
}

CASE(W04, terminals)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") }, { PSPAWN_CMD("/bin/true") } };
	struct pspawn_stream streams[] = { pspawn_stream_feed(0, "x", 1),
					   pspawn_stream_collect(1, &out) };
	struct pspawn_io io = { .size = sizeof(io), .flags = PSPAWN_ON_TERMINAL };
	struct pspawn_io terminal = io;
	struct refused expected = { EINVAL, NOTHING, 0 };

	/* Nobody reads what is shown; more than one program. */
	refuse_io(io, EINVAL);
	io.streams = streams;
	io.nstreams = 1;
	refuse_pipeline(cmds, 1, &io, expected);
	io.nstreams = 2;
	refuse_pipeline(cmds, 2, &io, expected);
	refuse_stream_of(terminal, pspawn_stream_feed(1, "x", 1), EINVAL);
	refuse_stream_of(terminal, pspawn_stream_feed(2, "x", 1), EINVAL);
	refuse_stream_of(terminal, pspawn_stream_collect(0, &out), EINVAL);
	refuse_stream_of(terminal, pspawn_stream_collect(2, &out), EINVAL);
	refuse_stream_of(terminal, pspawn_stream_feed_file(0, "x", 1), EINVAL);
	refuse_stream_of(terminal, pspawn_stream_collect_file(1, &file), EINVAL);
}

/* Where the sentence is not complete, it goes on in libc's words. */
static void says(struct pspawn_error error, const char *begin)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_null(7)) };
	char buf[256], expected[256];
	int is_whole = begin[strlen(begin) - 1] != ' ';

	snprintf(expected, sizeof(expected), "%s%s", begin, is_whole ? "" : strerror(error.code));
	errno = 12345;
	CHECK_INT(pspawn_strerror(&error, &cmd, buf, sizeof(buf)), strlen(expected));
	CHECK_STR(buf, expected);
	CHECK_INT(pspawn_strerror(&error, NULL, buf, sizeof(buf)), strlen(expected));
	CHECK_INT(errno, 12345);
}

static struct pspawn_error about_stream(int code, int step, int stream)
{
	struct pspawn_error error = { .code = code,
				      .step = step,
				      .index = stream,
				      .stream = stream,
				      .what =
					  stream < 0 ? PSPAWN_INDEX_NONE : PSPAWN_INDEX_STREAM };

	return error;
}

#define SAYS(code, step, stream, sentence) says(about_stream(code, step, stream), sentence)

CASE(W05, sentences)
{
	SAYS(EINVAL, PSPAWN_STEP_CHECK, 2, "check the description (stream 2): ");
	SAYS(EINVAL, PSPAWN_STEP_CHECK, -1, "check the description: ");
	SAYS(EMFILE, PSPAWN_STEP_PREPARE, 0, "prepare (stream 0): ");
	SAYS(ENOMEM, PSPAWN_STEP_COLLECT, 1, "collect its output (stream 1): ");
	SAYS(EFBIG, PSPAWN_STEP_COLLECT, 1, "collect its output (stream 1): more than its limit");
	SAYS(EOVERFLOW, PSPAWN_STEP_COLLECT, 0,
	     "collect its output (stream 0): more than its limit");
	SAYS(EIO, PSPAWN_STEP_FEED, 0, "feed the program (stream 0): ");
	SAYS(ETIMEDOUT, PSPAWN_STEP_STOP, -1, "stop the program: it has taken too long");
	SAYS(ECANCELED, PSPAWN_STEP_STOP, -1, "stop the program: as asked");
	SAYS(ECHILD, PSPAWN_STEP_WAIT, -1,
	     "learn its status: somebody else has waited for it, or SIGCHLD is ignored");
}
