/* SPDX-License-Identifier: ISC */
/*
 * Covering arrays: few rows in which every two levels of different factors stand
 * side by side at least once. A factor's level 0 is "absent" and need not be covered.
 */
#ifndef COVERING_H
#define COVERING_H

enum { COVERING_FACTORS = 45, COVERING_LEVELS = 4, COVERING_ROWS = 128 };

/* A set of levels, as bits. */
#define LEVEL(n) (1 << (n))
#define ANY_LEVEL 0xe

/* Two factors at these levels cannot be together. */
struct covering_exclusion {
	int factor, levels;
	int other, other_levels;
	const char *reason;
};

/*
 * A factor at these levels needs another one: at `level`, or as it is if it is
 * among `levels`. Only if a third one (0: none) is there, and a fourth is not.
 */
struct covering_need {
	int factor, levels;
	int with, with_levels;
	int unless, unless_levels;
	int needed, needed_levels, needed_level;
	const char *reason;
};

struct covering_model {
	int width; /* a row that is so long takes no more */
	int levels[COVERING_FACTORS]; /* which there are, as bits; level 0 is not among them */
	const struct covering_exclusion *exclusions; /* end with factor 0, as needs do */
	const struct covering_need *needs;
};

struct covering {
	int nrows;
	int rows[COVERING_ROWS][COVERING_FACTORS];
};

/* Rows for all pairs that the model allows; for one seed always the same. */
void covering_make(const struct covering_model *model, unsigned long long seed,
		   struct covering *covering);

/* Whether the row keeps to all exclusions and needs; if not, why. */
const char *covering_objection(const struct covering_model *model, const int *row);

/* The next random number below `bound`. */
int covering_random(unsigned long long *state, int bound);

#endif
