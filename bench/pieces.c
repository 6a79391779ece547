/* SPDX-License-Identifier: ISC */
/*
 * What a start is made of: the same by hand, with one thing more each time that the linux
 * backend does, and then the library itself. All take turns in one process, so that what it is like
 * is the same for all. Prints a table of medians.
 *
 * usage: pieces PROGRAM [ROUNDS]
 */
#include <fcntl.h>
#include <pspawn.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "linux.h"

extern char **environ;

/* Each with all that is above it. */
enum piece { VFORK, CLONE, PIDFD, TWICE, TABLE, PLACES, SIGNALS, MASK, STARTED, PIECES };

/* None has a divisor in common with PIECES, so that all come about. */
static const int strides[] = { 1, 2, 5, 7 };

static const char *const names[PIECES] = {
	[VFORK] = "vfork(2), execve(2), waitpid(2)",
	[CLONE] = "clone3(2) with CLONE_VM, CLONE_VFORK, CLONE_CLEAR_SIGHAND for vfork(2)",
	[PIDFD] = "a pidfd, waitid(2) by that, close(2)",
	[TWICE] = "another waitid(2) before, which sleeps and takes nothing",
	[TABLE] = "CLONE_FILES, and close_range(2) for a table of its own",
	[PLACES] = "three dup3(2), and close_range(2) for the rest",
	[SIGNALS] = "two rt_sigaction(2)",
	[MASK] = "rt_sigprocmask(2), twice in the parent and once in the child",
	[STARTED] = "the library: pspawn_start(), pspawn_wait()",
};

/* The first of three numbers that become the child's 0, 1 and 2. */
enum { SOURCE = 3, MOST_ROUNDS = 10000, WAIT_BY_PIDFD = 3, DEFAULT_ACTION_WORDS = 16 };

static char *program[2];
static struct pspawn_fd fds[3];
static struct pspawn_cmd cmd = { .size = sizeof(cmd), .argv = program, .fds = fds, .nfds = 3 };

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* ---- by hand */

static void set_mask(unsigned long mask)
{
	unsigned long words[2] = { mask, mask };

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, words, NULL, 8);
}

static void set_default(int number)
{
	unsigned long action[DEFAULT_ACTION_WORDS] = { 0 };

	syscall(SYS_rt_sigaction, number, action, NULL, 8);
}

static int be_the_child(void *argument)
{
	enum piece upto = *(enum piece *)argument;

	if (upto >= TABLE)
		syscall(SYS_close_range, SOURCE + 3, ~0U >> 1, 2 /* CLOSE_RANGE_UNSHARE */);
	if (upto >= SIGNALS) {
		set_default(SIGPIPE);
		set_default(34);
	}
	if (upto >= PLACES) {
		for (int i = 0; i < 3; i++)
			syscall(SYS_dup3, SOURCE + i, i, 0);
		syscall(SYS_close_range, SOURCE, SOURCE + 2, 0);
	}
	if (upto >= MASK)
		set_mask(0);
	execve(program[0], program, environ);
	_exit(127);
}

static void start_by_vfork(void)
{
	pid_t pid = vfork();
	int status;

	if (pid == 0) {
		execve(program[0], program, environ);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		fail("vfork");
}

static void wait_for(pid_t pid, int pidfd, int twice)
{
	struct rusage rusage;
	siginfo_t info;
	int status;

	if (pidfd < 0) {
		waitpid(pid, &status, __WALL);
		return;
	}
	if (twice)
		syscall(SYS_waitid, WAIT_BY_PIDFD, pidfd, &info, WEXITED | WNOWAIT | __WALL, NULL);
	if (syscall(SYS_waitid, WAIT_BY_PIDFD, pidfd, &info, WEXITED | __WALL, &rusage) < 0 ||
	    info.si_status != 0)
		fail("waitid");
	close(pidfd);
}

static void start_by_clone(enum piece upto)
{
	struct way way = { .by_clone3 = 1, .pidfd = upto >= PIDFD ? CLONE_PIDFD : 0 };
	struct wish wish = { be_the_child, &upto, upto >= TABLE ? CLONE_FILES : 0, -1, NULL, 0 };
	int pidfd;
	long pid;

	if (upto >= MASK)
		set_mask(~0UL);
	pid = give_birth(&way, &wish, &pidfd);
	if (upto >= MASK)
		set_mask(0);
	if (pid < 0)
		fail("clone3");
	wait_for((pid_t)pid, pidfd, upto >= TWICE);
}

/* ---- by the library */

static void start_by_library(void)
{
	struct pspawn_child child;
	struct pspawn_status status;

	if (pspawn_start(&child, &cmd, NULL) < 0 || pspawn_wait(&child, &status, -1) < 0 || status.code != 0)
		fail("pspawn");
}

static long long measure(enum piece piece)
{
	long long began = now();

	if (piece == VFORK)
		start_by_vfork();
	else if (piece < STARTED)
		start_by_clone(piece);
	else
		start_by_library();
	return now() - began;
}

/* ---- what came of it */

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void print(long long (*times)[MOST_ROUNDS], int rounds)
{
	double floor = 0;

	puts("| and | microseconds | to the first |\n|---|---:|---:|");
	for (int piece = 0; piece < PIECES; piece++) {
		double median;

		qsort(times[piece], (size_t)rounds, sizeof(**times), compare);
		median = (double)times[piece][rounds / 2];
		if (piece == 0)
			floor = median;
		printf("| %s | %.1f | %.3f |\n", names[piece], median / 1000, median / floor);
	}
}

int main(int argc, char **argv)
{
	static long long times[PIECES][MOST_ROUNDS];
	int rounds = argc > 2 ? atoi(argv[2]) : 1500;

	if (argc < 2 || rounds < 1 || rounds > MOST_ROUNDS)
		return 2;
	program[0] = argv[1];
	for (int i = 0; i < 3; i++) {
		if (dup2(i, SOURCE + i) < 0)
			fail("dup2");
		fds[i] = pspawn_fd_dup(i, SOURCE + i);
	}
	/* See contend.c. */
	set_default(32);
	set_default(33);
	/* Each comes after now this one, now that: what a child leaves to be done meets the next. */
	for (int i = 0; i < rounds; i++)
		for (int turn = 0; turn < PIECES; turn++) {
			int piece = (strides[i % 4] * turn + i) % PIECES;

			times[piece][i] = measure((enum piece)piece);
		}
	print(times, rounds);
	return 0;
}
