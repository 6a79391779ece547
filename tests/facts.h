/* SPDX-License-Identifier: ISC */
/* What a child is besides its descriptors: see probe-facts.c for the names of facts. */
#ifndef FACTS_H
#define FACTS_H

#include <pspawn.h>

enum { FACTS_MAX = 256 };

struct fact {
	const char *name;
	const char *value;
};

struct facts {
	int count;
	struct fact facts[FACTS_MAX];
	char text[65536];
};

/* The value, or NULL. */
const char *fact(const struct facts *facts, const char *name);

/*
 * Start the probe as the description says, but for argv, which is filled in, and
 * for one more descriptor at FACTS_FD by which it tells. It is a copy of the probe
 * that every user may execute. The start has to succeed, errno and our table stay
 * as they were.
 */
enum { FACTS_FD = 90 };
void facts_of(struct pspawn_cmd *cmd, struct facts *facts);

/* In the place of a value that nobody can know before: it is there, and is not what it was. */
#define FACT_CHANGED "\001"

/*
 * Start the probe without and with the attributes of the description: the facts
 * of `changes` are then as they say there, and all others are as without. Where
 * nothing here has such an attribute, the case is skipped.
 */
void expect_changes(struct pspawn_cmd *cmd, const struct fact *changes, size_t n);
#define CHANGES(cmd, ...)                                                     \
	expect_changes(cmd, (const struct fact[]) { __VA_ARGS__ },              \
		       sizeof((const struct fact[]) { __VA_ARGS__ }) / sizeof(struct fact))

/* The same, between one description and another. */
void expect_changes_from(const struct pspawn_cmd *plain, struct pspawn_cmd *cmd,
			 const struct fact *changes, size_t n);

/* Not a fact has changed. */
#define SAME(cmd) expect_changes(cmd, NULL, 0)

/* What a probe has told by this descriptor, a file. */
void read_facts(struct facts *facts, int fd);

/* Make `to` a program of the same bytes that everybody may execute. */
void copy_file(const char *from, const char *to);

/* The path of that copy. */
const char *public_probe(void);

/* Skip the case where we are not root, or root without all of its power. */
void need_root(void);

#endif
