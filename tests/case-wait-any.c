/* SPDX-License-Identifier: ISC */
/* X30 to X34: waiting for whichever of several children ends first. */
#include <errno.h>
#include <pspawn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"

enum { MANY = 70 };

static void start(struct pspawn_child *child, const char *line)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };

	CHECK_INT(pspawn_start(child, &cmd, NULL), 0);
}

/* As where there was no number left for it. */
static void blind(struct pspawn_child *child)
{
	if (child->pollfd >= 0)
		close(child->pollfd);
	child->pollfd = -1;
}

static void kill_and_wait(struct pspawn_child *child)
{
	struct pspawn_status status;

	CHECK_INT(pspawn_kill(child, SIGKILL), 0);
	CHECK_INT(pspawn_wait_any(&child, 1, &status, -1), 0);
	CHECK_INT(status.exited, 0);
	CHECK_INT(status.signal, SIGKILL);
	CHECK_INT(child->pid, 0);
}

CASE(X30, many_children_each_once)
{
	static struct pspawn_child children[MANY];
	struct pspawn_child *entries[MANY + 2] = { NULL };
	struct pspawn_child empty = { .pid = 0, .pollfd = -1 };
	struct pspawn_status status;
	int seen[MANY] = { 0 };
	int held = fault_malloc_held();

	entries[1] = &empty;
	for (int i = 0; i < MANY; i++) {
		char line[32];

		snprintf(line, sizeof(line), "exit %d", i);
		start(&children[i], line);
		if (i % 3 == 0)
			blind(&children[i]);
		entries[i + 2] = &children[i];
	}
	fault_malloc(1);
	CHECK_INT(pspawn_wait_any(entries, MANY + 2, &status, -1), -ENOMEM);
	fault_malloc(0);
	for (int i = 0; i < MANY; i++) {
		int index = pspawn_wait_any(entries, MANY + 2, &status, -1) - 2;

		CHECK(index >= 0 && index < MANY);
		CHECK_INT(seen[index]++, 0);
		CHECK_INT(status.exited, 1);
		CHECK_INT(status.code, index);
		CHECK_INT(children[index].pid, 0);
		CHECK_INT(children[index].pollfd, -1);
	}
	CHECK_INT(pspawn_wait_any(entries, MANY + 2, &status, -1), -ESRCH);
	CHECK_INT(fault_malloc_held(), held);
}

CASE(X31, nobody_to_wait_for)
{
	struct pspawn_child empty = { .pid = 0, .pollfd = -1 };
	struct pspawn_child *entries[] = { NULL, &empty };

	CHECK_INT(pspawn_wait_any(entries, 2, NULL, -1), -ESRCH);
	CHECK_INT(pspawn_wait_any(entries, 0, NULL, 0), -ESRCH);
	CHECK_INT(pspawn_wait_any(NULL, 0, NULL, 20), -ESRCH);
	CHECK_INT(pspawn_wait_any(entries, 2, NULL, -2), -EINVAL);
}

CASE(X32, timeouts_leave_all_as_it_was)
{
	struct pspawn_child children[2];
	struct pspawn_child *entries[] = { &children[0], &children[1] };
	pid_t pids[2];

	for (int i = 0; i < 2; i++) {
		start(&children[i], "exec sleep 60");
		pids[i] = children[i].pid;
	}
	errno = 12345;
	for (int blinded = 0; blinded < 2; blinded++) {
		CHECK_INT(pspawn_wait_any(entries, 2, NULL, 0), -EINPROGRESS);
		CHECK_INT(pspawn_wait_any(entries, 2, NULL, 20), -EINPROGRESS);
		CHECK_INT(errno, 12345);
		for (int i = 0; i < 2; i++)
			CHECK_INT(children[i].pid, pids[i]);
		blind(&children[0]);
	}
	kill_and_wait(&children[0]);
	kill_and_wait(&children[1]);
}

CASE(X33, one_that_cannot_be_polled_for_ends_first)
{
	struct pspawn_child children[2];
	struct pspawn_child *entries[] = { &children[0], &children[1] };
	struct pspawn_status status;

	start(&children[0], "exec sleep 60");
	start(&children[1], "sleep 0.05; exit 7");
	blind(&children[1]);
	CHECK_INT(pspawn_wait_any(entries, 2, &status, -1), 1);
	CHECK_INT(status.code, 7);
	kill_and_wait(&children[0]);
}

CASE(X34, a_status_that_somebody_else_has)
{
	struct pspawn_child children[2];
	struct pspawn_child *entries[] = { &children[0], &children[1] };
	struct pspawn_status status;

	for (int blinded = 0; blinded < 2; blinded++) {
		start(&children[0], "exec sleep 60");
		start(&children[1], "exit 7");
		if (blinded)
			blind(&children[1]);
		CHECK_INT(waitpid(children[1].pid, NULL, 0), children[1].pid);
		memset(&status, 0x55, sizeof(status));
		CHECK_INT(pspawn_wait_any(entries, 2, &status, -1), 1);
		/* Lost, or right. */
		CHECK_INT(status.lost, !status.exited);
		CHECK_INT(status.code, status.lost ? -1 : 7);
		CHECK(!blinded || status.lost);
		CHECK_INT(children[1].pid, 0);
		kill_and_wait(&children[0]);
	}
}
