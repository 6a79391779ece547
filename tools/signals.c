/* SPDX-License-Identifier: ISC */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "values.h"

/* A byte each: the number, and a bit for those that no process has sent. */
enum { BY_SYSTEM = 0x80 };
static int ends[2];

static void (*before_the_end)(void);

static int is_among(const int *numbers, int number)
{
	while (*numbers && *numbers != number)
		numbers++;
	return *numbers != 0;
}

/* What is wrong with ourselves, and about what we write: when nobody else says so it is not news. */
static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, 0 };
static const int errors[] = { SIGPIPE, SIGXFSZ, 0 };

static int is_by_another_process(const siginfo_t *info)
{
	int is_by_process = info->si_code == SI_USER || info->si_code == SI_QUEUE;

#ifdef SI_TKILL
	is_by_process |= info->si_code == SI_TKILL;
#endif
	/* An error of write(2) says that it comes from us. */
	return is_by_process && info->si_pid != getpid();
}

/* A pipe that is full is full of reasons to wake up. */
static void note(int number, siginfo_t *info, void *context)
{
	int is_sent = is_by_another_process(info);
	unsigned char byte = (unsigned char)(is_sent ? number : number | BY_SYSTEM);
	int saved = errno;

	(void)context;
	if (!is_sent && is_among(faults, number)) {
		if (before_the_end)
			before_the_end();
		/* It comes when we return, as after a fault it does by itself. */
		signal(number, SIG_DFL);
		raise(number);
	} else if (is_sent || !is_among(errors, number)) {
		ssize_t written = write(ends[1], &byte, 1);

		(void)written;
	}
	errno = saved;
}

/* Ignored is ignored, for us and for the program, which inherits that. */
static void hear(int number)
{
	struct sigaction action;

	/* That would come again as long as we go on with what it is about, and we should not poll. */
	if (number == SIGTTOU || sigaction(number, NULL, &action) < 0 || action.sa_handler == SIG_IGN)
		return;
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = note;
	/* So would that, but whoever reads here goes back to polling. */
	action.sa_flags = number == SIGTTIN ? SA_SIGINFO : SA_SIGINFO | SA_RESTART;
	sigaction(number, &action, NULL);
}

static int last_signal(void)
{
#ifdef SIGRTMAX
	return SIGRTMAX;
#else
	return NSIG - 1;
#endif
}

void signals_listen(const int pipe_ends[2])
{
	for (int i = 0; i < 2; i++) {
		ends[i] = pipe_ends[i];
		fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
	}
	for (int number = 1; number <= last_signal(); number++)
		hear(number);
}

/* The others that come from the system are for us alone, such as those of a timer. */
static int is_sent_to_groups(int number)
{
	static const int by_terminal[] = { SIGINT,  SIGQUIT, SIGTSTP, SIGTTIN, SIGCONT,
#ifdef SIGWINCH
					   SIGWINCH,
#endif
#ifdef SIGINFO
					   SIGINFO,
#endif
					   0 };

	/* A terminal that is hung up says so to the leader of its session, and no other. */
	return is_among(by_terminal, number) || (number == SIGHUP && getsid(0) != getpid());
}

int signals_came_to_group(const siginfo_t *info)
{
	return !is_by_another_process(info) && is_sent_to_groups(info->si_signo);
}

int signals_next(struct heard *heard)
{
	unsigned char byte;

	if (read(ends[0], &byte, 1) != 1)
		return 0;
	heard->number = byte & ~BY_SYSTEM;
	heard->by_terminal = byte & BY_SYSTEM && is_sent_to_groups(heard->number);
	return 1;
}

int signals_is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void signals_default(void)
{
	struct sigaction action;

	for (int number = 1; number <= last_signal(); number++)
		if (!is_among(errors, number) && sigaction(number, NULL, &action) == 0 &&
		    action.sa_flags & SA_SIGINFO && action.sa_sigaction == note)
			signal(number, SIG_DFL);
}

/* What it does where nobody listens. */
static void take(int number)
{
	struct sigaction action, before;
	sigset_t unblocked, mask;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_DFL;
	sigaction(number, &action, &before);
	sigemptyset(&unblocked);
	sigaddset(&unblocked, number);
	sigprocmask(SIG_UNBLOCK, &unblocked, &mask);
	raise(number);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(number, &before, NULL);
}

static volatile sig_atomic_t is_continued;

static void note_continue(int number)
{
	(void)number;
	is_continued = 1;
}

int signals_stop(int number)
{
	struct sigaction action, before;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note_continue;
	is_continued = 0;
	sigaction(SIGCONT, &action, &before);
	take(number);
	sigaction(SIGCONT, &before, NULL);
	return is_continued;
}

int signals_end_by(int number)
{
	const struct rlimit none = { 0, 0 };

	/* The program may have left a core, and a second one could take its place. */
	setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	take(number);
	return BY_SIGNAL + number;
}

void signals_before_the_end(void (*function)(void))
{
	before_the_end = function;
}
