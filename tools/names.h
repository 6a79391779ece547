/* SPDX-License-Identifier: ISC */
/* What the system's numbers are called, without the prefix that its headers give them. */
#ifndef NAMES_H
#define NAMES_H

#include "values.h"

struct name {
	const char *name; /* NULL ends a list */
	int value;
};

struct vocabulary {
	const char *what;   /* one of these: "signal" */
	const char *prefix; /* may stand before a name, or not */
	const struct name *names;
	int first, last; /* numbers that may stand for a name; none when last is less */

	/* For sets. */
	int lowest;		/* the value that is bit 0, or IS_MASK: values are masks already */
	unsigned long long all; /* what `all` stands for; 0: there is no such word */
};

enum { IS_MASK = -1 };

extern const struct vocabulary names_signals;
extern const struct vocabulary names_ignorable; /* signals, but of these all can be ignored */
extern const struct vocabulary names_capabilities;
extern const struct vocabulary names_bounding; /* capabilities, and newer ones are in `all` too */
extern const struct vocabulary names_securebits;
extern const struct vocabulary names_namespaces; /* values are PSPAWN_NS_* */
extern const struct vocabulary names_limits;
extern const struct vocabulary names_policies;
extern const struct vocabulary names_io_classes;

/* Case does not matter. An unknown name ends the command. */
int names_value(const struct vocabulary *words, struct part part);

/* A list with commas, `none`, or `all`. */
unsigned long long names_set(const struct vocabulary *words, const char *text);

#endif
