/* SPDX-License-Identifier: ISC */
/*
 * The library. --as `reserve`, with low numbers held for what is high; `async`, where the call
 * does not wait for the program; `async-reserve`, both; or one of its backends.
 */
#include <pspawn.h>
#include <string.h>

#include "contend.h"

static struct pspawn_fd fds[3];
static struct pspawn_cmd cmd = { .size = sizeof(cmd), .fds = fds, .nfds = 3 };

static void complain(const struct pspawn_error *error)
{
	char sentence[200];

	pspawn_strerror(error, &cmd, sentence, sizeof(sentence));
	contend_fail(sentence, error->code);
}

static int reserves(const struct contest *contest)
{
	return contend_as(contest, "reserve") || contend_as(contest, "async-reserve");
}

static void early(const struct contest *contest)
{
	int code = reserves(contest) ? pspawn_reserve(8) : 0;

	if (code < 0)
		contend_fail("pspawn_reserve", -code);
}

static void prepare(const struct contest *contest)
{
	cmd.argv = contest->argv;
	for (int i = 0; i < 3; i++)
		fds[i] = pspawn_fd_dup(i, contest->sources[i]);
	if (strncmp(contest->as, "async", 5) == 0)
		cmd.flags = PSPAWN_ASYNC;
	else if (contest->as[0] && !reserves(contest))
		cmd.backend = contest->as;
}

static long long start(const struct contest *contest)
{
	struct pspawn_child child;
	struct pspawn_status status;
	struct pspawn_error error;
	long long started;

	(void)contest;
	if (pspawn_start(&child, &cmd, &error) < 0)
		complain(&error);
	started = contend_now();
	if (pspawn_wait(&child, &status, -1) < 0 || !status.exited || status.code)
		contend_fail("wait", 0);
	return started;
}

const struct contender contender = { .early = early, .prepare = prepare, .start = start };
