/* SPDX-License-Identifier: ISC */
#ifndef RUN_LARGE_H
#define RUN_LARGE_H

#include <pspawn.h>
#include <stddef.h>

/* Where a stream is, of how much. What comes at a place is known from it alone. */
struct place {
	unsigned long long at, total;
	int is_upper;
};
long give_bytes(void *place, void *data, size_t room);
long check_bytes(void *place, const void *data, size_t size);

/* The same of lines, whose number is a power of two: out of order, and in order. */
enum { LINE = 16 };
long give_lines(void *place, void *data, size_t room);
int check_line(void *place, const char *line, size_t length, int whole);

/* Programs that bytes come through as they were, or in upper case, or sorted by lines. */
struct filter {
	const char *name;
	const struct pspawn_cmd *cmds;
	size_t count;
	int is_upper, is_sorted;
};

/* Run it, with 0 from all and a word where it is not so. */
int through(const struct pspawn_cmd *cmds, size_t count, struct pspawn_stream in,
	    struct pspawn_stream out);

/* How many descriptors are open. */
int open_descriptors(void);

/* Is there more than that, or a child? Said, as by is_wrong(). */
int is_left(int descriptors);
int is_wrong(const char *what, long long actual, long long expected);

/* A line of TAP, with the time since begin(). */
void begin(void);
void verdict(int is_good, const char *format, ...) __attribute__((format(printf, 2, 3)));
void skip(const char *name, const char *why);

/* The lines of TAP of each. */
enum { LARGE_MANY = 3, LARGE_LONG = 2 };
void many_at_a_time(size_t size);
void many_through(const struct filter *filter, unsigned long long total);
void long_pipelines(unsigned long long total);

#endif
