/* SPDX-License-Identifier: ISC */
/* K09: each refusal of a run says what is wrong, and with which stream, stage or stop. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <pspawn_run.h>

#include "refused.h"
#include "suite.h"

enum { CHECK_STEP = PSPAWN_STEP_CHECK };

static struct pspawn_buffer out;
static int file;

static void refuse_run(const struct pspawn_io *io, struct refused_by by)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_error error;

	CHECK_INT(pspawn_run(&cmd, io, NULL, &error), -by.code);
	check_refusal(&error, &cmd, by);
	CHECK_INT(error.stream, by.what == PSPAWN_INDEX_STREAM ? by.index : -1);
	CHECK_INT(error.stage, 0);
}

#define IO(code, reason, ...)                                                                      \
	do {                                                                                       \
		const struct pspawn_io io_ = { .size = sizeof(io_), __VA_ARGS__ };                 \
		const struct refused_by by_ = { code, CHECK_STEP, PSPAWN_INDEX_NONE, -1, reason }; \
                                                                                                   \
		refuse_run(&io_, by_);                                                             \
	} while (0)

CASE(K09, members_of_io)
{
	struct {
		struct pspawn_io io;
		long long tail;
	} newer = { { .size = sizeof(newer) }, 1 };
	struct refused_by by = { E2BIG, CHECK_STEP, PSPAWN_INDEX_NONE, -1,
				 "a member that this library does not know is not zero" };
	struct pspawn_io odd = { .size = 8 };

	refuse_run(&newer.io, by);
	by.reason = "the size is larger than 4096";
	odd.size = 4097;
	refuse_run(&odd, by);
	by.code = EINVAL;
	by.reason = "the size is smaller than the first version's";
	odd.size = 8;
	refuse_run(&odd, by);
	IO(EINVAL, "an unknown flag of struct pspawn_io", .flags = 8);
	IO(EINVAL, "`reserved` of struct pspawn_io is not 0", .reserved = { 0, 0, 0, 1 });
	IO(EINVAL, "streams is NULL, and nstreams is not 0", .nstreams = 1);
	IO(E2BIG, "nstreams is above PSPAWN_MAX_ENTRIES", .streams = (const void *)&out,
	   .nstreams = PSPAWN_MAX_ENTRIES + 1);
	IO(EINVAL, "timeout_ms is below -1", .timeout_ms = -2);
	IO(EINVAL, "silent_ms is below -1", .silent_ms = -2);
	IO(EINVAL, "silent_ms needs a stream that is collected through a pipe", .silent_ms = 1);
	IO(EINVAL, "drain_idle_ms is below -1", .drain_idle_ms = -2);
	IO(EINVAL, "drain_max_ms is below -1", .drain_max_ms = -2);
	IO(EINVAL, "an unknown drain policy", .drain = PSPAWN_DRAIN_EXIT + 1);
	IO(EINVAL, "an unknown reach", .reach = PSPAWN_REACH_CGROUP + 1);
	IO(EINVAL, "stops is NULL, and nstops is not 0", .nstops = 1);
	IO(E2BIG, "nstops is above PSPAWN_MAX_ENTRIES", .stops = (const void *)&out,
	   .nstops = PSPAWN_MAX_ENTRIES + 1);
	IO(EINVAL, "1 of a terminal has to be collected", .flags = PSPAWN_ON_TERMINAL);
}

CASE(K09, stops)
{
	struct pspawn_stop stops[] = { { SIGTERM, 0 }, { 0, 0 } };
	struct pspawn_io io = { .size = sizeof(io), .stops = stops, .nstops = 2 };
	struct refused_by by = { EINVAL, CHECK_STEP, PSPAWN_INDEX_STOP, 1, "its signal is none" };

	refuse_run(&io, by);
	stops[1] = (struct pspawn_stop){ SIGKILL, -2 };
	by.reason = "its wait_ms is below -1";
	refuse_run(&io, by);
}

CASE(K09, second_number_of_a_stream)
{
	struct pspawn_stream odd = pspawn_stream_and(pspawn_stream_collect(5, &out), -1);
	struct pspawn_io io = { .size = sizeof(io), .streams = &odd, .nstreams = 1 };
	struct refused_by by = { EBADF, CHECK_STEP, PSPAWN_INDEX_STREAM, 0,
				 "its second number is negative" };

	refuse_run(&io, by);
}

static void refuse_stream(struct pspawn_stream stream, unsigned flags, const char *reason)
{
	struct pspawn_io io = { .size = sizeof(io),
				.flags = flags,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out), stream) };
	struct refused_by by = { stream.child < 0 ? EBADF : EINVAL, CHECK_STEP, PSPAWN_INDEX_STREAM,
				 1, reason };

	refuse_run(&io, by);
}

#define STREAM(stream, reason) refuse_stream(stream, 0, reason)
#define SHOWN(stream, reason) refuse_stream(stream, PSPAWN_ON_TERMINAL, reason)

CASE(K09, streams)
{
	struct pspawn_stream odd = pspawn_stream_collect(5, &out);

	odd.kind = 99;
	STREAM(odd, "an unknown kind");
	odd = pspawn_stream_collect(5, &out);
	odd.spare[0] = &odd;
	STREAM(odd, "its `spare` is not zero");
	odd.spare[0] = NULL;
	STREAM(pspawn_stream_and(pspawn_stream_feed(5, "x", 1), 6),
	       "a second number is for what is collected through a pipe");
	odd.flags = 1u << 31;
	STREAM(odd, "an unknown flag");
	odd.flags = PSPAWN_STREAM_AFTER;
	STREAM(odd, "PSPAWN_STREAM_AFTER is for what is typed on a terminal");
	odd.flags = 0;
	odd.after = "x";
	STREAM(odd, "`after` is there without PSPAWN_STREAM_AFTER");
	STREAM(pspawn_stream_collect(-1, &out), "the number in the child is negative");
	STREAM(pspawn_stream_of_stage(pspawn_stream_collect(5, &out), 1), "there is no such stage");
	STREAM(pspawn_stream_of_stage(pspawn_stream_feed(5, "x", 1), PSPAWN_EVERY_STAGE),
	       "what is fed is for one stage");
	STREAM(pspawn_stream_limit(pspawn_stream_collect(5, &out), 1, -1), "an unknown `keep`");
	STREAM(pspawn_stream_collect(5, NULL), "needs a buffer");
	STREAM(pspawn_stream_collect_call(5, NULL, NULL), "needs a function `take`");
	STREAM(pspawn_stream_collect_lines(5, NULL, NULL), "needs a function `line`");
	STREAM(pspawn_stream_collect_file(5, NULL), "`file` is NULL");
	STREAM(pspawn_stream_feed(5, NULL, 1), "data is NULL, and size is not 0");
	STREAM(pspawn_stream_feed_call(5, NULL, NULL), "needs a function `give`");
	STREAM(pspawn_stream_collect(1, &out),
	       "the map, another stream or a pipe of the run has this number, too");
	SHOWN(pspawn_stream_collect(1, &out), "two streams have this number");
	SHOWN(pspawn_stream_collect_file(0, &file), "a terminal is no file");
	SHOWN(pspawn_stream_feed(2, "x", 1), "of a terminal, 0 is fed and 1 is collected");
}

/* Of three programs the second is wrong: an entry of its own, or it as a whole. */
static void refuse_second(struct pspawn_cmd second, unsigned flags, struct refused_by by)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") },
				     second,
				     { PSPAWN_CMD("/bin/true") } };
	struct pspawn_io io = { .size = sizeof(io), .flags = flags };
	struct pspawn_error error;

	CHECK_INT(pspawn_pipeline(cmds, 3, &io, NULL, &error), -by.code);
	check_refusal(&error, &cmds[1], by);
	CHECK_INT(error.stage, 1);
	CHECK_INT(error.stream, -1);
}

