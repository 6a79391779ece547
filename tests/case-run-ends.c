/* SPDX-License-Identifier: ISC */
/* R11 to R14: writes that nobody reads, how long a run drains, and what never begins. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_tell(pspawn_feed_call(0, give_when_it_has_ended, NULL), &told)) };

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

/* A grandchild that holds on for longer than anybody should wait for it. */
static void leave_holder(int drain, int idle_ms, int most_ms)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { .drain = drain,
				.idle_ms = idle_ms,
				.most_ms = most_ms,
				PSPAWN_STREAMS(pspawn_collect(1, &out)) };
	struct pspawn_result result = run_line("sleep 30 2>&- & echo $!", io);

	CHECK(result.elapsed_us < 15000000);
	CHECK_INT(result.held, 1);
	CHECK(atoi(out.data) > 1);
	kill(atoi(out.data), SIGKILL);
	free(out.data);
}

CASE(R12, the_shorter_bound_counts)
{
	leave_holder(PSPAWN_DRAIN_IDLE, 20, 60000);
	leave_holder(PSPAWN_DRAIN_IDLE, 60000, 20);
	leave_holder(PSPAWN_DRAIN_MOST, 60000, 20);
	leave_holder(PSPAWN_DRAIN_EXIT, 60000, 60000);
}

CASE(R13, idle_is_since_the_last_byte)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { .idle_ms = 1500, PSPAWN_STREAMS(pspawn_collect(1, &out)) };
	struct pspawn_result result = run_line("(sleep 0.8; echo 1; sleep 0.8; echo 2) &", io);

	CHECK_STR(out.data, "1\n2\n");
	CHECK_INT(result.held, 0);
	free(out.data);
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
