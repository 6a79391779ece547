/* SPDX-License-Identifier: ISC */
/* W2x: no number left, for each in turn; and numbers that are not open, never one of ours. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "around-run.h"
#include "suite.h"
#include "table.h"

enum { FULL = 40 };

/* Fill the table but for so many numbers, and see what the scene makes of it. Its answer. */
static int with_spare(int (*scene)(void), int spare)
{
	struct rlimit old, low;
	int result;

	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	low.rlim_cur = FULL;
	for (int number = 3; number < FULL - spare; number++)
		if (fcntl(number, F_GETFD) < 0)
			file_at(number, O_RDWR);
	setrlimit(RLIMIT_NOFILE, &low);
	result = scene();
	setrlimit(RLIMIT_NOFILE, &old);
	files_close();
	return result;
}

/* One number more each time, until it is enough. How many that takes. */
static int until_enough(int (*scene)(void))
{
	struct before_run before = before_run();
	int spare = 0;

	while (!with_spare(scene, spare)) {
		expect_as_before(&before);
		CHECK(spare++ < FULL);
	}
	expect_as_before(&before);
	return spare;
}

static int is_enough(int code, const struct pspawn_error *error)
{
	if (code == 0)
		return 1;
	CHECK_INT(code, -EMFILE);
	CHECK_INT(error->code, EMFILE);
	CHECK(error->step == PSPAWN_STEP_PREPARE || error->step == PSPAWN_STEP_CREATE);
	return 0;
}

static int run_every_kind(void)
{
	struct every_kind every;
	struct pspawn_io io = every_kind_io(&every);
	struct pspawn_cmd cmd = every_kind_cmd();
	struct pspawn_error error;
	int enough = is_enough(pspawn_run(&cmd, &io, NULL, &error), &error);

	if (enough)
		expect_every_kind(&every);
	else
		expect_no_kind(&every);
	return enough;
}

CASE(W20, streams_of_every_kind)
{
	/* Five pipes, one file of which we keep a side, and one of which the child has all. */
	CHECK(until_enough(run_every_kind) >= 2 * 5 + 2 + 1);
}

static int run_on_terminal(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "test -t 0 && echo yes") };
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_feed(0, "x\n", 2),
					       pspawn_stream_collect(1, &out)) };
	struct pspawn_error error;
	int enough = is_enough(pspawn_run(&cmd, &io, NULL, &error), &error);

	if (enough)
		CHECK(strstr(out.data, "yes\r\n") != NULL);
	else
		CHECK(out.data == NULL);
	free(out.data);
	return enough;
}

CASE(W20, terminals)
{
	/* Its two sides, and ours once more for each stream. */
	CHECK(until_enough(run_on_terminal) >= 4);
}

static int run_pipeline(void)
{
	struct pspawn_cmd cat = { PSPAWN_CMD("/bin/cat") };
	struct pspawn_cmd cmds[] = { cat, cat, cat };
	struct pspawn_buffer out, err;
	struct pspawn_stream streams[] = {
		pspawn_stream_feed(0, "words", 5), pspawn_stream_collect(1, &out),
		pspawn_stream_of_stage(pspawn_stream_collect(2, &err), PSPAWN_EVERY_STAGE)
	};
	struct pspawn_status statuses[3];
	struct pspawn_io io = {
		.size = sizeof(io), .statuses = statuses, .streams = streams, .nstreams = 3
	};
	struct pspawn_error error;
	int enough = is_enough(pspawn_pipeline(cmds, 3, &io, NULL, &error), &error);

	if (enough) {
		CHECK_STR(out.data, "words");
		CHECK_INT(err.length, 0);
	} else {
		CHECK(out.data == NULL && err.data == NULL);
	}
	for (int i = 0; i < 3; i++)
		CHECK_INT(statuses[i].exited, enough);
	free(out.data);
	free(err.data);
	return enough;
}

CASE(W20, pipelines)
{
	CHECK(until_enough(run_pipeline) >= 6);
}

static struct pspawn_job *job;

static int take_job_fd(void)
{
	int fd = pspawn_job_fd(job);

	if (fd == -ENOSYS)
		SKIP("no such descriptors here");
	if (fd >= 0) {
		struct pollfd due = { .fd = fd, .events = POLLIN };

		CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
		CHECK(poll(&due, 1, -1) == 1);
	} else {
		CHECK_INT(fd, -EMFILE);
	}
	return fd >= 0;
}

/* Without it, it goes on all the same. */
CASE(W21, the_descriptor_of_a_job)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/cat") };
	struct before_run before = before_run();
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, "words", 5),
					       pspawn_stream_collect(1, &out)) };
	int spare = 0;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	while (!with_spare(take_job_fd, spare))
		CHECK(spare++ < FULL);
	/* A kqueue is one descriptor; an epoll wants a timer beside it. */
	CHECK(spare >= 1);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_STR(out.data, "words");
	free(out.data);
	before.held++;
	pspawn_job_free(job);
	before.held--;
	expect_as_before(&before);
}

