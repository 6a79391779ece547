/* SPDX-License-Identifier: ISC */
/* N11 to N18: masks and dispositions. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

#define S(n) PSPAWN_SIGNAL(n)

/* Every libc's own: nobody has them blocked or ignored. */
#define LIBCS (S(32) | S(33))

/* What only raw system calls can touch. */
#ifdef SYS_IS_RAW
#define RESERVED (S(32) | S(33) | S(34))
#else
#define RESERVED 0ULL
#endif

/* A set as the probe tells it. */
static const char *set_of(unsigned long long signals)
{
	static char text[4][32];
	static int next;

	next = (next + 1) % 4;
	snprintf(text[next], sizeof(text[next]), "0x%llx", signals);
	return text[next];
}

CASE(N11, signal_mask)
{
	unsigned long long set = S(SIGHUP) | S(SIGCHLD) | S(SIGPIPE) | S(40) | S(64) | RESERVED;
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigmask(set));

	need_real("signals");
	CHANGES(&cmd, { "blocked", set_of(set & ~LIBCS) });
}

CASE(N11, signal_mask_of_all)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigmask(S(SIGHUP)), pspawn_attr_sigmask(~0ULL));
	unsigned long long set = ~0ULL & ~(S(SIGKILL) | S(SIGSTOP) | LIBCS);

	need_real("signals");
#ifndef SYS_IS_RAW
	/* There is nothing to block of libc's own, be they two or three. */
	SKIP("only what is no one else's");
#endif
	CHANGES(&cmd, { "blocked", set_of(set) });
}

/* An empty mask is one, and what is without it is empty too. */
CASE(N11, signal_mask_of_none)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigmask(0));
	sigset_t some, old;

	sigemptyset(&some);
	sigaddset(&some, SIGUSR1);
	sigprocmask(SIG_BLOCK, &some, &old);
	SAME(&cmd);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void set_all(unsigned long long signals, void (*handler)(int))
{
	for (int number = 1; number <= 64; number++)
		if (signals >> (number - 1) & 1)
			signal(number, handler);
}

static void on_signal(int number)
{
	(void)number;
}

/* Without words, what is ignored stays so, but for SIGPIPE, and what is handled does not. */
CASE(N12, signals_default)
{
	unsigned long long ignored = S(SIGHUP) | S(SIGINT) | S(SIGUSR1) | S(SIGPIPE) | S(64);
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigdefault(S(SIGHUP) | S(SIGKILL)),
				     pspawn_attr_sigdefault(S(64) | S(SIGTERM)));
	static struct facts plain;
	struct pspawn_cmd nothing = { 0 };

	need_real("signals");
	set_all(ignored, SIG_IGN);
	signal(SIGUSR2, on_signal);
	facts_of(&nothing, &plain);
	CHECK_STR(fact(&plain, "ignored"), set_of(ignored & ~S(SIGPIPE)));
	CHANGES(&cmd, { "ignored", set_of(S(SIGINT) | S(SIGUSR1)) });
	set_all(ignored | S(SIGUSR2), SIG_DFL);
}

CASE(N12, all_signals_default)
{
	unsigned long long ignored = S(SIGHUP) | S(SIGINT) | S(SIGUSR1) | S(64);
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigdefault(~0ULL));

	set_all(ignored, SIG_IGN);
	CHANGES(&cmd, { "ignored", "0x0" });
	set_all(ignored, SIG_DFL);
}

CASE(N13, signals_ignored)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigignore(S(SIGPIPE) | S(SIGUSR2)),
				     pspawn_attr_sigignore(S(64) | S(SIGCHLD)));

	need_real("signals");
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, on_signal);
	CHANGES(&cmd, { "ignored", set_of(S(SIGHUP) | S(SIGPIPE) | S(SIGUSR2) | S(64) |
					  S(SIGCHLD)) });
	signal(SIGHUP, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

CASE(N13, signals_ignored_of_libc)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigignore(S(32) | S(33) | S(34)));

	need_real("signals");
	CHANGES(&cmd, { "ignored", RESERVED ? set_of(RESERVED) : FACT_CHANGED });
}

