/* SPDX-License-Identifier: ISC */
/*
 * After --foreground the program's group is the terminal's foreground group,
 * also when it has ended; a script that started it would stop at its next read.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <sys/types.h>

/* The foreground group of our controlling terminal; -1 without one, or when it is not ours. */
pid_t terminal_foreground(void);

/* Make it that again; -1: nothing to do. */
void terminal_give_back(pid_t group);

#endif
