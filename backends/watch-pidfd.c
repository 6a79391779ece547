/* SPDX-License-Identifier: ISC */
/* Linux: pidfd_open(2) since 5.3; without it, waiting falls back to asking. */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend.h"
#include "raw.h"
#include "wait.h"

enum { WAIT_BY_PIDFD = 3 }; /* P_PIDFD, Linux 5.4 */

/* For want of room: would a pidfd need any? EPERM and EINVAL are how filters refuse them. */
static int ask_for_pidfd(void)
{
	int fd = (int)RAW2(SYS_pidfd_open, getpid(), 0);

	return fd == -EPERM || fd == -EINVAL ? -ENOSYS : fd;
}

int watch_prepare(const struct plan *plan, int has_spare)
{
	int fd;

	if (has_spare)
		return WATCH_TAKES_SPARE;
	/* A third of the price of a pidfd that nobody looks at. */
	fd = sys_placeholder();
	return reserve(fd < 0 ? ask_for_pidfd() : fd, plan);
}

void watch_cancel(int prepared)
{
	if (prepared >= 0)
		sys_release(prepared);
}

int watch_attach(int prepared, pid_t pid)
{
	int fd;

	if (prepared == -ENOSYS)
		return prepared;
	/* Where there was no room before, there may be some now. */
	watch_cancel(prepared);
	fd = (int)RAW2(SYS_pidfd_open, pid, 0);
	return reserve(fd, NULL);
}

/* waitid(2) by descriptor gives a siginfo; this is the status that wait4(2) would give. */
static int raw_status(const siginfo_t *info)
{
	int core = info->si_code == CLD_DUMPED ? 0x80 : 0;

	if (info->si_code == CLD_EXITED)
		return (info->si_status & 0xff) << 8;
	return (info->si_status & 0x7f) | core;
}

/* The kernel's struct rusage: longs, also where libc's has times of 64 bits. */
struct kernel_rusage {
	long user[2], system[2];
	long counts[14];
};

static void convert(struct rusage *rusage, const struct kernel_rusage *kernel)
{
	rusage->ru_utime.tv_sec = kernel->user[0];
	rusage->ru_utime.tv_usec = kernel->user[1];
	rusage->ru_stime.tv_sec = kernel->system[0];
	rusage->ru_stime.tv_usec = kernel->system[1];
	memcpy(&rusage->ru_maxrss, kernel->counts, sizeof(kernel->counts));
}

static int ask_pidfd(int watch, int *status, struct rusage *rusage)
{
	struct kernel_rusage kernel = { 0 };
	siginfo_t info;
	long result;

	info.si_pid = 0;
	result = RAW5(SYS_waitid, WAIT_BY_PIDFD, watch, &info, WEXITED | WNOHANG | __WALL, &kernel);
	if (result == 0 && !wait_is_end(&info))
		return -EINPROGRESS;
	if (result == 0) {
		*status = raw_status(&info);
		convert(rusage, &kernel);
	}
	return (int)result;
}

/*
 * The status of a child that somebody else has waited for, or that nobody has to wait for
 * because SIGCHLD is ignored: since Linux 6.15 a pidfd that was there before keeps it.
 */
struct kernel_pidfd_info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};
enum { INFO_PID = 1, INFO_EXIT = 8, MOST_TRIES = 1000 };
#define GET_INFO _IOWR(0xff, 11, struct kernel_pidfd_info)

static int ask_afterwards(int watch, int *status)
{
	/* It is gone for waitid(2) a moment before it is gone: until then there is no such answer. */
	for (int tries = 0; tries < MOST_TRIES; tries++) {
		struct kernel_pidfd_info info = { .mask = INFO_EXIT };

		if (RAW3(SYS_ioctl, watch, GET_INFO, &info) < 0)
			return -ECHILD;
		if (info.mask & INFO_EXIT) {
			*status = info.exit_code;
			return 0;
		}
		sys_nap(1);
	}
	return -ECHILD;
}

/* P_PIDFD is not known here: the child is not waited for, so its pid is still its own. */
static int knows_no_pidfd(int result)
{
	return result == -EINVAL || result == -ENOSYS || result == -EPERM;
}

static int ask(pid_t pid, int watch, int *status, struct rusage *rusage)
{
	int result = ask_pidfd(watch, status, rusage);

	if (knows_no_pidfd(result))
		result = wait_by_pid(pid, WNOHANG, status, rusage);
	return result == -ECHILD ? ask_afterwards(watch, status) : result;
}

