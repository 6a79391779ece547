/* SPDX-License-Identifier: ISC */
/* Bytes that go into runs and come out of them. */
#ifndef POUR_H
#define POUR_H

#include <pspawn.h>
#include <stddef.h>

/* What has come out, by whichever function. */
struct heap {
	char *data;
	size_t size, room;
};
long heap_take(void *heap, const void *data, size_t size);
/* Whole lines get their newline back, so that the heap is what the child has written. */
int heap_line(void *heap, const char *line, size_t length, int whole);
void heap_drop(struct heap *heap);

/* What is to go in, at most `piece` bytes at a time. */
struct source {
	const char *data;
	size_t size, at, piece;
};
long source_give(void *source, void *data, size_t room);

/* Lines of text without a period that a buffer's size could hide in; ends with a newline. */
char *text_of(size_t size);

/* Run a line of shell, or several programs, and want this result of it; `size` is filled in. */
struct pspawn_result pour(const char *line, struct pspawn_io io, int expected);
struct pspawn_result pour_through(const struct pspawn_cmd *cmds, size_t count, struct pspawn_io io,
				  int expected);

/* The error of the last of them. */
extern struct pspawn_error pour_error;

/* Are these the same bytes? The first difference is noted. */
int same_bytes(const char *data, size_t length, const char *expected, size_t size);

/* All of an open file, to be given to free(3). */
char *read_whole(int fd, size_t *size);

#endif
