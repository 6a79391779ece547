/* SPDX-License-Identifier: ISC */
/* Our own terminal: who is in front, how big it is, and whether it edits lines. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <sys/types.h>

/*
 * The foreground group of our controlling terminal; -1 without one. After --foreground it is the
 * program's group, also when it has ended; a script that started it would stop at its next read.
 */
pid_t terminal_front(void);

/* Make it another one. Works from behind as well. */
void terminal_give(pid_t group);

/* The size of the terminal that is one of our 0 to 2; 0 by 0 where there is none. */
void terminal_size(unsigned short *rows, unsigned short *columns);

/* Its modes, of the first of our 0 to 2 that is a terminal; NULL where there is none. */
const struct termios *terminal_modes(void);

/*
 * Hand every key that is pressed at our 0 on as it is, until terminal_restore(), which
 * is safe in a handler and harmless at any time. Does nothing where 0 is no terminal, or one
 * that others have in front of us: to be done again when we are in front.
 */
void terminal_make_raw(void);
void terminal_restore(void);

#endif
