/* SPDX-License-Identifier: ISC */
/*
 * posix_spawn by hand: three descriptors placed, the rest closed where it can, SIGPIPE default,
 * mask empty. The actions are made for each start, as they have to be where descriptors come and
 * go. --as pidfd: with a handle that no stranger's pid can be taken for, see contend_wait().
 */
#include <signal.h>
#include <spawn.h>

#include "contend.h"

extern char **environ;

static int spawn(const struct contest *contest, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t set;
	int result;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, contest->sources[i], i);
#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attributes, &set);
	sigaddset(&set, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &set);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	result = posix_spawn(pid, contest->program, &actions, &attributes, contest->argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

static long long start(const struct contest *contest)
{
	pid_t pid;
	int result = spawn(contest, &pid);
	long long started = contend_now();

	if (result)
		contend_fail("posix_spawn", result);
	contend_wait(contest, pid);
	return started;
}

const struct contender contender = { .start = start };
