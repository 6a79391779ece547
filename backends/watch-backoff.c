/* SPDX-License-Identifier: ISC */
/* Systems without a descriptor for a child: there is nothing to poll. */
#include "watch.h"

#include <errno.h>
#include <sys/wait.h>

#include "sys.h"
#include "wait.h"

int watch_prepare(const struct plan *plan, int has_spare)
{
	(void)plan;
	(void)has_spare;
	return -ENOSYS;
}

void watch_cancel(int prepared)
{
	(void)prepared;
}

int watch_attach(int prepared, pid_t pid)
{
	(void)pid;
	return prepared;
}

int watch_wait(pid_t pid, int watch, int timeout_ms, int *raw, struct rusage *rusage)
{
	(void)watch;
	return wait_with_backoff(pid, timeout_ms, raw, rusage);
}

int watch_peek(pid_t pid, int watch)
{
	(void)watch;
	return wait_peek(pid);
}

int watch_kill(pid_t pid, int watch, int signal)
{
	(void)watch;
	return sys_kill(pid, signal);
}

int watch_change(pid_t pid, int watch, int sleeps, int *stopped)
{
	(void)watch;
	return wait_change(P_PID, pid, sleeps, stopped);
}

int watch_pid(int watch)
{
	(void)watch;
	return -ENOSYS;
}

unsigned long long watch_inode(int watch)
{
	(void)watch;
	return 0;
}