CASE(K09, stages)
{
	static char *const nothing[] = { NULL };
	struct pspawn_cmd good = { PSPAWN_CMD("/bin/true") }, second = good;
	struct pspawn_attr leads = pspawn_attr_setsid();
	struct refused_by by = { EINVAL, CHECK_STEP, PSPAWN_INDEX_STAGE, 1,
				 "argv is NULL or empty" };

	second.argv = nothing;
	refuse_second(second, 0, by);
	second = good;
	second.flags = PSPAWN_ASYNC;
	by.reason = "PSPAWN_ASYNC is not for runs";
	refuse_second(second, 0, by);
	second.flags = PSPAWN_NO_POLLFD;
	by.reason = "PSPAWN_NO_POLLFD is not for runs";
	refuse_second(second, 0, by);
	second = good;
	second.attrs = &leads;
	second.nattrs = 1;
	by.reason = "SETSID, PGROUP and PSPAWN_ONE_GROUP exclude each other";
	refuse_second(second, PSPAWN_ONE_GROUP, by);
}

CASE(K09, number_of_the_terminal)
{
	struct pspawn_fd fds[] = { pspawn_fd_null(5), pspawn_fd_null(1) };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .fds = fds, .nfds = 2 };
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct refused_by by = { EINVAL, CHECK_STEP, PSPAWN_INDEX_FD, 1,
				 "a pipe or the terminal of the run has this number" };
	struct pspawn_error error;

	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -EINVAL);
	check_refusal(&error, &cmd, by);
}

