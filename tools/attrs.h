/* SPDX-License-Identifier: ISC */
/* The options that are attributes, one row each. */
#ifndef ATTRS_H
#define ATTRS_H

#include <pspawn.h>

struct vocabulary;

struct attr_option {
	const char *name;     /* NULL: a heading of --help */
	const char *argument; /* what --help calls it; NULL: the option has none */
	const char *help;
	struct pspawn_attr (*take)(const struct attr_option *option, const char *text);

	/* For take, as far as it wants them. */
	struct pspawn_attr (*own)(const char *text);
	int kind;
	const struct vocabulary *words;
	int low, high;
};

extern const struct attr_option attrs_options[];
extern const int attrs_count;

/* What the option says; wrong values end the command. */
struct pspawn_attr attrs_take(const struct attr_option *option, const char *text);

/* The rows as text for --help, on standard output. */
void attrs_help(void);

#endif
