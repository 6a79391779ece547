/* SPDX-License-Identifier: ISC */
/* R01 to R09, R20 to R23: a run from beginning to end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

static const struct pspawn_io no_io = { .size = sizeof(no_io) };

/* Run a line of shell, and want this result of it. */
static struct pspawn_result run_line(const char *line, struct pspawn_io io, int expected)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_result result;
	struct pspawn_error error;

	io.size = sizeof(io);
	errno = 12345;
	CHECK_INT(pspawn_run(&cmd, &io, &result, &error), expected);
	CHECK_INT(errno, 12345);
	CHECK_INT(error.code, -expected);
	return result;
}

CASE(R01, without_io)
{
	struct pspawn_result result = run_line("exit 3", no_io, 0);

	CHECK_INT(result.status.exited, 1);
	CHECK_INT(result.status.code, 3);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	/* The status was waited for, and not learnt from what a pidfd keeps. */
	CHECK(result.status.max_rss_kib > 0);
	CHECK_INT(pspawn_run(NULL, NULL, NULL, NULL), -EINVAL);
	result = run_line("kill -9 $$", no_io, 0);
	CHECK_INT(result.status.exited, 0);
	CHECK_INT(result.status.signal, SIGKILL);
}

CASE(R02, output_and_combined_output)
{
	static const char line[] = "echo out; echo err >&2; exit 5";
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line),
				  PSPAWN_FDS(pspawn_fd_null(2)) };
	struct pspawn_buffer out;
	struct pspawn_status status;
	struct pspawn_error error;

	CHECK_INT(pspawn_output(&cmd, &out, &status, &error), 0);
	CHECK_STR(out.data, "out\n");
	CHECK_INT(out.length, 4);
	CHECK_INT(out.gap, 0);
	CHECK_INT(status.code, 5);
	free(out.data);
	cmd.nfds = 0;
	CHECK_INT(pspawn_combined_output(&cmd, &out, &status, &error), 0);
	CHECK_STR(out.data, "out\nerr\n");
	CHECK_INT(status.code, 5);
	free(out.data);
}

CASE(R03, more_than_pipes_hold_both_ways)
{
	size_t size = 1 << 20;
	char *data = malloc(size);
	struct pspawn_buffer out, err;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed(0, data, size),
					       pspawn_stream_collect(1, &out),
					       pspawn_stream_collect(7, &err)) };

	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * 31 >> 3);
	run_line("tee /dev/fd/7", io, 0);
	CHECK_INT(out.length, size);
	CHECK_INT(memcmp(out.data, data, size), 0);
	CHECK_INT(err.length, size);
	CHECK_INT(memcmp(err.data, data, size), 0);
	free(out.data);
	free(err.data);
	free(data);
}

CASE(R04, a_grandchild_holds_the_pipe)
{
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_io io = { PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)),
				.drain_idle_ms = 20, .drain_max_ms = 50 };
	static const int policies[] = { PSPAWN_DRAIN_IDLE, PSPAWN_DRAIN_MAX, PSPAWN_DRAIN_EXIT };

	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		struct pspawn_result result;
		FILE *pids;
		int pid = 0;

		io.drain = policies[i];
		result = run_line("sleep 10000 & echo $! >pid; echo hello", io, 0);
		pids = fopen("pid", "r");
		CHECK(pids && fscanf(pids, "%d", &pid) == 1);
		fclose(pids);
		kill(pid, SIGKILL);
		CHECK_INT(result.streams_held, 1);
		CHECK_INT(told.end, PSPAWN_END_HELD);
		CHECK_STR(out.data, "hello\n");
		free(out.data);
	}
}

CASE(R05, a_deadline)
{
	struct pspawn_io io = { .timeout_ms = 30, PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };
	struct pspawn_result result = run_line("exec sleep 60", io, -ETIMEDOUT);

	CHECK_INT(result.stop_reason, PSPAWN_STOP_TIMEOUT);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(result.stop_reach, PSPAWN_REACH_CHILD);
	CHECK_INT(result.status.signal, SIGTERM);
}

CASE(R06, a_pipeline)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/sh", "-c", "cat; exit 4") },
				     { PSPAWN_CMD("tr", "a-z", "A-Z") },
				     { PSPAWN_CMD("cat") } };
	struct pspawn_status statuses[3];
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_FAIL_IF_ANY,
				.statuses = statuses,
				PSPAWN_STREAMS(pspawn_stream_feed(0, "shout", 5),
					       pspawn_stream_collect(1, &out)) };
	struct pspawn_result result;

	CHECK_INT(pspawn_pipeline(cmds, 3, &io, &result, NULL), 0);
	CHECK_STR(out.data, "SHOUT");
	CHECK_INT(result.stage, 0);
	CHECK_INT(result.status.code, 4);
	CHECK_INT(statuses[0].code, 4);
	CHECK_INT(statuses[1].code, 0);
	CHECK_INT(statuses[2].code, 0);
	free(out.data);
}

