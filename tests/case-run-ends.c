/* SPDX-License-Identifier: ISC */
/* R11 to R14: writes that nobody reads, how long a run drains, and what never begins. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "fault.h"
#include "suite.h"
#include "table.h"

static struct pspawn_result run_line(const char *line, struct pspawn_io io)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_result result;

	io.size = sizeof(io);
	CHECK_INT(pspawn_run(&cmd, &io, &result, NULL), 0);
	return result;
}

/* Poll has said that it may be written; when it is, nobody is there any more. */
static long give_when_it_has_ended(void *context, void *data, size_t room)
{
	siginfo_t info;

	(void)context;
	(void)room;
	CHECK_INT(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
	*(char *)data = 'x';
	return 1;
}

static int is_pending(void)
{
	sigset_t pending;

	CHECK_INT(sigpending(&pending), 0);
	return sigismember(&pending, SIGPIPE);
}

static void write_to_nobody(void)
{
	struct pspawn_transfer told;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_report(
	    pspawn_stream_feed_call(0, give_when_it_has_ended, NULL), &told)) };

	run_line("exit 0", io);
	CHECK_INT(told.end, PSPAWN_END_CLOSED);
	CHECK_INT(told.bytes, 0);
}

CASE(R11, a_write_to_nobody)
{
	sigset_t sigpipe;

	/* It would be the end of us here. */
	write_to_nobody();
	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	CHECK_INT(sigprocmask(SIG_BLOCK, &sigpipe, NULL), 0);
	write_to_nobody();
	CHECK_INT(is_pending(), 0);
	/* The caller's own is not ours to take. */
	CHECK_INT(raise(SIGPIPE), 0);
	write_to_nobody();
	CHECK_INT(is_pending(), 1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	CHECK_INT(sigprocmask(SIG_UNBLOCK, &sigpipe, NULL), 0);
}

/* A grandchild that holds on until it is killed: a bound that is an hour would be waited for. */
static void leave_holder(int drain, int drain_idle_ms, int drain_max_ms)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { .drain = drain,
				.drain_idle_ms = drain_idle_ms,
				.drain_max_ms = drain_max_ms,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct pspawn_result result = run_line("sleep 10000 2>&- & echo $!", io);

	CHECK_INT(result.streams_held, 1);
	CHECK(atoi(out.data) > 1);
	kill(atoi(out.data), SIGKILL);
	free(out.data);
}

CASE(R12, the_shorter_bound_counts)
{
	leave_holder(PSPAWN_DRAIN_IDLE, 20, AN_HOUR_MS);
	leave_holder(PSPAWN_DRAIN_IDLE, AN_HOUR_MS, 20);
	leave_holder(PSPAWN_DRAIN_MAX, AN_HOUR_MS, 20);
	leave_holder(PSPAWN_DRAIN_EXIT, AN_HOUR_MS, AN_HOUR_MS);
}

/* By a clock that stands still: so long after the end, and after each byte, and no longer. */
CASE(R13, idle_is_since_the_last_byte)
{
	long long now_us = 1000000;
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_io io = { .size = sizeof(io),
				.drain_idle_ms = 1500,
				.drain_max_ms = -1,
				PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)) };
	struct pspawn_result result;
	struct led led;
	siginfo_t info;
	pid_t pid;

	fault_clock(&now_us);
	led = drive_lead("(while read x; do echo $x; done) <&5 & exit 3", &io);
	pid = pspawn_job_child(led.job, 0)->pid;
	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL), 0);
	for (unsigned long long bytes = 3; bytes <= 9; bytes += 3) {
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
		now_us += 1499999;
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
		drive_pull(&led);
		while (told.bytes < bytes) {
			CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
			usleep(1000);
		}
	}
	now_us += 1500000;
	CHECK_INT(pspawn_job_step(led.job), 0);
	CHECK_INT(pspawn_job_result(led.job, &result, NULL), 0);
	CHECK_INT(result.streams_held, 1);
	CHECK_INT(result.status.code, 3);
	CHECK_INT(result.elapsed_us, now_us - 1000000);
	CHECK_STR(out.data, "go\ngo\ngo\n");
	fault_clock(NULL);
	free(out.data);
	drive_let_go(&led);
}

CASE(R14, nothing_begins_where_a_stage_is_not_found)
{
	struct pspawn_cmd cmds[] = {
		{ PSPAWN_CMD("true"),
		  PSPAWN_FDS(pspawn_fd_open(5, "made", O_WRONLY | O_CREAT, 0600)) },
		{ PSPAWN_CMD("no-such-program") },
	};
	struct pspawn_error error;

	CHECK_INT(pspawn_pipeline(cmds, 2, NULL, NULL, &error), -ENOENT);
	CHECK_INT(error.step, PSPAWN_STEP_SEARCH);
	CHECK_INT(error.stage, 1);
	CHECK_INT(access("made", F_OK), -1);
}
