/* SPDX-License-Identifier: ISC */
/*
 * The child side of sys.h through libc, for systems whose kernel has no stable
 * numbers. Everything here is async-signal-safe, and runs after fork() only,
 * so that errno is the child's own.
 */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef NSIG
#define NSIG 65
#endif

static int answer(int result)
{
	return result < 0 ? -errno : result;
}

int sys_open(const char *path, int flags, unsigned mode)
{
	return answer(open(path, flags, (mode_t)mode));
}

int sys_close(int fd)
{
	return answer(close(fd));
}

int sys_dup2(int from, int to)
{
	return answer(dup2(from, to));
}

int sys_getfd(int fd)
{
	int saved = errno;
	int result = answer(fcntl(fd, F_GETFD));

	errno = saved;
	return result;
}

int sys_setfd(int fd, int flags)
{
	return answer(fcntl(fd, F_SETFD, flags));
}

int sys_chdir(const char *path)
{
	return answer(chdir(path));
}

int sys_fchdir(int fd)
{
	return answer(fchdir(fd));
}

static int close_from(int first)
{
#if defined(HAVE_CLOSEFROM)
	closefrom(first);
	return 0;
#elif defined(F_CLOSEM)
	return answer(fcntl(first, F_CLOSEM, 0));
#else
	(void)first;
	return -ENOSYS;
#endif
}

/* A gap has an end that the caller chose, and may be counted through; the numbers have not. */
int sys_close_range(int first, int last)
{
#if defined(HAVE_CLOSE_RANGE)
	if (close_range((unsigned)first, (unsigned)last, 0) == 0)
		return 0;
#endif
	if (last == INT_MAX)
		return close_from(first);
	for (int fd = first; fd <= last; fd++)
		close(fd);
	return 0;
}

int sys_unshare_files(int first)
{
	(void)first;
	return -ENOSYS;
}

static int is_in(unsigned long long set, int number)
{
	return number <= 64 && (set >> (number - 1) & 1);
}

static int set_action(int number, void (*handler)(int))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	return answer(sigaction(number, &action, NULL));
}

int sys_default_signals(int already_cleared, unsigned long long set)
{
	(void)already_cleared;
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) < 0) {
			/* Not a signal, or one that libc keeps to itself. */
			if (errno == EINVAL)
				continue;
			return -errno;
		}
		if (action.sa_handler == SIG_DFL ||
		    (action.sa_handler == SIG_IGN && !is_in(set, number)))
			continue;
		if (set_action(number, SIG_DFL) < 0)
			return -errno;
	}
	return 0;
}

int sys_ignore_signals(unsigned long long set)
{
	for (int number = 1; number < NSIG && number <= 64; number++) {
		int result = is_in(set, number) ? set_action(number, SIG_IGN) : 0;

		if (result < 0 && result != -EINVAL)
			return result;
	}
	return 0;
}

/* The system's mask lives at the front of ours, which is large enough for all known. */
_Static_assert(sizeof(sigset_t) <= sizeof(struct sys_mask), "sigset_t fits");

int sys_set_mask(const struct sys_mask *mask)
{
	sigset_t set;

	memcpy(&set, mask, sizeof(set));
	return -pthread_sigmask(SIG_SETMASK, &set, NULL);
}

int sys_block_only(unsigned long long signals)
{
	sigset_t set;

	sigemptyset(&set);
	/* Of what is no signal, or libc's own, there is nothing to block. */
	for (int number = 1; number < NSIG && number <= 64; number++)
		if (is_in(signals, number))
			sigaddset(&set, number);
	return -pthread_sigmask(SIG_SETMASK, &set, NULL);
}

int sys_block_signals(struct sys_mask *old)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	result = -pthread_sigmask(SIG_SETMASK, &all, &before);
	memcpy(old, &before, sizeof(before));
	return result;
}

int sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return answer(execve(path, argv, envp));
}

long sys_write(int fd, const void *data, size_t size)
{
	long result = (long)write(fd, data, size);

	return result < 0 ? -errno : result;
}

void sys_exit(int code)
{
	_exit(code);
}

int sys_foreground_of(int terminal)
{
	return answer((int)tcgetpgrp(terminal));
}

int sys_set_foreground(int terminal, pid_t group)
{
	return answer(tcsetpgrp(terminal, group));
}

void sys_nap(int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

/* For the maps of ids that nobody has here: they may be preferred, and are left out. */
int sys_await(int fd)
{
	char byte;
	long result;

	do
		result = answer((int)read(fd, &byte, 1));
	while (result == -EINTR);
	return result == 1 ? 0 : result < 0 ? (int)result : -EPIPE;
}

int sys_execute_fd(int fd, char *const *argv, char *const *envp)
{
#ifdef HAVE_FEXECVE
	return answer(fexecve(fd, argv, envp));
#else
	(void)fd;
	(void)argv;
	(void)envp;
	return -ENOSYS;
#endif
}

/* No namespaces, so nobody asks. */
pid_t sys_fork_into(unsigned namespaces)
{
	(void)namespaces;
	return -ENOSYS;
}

pid_t sys_fork_watched(unsigned namespaces, int *pidfd)
{
	(void)namespaces;
	(void)pidfd;
	return -ENOSYS;
}

pid_t sys_fork_held(unsigned namespaces)
{
	(void)namespaces;
	return -ENOSYS;
}

/* No listing that is safe after fork: close_rest() then refuses rather than leaks. */
int sys_fds_open(struct sys_fds *fds)
{
	(void)fds;
	return -ENOSYS;
}

int sys_fds_next(struct sys_fds *fds, int *numbers, int room)
{
	(void)fds;
	(void)numbers;
	(void)room;
	return -ENOSYS;
}

int sys_fds_rewind(struct sys_fds *fds)
{
	(void)fds;
	return -ENOSYS;
}
