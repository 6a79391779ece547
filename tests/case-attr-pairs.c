/* SPDX-License-Identifier: ISC */
/*
 * Q: attributes together. All pairs of them that can be together are so in at
 * least one start, and each time the whole child is compared with a model.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pairs.h"
#include "suite.h"

enum { DEFAULT_SEED = 20, LONG_ROUNDS = 50, PERMUTATIONS = 30 };

static struct covering_model model;
static struct covering covering;

static unsigned long long chosen_seed(void)
{
	const char *given = getenv("PSPAWN_TEST_SEED");

	return given ? strtoull(given, NULL, 10) : DEFAULT_SEED;
}

/* ---- the array */

/* The level of each factor, "." where it is absent. */
static void print_array(void (*print)(const char *format, ...))
{
	for (int i = 0; i < covering.nrows; i++) {
		char text[COVERING_FACTORS + 1] = "";

		for (int f = 1; f < COVERING_FACTORS; f++)
			text[f - 1] = covering.rows[i][f] ? (char)('0' + covering.rows[i][f]) : '.';
		print("row %2d %s", i, text);
	}
}

static void print_factors(void)
{
	for (int f = 1; f < COVERING_FACTORS; f++)
		suite_tell("column %2d %s", f, factors[f].name ? factors[f].name : "is not here");
}

static int excludes(const struct covering_exclusion *e, int f, int l, int g, int m)
{
	return e->factor == f && e->levels >> l & 1 && e->other == g && e->other_levels >> m & 1;
}

/* Not excluded in the table, and both at a level that there is. */
static int is_allowed(int f, int l, int g, int m)
{
	if (!(model.levels[f] >> l & 1) || !(model.levels[g] >> m & 1))
		return 0;
	for (const struct covering_exclusion *e = pair_exclusions; e->factor; e++)
		if (excludes(e, f, l, g, m) || excludes(e, g, m, f, l))
			return 0;
	return 1;
}

static int is_in_a_row(int f, int l, int g, int m)
{
	for (int i = 0; i < covering.nrows; i++)
		if (covering.rows[i][f] == l && covering.rows[i][g] == m)
			return 1;
	return 0;
}

/* How many pairs have to be there, and how many of them are not: counted, not remembered. */
static void count_pairs(int *wanted, int *missing)
{
	*wanted = *missing = 0;
	for (int f = 1; f < COVERING_FACTORS; f++)
		for (int l = 1; l < COVERING_LEVELS; l++)
			for (int g = f + 1; g < COVERING_FACTORS; g++)
				for (int m = 1; m < COVERING_LEVELS; m++) {
					if (!is_allowed(f, l, g, m))
						continue;
					++*wanted;
					if (is_in_a_row(f, l, g, m))
						continue;
					++*missing;
					suite_note("missing: %s=%d %s=%d", factors[f].name, l,
						   factors[g].name, m);
				}
}

/* With a seed by which to have it again. */
static void make_array(unsigned long long seed)
{
	int wanted, missing;

	covering_make(&model, seed, &covering);
	count_pairs(&wanted, &missing);
	suite_tell("PSPAWN_TEST_SEED=%llu: %d rows for %d pairs", seed, covering.nrows, wanted);
	CHECK_INT(missing, 0);
}

/* ---- all pairs */

static void try_row(struct world *world, int number, const int *row, const struct facts *plain)
{
	static struct facts expected, found;

	snprintf(world->doing, sizeof(world->doing), "row %d:", number);
	name_row(row, world->doing, sizeof(world->doing));
	facts_of_row(world, row, &found);
	expected_facts(world, row, plain, &expected);
	if (!facts_same(world, &expected, &found, plain))
		FAIL("something else has changed, or something has not");
}

/* The row, and if it is in a root that has no /proc to tell by, again in our own. */
static void try_in_both_roots(struct world *world, int number, const struct facts *plain)
{
	int row[COVERING_FACTORS], again = 0;

	memcpy(row, covering.rows[number], sizeof(row));
	try_row(world, number, row, plain);
	for (int kind = PSPAWN_ATTR_ROOT; kind <= PSPAWN_ATTR_ROOT_FD; kind++)
		if (row[kind] == ROOT_SMALL && model.levels[kind] & LEVEL(ROOT_SAME)) {
			row[kind] = ROOT_SAME;
			again = 1;
		}
	if (again)
		try_row(world, number, row, plain);
}

static void all_pairs(struct world *world)
{
	static const int nothing[COVERING_FACTORS];
	static struct facts plain;
	int rounds = getenv("PSPAWN_TEST_LONG") ? LONG_ROUNDS : 1;

	levels_of_here(&model, world);
	if (rounds > 1)
		print_factors();
	facts_of_row(world, nothing, &plain);
	for (int round = 0; round < rounds; round++) {
		make_array(chosen_seed() + (unsigned)round);
		/* There is no room for more than one. */
		if (round == 0)
			print_array(suite_tell);
		for (int i = 0; i < covering.nrows; i++)
			try_in_both_roots(world, i, &plain);
	}
}

