/* SPDX-License-Identifier: ISC */
/* J05: signals all the time, for parent and child. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static pid_t storm_process;
static atomic_int *in_wrong_process;

static void storm_handler(int number)
{
	(void)number;
	/* In a child that shares memory, getpid() is the child's and the mark is ours. */
	if (getpid() != storm_process)
		atomic_store(in_wrong_process, 1);
}

/* A signal for the whole group every 100 us: itimers are the parent's alone. */
static pid_t start_storm(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGURG, SIG_IGN);
		while (getppid() == storm_process) {
			kill(0, SIGURG);
			usleep(100);
		}
		_exit(0);
	}
	CHECK(pid > 0);
	return pid;
}

static void ride_the_storm(void)
{
	struct sigaction action = { .sa_handler = storm_handler, .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 100 }, { 0, 100 } }, never = { { 0, 0 }, { 0, 0 } };

	pid_t storm;

	/* Not every child shares our memory. */
	in_wrong_process = mmap(NULL, sizeof(*in_wrong_process), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(in_wrong_process != MAP_FAILED);
	storm_process = getpid();
	sigaction(SIGURG, &action, NULL);
	storm = start_storm();
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGCHLD, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < suite_rounds(500); i++) {
		struct pspawn_cmd good = { PSPAWN_CMD("/bin/sh", "-c", "exit 0"),
					   PSPAWN_FDS(DUP(1, 2), DUP(2, 1)) };
		struct pspawn_cmd bad = { PSPAWN_CMD("/nonexistent") };
		struct pspawn_child child;
		struct pspawn_error error;

		/* The default of this signal is that nothing happens. */
		CHECK_INT(run_cmd(&good), 0);
		CHECK_INT(pspawn_start(&child, &bad, &error), -ENOENT);
		CHECK_INT(error.step, PSPAWN_STEP_EXEC);
	}
	kill(storm, SIGKILL);
	waitpid(storm, NULL, 0);
	signal(SIGURG, SIG_IGN);
	signal(SIGURG, SIG_DFL);
	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_IGN);
	signal(SIGALRM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	CHECK_INT(*in_wrong_process, 0);
	munmap(in_wrong_process, sizeof(*in_wrong_process));
}

CASE(J05, signals_storm)
{
	ride_the_storm();
}

CASE(J05, signals_storm_without_clone3)
{
	/* Then the child clears the handlers itself, one by one. */
	if (!filter_syscall(SYS_clone3, ENOSYS))
		SKIP("no system call filters here");
	ride_the_storm();
}
