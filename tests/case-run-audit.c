/* SPDX-License-Identifier: ISC */
/* Z01 to Z07: runs that somebody tries to get away from, or to mislead. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "pspawn_cloexec.h"
#include "suite.h"
#include "table.h"

/* Without it the run lasts as long as the program that no signal reaches. */
CASE(Z01, a_stage_that_leaves_the_group_is_stopped)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") },
				     { PSPAWN_CMD("setsid", "sleep", "60") } };
	struct pspawn_io io = { .size = sizeof(io),
				.timeout_ms = 300,
				.flags = PSPAWN_ONE_GROUP,
				PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };
	struct pspawn_result result;
	char path[1024];

	if (pspawn_look_path("setsid", NULL, path, sizeof(path)) < 0)
		SKIP("there is no setsid(1)");
	CHECK_INT(pspawn_pipeline(cmds, 2, &io, &result, NULL), -ETIMEDOUT);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(result.statuses_lost, 0);
}

static long enough(void *context, const void *data, size_t size)
{
	(void)data;
	(void)size;
	++*(int *)context;
	return 0;
}

/* What shows more than fits would wait for a reader for ever. */
CASE(Z02, a_terminal_that_is_not_read_on_is_hung_up)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "while :; do echo 0123456789abcdef; done") };
	struct pspawn_transfer transfer;
	int calls = 0;
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_collect_call(1, enough, &calls), &transfer)) };
	struct pspawn_result result;

	CHECK_INT(pspawn_run(&cmd, &io, &result, NULL), 0);
	CHECK_INT(result.status.signal, SIGHUP);
	CHECK_INT(transfer.end, PSPAWN_END_CUT);
	CHECK_INT(calls, 1);
}

/* One file would be read by whichever stage comes first; what is shown, by either stream. */
CASE(Z03, streams_that_would_share_are_refused)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") }, { PSPAWN_CMD("/bin/true") } };
	struct pspawn_cmd echo = { PSPAWN_CMD("/bin/echo", "shown") };
	struct pspawn_buffer out, other;
	struct pspawn_stream file =
	    pspawn_stream_of_stage(pspawn_stream_feed_file(5, "x", 1), PSPAWN_EVERY_STAGE);
	struct pspawn_io files = { .size = sizeof(files), PSPAWN_STREAMS(file) };
	struct pspawn_io twice = { .size = sizeof(twice),
				   .flags = PSPAWN_ON_TERMINAL,
				   PSPAWN_STREAMS(pspawn_stream_collect(1, &out),
						  pspawn_stream_collect(1, &other)) };
	struct pspawn_io every = { .size = sizeof(every),
				   .flags = PSPAWN_ON_TERMINAL,
				   PSPAWN_STREAMS(pspawn_stream_of_stage(
				       pspawn_stream_collect(1, &out), PSPAWN_EVERY_STAGE)) };
	struct pspawn_error error;

	CHECK_INT(pspawn_pipeline(cmds, 2, &files, NULL, &error), -EINVAL);
	CHECK_INT(error.stream, 0);
	CHECK_INT(pspawn_run(&echo, &twice, NULL, &error), -EINVAL);
	CHECK_INT(error.stream, 1);
	/* Of one program that is the same as its own. */
	CHECK_INT(pspawn_run(&echo, &every, NULL, &error), 0);
	CHECK_STR(out.data, "shown\r\n");
	free(out.data);
}

struct supply {
	long left;
	int ends;
};

static long give_line(void *context, void *data, size_t room)
{
	struct supply *supply = context;

	(void)room;
	if (supply->left == 0) {
		supply->ends++;
		return 0;
	}
	supply->left--;
	*(char *)data = '\n';
	return 1;
}

/* As many lines as a terminal holds that nobody reads. */
static long room_of_terminal(void)
{
	int ends[2];
	long room = 0;

	CHECK_INT(pspawn_terminal(ends, 0, 0), 0);
	CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	while (room < 1 << 20 && write(ends[0], "\n", 1) == 1)
		room++;
	close(ends[0]);
	close(ends[1]);
	return room;
}