int watch_peek(pid_t pid, int watch)
{
	siginfo_t info;
	long result;

	if (watch < 0)
		return wait_peek(pid);
	info.si_pid = 0;
	result = RAW5(SYS_waitid, WAIT_BY_PIDFD, watch, &info,
		      WEXITED | WNOHANG | WNOWAIT | __WALL, NULL);
	if (knows_no_pidfd((int)result))
		return wait_peek(pid);
	return result == 0 && !wait_is_end(&info) ? -EINPROGRESS : (int)result;
}

/*
 * Sleep until the child has ended, or is said to: 1. Under RLIMIT_NOFILE 0 and some filters
 * poll(2) fails, and says nothing either. 0: it has not ended. Before that nobody may ask for its
 * status: if the caller traces it, that would take the news of a stop away.
 */
static int sleep_on(int watch, int left)
{
	struct pollfd ended = { .fd = watch, .events = POLLIN };
	int result = poll(&ended, 1, left);

	return result != 0 && (result > 0 || errno != EINTR);
}

/*
 * The same without a limit, by a cheaper call, which as libc has it is a cancellation point, too. It
 * leaves the status where it is, and the news of a stop of a child that we trace, by which it ends. 0
 * also where it says nothing: that, a signal, a status that is gone, a kernel that knows no P_PIDFD.
 */
static int sleep_without_limit(int watch)
{
	siginfo_t info;

	info.si_pid = 0;
	return waitid((idtype_t)WAIT_BY_PIDFD, (id_t)watch, &info, WEXITED | WNOWAIT | __WALL) ==
		       0 && wait_is_end(&info);
}

int watch_wait(pid_t pid, int watch, int timeout_ms, int *status, struct rusage *rusage)
{
	int64_t deadline = wait_deadline(timeout_ms);
	int ended, result;

	if (watch < 0)
		return wait_with_backoff(pid, timeout_ms, status, rusage);
	ended = timeout_ms < 0 && sleep_without_limit(watch);
	while (!ended) {
		int left = wait_left(deadline);

		ended = sleep_on(watch, left);
		if (!ended && left == 0)
			return -EINPROGRESS;
	}
	result = ask(pid, watch, status, rusage);
	/* A pidfd of Linux 5.2 is always readable, and a tracer may have the status before us. */
	if (result == -EINPROGRESS)
		result = wait_with_backoff(pid, wait_left(deadline), status, rusage);
	return result;
}

int watch_kill(pid_t pid, int watch, int signal)
{
	int result = -ENOSYS;

	if (watch >= 0)
		result = (int)RAW4(SYS_pidfd_send_signal, watch, signal, NULL, 0);
	return result == -ENOSYS ? sys_kill(pid, signal) : result;
}

int watch_change(pid_t pid, int watch, int sleeps, int *stopped)
{
	int result = -ENOSYS;

	if (watch >= 0)
		result = wait_change(WAIT_BY_PIDFD, watch, sleeps, stopped);
	return watch < 0 || knows_no_pidfd(result) ? wait_change(P_PID, pid, sleeps, stopped)
						   : result;
}

/* ---- pidfds of others */

/* PIDFD_GET_INFO is of Linux 6.13; the file in /proc is as old as pidfds are. */
static int pid_by_proc(int watch)
{
	char path[48], text[512];
	const char *at;
	long size;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", watch);
	fd = sys_open_cloexec(path, O_RDONLY, 0);
	if (fd < 0)
		return fd == -ENOENT ? -EBADF : fd;
	size = sys_read(fd, text, sizeof(text) - 1);
	sys_release(fd);
	text[size < 0 ? 0 : size] = '\0';
	at = strstr(text, "\nPid:");
	return at ? atoi(at + 5) : -EBADF;
}

int watch_pid(int watch)
{
	struct kernel_pidfd_info info = { .mask = INFO_PID };

	if (RAW3(SYS_ioctl, watch, GET_INFO, &info) == 0)
		return (int)info.ids[0];
	return pid_by_proc(watch);
}

enum { PIDFD_FILE_SYSTEM = 0x50494446 }; /* "PIDF", Linux 6.9; before, all pidfds had one inode */

unsigned long long watch_inode(int watch)
{
	struct statfs system;
	struct sys_file file;

	if (watch < 0 || fstatfs(watch, &system) < 0 || system.f_type != PIDFD_FILE_SYSTEM)
		return 0;
	return sys_identify(watch, &file) == 0 ? file.inode : 0;
}
