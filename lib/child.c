/* SPDX-License-Identifier: ISC */
/* The handle: wait, signal, forget. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "pspawn.h"
#include "sys.h"
#include "watch.h"

static void fill_status(struct pspawn_status *status, int raw, const struct rusage *rusage)
{
	memset(status, 0, sizeof(*status));
	status->exited = WIFEXITED(raw) != 0;
	if (WIFEXITED(raw))
		status->code = WEXITSTATUS(raw);
	if (WIFSIGNALED(raw)) {
		status->signal = WTERMSIG(raw);
		status->core = WCOREDUMP(raw) != 0;
	}
	status->rusage = *rusage;
}

int pspawn_wait(struct pspawn_child *child, struct pspawn_status *status, int timeout_ms)
{
	struct rusage rusage;
	int saved = errno;
	int raw = 0;
	int result;

	if (timeout_ms < -1)
		return -EINVAL;
	if (child->pid == 0)
		return -ESRCH;
	memset(&rusage, 0, sizeof(rusage));
	result = watch_wait(child->pid, child->pollfd, timeout_ms, &raw, &rusage);
	if (result == 0 && status)
		fill_status(status, raw, &rusage);
	if (result != -ETIMEDOUT)
		pspawn_forget(child);
	errno = saved;
	return result;
}

int pspawn_kill(const struct pspawn_child *child, int signal)
{
	return child->pid == 0 ? -ESRCH : watch_kill(child->pid, child->pollfd, signal);
}

int pspawn_kill_all(const struct pspawn_child *child, int signal)
{
	/* Not a signal but a question: is it still there, and its number its own? */
	int result = pspawn_kill(child, 0);

	if (result < 0)
		return result;
	if (signal == SIGKILL && child->cgroup >= 0 &&
	    sys_write_at(child->cgroup, "cgroup.kill", "1") == 0)
		return PSPAWN_REACH_CGROUP;
	if (child->group > 0)
		result = sys_kill(-child->group, signal);
	else
		result = pspawn_kill(child, signal);
	if (result < 0)
		return result;
	return child->group > 0 ? PSPAWN_REACH_GROUP : PSPAWN_REACH_CHILD;
}

enum pspawn_outcome pspawn_outcome(const struct pspawn_child *child, size_t index)
{
	if (index >= 64)
		return PSPAWN_APPLIED;
	if (child->left_out >> index & 1)
		return PSPAWN_LEFT_OUT;
	return child->otherwise >> index & 1 ? PSPAWN_OTHERWISE : PSPAWN_APPLIED;
}

void pspawn_forget(struct pspawn_child *child)
{
	/* Closing may be a cancellation point, and the descriptor would be lost there. */
	int cancel = sys_disable_cancel();

	if (child->pid != 0) {
		watch_cancel(child->pollfd);
		if (child->cgroup >= 0)
			sys_release(child->cgroup);
	}
	child->pid = child->group = 0;
	child->pollfd = child->cgroup = -1;
	sys_restore_cancel(cancel);
}
