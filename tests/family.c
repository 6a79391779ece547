/* SPDX-License-Identifier: ISC */
#include "family.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "suite.h"

static int remember(void *context, const char *line, size_t length, int whole)
{
	struct family *family = context;

	(void)length;
	(void)whole;
	if (family->offspring == 0)
		family->offspring = (pid_t)atoi(line);
	snprintf(family->last, sizeof(family->last), "%s", line);
	return 1;
}

void start_families(struct family *family, const struct pspawn_cmd *cmds, size_t count,
		    struct pspawn_io io)
{
	struct pspawn_stream streams[] = { pspawn_stream_report(
	    pspawn_stream_collect_lines(1, remember, family), &family->told) };

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		SKIP("no orphan becomes ours here");
	family->offspring = 0;
	io.size = sizeof(io);
	io.streams = streams;
	io.nstreams = 1;
	CHECK_INT(pspawn_job_start(&family->job, cmds, count, &io, NULL), 0);
	family->parent = pspawn_job_child(family->job, count - 1)->pid;
	while (family->offspring == 0)
		CHECK_INT(pspawn_job_wait(family->job, 1), -EINPROGRESS);
}

void start_family(struct family *family, const struct pspawn_cmd *cmd, struct pspawn_io io)
{
	start_families(family, cmd, 1, io);
}

struct pspawn_result end_family(struct family *family, int expected)
{
	struct pspawn_result result;

	CHECK_INT(pspawn_job_wait(family->job, -1), expected);
	CHECK_INT(pspawn_job_result(family->job, &result, NULL), expected);
	pspawn_job_free(family->job);
	return result;
}

void expect_spared(pid_t pid)
{
	int status;

	CHECK_INT(waitpid(pid, &status, WNOHANG | __WALL), 0);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(waitpid(pid, &status, __WALL), pid);
	CHECK_INT(WTERMSIG(status), SIGKILL);
}

void expect_ended_by(pid_t pid, int number)
{
	int status;

	/* Whoever was spared would be waited for until the case is red. */
	CHECK_INT(waitpid(pid, &status, __WALL), pid);
	CHECK(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), number);
}
