/* SPDX-License-Identifier: ISC */
/* Signals that come to us during a run, as something to poll for. */
#ifndef SIGNALS_H
#define SIGNALS_H

struct heard {
	int number;
	int by_terminal; /* a key was pressed: everybody in its foreground has got it */
};

/*
 * From now on they are noted in this pipe, whose first end is what to poll(2) for. What is
 * ignored stays so: it was meant for the program as well.
 */
void signals_listen(const int pipe_ends[2]);

/* The next one. 0: there is none. */
int signals_next(struct heard *heard);

/* Stop ourselves, as SIGTSTP would have, until we are continued. */
void signals_stop_ourselves(void);

/* Whatever else can end us calls this first; it has to be safe in a handler. */
void signals_before_the_end(void (*function)(void));

#endif
