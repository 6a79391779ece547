/* SPDX-License-Identifier: ISC */
/* X35 to X40: nothing wakes for nothing. What wakes is counted against what has happened. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "suite.h"

/* What has not woken anyone for so long will not. Nothing is red because it takes longer. */
enum { QUIET_MS = 60, PULLS = 5 };

/* 1: a step is due within so many milliseconds. */
static int is_due(struct pspawn_job *job, enum drive_way way, int timeout_ms)
{
	struct pollfd fds[8];
	int due_ms, count;

	if (way == BY_FD)
		return drive_is_due(job, timeout_ms);
	count = pspawn_job_poll(job, fds, 8, &due_ms);
	if (due_ms >= 0 && due_ms <= timeout_ms)
		return poll(fds, (nfds_t)count, due_ms) >= 0;
	return poll(fds, (nfds_t)count, timeout_ms) > 0;
}

/* Step whenever a step is due, until the first that is not. Returns how many there were. */
static int count_wakes(struct pspawn_job *job, enum drive_way way)
{
	int wakes = 0;

	while (is_due(job, way, QUIET_MS) && pspawn_job_step(job) == -EINPROGRESS)
		wakes++;
	return wakes;
}

/* At least one, and no more than has happened. */
static void expect_wakes(struct pspawn_job *job, enum drive_way way, int events)
{
	int wakes = is_due(job, way, DRIVE_SOON_MS);

	CHECK_INT(wakes, 1);
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	wakes += count_wakes(job, way);
	suite_note("%d wakes for %d events", wakes, events);
	CHECK(wakes <= events);
}

/* Nothing happens, and nothing is due by time either. */
static void expect_quiet(struct pspawn_job *job, enum drive_way way)
{
	struct pollfd fds[8];
	int due_ms;

	CHECK(!is_due(job, way, QUIET_MS));
	pspawn_job_poll(job, fds, 8, &due_ms);
	CHECK_INT(due_ms, -1);
}

static long not_now(void *context, const void *data, size_t size)
{
	(void)data;
	(void)size;
	++*(int *)context;
	return -EAGAIN;
}

static long nothing_now(void *context, void *data, size_t room)
{
	(void)data;
	(void)room;
	++*(int *)context;
	return -EAGAIN;
}

static void end(struct led *led, enum drive_way way)
{
	pspawn_job_wake(led->job);
	CHECK(is_due(led->job, way, DRIVE_SOON_MS));
	drive_let_go(led);
}

/* What is not taken may grow and come to its end: that is nobody's business until the wake. */
static void refuse_output(enum drive_way way)
{
	int asked = 0;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, not_now, &asked)) };
	struct led led = drive_lead("for i in 1 2 3 4 5; do echo more; read x <&5; done; "
				    "exec >/dev/null; read x <&5; exit 3",
				    &io);

	drive_need_fd(led.job);
	expect_wakes(led.job, way, 1);
	for (int i = 0; i < PULLS; i++) {
		drive_pull(&led);
		expect_quiet(led.job, way);
	}
	/* Its end is one event, and the stream still waits for the wake. */
	drive_pull(&led);
	expect_wakes(led.job, way, 1);
	expect_quiet(led.job, way);
	CHECK_INT(asked, 1);
	end(&led, way);
}

CASE(X35, output_that_is_not_taken)
{
	refuse_output(BY_POLL);
	refuse_output(BY_FD);
}

/* Another stream that moves wakes once for each time. */
static void refuse_one_of_two(enum drive_way way)
{
	int asked = 0;
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, not_now, &asked),
					       pspawn_stream_collect(4, &out)) };
	struct led led = drive_lead("while read x <&5; do echo one; echo two >&4; done", &io);

	drive_need_fd(led.job);
	drive_pull(&led);
	expect_wakes(led.job, way, 2);
	for (int i = 0; i < PULLS; i++) {
		drive_pull(&led);
		expect_wakes(led.job, way, 1);
		expect_quiet(led.job, way);
	}
	CHECK_INT(asked, 1);
	end(&led, way);
	free(out.data);
}

CASE(X36, output_that_is_not_taken_beside_another)
{
	refuse_one_of_two(BY_POLL);
	refuse_one_of_two(BY_FD);
}

static void give_nothing(enum drive_way way)
{
	int asked = 0;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed_call(0, nothing_now, &asked)) };
	struct led led = drive_lead("read x <&5; exec </dev/null; read x <&5", &io);

	drive_need_fd(led.job);
	expect_wakes(led.job, way, 1);
	expect_quiet(led.job, way);
	/* Nobody can read it any more. */
	drive_pull(&led);
	expect_wakes(led.job, way, 1);
	expect_quiet(led.job, way);
	CHECK_INT(asked, 1);
	drive_let_go(&led);
}

CASE(X37, input_that_is_not_there_yet)
{
	give_nothing(BY_POLL);
	give_nothing(BY_FD);
}

/* A descendant holds the stream: the end of the program, each line and the end of all. */
static void hold(enum drive_way way)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.drain = PSPAWN_DRAIN_EOF,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct led led = drive_lead("while read x <&5; do echo $x; done & exit 3", &io);

	drive_need_fd(led.job);
	expect_wakes(led.job, way, 1);
	expect_quiet(led.job, way);
	for (int i = 0; i < PULLS; i++) {
		drive_pull(&led);
		expect_wakes(led.job, way, 1);
		expect_quiet(led.job, way);
	}
	drive_let_go(&led);
	free(out.data);
}

CASE(X38, a_stream_that_is_held)
{
	hold(BY_POLL);
	hold(BY_FD);
}

/* That a program is suspended, and continued, is no end of it. */
static void suspend(enum drive_way way)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct led led = drive_lead("read x <&5", &io);
	pid_t pid = pspawn_job_child(led.job, 0)->pid;
	siginfo_t info;

	drive_need_fd(led.job);
	for (int i = 0; i < PULLS; i++) {
		CHECK_INT(kill(pid, SIGSTOP), 0);
		CHECK_INT(waitid(P_PID, (id_t)pid, &info, WSTOPPED | __WALL), 0);
		expect_quiet(led.job, way);
		CHECK_INT(kill(pid, SIGCONT), 0);
		CHECK_INT(waitid(P_PID, (id_t)pid, &info, WCONTINUED | __WALL), 0);
		expect_quiet(led.job, way);
	}
	drive_let_go(&led);
	free(out.data);
}

CASE(X39, a_program_that_is_suspended)
{
	suspend(BY_POLL);
	suspend(BY_FD);
}

/* What is due by time is done by the first step after it: no time is rounded down. */
static void let_time_pass(enum drive_way way)
{
	static const struct pspawn_stop stops[] = { { SIGUSR1, 7 },
						    { SIGUSR1, 5 },
						    { SIGUSR1, 3 } };
	const unsigned long long ignored = 1ull << (SIGUSR1 - 1);
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "60"),
				  PSPAWN_ATTRS(pspawn_attr_sigignore(ignored)) };
	struct pspawn_io io = { .size = sizeof(io), .timeout_ms = 11, .stops = stops, .nstops = 3 };
	struct pspawn_job *job;
	int wakes;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	drive_need_fd(job);
	CHECK_INT(drive(job, way, &wakes), -ETIMEDOUT);
	suite_note("%d wakes", wakes);
	/* The deadline with the first stop, two stops, the last stop, and the end. */
	CHECK(wakes <= 5);
	pspawn_job_free(job);
}

CASE(X40, times_that_pass)
{
	for (int i = 0; i < 10; i++) {
		let_time_pass(BY_POLL);
		let_time_pass(BY_FD);
	}
}
