/* SPDX-License-Identifier: ISC */
/* The child side of sys.h on Linux: raw system calls and nothing else. */
#include "entry.h"
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { CLOSE_RANGE_UNSHARE_FLAG = 2 };

CHILD_SIDE int sys_open(const char *path, int flags, unsigned mode)
{
	return (int)RAW4(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

CHILD_SIDE int sys_close(int fd)
{
	return (int)RAW1(SYS_close, fd);
}

CHILD_SIDE int sys_dup2(int from, int to)
{
	return (int)RAW3(SYS_dup3, from, to, 0);
}

CHILD_SIDE int sys_getfd(int fd)
{
	return (int)RAW2(SYS_fcntl, fd, F_GETFD);
}

CHILD_SIDE int sys_setfd(int fd, int flags)
{
	return (int)RAW3(SYS_fcntl, fd, F_SETFD, flags);
}

CHILD_SIDE int sys_chdir(const char *path)
{
	return (int)RAW1(SYS_chdir, path);
}

CHILD_SIDE int sys_fchdir(int fd)
{
	return (int)RAW1(SYS_fchdir, fd);
}

/* INT_MAX and not ~0u for "all above": gVisor refuses the latter. */
CHILD_SIDE int sys_close_range(int first, int last)
{
	return (int)RAW3(SYS_close_range, first, last, 0);
}

CHILD_SIDE int sys_unshare_files(int first)
{
	return (int)RAW3(SYS_close_range, first, INT_MAX, CLOSE_RANGE_UNSHARE_FLAG);
}

CHILD_SIDE int sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return (int)RAW3(SYS_execve, path, argv, envp);
}

CHILD_SIDE long sys_write(int fd, const void *data, size_t size)
{
	return RAW3(SYS_write, fd, data, size);
}

CHILD_SIDE void sys_exit(int code)
{
	for (;;)
		RAW1(SYS_exit_group, code);
}

/* ---- terminals, births, programs by descriptor */

CHILD_SIDE int sys_foreground_of(int terminal)
{
	int group = 0;
	long result = RAW3(SYS_ioctl, terminal, TIOCGPGRP, &group);

	return result < 0 ? (int)result : group;
}

/* Every signal is blocked, so SIGTTOU does not stop a process of the background. */
CHILD_SIDE int sys_set_foreground(int terminal, pid_t group)
{
	return (int)RAW3(SYS_ioctl, terminal, TIOCSPGRP, &group);
}

CHILD_SIDE void sys_nap(int ms)
{
#ifdef SYS_clock_nanosleep_time64
	long long time[2];
#else
	long time[2];
#endif

	time[0] = ms / 1000;
	time[1] = ms % 1000 * 1000000L;
#ifdef SYS_clock_nanosleep_time64
	RAW4(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, time, NULL);
#else
	RAW2(SYS_nanosleep, time, NULL);
#endif
}

CHILD_SIDE int sys_await(int fd)
{
	char byte;
	long result;

	do
		result = RAW3(SYS_read, fd, &byte, 1);
	while (result == -EINTR);
	return result == 1 ? 0 : result < 0 ? (int)result : -EPIPE;
}

/* For kernels and filters without execveat(2): the same file by its name in /proc. */
CHILD_SIDE static int execute_by_name(int fd, char *const *argv, char *const *envp)
{
	static const char start[] = "/proc/self/fd/";
	char path[sizeof(start) + 10];
	char digits[10];
	size_t at = 0, n = 0;

	for (; start[at]; at++)
		path[at] = start[at];
	do
		digits[n++] = (char)('0' + fd % 10);
	while (fd /= 10);
	while (n > 0)
		path[at++] = digits[--n];
	path[at] = '\0';
	return sys_execve(path, argv, envp);
}

CHILD_SIDE int sys_execute_fd(int fd, char *const *argv, char *const *envp)
{
	int result = -ENOSYS;

#ifdef SYS_execveat
	result = (int)RAW5(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
#endif
	return result == -ENOSYS || result == -EPERM ? execute_by_name(fd, argv, envp) : result;
}

pid_t sys_fork_into(unsigned namespaces)
{
#ifdef __s390__
	return (pid_t)RAW2(SYS_clone, 0, namespaces | SIGCHLD);
#else
	return (pid_t)RAW2(SYS_clone, namespaces | SIGCHLD, 0);
#endif
}

/*
 * clone3(2) without memory in common, Linux 5.5: the kernel resets 64 signals for nothing, and
 * the pidfd is there as soon as the child is. It has no number in the child's table.
 */
static pid_t fork_by_clone3(unsigned long long flags, int *pidfd)
{
	struct entry_args args = { 0 };
	long pid;

	args.flags = flags | CLONE_CLEAR_SIGHAND;
	args.pidfd = (uintptr_t)pidfd;
	args.exit_signal = SIGCHLD;
	pid = RAW2(SYS_clone3, &args, ENTRY_ARGS_FIRST);
	/* As kernels and filters say that they have none, and as they refuse namespaces. */
	return pid == -EPERM || pid == -EINVAL || pid == -E2BIG ? -ENOSYS : (pid_t)pid;
}

pid_t sys_fork_watched(unsigned namespaces, int *pidfd)
{
	return fork_by_clone3(namespaces | CLONE_PIDFD, pidfd);
}

/* By clone3(2) only, because valgrind ends at a clone(2) that holds the parent and shares nothing. */
pid_t sys_fork_held(unsigned namespaces)
{
	return fork_by_clone3(namespaces | CLONE_VFORK, NULL);
}

/* ---- /proc/self/fd */

struct kernel_dirent {
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

CHILD_SIDE int sys_fds_open(struct sys_fds *fds)
{
	fds->fd = sys_open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	return fds->fd;
}

CHILD_SIDE static int number_of(const char *name)
{
	int number = 0;

	for (; *name >= '0' && *name <= '9'; name++)
		number = number * 10 + (*name - '0');
	return *name ? -1 : number;
}

CHILD_SIDE int sys_fds_next(struct sys_fds *fds, int *numbers, int room)
{
	/* The shortest record has 24 bytes, so this many always find room. */
	long want = (long)room * 24 < (long)sizeof(fds->buffer) ? room * 24L
								  : (long)sizeof(fds->buffer);
	long size;
	int count;

	do {
		size = RAW3(SYS_getdents64, fds->fd, fds->buffer, want);
		count = 0;
		for (long at = 0; at < size;) {
			const struct kernel_dirent *entry = (const void *)(fds->buffer + at);
			int number = number_of(entry->name);

			if (number >= 0)
				numbers[count++] = number;
			at += entry->length;
		}
	} while (size > 0 && count == 0);
	return size < 0 ? (int)size : count;
}

CHILD_SIDE int sys_fds_rewind(struct sys_fds *fds)
{
	long result = RAW3(SYS_lseek, fds->fd, 0, SEEK_SET);

	return result < 0 ? (int)result : 0;
}
