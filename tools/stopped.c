/* SPDX-License-Identifier: ISC */
#include "stopped.h"

#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#ifdef __linux__
#include <sys/ptrace.h>

/* Stops are only looked at, and so is an end: that is for pspawn_wait(). */
static int what_happens(const struct pspawn_child *child, siginfo_t *what)
{
	int result;

	do
		result = waitid(P_PID, (id_t)child->pid, what,
				WSTOPPED | WCONTINUED | WEXITED | WNOWAIT);
	while (result < 0 && errno == EINTR);
	return result < 0 ? errno : 0;
}

int stopped_leave(const struct pspawn_child *child)
{
	siginfo_t what;
	int code = what_happens(child, &what);

	if (code || what.si_code != CLD_TRAPPED)
		return code;
	if (ptrace(PTRACE_DETACH, child->pid, NULL, SIGSTOP) < 0)
		return errno;
	return what_happens(child, &what);
}
#else
int stopped_leave(const struct pspawn_child *child)
{
	(void)child;
	return ENOTSUP;
}
#endif
