/* SPDX-License-Identifier: ISC */
/* U10 to U12: which stream was refused, and of which stage. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "pour.h"
#include "suite.h"
#include "table.h"

struct refusal {
	const char *name;
	struct pspawn_stream stream;
	int code, step, stage;
};

static struct pspawn_buffer buffer;

static struct pspawn_stream kind_of(int child, int kind)
{
	return pspawn_stream_make(child, kind);
}

static struct pspawn_stream flagged(unsigned flags, const void *spare)
{
	struct pspawn_stream stream = pspawn_stream_collect(5, &buffer);

	stream.flags = flags;
	stream.spare[0] = spare;
	return stream;
}

static void refuse(const struct pspawn_cmd *cmds, size_t count, const struct refusal *refusal)
{
	struct pspawn_buffer first = { .length = 5 };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect(9, &first), refusal->stream) };
	struct pspawn_result result = { .stage = 5 };
	struct pspawn_error error;

	suite_note("%s", refusal->name);
	CHECK_INT(pspawn_pipeline(cmds, count, &io, &result, &error), refusal->code);
	CHECK_INT(error.code, -refusal->code);
	CHECK_INT(error.step, refusal->step);
	CHECK_INT(error.stream, 1);
	CHECK_INT(error.what, PSPAWN_INDEX_STREAM);
	expect_explained(&error);
	CHECK_INT(error.stage, refusal->stage);
	CHECK_INT(result.stage, 0);
	CHECK_INT(result.elapsed_us, 0);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

#define REFUSE(cmds, count, ...)                                                                   \
	do {                                                                                       \
		const struct refusal refusal_ = { __VA_ARGS__ };                                   \
                                                                                                   \
		refuse(cmds, count, &refusal_);                                                    \
	} while (0)
#define INVALID(cmds, count, name, stream)                                                         \
	REFUSE(cmds, count, name, stream, -EINVAL, PSPAWN_STEP_CHECK, 0)

CASE(U10, streams_that_cannot_be_meant)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("true") }, { PSPAWN_CMD("true") } };
	struct pspawn_stream out = pspawn_stream_collect(5, &buffer);
	struct pspawn_stream in = pspawn_stream_feed(5, "x", 1);

	INVALID(cmds, 2, "no kind", kind_of(5, 0));
	INVALID(cmds, 2, "a kind too many", kind_of(5, PSPAWN_COLLECT_FILE + 1));
	INVALID(cmds, 2, "a kind below all", kind_of(5, -1));
	INVALID(cmds, 2, "no data", pspawn_stream_feed(5, NULL, 1));
	INVALID(cmds, 2, "no data for a file", pspawn_stream_feed_file(5, NULL, 1));
	INVALID(cmds, 2, "no give", pspawn_stream_feed_call(5, NULL, NULL));
	INVALID(cmds, 2, "no take", pspawn_stream_collect_call(5, NULL, NULL));
	INVALID(cmds, 2, "no line", pspawn_stream_collect_lines(5, NULL, NULL));
	INVALID(cmds, 2, "no buffer", pspawn_stream_collect(5, NULL));
	INVALID(cmds, 2, "no file", pspawn_stream_collect_file(5, NULL));
	INVALID(cmds, 2, "keep what", pspawn_stream_limit(out, 5, PSPAWN_KEEP_BOTH + 1));
	INVALID(cmds, 2, "keep what", pspawn_stream_limit(out, 5, -1));
	INVALID(cmds, 2, "an unknown flag", flagged(2, NULL));
	INVALID(cmds, 2, "spare", flagged(0, &buffer));
	INVALID(cmds, 2, "a stage too many", pspawn_stream_of_stage(out, 2));
	INVALID(cmds, 2, "a stage below all", pspawn_stream_of_stage(out, PSPAWN_EVERY_STAGE - 1));
	INVALID(cmds, 2, "fed to every stage", pspawn_stream_of_stage(in, PSPAWN_EVERY_STAGE));
	REFUSE(cmds, 2, "no number", pspawn_stream_collect(-1, &buffer), -EBADF, PSPAWN_STEP_CHECK,
	       0);
}

/* Numbers that the map, another stream or the pipeline has. */
CASE(U11, numbers_that_are_taken)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("true"), PSPAWN_FDS(pspawn_fd_null(5)) },
				     { PSPAWN_CMD("true"), PSPAWN_FDS(pspawn_fd_null(7)) } };
	struct pspawn_stream out = pspawn_stream_collect(5, &buffer);

	REFUSE(cmds, 2, "in the map of the first", pspawn_stream_feed(5, "x", 1), -EINVAL,
	       PSPAWN_STEP_CHECK, 0);
	REFUSE(cmds, 2, "in the map of the last", pspawn_stream_collect(7, &buffer), -EINVAL,
	       PSPAWN_STEP_CHECK, 1);
	REFUSE(cmds, 2, "in the map of one of all", pspawn_stream_of_stage(out, PSPAWN_EVERY_STAGE),
	       -EINVAL, PSPAWN_STEP_CHECK, 0);
	REFUSE(cmds, 2, "another stream's", pspawn_stream_collect(9, &buffer), -EINVAL,
	       PSPAWN_STEP_CHECK, 1);
}

/* The ends of links are the pipeline's. */
CASE(U12, numbers_of_the_pipeline)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("true") },
				     { PSPAWN_CMD("true") },
				     { PSPAWN_CMD("true") } };
	static const int taken[][2] = { { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 2 } };
	struct pspawn_error error;

	for (size_t i = 0; i < 4; i++) {
		struct pspawn_stream stream =
		    taken[i][0] ? pspawn_stream_collect(1, &buffer) : pspawn_stream_feed(0, "x", 1);
		struct pspawn_io io = { .size = sizeof(io),
					PSPAWN_STREAMS(
					    pspawn_stream_of_stage(stream, taken[i][1])) };

		CHECK_INT(pspawn_pipeline(cmds, 3, &io, NULL, &error), -EINVAL);
		CHECK_INT(error.stage, taken[i][1]);
		CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	}
	/* All ends that are left are the caller's to feed and collect. */
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, "x", 1),
					       pspawn_stream_collect(1, &buffer)) };

	CHECK_INT(pspawn_pipeline(cmds, 3, &io, NULL, &error), 0);
	free(buffer.data);
}