/* There is no room for the end-of-file character at first: the function must not notice. */
CASE(Z04, the_end_is_given_once)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "stty -echo; sleep 0.3; exec cat >/dev/null") };
	struct supply supply = { room_of_terminal(), 0 };
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out),
					       pspawn_stream_feed_call(0, give_line, &supply)) };

	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), 0);
	CHECK_INT(supply.left, 0);
	CHECK_INT(supply.ends, 1);
	free(out.data);
}

/* An index is one into the caller's own map, or -1. */
CASE(Z05, an_entry_that_is_not_the_callers_is_not_reported)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_null(2)) };
	struct pspawn_buffer out;
	struct pspawn_error error;

	CHECK_INT(pspawn_combined_output(&cmd, &out, NULL, &error), -EINVAL);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
	CHECK_INT(error.what, PSPAWN_INDEX_FD);
	CHECK_INT(error.index, 0);
	CHECK(!out.data);
}

static int remember(void *context, const char *line, size_t length, int whole)
{
	(void)length;
	(void)whole;
	*(pid_t *)context = (pid_t)atoi(line);
	return 1;
}

/* The child obeys, and what has left its session holds the output: no step will come. */
CASE(Z07, a_step_for_ever_is_not_for_descendants)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "setsid sleep 10000 & echo $!; exec sleep 10000") };
	pid_t left = 0;
	struct pspawn_transfer told;
	struct pspawn_stream pid = pspawn_stream_collect_lines(1, remember, &left);
	struct pspawn_io io = { .size = sizeof(io),
				.reach = PSPAWN_REACH_GROUP,
				PSPAWN_STOPS({ SIGTERM, -1 }),
				PSPAWN_STREAMS(pspawn_stream_report(pid, &told)) };
	struct pspawn_result result;
	struct pspawn_job *job;
	char path[1024];

	if (pspawn_look_path("setsid", NULL, path, sizeof(path)) < 0)
		SKIP("there is no setsid(1)");
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	/* Until it has left, the signal would be its own, too. */
	while (left == 0 || getsid(left) != left)
		CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(result.streams_held, 1);
	CHECK_INT(told.end, PSPAWN_END_HELD);
	kill(left, SIGKILL);
	pspawn_job_free(job);
}

#ifdef __linux__

/* CAP_KILL is the 5th: nobody else's processes can be signalled. */
static void lose_power_to_kill(void)
{
	struct {
		unsigned version;
		int pid;
	} header = { 0x20080522, 0 };
	unsigned sets[6];

	if (syscall(SYS_capget, &header, sets) < 0)
		SKIP("no capabilities here");
	sets[0] &= ~(1u << 5);
	if (syscall(SYS_capset, &header, sets) < 0)
		SKIP("no capabilities here");
}

/* The first is another user's, and runs already when the second cannot be executed. */
static void fail_beside_a_stranger(const void *unused)
{
	int ends[2], fd = pspawn_open("no-program", O_WRONLY | O_CREAT, 0755);
	struct pspawn_cmd cmds[2] = { { PSPAWN_CMD("cat"),
					PSPAWN_ATTRS(pspawn_attr_user(65533, 65533)) },
				      { PSPAWN_CMD("./no-program") } };
	struct pspawn_fd input;
	struct pspawn_error error;

	(void)unused;
	CHECK(fd >= 0 && write(fd, "\1\2\3", 3) == 3);
	close(fd);
	CHECK_INT(pspawn_pipe(ends), 0);
	input = pspawn_fd_dup(0, ends[0]);
	cmds[0].fds = &input;
	cmds[0].nfds = 1;
	suite_accept_fallback();
	lose_power_to_kill();
	CHECK_INT(pspawn_pipeline(cmds, 2, NULL, NULL, &error), -ENOEXEC);
	CHECK_INT(error.stage, 1);
	CHECK_INT(waitpid(-1, NULL, WNOHANG), 0);
	close(ends[0]);
	close(ends[1]);
	CHECK(waitpid(-1, NULL, 0) > 0);
}

CASE(Z06, a_start_that_fails_waits_for_no_stranger)
{
	if (geteuid() != 0)
		SKIP("needs root, to start another user's program");
	suite_apart(fail_beside_a_stranger, NULL);
}

#endif