/* ---- numbers that are not open */

enum { STAGES = 3, LAST_TRIED = 24 };

struct not_open {
	struct pspawn_fd fd;
	struct pspawn_attr attr;
	int step;
};

/* A pipeline with descriptors of ours of all kinds, of which a stage reads a number. */
static void expect_not_open(const struct not_open *wish, size_t stage)
{
	struct pspawn_cmd cat = { PSPAWN_CMD("/bin/cat") };
	struct pspawn_cmd cmds[STAGES] = { cat, cat, cat };
	struct pspawn_buffer out[4];
	int files[2];
	struct pspawn_stream streams[] = {
		pspawn_stream_feed(0, "x", 1),
		pspawn_stream_collect(1, &out[0]),
		pspawn_stream_of_stage(pspawn_stream_collect(2, &out[1]), PSPAWN_EVERY_STAGE),
		pspawn_stream_of_stage(pspawn_stream_collect(50, &out[2]), 0),
		pspawn_stream_of_stage(pspawn_stream_collect(50, &out[3]), 1),
		pspawn_stream_of_stage(pspawn_stream_feed(51, "x", 1), 2),
		pspawn_stream_of_stage(pspawn_stream_feed_file(52, "x", 1), 0),
		pspawn_stream_of_stage(pspawn_stream_feed_file(52, "x", 1), 2),
		pspawn_stream_of_stage(pspawn_stream_collect_file(53, &files[0]),
				       PSPAWN_EVERY_STAGE),
		pspawn_stream_collect_file(54, &files[1]),
	};
	struct pspawn_io io = { .size = sizeof(io),
				.timeout_ms = 2000,
				.streams = streams,
				.nstreams = sizeof(streams) / sizeof(streams[0]) };
	struct pspawn_error error;
	int code;

	if (wish->attr.kind) {
		cmds[stage].attrs = &wish->attr;
		cmds[stage].nattrs = 1;
	} else {
		cmds[stage].fds = &wish->fd;
		cmds[stage].nfds = 1;
	}
	code = pspawn_pipeline(cmds, STAGES, &io, NULL, &error);
	if (code != -EBADF || error.step != wish->step || error.stage != (int)stage)
		FAIL("number %d of stage %zu: %d at step %d of stage %d",
		     wish->attr.kind ? wish->attr.number : wish->fd.number, stage, code, error.step,
		     error.stage);
	CHECK_INT(error.index, 0);
	CHECK_INT(error.stream, -1);
}

CASE(W22, numbers_that_are_not_open_are_not_ours)
{
	struct before_run before = before_run();

	for (int number = 3; number <= LAST_TRIED; number++) {
		struct not_open wishes[] = {
			{ pspawn_fd_dup(60, number), { 0 }, PSPAWN_STEP_PLACE },
			{ { 0 }, pspawn_attr_dir_fd(number), PSPAWN_STEP_CHDIR },
		};

		for (size_t stage = 0; stage < STAGES; stage++)
			for (int i = 0; i < 2; i++)
				if (i == 0 || number % 4 == 3)
					expect_not_open(&wishes[i], stage);
	}
	expect_as_before(&before);
}

/* A terminal's sides. */
CASE(W22, terminals)
{
	for (int number = 3; number <= 10; number++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/cat"),
					  PSPAWN_FDS(pspawn_fd_dup(60, number)) };
		struct pspawn_buffer out;
		struct pspawn_io io = { .size = sizeof(io),
					.flags = PSPAWN_ON_TERMINAL,
					PSPAWN_STREAMS(pspawn_stream_feed(0, "x", 1),
						       pspawn_stream_collect(1, &out)) };
		struct pspawn_error error;

		CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -EBADF);
		CHECK_INT(error.step, PSPAWN_STEP_PLACE);
		CHECK_INT(error.index, 0);
	}
}

/* An end of the child's is above 2 in it, wherever it is in us, and 0 to 2 may be closed here. */
CASE(W22, with_0_to_2_closed)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/cat") }, { PSPAWN_CMD("/bin/cat") } };
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, "words", 5),
					       pspawn_stream_collect(1, &out)) };
	int kept[3];

	for (int i = 0; i < 3; i++) {
		kept[i] = fcntl(i, F_DUPFD, 100);
		close(i);
	}
	CHECK_INT(pspawn_pipeline(cmds, 2, &io, NULL, NULL), 0);
	CHECK_STR(out.data, "words");
	free(out.data);
	for (int i = 0; i < 3; i++) {
		CHECK_INT(dup2(kept[i], i), i);
		close(kept[i]);
	}
}
