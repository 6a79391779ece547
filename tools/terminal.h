/* SPDX-License-Identifier: ISC */
/* Our own terminal: who is in front, how big it is, and whether it edits lines. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <sys/types.h>

/*
 * The foreground group of our controlling terminal; -1 without one, or when it is not ours.
 * After --foreground it is the program's group, also when it has ended; a script that
 * started it would stop at its next read.
 */
pid_t terminal_foreground(void);

/* Make it that again, or another; -1: nothing to do. */
void terminal_give_back(pid_t group);

/* The size of the terminal that is one of our 0 to 2; 0 by 0 where there is none. */
void terminal_size(unsigned short *rows, unsigned short *columns);

/*
 * Hand every key that is pressed at our 0 on as it is, until terminal_restore(), which
 * is safe in a handler and harmless at any time. Does nothing where 0 is no terminal.
 */
void terminal_make_raw(void);
void terminal_restore(void);

#endif