CASE(R07, a_terminal)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { .flags = PSPAWN_ON_TERMINAL,
				.rows = 30,
				.columns = 100,
				PSPAWN_STREAMS(pspawn_stream_feed(0, "typed\n", 6),
					       pspawn_stream_collect(1, &out)) };

	run_line("stty -echo; stty size; cat; test -t 2 && echo err >&2", io, 0);
	CHECK(strstr(out.data, "30 100\r\n") != NULL);
	CHECK(strstr(out.data, "typed\r\nerr\r\n") != NULL);
	free(out.data);
}

CASE(R08, files_in_memory)
{
	int file;
	char data[8] = "";
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed_file(0, "words", 5),
					       pspawn_stream_collect_file(1, &file)) };

	run_line("cat; sleep 10000 & exit 0", io, 0);
	CHECK(file > 2);
	CHECK_INT(fcntl(file, F_GETFD), FD_CLOEXEC);
	CHECK_INT(read(file, data, sizeof(data)), 5);
	CHECK_STR(data, "words");
	close(file);
}

CASE(R09, where_a_program_is)
{
	char buf[64];

	CHECK_INT(pspawn_look_path("sh", "/nowhere:/bin", buf, sizeof(buf)), 7);
	CHECK_STR(buf, "/bin/sh");
	CHECK_INT(pspawn_look_path("/bin/sh", NULL, NULL, 0), 7);
	CHECK_INT(pspawn_look_path("no-such-program", NULL, buf, sizeof(buf)), -ENOENT);
	CHECK_INT(pspawn_look_path("/etc/passwd", NULL, buf, sizeof(buf)), -EACCES);
	CHECK_INT(pspawn_look_path("sh", ":", buf, sizeof(buf)), -ENOENT);
}

static long not_now(void *context, void *data, size_t room)
{
	(void)context;
	(void)data;
	(void)room;
	return -EAGAIN;
}

/* Its readers have gone: that ends the run, and not the time for which others may hold a stream. */
CASE(R20, a_feed_that_waits_for_nobody)
{
	struct pspawn_transfer told;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_feed_call(0, not_now, NULL), &told)),
				.drain_idle_ms = AN_HOUR_MS, .drain_max_ms = AN_HOUR_MS };
	struct pspawn_result result = run_line("exit 0", io, 0);

	CHECK_INT(told.end, PSPAWN_END_CLOSED);
	CHECK_INT(result.streams_held, 0);
}

/* As a set-user-id program is to its caller: it may not be signalled, and would never end. */
static void outlive_its_powers(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "60") };
	struct pspawn_io io = { .size = sizeof(io), .timeout_ms = 30, .reach = PSPAWN_REACH_GROUP };
	struct pspawn_job *job;
	struct pspawn_result result;
	pid_t pid;

	(void)unused;
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	pid = pspawn_job_child(job, 0)->pid;
	CHECK_INT(seteuid(65534), 0);
	CHECK_INT(setresuid(65534, 65534, 0), 0);
	CHECK_INT(pspawn_job_wait(job, AN_HOUR_MS), -ETIMEDOUT);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ETIMEDOUT);
	CHECK_INT(result.statuses_lost, 1);
	CHECK_INT(result.stop_reach, 0);
	CHECK_INT(result.status.lost, 1);
	pspawn_job_free(job);
	CHECK_INT(seteuid(0), 0);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
}

CASE(R21, a_child_that_may_not_be_signalled)
{
	if (geteuid() != 0)
		SKIP("needs root, to be somebody else");
	suite_apart(outlive_its_powers, NULL);
}

/* Descriptions of a caller who was compiled with a later header: each is longer than ours. */
CASE(R22, a_pipeline_from_the_future)
{
	struct {
		struct pspawn_cmd cmd;
		void *later[3];
	} cmds[2] = { { .cmd = { PSPAWN_CMD("echo", "hello") } }, { .cmd = { PSPAWN_CMD("tr", "a-z", "A-Z") } } };
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };

	cmds[0].cmd.size = cmds[1].cmd.size = sizeof(cmds[0]);
	CHECK_INT(pspawn_pipeline(&cmds[0].cmd, 2, &io, NULL, NULL), 0);
	CHECK_STR(out.data, "HELLO\n");
	free(out.data);
}

CASE(R23, statuses_in_words)
{
	struct pspawn_status status = { .exited = 1, .code = 3 };
	char words[64];

	CHECK_INT(pspawn_succeeded(&status), 0);
	CHECK_INT(pspawn_strstatus(&status, words, sizeof(words)), 13);
	CHECK_STR(words, "exit status 3");
	status.code = 0;
	CHECK_INT(pspawn_succeeded(&status), 1);
	status = (struct pspawn_status){ .signal = SIGSEGV, .core = 1 };
	CHECK_INT(pspawn_succeeded(&status), 0);
	pspawn_strstatus(&status, words, sizeof(words));
	CHECK_STR(words, "signal 11 (SEGV), core dumped");
	status = (struct pspawn_status){ .signal = 63 };
	CHECK_INT(pspawn_strstatus(&status, NULL, 0), 9);
	status = (struct pspawn_status){ .lost = 1 };
	CHECK_INT(pspawn_strstatus(&status, words, 7), 11);
	CHECK_STR(words, "status");
}
