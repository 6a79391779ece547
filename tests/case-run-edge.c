/* SPDX-License-Identifier: ISC */
/* R24 to R28: what only a closer look at a run shows. */
#include <errno.h>
#include <poll.h>
#include <pspawn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"
#include "suite.h"
#include "table.h"

static struct pspawn_job *start(const char *line, const struct pspawn_io *io)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, io, NULL), 0);
	return job;
}

CASE(R24, what_does_not_end_is_killed)
{
	static const char line[] = "trap '' TERM; echo ready; while :; do sleep 60; done";
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_io io = { PSPAWN_IO(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)),
				PSPAWN_STOPS({ SIGTERM, 20 }), .reach = PSPAWN_REACH_GROUP };
	struct pspawn_job *job = start(line, &io);
	struct pspawn_result result;

	while (told.bytes < 6)
		CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_stop(job), -EALREADY);
	CHECK_INT(pspawn_job_wait(job, AN_HOUR_MS), -ECANCELED);
	CHECK_INT(pspawn_job_stop(job), -ESRCH);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.stop_signal, SIGKILL);
	CHECK_INT(result.status.signal, SIGKILL);
	CHECK_STR(out.data, "ready\n");
	free(out.data);
	pspawn_job_free(job);
}

CASE(R25, a_terminal_that_nobody_looks_at)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_feed_text(0, "typed")),
				.flags = PSPAWN_ON_TERMINAL };
	struct pspawn_error error;

	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -EINVAL);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
}

static pid_t start_in_group(pid_t group, uid_t user, struct pspawn_child *child)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sleep", "60"),
				  PSPAWN_ATTRS(pspawn_attr_pgroup(group),
					       pspawn_attr_user(user, user)) };

	CHECK_INT(pspawn_start(child, &cmd, NULL), 0);
	return child->pid;
}

/* The leader has powers that we have not; the other one is like us. */
static void signal_a_mixed_group(const void *unused)
{
	struct pspawn_child leader, member;
	struct pspawn_status status;
	pid_t pid = start_in_group(0, 0, &leader);

	(void)unused;
	start_in_group(pid, 65534, &member);
	CHECK_INT(setresuid(65534, 65534, 0), 0);
	CHECK_INT(pspawn_kill(&leader, SIGKILL), -EPERM);
	CHECK_INT(kill_all(&leader, SIGKILL), PSPAWN_REACH_GROUP);
	CHECK_INT(pspawn_wait(&member, &status, AN_HOUR_MS), 0);
	CHECK_INT(status.signal, SIGKILL);
	CHECK_INT(pspawn_wait(&leader, NULL, 0), -EINPROGRESS);
	CHECK_INT(seteuid(0), 0);
	CHECK_INT(pspawn_kill(&leader, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&leader, NULL, AN_HOUR_MS), 0);
}

CASE(R26, a_group_with_a_leader_that_may_not_be_signalled)
{
	if (geteuid() != 0)
		SKIP("needs root, to be somebody else");
	suite_apart(signal_a_mixed_group, NULL);
}

static long not_now(void *context, void *data, size_t room)
{
	(void)context;
	(void)data;
	(void)room;
	return -EAGAIN;
}

/* Nobody wakes it, and nobody has to: that all readers have gone is polled for. */
CASE(R27, a_feed_that_waits_is_watched)
{
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_feed_call(0, not_now, NULL)),
				.drain_idle_ms = AN_HOUR_MS, .drain_max_ms = AN_HOUR_MS };
	struct pspawn_job *job = start("exit 0", &io);
	struct pspawn_result result;
	struct pollfd fds[2];
	int timeout_ms;

	do {
		int count = pspawn_job_poll(job, fds, 2, &timeout_ms);

		CHECK(poll(fds, (nfds_t)count, timeout_ms) >= 0);
	} while (pspawn_job_step(job) == -EINPROGRESS);
	CHECK_INT(pspawn_job_result(job, &result, NULL), 0);
	CHECK_INT(result.streams_held, 0);
	pspawn_job_free(job);
}

/* ---- a tracer, which gets the status first, and keeps it until it has seen that we sleep */

static pid_t trace(pid_t pid)
{
	int ready[2];
	char byte = 0;
	siginfo_t info;
	pid_t tracer;

	CHECK_INT(pipe(ready), 0);
	tracer = fork();
	if (tracer == 0) {
		byte = ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0;
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
		_exit(!is_asleep(getppid()));
	}
	close(ready[1]);
	CHECK_INT(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	if (byte)
		return tracer;
	waitpid(tracer, NULL, 0);
	return -1;
}

/* Told by poll(2) that it has ended, and by wait(2) that it has not, we sleep and do not spin. */
CASE(R28, a_tracer_has_the_status_first)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("cat"), PSPAWN_FDS(pspawn_fd_null(1)) };
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_feed_call(0, not_now, NULL)) };
	struct pspawn_child child, *children[] = { &child };
	struct pspawn_status status;
	struct pspawn_job *job;
	pid_t tracer;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	tracer = trace(pspawn_job_child(job, 0)->pid);
	pspawn_kill(pspawn_job_child(job, 0), SIGKILL);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	pspawn_job_free(job);
	if (tracer < 0)
		SKIP("nobody may be traced here");
	CHECK(asleep_told(tracer));
	cmd = (struct pspawn_cmd){ PSPAWN_CMD("sleep", "60") };
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	tracer = trace(child.pid);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait_any(children, 1, &status, AN_HOUR_MS), 0);
	CHECK_INT(status.signal, SIGKILL);
	CHECK(asleep_told(tracer));
}
