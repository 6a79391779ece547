/* SPDX-License-Identifier: ISC */
#include "init.h"

#ifdef __linux__
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"
#include "signals.h"
#include "values.h"

/* All that have ended. The system ends whatever is left when we do. */
static void reap(pid_t child)
{
	int status;
	pid_t ended;

	while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
		if (ended == child)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : BY_SIGNAL + WTERMSIG(status));
}

void init_if_first(void)
{
	sigset_t all, before;
	siginfo_t info;
	pid_t child;

	if (getpid() != 1)
		return;
	/* None is lost: what is blocked waits, also where process 1 would not be given it. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	child = fork();
	if (child < 0)
		cannot(errno, "a process beside process 1");
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		return;
	}
	for (;;) {
		int number = sigwaitinfo(&all, &info);

		if (number == SIGCHLD)
			reap(child);
		else if (number > 0 && !signals_came_to_group(&info))
			kill(child, number);
	}
}
#else
void init_if_first(void)
{
}
#endif