CASE(N14, last_word_on_a_signal)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigignore(S(SIGHUP) | S(SIGINT) | S(SIGUSR1)),
				     pspawn_attr_sigdefault(S(SIGINT) | S(SIGUSR1) | S(SIGQUIT)),
				     pspawn_attr_sigignore(S(SIGUSR1) | S(SIGPIPE)),
				     pspawn_attr_sigdefault(S(SIGPIPE)));

	signal(SIGQUIT, SIG_IGN);
	CHANGES(&cmd, { "ignored", set_of(S(SIGHUP) | S(SIGUSR1)) });
	signal(SIGQUIT, SIG_DFL);
}

/* Of those that a caller may have blocked: some posix_spawn(3) forget about libc's own. */
static unsigned long long reserved_of_caller(void)
{
	return strcmp(suite_backend(), "posix_spawn") == 0 ? 0 : RESERVED;
}

/* The thread's mask, past libc, which leaves some out. */
static unsigned long long set_mask(unsigned long long mask)
{
	unsigned long long old = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, 8);
	return old;
}

/* Libc lets nobody near its own, but a parent that did may have left them ignored. */
static void ignore_past_libc(int number, int on)
{
	unsigned long action[16] = { on ? (unsigned long)SIG_IGN : (unsigned long)SIG_DFL };

	syscall(SYS_rt_sigaction, number, action, NULL, 8);
}

CASE(N15, signals_inherited)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_siginherit());
	unsigned long long mask = S(SIGUSR1) | S(SIGTERM) | S(SIGPIPE) | S(64);
	unsigned long long ignored = S(SIGPIPE) | S(SIGHUP) | S(50);

	need_real("signals");
	mask |= reserved_of_caller();
	set_all(ignored, SIG_IGN);
	/* As what has been started by a libc that leaves them so. */
	ignore_past_libc(32, 1);
	ignore_past_libc(33, 1);
	signal(SIGUSR2, on_signal);
	set_mask(mask);
#ifndef SYS_IS_RAW
	/* A child by fork has no way past libc to reset them. */
	if (strcmp(suite_runs_by(), "fork") == 0)
		ignored |= LIBCS;
#endif
	CHANGES(&cmd, { "blocked", set_of(mask) }, { "ignored", set_of(ignored) });
	ignored &= ~LIBCS;
	set_mask(0);
	set_all(ignored | S(SIGUSR2), SIG_DFL);
	ignore_past_libc(32, 0);
	ignore_past_libc(33, 0);
}

/* The mask is the caller's all the same. */
CASE(N15, mask_inherited_with_defaults)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_siginherit(),
				     pspawn_attr_sigdefault(S(32) | S(33) | S(34) | S(SIGHUP)));

	set_all(S(SIGPIPE) | S(SIGHUP), SIG_IGN);
	set_mask(S(SIGUSR1) | S(SIGTERM));
	CHANGES(&cmd, { "blocked", set_of(S(SIGUSR1) | S(SIGTERM)) },
		{ "ignored", set_of(S(SIGPIPE)) });
	set_mask(0);
	set_all(S(SIGPIPE) | S(SIGHUP), SIG_DFL);
}

CASE(N16, words_count_more_than_inheritance)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sigdefault(S(SIGPIPE)),
				     pspawn_attr_sigmask(S(SIGINT)), pspawn_attr_siginherit(),
				     pspawn_attr_sigignore(S(SIGTERM)));

	set_all(S(SIGPIPE) | S(SIGHUP), SIG_IGN);
	set_mask(S(SIGUSR1));
	CHANGES(&cmd, { "blocked", set_of(S(SIGINT)) },
		{ "ignored", set_of(S(SIGHUP) | S(SIGTERM)) });
	set_mask(0);
	set_all(S(SIGPIPE) | S(SIGHUP), SIG_DFL);
}

/* A mask that is inherited is that of the thread which starts, and it stays so. */
CASE(N17, mask_of_the_caller_stays)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_siginherit(),
					       pspawn_attr_sigmask(S(SIGHUP))) };
	unsigned long long mask = S(SIGUSR1) | reserved_of_caller();

	by_table(&cmd);
	set_mask(mask);
	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_STR(set_of(set_mask(0)), set_of(mask));
}
