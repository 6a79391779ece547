/* SPDX-License-Identifier: ISC */
/* What a run needs of the system: the clock, poll(2), writes that raise no SIGPIPE. */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"

int64_t sys_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int poll_once(struct pollfd *fds, size_t count, int timeout_ms)
{
	ANSWER(poll(fds, (nfds_t)count, timeout_ms));
}

int sys_poll(struct pollfd *fds, size_t count, int timeout_ms)
{
	return poll_once(fds, count, timeout_ms);
}

int sys_is_hung_up(int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLIN };

	return sys_poll(&end, 1, 0) == 1 && end.revents & (POLLHUP | POLLERR);
}

static int flags_of(int fd)
{
	ANSWER(fcntl(fd, F_GETFL));
}

static int set_flags(int fd, int flags)
{
	ANSWER(fcntl(fd, F_SETFL, flags));
}

int sys_do_not_block(int fd)
{
	int flags = flags_of(fd);

	return flags < 0 ? flags : set_flags(fd, flags | O_NONBLOCK);
}

static int waiting(int fd, int *bytes)
{
	ANSWER(ioctl(fd, FIONREAD, bytes));
}

size_t sys_readable(int fd)
{
	int bytes = 0;

	return waiting(fd, &bytes) < 0 || bytes < 0 ? 0 : (size_t)bytes;
}

static int has_sigpipe(void)
{
	sigset_t pending;

	sigemptyset(&pending);
	sigpending(&pending);
	return sigismember(&pending, SIGPIPE) == 1;
}

/*
 * The signal that write(2) has sent to this thread, which blocks it. One that was there before,
 * and was this thread's, has become one with ours; one of the process is still there.
 */
static void swallow_sigpipe(const sigset_t *sigpipe, int was_there)
{
	int number;

	if (has_sigpipe())
		sigwait(sigpipe, &number);
	if (was_there && !has_sigpipe())
		pthread_kill(pthread_self(), SIGPIPE);
}

static long write_once(int fd, const void *data, size_t size)
{
	ANSWER(write(fd, data, size));
}

/*
 * SIGPIPE is blocked, for this thread and for the length of the write, and taken
 * back where it came. The process's disposition and other threads are not touched.
 */
long sys_write_quietly(int fd, const void *data, size_t size)
{
	sigset_t sigpipe, old;
	int was_there;
	long result;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &sigpipe, &old);
	was_there = sigismember(&old, SIGPIPE) == 1 && has_sigpipe();
	do
		result = write_once(fd, data, size);
	while (result == -EINTR);
	if (result == -EPIPE)
		swallow_sigpipe(&sigpipe, was_there);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return result;
}

static int group_of(pid_t pid)
{
	ANSWER(getpgid(pid));
}

int sys_group_of(pid_t pid)
{
	return group_of(pid);
}

static long long go_to(int fd, off_t at, int whence)
{
	ANSWER((long long)lseek(fd, at, whence));
}

long long sys_rewind(int fd)
{
	long long size = go_to(fd, 0, SEEK_END);

	go_to(fd, 0, SEEK_SET);
	return size;
}

#ifdef F_SETPIPE_SZ

static int size_of_pipe(int fd)
{
	ANSWER(fcntl(fd, F_GETPIPE_SZ));
}

static int set_size_of_pipe(int fd, int size)
{
	ANSWER(fcntl(fd, F_SETPIPE_SZ, size));
}

/* The child may have made it larger. Where the user's share of pages is used up it stays. */
void sys_widen_pipe(int fd, int size)
{
	int before = size_of_pipe(fd);

	if (before > 0 && before < size)
		set_size_of_pipe(fd, size);
}

#else

void sys_widen_pipe(int fd, int size)
{
	(void)fd;
	(void)size;
}

#endif
