/* SPDX-License-Identifier: ISC */
/* W1x: no memory, for each piece of it in turn. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "around-run.h"
#include "fault.h"
#include "suite.h"
#include "table.h"

/* Run it with the nth allocation failing, for each n. Returns how many there are. */
static int for_each_allocation(void (*run)(void))
{
	struct before_run before = before_run();
	int nth = 0, calls;

	do {
		calls = fault_malloc_calls();
		fault_malloc(++nth);
		run();
		fault_malloc(0);
		expect_as_before(&before);
	} while (fault_malloc_calls() - calls >= nth);
	return nth - 1;
}

/* A start fails when it is prepared; a run that goes on is stopped while it collects. */
static void expect_shortage(int code, const struct pspawn_error *error)
{
	CHECK_INT(code, -ENOMEM);
	CHECK_INT(error->code, ENOMEM);
	if (error->step != PSPAWN_STEP_COLLECT)
		CHECK_INT(error->step, PSPAWN_STEP_PREPARE);
}

static void run_every_kind(void)
{
	struct every_kind every;
	struct pspawn_io io = every_kind_io(&every);
	struct pspawn_cmd cmd = every_kind_cmd();
	struct pspawn_result result;
	struct pspawn_error error;
	int code = pspawn_run(&cmd, &io, &result, &error);

	if (code == 0) {
		expect_every_kind(&every);
		return;
	}
	expect_shortage(code, &error);
	if (error.step == PSPAWN_STEP_PREPARE) {
		expect_no_kind(&every);
		CHECK_INT(result.status.exited, 0);
		return;
	}
	CHECK_INT(result.stop_reason, PSPAWN_STOP_FAILURE);
	CHECK_INT(error.stream, 3);
	close(every.file);
	free(every.out.data);
}

CASE(W10, streams_of_every_kind)
{
	/* The job, its launch, the plan; three streams' rooms; a buffer that grows and shrinks. */
	CHECK(for_each_allocation(run_every_kind) >= 7);
}

static void run_pipeline(void)
{
	struct pspawn_cmd cat = { PSPAWN_CMD("/bin/cat") };
	struct pspawn_cmd cmds[] = { cat, cat, cat };
	struct pspawn_status statuses[3];
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.statuses = statuses,
				PSPAWN_STREAMS(pspawn_stream_feed(0, "words", 5),
					       pspawn_stream_collect(1, &out)) };
	struct pspawn_error error;
	int code = pspawn_pipeline(cmds, 3, &io, NULL, &error);

	if (code < 0)
		expect_shortage(code, &error);
	else
		CHECK_STR(out.data, "words");
	if (code < 0 && error.step == PSPAWN_STEP_PREPARE)
		CHECK(out.data == NULL);
	CHECK_INT(statuses[2].exited || statuses[2].signal,
		  code == 0 || error.step == PSPAWN_STEP_COLLECT);
	free(out.data);
}

CASE(W10, pipelines)
{
	CHECK(for_each_allocation(run_pipeline) >= 4);
}

/* So many that they are not polled in memory on the stack. */
static void run_with_many_files(void)
{
	static int files[70];
	static struct pspawn_stream streams[70];
	struct pspawn_io io = { .size = sizeof(io), .streams = streams, .nstreams = 70 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_error error;
	int code;

	for (int i = 0; i < 70; i++)
		streams[i] = pspawn_stream_collect_file(3 + i, &files[i]);
	code = pspawn_run(&cmd, &io, NULL, &error);
	if (code < 0)
		expect_shortage(code, &error);
	for (int i = 0; i < 70; i++) {
		CHECK_INT(files[i] > 2, code == 0);
		close(files[i]);
	}
}

CASE(W10, more_than_is_polled_on_the_stack)
{
	CHECK(for_each_allocation(run_with_many_files) >= 3);
}

static int is_combined;

static void run_output(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "echo words"),
				  PSPAWN_FDS(pspawn_fd_null(is_combined ? 7 : 2)) };
	struct pspawn_status status;
	struct pspawn_buffer out;
	struct pspawn_error error;
	int code = is_combined ? pspawn_combined_output(&cmd, &out, &status, &error)
			       : pspawn_output(&cmd, &out, &status, &error);

	if (code < 0)
		expect_shortage(code, &error);
	else
		CHECK_STR(out.data, "words\n");
	if (code < 0 && error.step == PSPAWN_STEP_PREPARE)
		CHECK_INT(status.exited, 0);
	free(out.data);
}