/* How many programs there may be; and what is about none of them by itself. */
CASE(K09, counts_of_programs)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") }, { PSPAWN_CMD("/bin/true") } };
	struct pspawn_io io = { .size = sizeof(io), .flags = PSPAWN_ON_TERMINAL };
	struct refused_by by = { EINVAL, CHECK_STEP, PSPAWN_INDEX_NONE, -1, "there is no program" };
	struct pspawn_error error;

	CHECK_INT(pspawn_pipeline(cmds, 0, NULL, NULL, &error), -EINVAL);
	check_refusal(&error, NULL, by);
	by.reason = "PSPAWN_ON_TERMINAL is for one program";
	CHECK_INT(pspawn_pipeline(cmds, 2, &io, NULL, &error), -EINVAL);
	check_refusal(&error, NULL, by);
	by.code = E2BIG;
	by.reason = "more than PSPAWN_MAX_ENTRIES programs";
	CHECK_INT(pspawn_pipeline(cmds, PSPAWN_MAX_ENTRIES + 1, NULL, NULL, &error), -E2BIG);
	check_refusal(&error, NULL, by);
}

CASE(K09, combined_output)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_null(7), pspawn_fd_null(2)) };
	struct refused_by by = { EINVAL, CHECK_STEP, PSPAWN_INDEX_FD, 1,
				 "the collected output has this number" };
	struct pspawn_error error;

	CHECK_INT(pspawn_combined_output(&cmd, &out, NULL, &error), -EINVAL);
	check_refusal(&error, &cmd, by);
	CHECK_INT(pspawn_combined_output(NULL, &out, NULL, &error), -EINVAL);
	by = (struct refused_by){ EINVAL, CHECK_STEP, PSPAWN_INDEX_NONE, -1,
				  "the description is NULL" };
	check_refusal(&error, NULL, by);
}

/* That a stage is at fault, and no entry of it, is said at other steps, too. */
CASE(K09, a_program_that_is_missing_is_a_stages)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") }, { PSPAWN_CMD("/nonexistent") } };
	struct pspawn_error error;

	CHECK_INT(pspawn_pipeline(cmds, 2, NULL, NULL, &error), -ENOENT);
	CHECK_INT(error.what, PSPAWN_INDEX_STAGE);
	CHECK_INT(error.index, 1);
	CHECK_INT(error.stage, 1);
	CHECK_INT(pspawn_pipeline(cmds + 1, 1, NULL, NULL, &error), -ENOENT);
	CHECK_INT(error.what, PSPAWN_INDEX_NONE);
	CHECK_INT(error.index, -1);
}
