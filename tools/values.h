/* SPDX-License-Identifier: ISC */
/* What stands in an argument. Anything wrong with it ends the command. */
#ifndef VALUES_H
#define VALUES_H

#include <stddef.h>

/* Exit statuses: of our own, and of a shell for signal N. */
enum { TIMED_OUT = 124, OWN_ERROR = 125, BY_SIGNAL = 128 };

/* Say what is wrong with the command line, as printf(3) would, and exit. */
_Noreturn void wrong(const char *format, ...);

/* What could not be done, and the words for an errno value. Returns OWN_ERROR, or exits with it. */
int complain(int code, const char *format, ...);
_Noreturn void cannot(int code, const char *format, ...);

/* The option whose value is looked at, for these to say; NULL: none. */
void values_are_of(const char *option);

/* A piece of an argument. No NUL ends it; without a text there is none. */
struct part {
	const char *text;
	int length;
};

struct part part_of(const char *text);

/* Cut off what stands before the separator. The last cut leaves no rest. */
struct part part_cut(struct part *rest, char separator);

/* Is it this word? Case does not matter. */
int part_is(struct part part, const char *word);

/* Fills *number and returns 1, or 0 when it is none. */
int part_to_number(struct part part, int base, long long *number);

/* For those that have to be numbers. */
long long part_number(struct part part, long long low, long long high);
int part_descriptor(struct part part, const char *whole);

/* Memory for as long as we run, zeroed. */
void *values_keep(size_t count, size_t size);

#endif
