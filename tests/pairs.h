/* SPDX-License-Identifier: ISC */
/*
 * Attributes together: rows of a covering array whose factors are the kinds of
 * enum pspawn_attr_kind, what a row is as a list of attributes, and what a child
 * has to be like that gets them.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "covering.h"
#include "facts.h"

/* Levels that something else depends on; see pair-factors.c for all of them. */
enum {
	NS_PLAIN = 1,
	NS_PID = 2,
	NS_USER = 3,
	SETGROUPS_DENY = 1,
	SETGROUPS_ALLOW = 2,
	ROOT_SMALL = 1,
	ROOT_SAME = 2,
	LIMIT_FILES = 2
};

struct factor {
	const char *name;
	struct pspawn_attr level[COVERING_LEVELS]; /* of the kind 0: there is no such level */
	int power; /* levels that only root can have */
};
extern const struct factor factors[COVERING_FACTORS];
extern const struct covering_exclusion pair_exclusions[];
extern const struct covering_need pair_needs[];

/* What the scene has for its children, whose numbers in there are these. */
enum { TTY_OURS = 80, TTY_FRESH = 81 };
struct world {
	int privileged;
	char home[4096];
	char root[2][32], inner[3][48]; /* two roots, and a directory in each and at home */
	int inner_fd[3], root_fd[2], same_root_fd, program, uts, cgroup;
	char uts_name[64], cgroup_name[4096];
	int master, tty;	   /* our controlling terminal; -1: there is none to be had */
	int fresh_master, fresh_tty; /* one that nobody controls */
	char cpus[256]; /* a cpu_set_t and more */
	int cpu;
	unsigned long long reserved; /* libc's own signals that we ignore */
	char doing[1024]; /* for the case, when a scene ends badly */
};

/* It takes a terminal, so it makes a session. The cgroup is the caller's to remove. */
void world_make(struct world *world, int cgroup, const char *cgroup_name);
void world_fresh_terminal(struct world *world);

/* How the fact "root" names one of the two roots. */
void world_name_root(const struct world *world, int number, char *text, size_t size);

/* A new cgroup, -1 if it cannot be had; its path and, for facts, its name. */
int pair_cgroup(char *path, char *name, size_t size);

/* The row as a list, in the order of kinds; how many there are. */
size_t row_attributes(const struct world *world, const int *row, struct pspawn_attr *attrs);
void name_row(const int *row, char *text, size_t size);

/* The levels that the description of factors has, and those that can be had here. */
void levels_of_all(struct covering_model *model);
void levels_of_here(struct covering_model *model, const struct world *world);

/* What the facts have to be with the row, when they are `plain` without it. */
void expected_facts(const struct world *world, const int *row, const struct facts *plain,
		    struct facts *expected);

/* 1 if they are the same; what differs is noted. A value of "new" is any that `plain` has not. */
int facts_same(const struct world *world, const struct facts *expected,
	       const struct facts *found, const struct facts *plain);

/* Call the scene in a process of its own, which has made this world. */
void in_world(void (*scene)(struct world *world));

/* The facts of a child that gets the row; or the attributes of `cmd`, which are the row's. */
void facts_of_row(struct world *world, const int *row, struct facts *facts);
void start_with(struct world *world, const int *row, struct pspawn_cmd *cmd,
		struct facts *facts);

/* The value of a fact that has just been made a new one; or that has no name yet, "?". */
#define FACT_NEW "new"
#define FACT_NEW_OR_NONE "new or ?"

#endif
