/* SPDX-License-Identifier: ISC */
/*
 * The floor: vfork and execve by hand, and nothing else. No descriptor is placed, none closed.
 * --as pidfd: with a handle that no stranger's pid can be taken for, see contend_wait().
 */
#include <errno.h>
#include <unistd.h>

#include "contend.h"

extern char **environ;

static long long start(const struct contest *contest)
{
	pid_t pid = vfork();
	long long started;

	if (pid < 0)
		contend_fail("vfork", errno);
	if (pid == 0) {
		execve(contest->program, contest->argv, environ);
		_exit(127);
	}
	started = contend_now();
	contend_wait(contest, pid);
	return started;
}

const struct contender contender = { .start = start };
