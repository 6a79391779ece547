/* SPDX-License-Identifier: ISC */
/* The parent's side of sys.h, through libc: the same on every system. */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer.h"

#ifndef __WALL
#define __WALL 0
#endif

int sys_dup_from(int fd, int lowest)
{
	ANSWER(fcntl(fd, F_DUPFD_CLOEXEC, lowest));
}

int sys_replace(int fd, int by)
{
#ifdef HAVE_DUP3
	ANSWER(dup3(by, fd, O_CLOEXEC));
#else
	(void)fd;
	(void)by;
	return -ENOSYS;
#endif
}

static int status_of_fd(int fd, struct stat *status)
{
	ANSWER(fstat(fd, status));
}

int sys_identify(int fd, struct sys_file *file)
{
	struct stat status;
	int result = status_of_fd(fd, &status);

	if (result < 0)
		return result;
	file->device = (unsigned long long)status.st_dev;
	file->inode = (unsigned long long)status.st_ino;
	file->is_stream = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
	return 0;
}

static int change_owner(int fd, uid_t user)
{
	ANSWER(fchown(fd, user, (gid_t)-1));
}

void sys_give(int fd, uid_t user)
{
	change_owner(fd, user);
}

int sys_release(int fd)
{
	ANSWER(close(fd));
}

static long read_once(int fd, void *data, size_t size)
{
	ANSWER(read(fd, data, size));
}

long sys_read(int fd, void *data, size_t size)
{
	long result;

	do
		result = read_once(fd, data, size);
	while (result == -EINTR);
	return result;
}

int sys_fork(void)
{
#ifdef HAVE__FORK
	ANSWER(_Fork());
#else
	ANSWER(fork());
#endif
}

/* __WALL, because a child that never executed anything may have exit_signal 0. */
static int reap_once(pid_t pid, int *status)
{
	ANSWER(waitpid(pid, status, __WALL));
}

int sys_reap(pid_t pid)
{
	int status = 0;
	int result;

	do
		result = reap_once(pid, &status);
	while (result == -EINTR);
	return result < 0 ? result : status;
}

int sys_kill(pid_t pid, int signal)
{
	ANSWER(kill(pid, signal));
}

static int put_into_group(pid_t pid, pid_t group)
{
	ANSWER(setpgid(pid, group));
}

/* By a change of nothing, which POSIX forbids then: EACCES. */
int sys_has_executed(pid_t pid)
{
	return put_into_group(pid, getpgid(pid)) == -EACCES;
}

static int open_at(int directory, const char *name)
{
	ANSWER(openat(directory < 0 ? AT_FDCWD : directory, name, O_WRONLY | O_CLOEXEC));
}

static long write_once(int fd, const char *text, size_t size)
{
	ANSWER(write(fd, text, size));
}

int sys_write_at(int directory, const char *name, const char *text)
{
	int fd = open_at(directory, name);
	long result;

	if (fd < 0)
		return fd;
	result = write_once(fd, text, strlen(text));
	sys_release(fd);
	return result < 0 ? (int)result : 0;
}

int sys_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > INT_MAX)
		return INT_MAX;
	return (int)limit.rlim_cur;
}

static int set_flags(int fd, int flags)
{
	ANSWER(fcntl(fd, F_SETFD, flags));
}

static int set_cloexec(int fd)
{
	if (fd >= 0)
		set_flags(fd, FD_CLOEXEC);
	return fd;
}

#ifdef HAVE_PIPE2

int sys_pipe(int ends[2])
{
	ANSWER(pipe2(ends, O_CLOEXEC));
}