CASE(W11, output_and_combined_output)
{
	int calls = for_each_allocation(run_output);

	is_combined = 1;
	CHECK_INT(for_each_allocation(run_output), calls);
}

/* ---- output that grows */

static struct pspawn_result collect_much(struct pspawn_stream stream)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "head -c 1000000 /dev/zero | tr '\\0' x") };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, "x", 1), stream) };
	struct before_run before = before_run();
	struct pspawn_result result;
	struct pspawn_error error;

	CHECK_INT(pspawn_run(&cmd, &io, &result, &error), -ENOMEM);
	fault_malloc(0);
	CHECK_INT(error.code, ENOMEM);
	CHECK_INT(error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(error.stream, 1);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_FAILURE);
	if (stream.buffer)
		before.held++;
	expect_as_before(&before);
	return result;
}

/* The job, its launch, and the first room are there; then it is too little, later or sooner. */
CASE(W12, a_buffer_that_cannot_grow)
{
	static const size_t kept[] = { 0, 64 << 10, 128 << 10, 256 << 10 };
	struct pspawn_transfer told;
	struct pspawn_buffer out;

	for (int i = 0; i < 4; i++) {
		fault_malloc(3 + i);
		collect_much(pspawn_stream_report(pspawn_stream_collect(1, &out), &told));
		CHECK_INT(told.end, PSPAWN_END_CUT);
		CHECK_INT(told.bytes, kept[i]);
		CHECK_INT(out.length, kept[i]);
		CHECK_INT(out.gap, 0);
		CHECK(out.data[kept[i]] == '\0');
		CHECK_INT(strspn(out.data, "x"), kept[i]);
		free(out.data);
	}
}

static int no_line(void *context, const char *line, size_t length, int whole)
{
	(void)context;
	(void)line;
	FAIL("a line of %zu bytes, whole %d", length, whole);
}

CASE(W12, a_line_that_cannot_grow)
{
	fault_malloc(4);
	collect_much(
	    pspawn_stream_limit(pspawn_stream_collect_lines(1, no_line, NULL), 1 << 20, 0));
}

/* ---- waiting for many */

CASE(W13, waiting_for_any_of_many_jobs)
{
	static int files[2][40];
	static struct pspawn_stream streams[2][40];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct before_run before = before_run();
	struct pspawn_job *jobs[2];

	for (int k = 0; k < 2; k++) {
		struct pspawn_io io = { .size = sizeof(io), .streams = streams[k], .nstreams = 40 };

		for (int i = 0; i < 40; i++)
			streams[k][i] = pspawn_stream_collect_file(3 + i, &files[k][i]);
		CHECK_INT(pspawn_job_start(&jobs[k], &cmd, 1, &io, NULL), 0);
	}
	errno = 12345;
	fault_malloc(1);
	CHECK_INT(pspawn_job_wait_any(jobs, 2, -1), -ENOMEM);
	CHECK_INT(errno, 12345);
	fault_malloc(0);
	CHECK(pspawn_job_wait_any(jobs, 2, -1) >= 0);
	for (int k = 0; k < 2; k++) {
		/* One has its memory already. */
		fault_malloc(1);
		CHECK_INT(pspawn_job_wait(jobs[k], -1), 0);
		fault_malloc(0);
		pspawn_job_free(jobs[k]);
		for (int i = 0; i < 40; i++)
			close(files[k][i]);
	}
	expect_as_before(&before);
}

CASE(W13, waiting_for_any_of_many_children)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "7") };
	struct pspawn_child *children[70] = { NULL };
	struct pspawn_child child;
	struct pspawn_status status;
	struct before_run before = before_run();

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	children[68] = &child;
	errno = 12345;
	fault_malloc(1);
	CHECK_INT(pspawn_wait_any(children, 70, &status, -1), -ENOMEM);
	CHECK_INT(errno, 12345);
	fault_malloc(0);
	CHECK(child.pid != 0);
	CHECK_INT(pspawn_wait_any(children, 70, &status, -1), 68);
	CHECK_INT(status.code, 7);
	expect_as_before(&before);
}
