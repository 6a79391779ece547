/* SPDX-License-Identifier: ISC */
/*
 * Signals that come to us while a program runs, as something to poll for: all that can be
 * caught. A fault of our own is no such signal, it ends us.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

struct heard {
	int number;
	int by_terminal; /* it was sent to a whole process group, ours */
};

/*
 * From now on they are noted in this pipe, whose first end is what to poll(2) for. What is
 * ignored stays so: it was meant for the program as well.
 */
void signals_listen(const int pipe_ends[2]);

/* The same of a signal that is waited for: it was sent to our whole group. */
int signals_came_to_group(const siginfo_t *info);

/* The next one. 0: there is none. */
int signals_next(struct heard *heard);

/* The program has ended: they are for us again, but for those that write(2) reports as well. */
void signals_default(void);

/* Whether it was ignored when we began, and so is. */
int signals_is_ignored(int number);

/*
 * Let SIGSTOP, SIGTSTP or SIGTTIN stop us, until we are continued: 1. The SIGCONT is not heard.
 * 0: it did not. The kernel stops no process 1, and by the latter two no orphaned group, one that
 * no shell could continue.
 */
int signals_stop(int number);

/* End by it, and leave no core. Returns what a shell makes of that, where it ends no process 1. */
int signals_end_by(int number);

/* A fault of ours calls this first; it has to be safe in a handler. */
void signals_before_the_end(void (*function)(void));

#endif