int sys_signal_pipe(int ends[2])
{
	ANSWER(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
}

#else

static int plain_pipe(int ends[2])
{
	ANSWER(pipe(ends));
}

int sys_pipe(int ends[2])
{
	int result = plain_pipe(ends);

	if (result == 0) {
		set_cloexec(ends[0]);
		set_cloexec(ends[1]);
	}
	return result;
}

int sys_signal_pipe(int ends[2])
{
	int result = sys_pipe(ends);

	if (result == 0)
		sys_do_not_block(ends[0]);
	return result;
}

#endif

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#endif

int sys_socket(int domain, int type, int protocol)
{
	if (SOCK_CLOEXEC)
		ANSWER(socket(domain, type | SOCK_CLOEXEC, protocol));
	ANSWER(set_cloexec(socket(domain, type, protocol)));
}

static int socket_pair(int domain, int type, int protocol, int ends[2])
{
	ANSWER(socketpair(domain, type | SOCK_CLOEXEC, protocol, ends));
}

int sys_socketpair(int domain, int type, int protocol, int ends[2])
{
	int result = socket_pair(domain, type, protocol, ends);

	if (result == 0 && !SOCK_CLOEXEC) {
		set_cloexec(ends[0]);
		set_cloexec(ends[1]);
	}
	return result;
}

static int accept_once(int listener, struct sockaddr *address, socklen_t *length)
{
#ifdef HAVE_ACCEPT4
	ANSWER(accept4(listener, address, length, SOCK_CLOEXEC));
#else
	ANSWER(set_cloexec(accept(listener, address, length)));
#endif
}

int sys_accept(int listener, struct sockaddr *address, socklen_t *length)
{
	int result;

	do
		result = accept_once(listener, address, length);
	while (result == -EINTR);
	return result;
}

static int open_once(const char *path, int flags, unsigned mode)
{
	ANSWER(open(path, flags | O_CLOEXEC, (mode_t)mode));
}

int sys_open_cloexec(const char *path, int flags, unsigned mode)
{
	int result;

	do
		result = open_once(path, flags, mode);
	while (result == -EINTR);
	return result;
}

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

/*
 * By its name in /proc, which is not always mounted. A thread can have a table of its own
 * (unshare(2), CLONE_FILES), and /proc/self is the first thread's: thread-self, Linux 3.17.
 */
int sys_open_again(int fd, int flags)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	return sys_open_cloexec(path, flags, 0);
}

/* What is open by O_PATH only can be executed, and has no part in record locks. */
int sys_hold(int fd)
{
	int held = sys_open_again(fd, O_PATH);

	return held < 0 ? sys_dup_from(fd, 3) : held;
}

/* Of all that could hold a number the cheapest, but for a duplicate. */
int sys_placeholder(void)
{
	return sys_open_cloexec("/", O_PATH, 0);
}

static int status_of(const char *path, struct stat *status)
{
	ANSWER(stat(path, status));
}

static int may_execute_effectively(const char *path)
{
	ANSWER(faccessat(AT_FDCWD, path, X_OK, AT_EACCESS));
}

static int may_execute_really(const char *path)
{
	ANSWER(access(path, X_OK));
}

/* By the effective ids, as execve(2) will judge; filters refuse faccessat2(2) with any errno. */
static int may_execute(const char *path)
{
	int result = may_execute_effectively(path);

	return result == 0 || result == -EACCES ? result : may_execute_really(path);
}

int sys_executable(const char *path)
{
	struct stat status;
	int result = status_of(path, &status);

	/* Behind a directory that may not be searched: that is not "found". */
	if (result < 0)
		return result == -EACCES ? -ENOENT : result;
	if (!S_ISREG(status.st_mode))
		return -EACCES;
	return may_execute(path);
}

int sys_kernel_is_at_least(int major, int minor)
{
	struct utsname name;
	int found[2] = { 0, 0 };

	if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &found[0], &found[1]) < 1)
		return 0;
	return found[0] != major ? found[0] > major : found[1] >= minor;
}

int sys_disable_cancel(void)
{
	int state = 0;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	return state;
}

void sys_restore_cancel(int state)
{
	pthread_setcancelstate(state, &state);
}
