/* SPDX-License-Identifier: ISC */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* A byte each: the number, and a bit for those of a terminal. */
enum { BY_TERMINAL = 0x80 };
static int ends[2];

static void (*before_the_end)(void);

/* A pipe that is full is full of reasons to wake up. */
static void note(int number, siginfo_t *info, void *context)
{
	int by_process = info->si_code == SI_USER || info->si_code == SI_QUEUE;
	unsigned char byte = (unsigned char)(by_process ? number : number | BY_TERMINAL);
	int saved = errno;
	ssize_t written = write(ends[1], &byte, 1);

	(void)context;
	(void)written;
	errno = saved;
}

static void nothing(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
}

static void end(int number, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	before_the_end();
	/* Its action is the default again, and it comes when we return. */
	raise(number);
}

/* Ignored is ignored, for us and for the program, which inherits that. */
static void handle(int number, int flags, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) < 0 || action.sa_handler == SIG_IGN)
		return;
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO | SA_RESTART | flags;
	sigaction(number, &action, NULL);
}

void signals_listen(const int pipe_ends[2])
{
	static const int heard[] = {
		SIGINT,   SIGQUIT, SIGHUP, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCHLD,
#ifdef SIGWINCH
		SIGWINCH,
#endif
	};

	for (int i = 0; i < 2; i++) {
		ends[i] = pipe_ends[i];
		fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
	}
	for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
		handle(heard[i], 0, note);
	/* A reader of ours that has gone is an error of write(2), and to be told. */
	handle(SIGPIPE, 0, nothing);
}

int signals_next(struct heard *heard)
{
	unsigned char byte;

	if (read(ends[0], &byte, 1) != 1)
		return 0;
	heard->number = byte & ~BY_TERMINAL;
	heard->by_terminal = (byte & BY_TERMINAL) != 0;
	return 1;
}

void signals_stop_ourselves(void)
{
	raise(SIGSTOP);
}

void signals_before_the_end(void (*function)(void))
{
	static const int ending[] = { SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ, SIGSEGV,
				      SIGBUS,  SIGFPE,    SIGILL,  SIGABRT, SIGSYS };

	before_the_end = function;
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		handle(ending[i], (int)SA_RESETHAND, end);
}
