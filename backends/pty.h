/* SPDX-License-Identifier: ISC */
/* A terminal for a child: its two sides, its size, and the end of what is typed. */
#ifndef PTY_H
#define PTY_H

#include "names.h"

/* ends[0]: ours; ends[1]: the child's. Close-on-exec, above 2. 0 or -errno. */
int pty_open(int ends[2]);

/* 0: the standard size, 24 x 80. */
int pty_resize(int ours, unsigned short rows, unsigned short columns);

/* The character that ends the input of whoever reads lines; -1: there is none, it reads raw. */
int pty_end_character(int ours);

#endif
