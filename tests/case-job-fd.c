/* SPDX-License-Identifier: ISC */
/* X10 to X12: when a step is due, and when not: the set to poll, and the descriptor. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drive.h"
#include "suite.h"

enum { QUIET_MS = 60, DEADLINE_MS = 250 };

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

CASE(X10, the_descriptor_tells_of_data_and_of_the_end)
{
	struct pspawn_buffer out;
	struct pspawn_transfer got;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &got)) };
	struct led led =
	    drive_lead("read x <&5; echo one; read x <&5; echo two; read x <&5; exit 4", &io);
	struct pollfd fds[4];
	int timeout_ms;

	drive_need_fd(led.job);
	CHECK(!drive_is_due(led.job, QUIET_MS));
	CHECK_INT(pspawn_job_fd(led.job), pspawn_job_fd(led.job));
	for (int i = 1; i <= 2; i++) {
		drive_pull(&led);
		CHECK(drive_is_due(led.job, DRIVE_SOON_MS));
		/* Again and again, as long as nobody has done it. */
		CHECK(drive_is_due(led.job, 0));
		drive_until(led.job, &got, (unsigned long long)i * 4);
		CHECK(!drive_is_due(led.job, QUIET_MS));
		CHECK_INT(pspawn_job_poll(led.job, fds, 4, &timeout_ms), 2);
		CHECK_INT(timeout_ms, -1);
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
		CHECK(!drive_is_due(led.job, 0));
	}
	drive_pull(&led);
	while (drive_is_due(led.job, DRIVE_SOON_MS) && pspawn_job_step(led.job) == -EINPROGRESS)
		;
	/* It is over: there is nothing to wait for, and it says so for ever. */
	for (int i = 0; i < 3; i++) {
		CHECK(drive_is_due(led.job, DRIVE_SOON_MS));
		CHECK_INT(pspawn_job_poll(led.job, fds, 4, &timeout_ms), 0);
		CHECK_INT(timeout_ms, 0);
		CHECK_INT(pspawn_job_step(led.job), 0);
		CHECK_INT(pspawn_job_wait(led.job, -1), 0);
	}
	CHECK_STR(out.data, "one\ntwo\n");
	free(out.data);
	drive_let_go(&led);
}

CASE(X11, the_descriptor_tells_of_the_deadline_and_of_each_stop)
{
	static const struct pspawn_stop stops[] = { { SIGUSR1, DEADLINE_MS }, { SIGKILL, -1 } };
	struct pspawn_io io = {
		.size = sizeof(io), .timeout_ms = DEADLINE_MS, .stops = stops, .nstops = 2
	};
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "60"),
				  PSPAWN_ATTRS(pspawn_attr_sigignore(1ull << (SIGUSR1 - 1))) };
	struct pspawn_job *job;
	struct pspawn_result result;
	long long began = now_ms();
	int steps = 0;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	drive_need_fd(job);
	if (drive_is_due(job, DEADLINE_MS / 2))
		CHECK(now_ms() - began >= DEADLINE_MS);
	CHECK(drive_is_due(job, DRIVE_SOON_MS));
	CHECK(now_ms() - began >= DEADLINE_MS);
	began = now_ms();
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	if (drive_is_due(job, DEADLINE_MS / 2))
		CHECK(now_ms() - began >= DEADLINE_MS - 1);
	for (; drive_is_due(job, DRIVE_SOON_MS) && pspawn_job_step(job) == -EINPROGRESS; steps++)
		;
	CHECK(steps < 10);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ETIMEDOUT);
	CHECK_INT(result.stop_signal, SIGKILL);
	pspawn_job_free(job);
}

static void expect_few_steps(const char *line, int drain)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.drain = drain,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };

	for (enum drive_way way = BY_POLL; way <= BY_FD; way++) {
		struct pspawn_job *job = drive_start(line, &io);
		int is_told = drive_is_told(job);
		struct pspawn_result result;
		int steps;

		CHECK_INT(drive(job, way, &steps), 0);
		CHECK_INT(pspawn_job_result(job, &result, NULL), 0);
		suite_note("%s: %d steps", line, steps);
		/* Without a descriptor it is asked for every 32 ms, and more often at first. */
		CHECK(steps <= 8 + (is_told ? 0 : 12 + result.elapsed_us / 16000));
		pspawn_job_free(job);
		free(out.data);
	}
}

CASE(X12, a_quiet_run_takes_few_steps)
{
	expect_few_steps("exec sleep 0.3", PSPAWN_DRAIN_IDLE);
	expect_few_steps("sleep 0.3 & exit 0", PSPAWN_DRAIN_EOF);
	expect_few_steps("sleep 2 & exit 0", PSPAWN_DRAIN_IDLE);
}