CASE(Q01, all_pairs_of_attributes)
{
	in_world(all_pairs);
}

/* ---- the order of the list */

/* Of which none sets what another one sets. */
static const int ten_and_more[COVERING_FACTORS] = {
	[PSPAWN_ATTR_DIR_FD] = 1,     [PSPAWN_ATTR_ENV_SET] = 1,   [PSPAWN_ATTR_ENV_UNSET] = 1,
	[PSPAWN_ATTR_SETSID] = 1,     [PSPAWN_ATTR_CTTY] = 1,	   [PSPAWN_ATTR_FOREGROUND] = 1,
	[PSPAWN_ATTR_SIGMASK] = 1,    [PSPAWN_ATTR_SIGIGNORE] = 1, [PSPAWN_ATTR_USER] = 1,
	[PSPAWN_ATTR_GROUP] = 1,      [PSPAWN_ATTR_GROUPS] = 1,	   [PSPAWN_ATTR_AMBIENT] = 1,
	[PSPAWN_ATTR_BOUNDING] = 2,   [PSPAWN_ATTR_RLIMIT] = 2,	   [PSPAWN_ATTR_NICE] = 1,
	[PSPAWN_ATTR_PDEATHSIG] = 1,  [PSPAWN_ATTR_UMASK] = 1,	   [PSPAWN_ATTR_CGROUP] = 1,
	[PSPAWN_ATTR_NAMESPACES] = 1, [PSPAWN_ATTR_SETNS] = 1,
};

static void shuffle(unsigned long long *random, struct pspawn_attr *attrs, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		int j = covering_random(random, (int)i + 1);
		struct pspawn_attr other = attrs[i];

		attrs[i] = attrs[j];
		attrs[j] = other;
	}
}

static void any_order(struct world *world)
{
	static const int nothing[COVERING_FACTORS];
	static struct facts plain, expected, found;
	struct pspawn_attr attrs[COVERING_FACTORS];
	unsigned long long random = chosen_seed();
	int row[COVERING_FACTORS];

	levels_of_here(&model, world);
	for (int f = 0; f < COVERING_FACTORS; f++)
		row[f] = model.levels[f] >> ten_and_more[f] & 1 ? ten_and_more[f] : 0;
	facts_of_row(world, nothing, &plain);
	suite_tell("PSPAWN_TEST_SEED=%llu", random);
	for (int i = 0; i < PERMUTATIONS; i++) {
		struct pspawn_cmd cmd = { .attrs = attrs };

		cmd.nattrs = row_attributes(world, row, attrs);
		shuffle(&random, attrs, cmd.nattrs);
		snprintf(world->doing, sizeof(world->doing), "order %d: kinds", i);
		for (size_t k = 0; k < cmd.nattrs; k++)
			snprintf(strchr(world->doing, 0), 8, " %d", attrs[k].kind);
		start_with(world, row, &cmd, &found);
		expected_facts(world, row, &plain, &expected);
		CHECK(facts_same(world, &expected, &found, &plain));
	}
}

CASE(Q02, order_of_attributes_means_nothing)
{
	in_world(any_order);
}

/* ---- the generator itself */

/* Without the row some pair is missing. */
static void check_row_is_needed(int number)
{
	static const int nothing[COVERING_FACTORS];
	int saved[COVERING_FACTORS], wanted, missing;

	memcpy(saved, covering.rows[number], sizeof(saved));
	memcpy(covering.rows[number], nothing, sizeof(nothing));
	count_pairs(&wanted, &missing);
	memcpy(covering.rows[number], saved, sizeof(saved));
	CHECK(missing > 0);
}

static void check_row_is_possible(const int *row)
{
	const char *objection = covering_objection(&model, row);

	if (objection)
		FAIL("%s", objection);
	for (int f = 1; f < COVERING_FACTORS; f++)
		for (int g = f + 1; g < COVERING_FACTORS; g++)
			CHECK(!row[f] || !row[g] || is_allowed(f, row[f], g, row[g]));
}

/* Of everything, whatever of it can be had here. */
CASE(Q03, every_allowed_pair_is_covered)
{
	for (unsigned seed = 1; seed <= 8; seed++) {
		int wanted, missing;

		levels_of_all(&model);
		covering_make(&model, seed, &covering);
		count_pairs(&wanted, &missing);
		CHECK(wanted > 500);
		CHECK_INT(missing, 0);
		for (int i = 0; i < covering.nrows; i++) {
			check_row_is_possible(covering.rows[i]);
			check_row_is_needed(i);
		}
	}
}

CASE(Q04, a_seed_gives_one_array)
{
	static struct covering again;

	levels_of_all(&model);
	covering_make(&model, 5, &covering);
	covering_make(&model, 5, &again);
	CHECK(memcmp(&covering, &again, sizeof(again)) == 0);
	covering_make(&model, 6, &again);
	CHECK(memcmp(&covering, &again, sizeof(again)) != 0);
}
