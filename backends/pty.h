/* SPDX-License-Identifier: ISC */
/* A terminal for a child: its two sides, its size, and the end of what is typed. */
#ifndef PTY_H
#define PTY_H

#include <stddef.h>

#include "names.h"

struct termios;

/* ends[0]: ours; ends[1]: the child's. Close-on-exec, above 2. 0 or -errno. */
int pty_open(int ends[2]);

/*
 * The child's side once more, which does not block, for the parent to hold. A terminal whose other
 * side is open nowhere is hung up: read(2) says EIO and poll(2) POLLHUP, until a program
 * opens it again by its name. Returns a descriptor as above, or -errno.
 */
int pty_hold(int ours);

/* 0: the standard size, 24 x 80. */
int pty_resize(int ours, unsigned short rows, unsigned short columns);

/* Returns 0 or -errno. */
int pty_set_modes(int fd, const struct termios *modes);

/* The character that ends the input of whoever reads lines; -1: there is none, it reads raw. */
int pty_end_character(int ours);

/*
 * The line that is being typed. Where a terminal makes lines it keeps so many bytes of one (Linux:
 * 4095) and its end, and throws the rest away.
 */
struct pty_line {
	size_t length;
	int is_cut; /* a line was longer */
};
void pty_count(int ours, struct pty_line *line, const char *typed, size_t size);

/*
 * Has all been read that was typed, and is a program asleep in read(2) of the terminal? Asked by the
 * descriptor of pty_hold(). 0: no, or that cannot be known: it may wait by poll(2).
 */
int pty_is_read(int theirs);

#endif
