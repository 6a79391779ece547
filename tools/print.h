/* SPDX-License-Identifier: ISC */
/*
 * All that the command itself writes. Not by stdio, which throws away what a descriptor with
 * O_NONBLOCK does not take at once: whoever else has the same open file may have set that.
 */
#ifndef PRINT_H
#define PRINT_H

#include <stddef.h>

enum { PRINT_ROOM = 16384 };

struct printer {
	int fd;
	int result; /* 0, or the first -errno: nothing is written after that */
	size_t used;
	char buffer[PRINT_ROOM];
};

extern struct printer to_output, to_error;

/* As printf(3), but no more than the room at once: the rest is left out. */
void print(struct printer *to, const char *format, ...);
void print_text(struct printer *to, const char *text);
void print_byte(struct printer *to, char byte);
void print_data(struct printer *to, const char *data, size_t size);

/* "pspawn: ...", as a line on standard error, at once. */
void print_sentence(const char *sentence);

/* Write what is still in the buffer. Returns the result. */
int print_done(struct printer *to);

#endif
