/* SPDX-License-Identifier: ISC */
#include "wait.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

/* Also a child that was killed inside execve(2), before its exit signal was SIGCHLD again. */
#ifndef __WALL
#define __WALL 0
#endif

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t wait_deadline(int timeout_ms)
{
	return timeout_ms < 0 ? -1 : timeout_ms == 0 ? 0 : now_ms() + timeout_ms;
}

int wait_left(int64_t deadline)
{
	int64_t left;

	if (deadline <= 0)
		return (int)deadline;
	left = deadline - now_ms();
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int wait_by_pid(pid_t pid, int options, int *raw, struct rusage *rusage)
{
	pid_t result;

	do {
#ifdef HAVE_WAIT4
		result = wait4(pid, raw, options | __WALL, rusage);
#else
		result = waitpid(pid, raw, options | __WALL);
		memset(rusage, 0, sizeof(*rusage));
#endif
	} while ((result < 0 && errno == EINTR) ||
		 (result > 0 && WIFSTOPPED(*raw) && !(options & WNOHANG)));
	if (result < 0)
		return -errno;
	return result == 0 || WIFSTOPPED(*raw) ? -EINPROGRESS : 0;
}

#ifdef HAVE_WAITID

int wait_is_end(const siginfo_t *info)
{
	return info->si_pid != 0 && (info->si_code == CLD_EXITED || info->si_code == CLD_KILLED ||
				     info->si_code == CLD_DUMPED);
}

int wait_peek(pid_t pid)
{
	siginfo_t info;
	int result;

	do {
		info.si_pid = 0;
		result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL);
	} while (result < 0 && errno == EINTR);
	if (result < 0)
		return -errno;
	return wait_is_end(&info) ? 0 : -EINPROGRESS;
}

static int wait_for_news(int idtype, int id, siginfo_t *info, int options)
{
	int result;

	do {
		info->si_pid = 0;
		result = waitid((idtype_t)idtype, (id_t)id, info, options | __WALL);
	} while (result < 0 && errno == EINTR && options & WNOHANG);
	return result < 0 ? -errno : 0;
}

int wait_change(int idtype, int id, int sleeps, int *stopped)
{
	siginfo_t info;
	int result = 0;

	if (sleeps)
		wait_for_news(idtype, id, &info, WEXITED | WSTOPPED | WCONTINUED | WNOWAIT);
	result = wait_for_news(idtype, id, &info, WSTOPPED | WCONTINUED | WNOHANG);
	/* ECHILD: it has ended, which is for others to find out. */
	if (result < 0)
		return result == -ECHILD ? 0 : result;
	if (info.si_pid == 0)
		return 0;
	*stopped = info.si_code == CLD_CONTINUED ? 0 : info.si_status & 0x7f;
	return 1;
}

#else

int wait_peek(pid_t pid)
{
	(void)pid;
	return -ENOSYS;
}

int wait_change(int idtype, int id, int sleeps, int *stopped)
{
	(void)idtype;
	(void)id;
	(void)sleeps;
	(void)stopped;
	return -ENOSYS;
}

#endif

int wait_with_backoff(pid_t pid, int timeout_ms, int *raw, struct rusage *rusage)
{
	int64_t deadline = wait_deadline(timeout_ms);
	int pause_ms = 1;
	int result;

	if (timeout_ms < 0)
		return wait_by_pid(pid, 0, raw, rusage);
	while ((result = wait_by_pid(pid, WNOHANG, raw, rusage)) == -EINPROGRESS) {
		int left = wait_left(deadline);
		struct timespec pause = { 0 };

		if (left == 0)
			break;
		if (pause_ms > left)
			pause_ms = left;
		pause.tv_nsec = pause_ms * 1000000L;
		nanosleep(&pause, NULL);
		if (pause_ms < 32)
			pause_ms *= 2;
	}
	return result;
}
