/* SPDX-License-Identifier: ISC */
/* Greedily: a row begins with a pair that is missing, and takes what adds most pairs. */
#include "covering.h"

#include <string.h>

#include "suite.h"

enum { TRIES = 6 };

typedef int row[COVERING_FACTORS];

struct maker {
	const struct covering_model *model;
	unsigned long long random;
	/* In how many rows each pair is; the smaller factor first. */
	unsigned char seen[COVERING_FACTORS][COVERING_LEVELS][COVERING_FACTORS][COVERING_LEVELS];
	/* Pairs that no row can hold. */
	unsigned char impossible[COVERING_FACTORS][COVERING_LEVELS][COVERING_FACTORS]
				[COVERING_LEVELS];
};

int covering_random(unsigned long long *state, int bound)
{
	/* A linear congruence, whose upper bits are good enough. */
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int)((*state >> 33) % (unsigned)bound);
}

/* ---- what may stand together */

static int is_at(const int *r, int factor, int levels)
{
	return r[factor] > 0 && (levels >> r[factor] & 1);
}

static int applies(const struct covering_need *need, const int *r)
{
	return is_at(r, need->factor, need->levels) &&
	       (!need->with || is_at(r, need->with, need->with_levels)) &&
	       !(need->unless && is_at(r, need->unless, need->unless_levels));
}

const char *covering_objection(const struct covering_model *model, const int *r)
{
	for (const struct covering_exclusion *e = model->exclusions; e->factor; e++)
		if (is_at(r, e->factor, e->levels) && is_at(r, e->other, e->other_levels))
			return e->reason;
	for (const struct covering_need *n = model->needs; n->factor; n++)
		if (applies(n, r) && !is_at(r, n->needed, n->needed_levels))
			return n->reason;
	for (int f = 0; f < COVERING_FACTORS; f++)
		if (r[f] && !is_at(r, f, model->levels[f]))
			return "a level that there is not";
	return NULL;
}

/* Add what the row needs. Needs of needs are met in the next round. 0: that cannot be. */
static int complete(const struct covering_model *model, int *r)
{
	int changed = 1;

	while (changed) {
		changed = 0;
		for (const struct covering_need *n = model->needs; n->factor; n++)
			if (applies(n, r) && r[n->needed] == 0) {
				r[n->needed] = n->needed_level;
				changed = 1;
			}
	}
	return covering_objection(model, r) == NULL;
}

/* ---- which pairs are there */

static int gain(const struct maker *maker, const int *r)
{
	int fresh = 0;

	for (int f = 0; f < COVERING_FACTORS; f++)
		for (int g = f + 1; r[f] && g < COVERING_FACTORS; g++)
			fresh += r[g] && !maker->seen[f][r[f]][g][r[g]];
	return fresh;
}

static void count_row(struct maker *maker, const int *r, int by)
{
	for (int f = 0; f < COVERING_FACTORS; f++)
		for (int g = f + 1; r[f] && g < COVERING_FACTORS; g++)
			if (r[g])
				maker->seen[f][r[f]][g][r[g]] += (unsigned char)by;
}

/* Whether the row has a pair that is in no other row. */
static int is_worth_it(const struct maker *maker, const int *r)
{
	for (int f = 0; f < COVERING_FACTORS; f++)
		for (int g = f + 1; r[f] && g < COVERING_FACTORS; g++)
			if (r[g] && maker->seen[f][r[f]][g][r[g]] == 1)
				return 1;
	return 0;
}

/* ---- one row */

static void shuffle(struct maker *maker, int *order, int n)
{
	for (int i = 0; i < n; i++) {
		int j = covering_random(&maker->random, i + 1);

		order[i] = order[j];
		order[j] = i;
	}
}

/* A row of a pair that is in no row yet, with what it needs; 0: there is none left. */
static int begin_row(struct maker *maker, int *r)
{
	enum { PAIRS = COVERING_FACTORS * COVERING_LEVELS * COVERING_FACTORS * COVERING_LEVELS };
	int start = covering_random(&maker->random, PAIRS);

	for (int i = 0; i < PAIRS; i++) {
		int pair = (start + i) % PAIRS;
		int one = pair / (COVERING_FACTORS * COVERING_LEVELS);
		int other = pair % (COVERING_FACTORS * COVERING_LEVELS);
		int f = one / COVERING_LEVELS, l = one % COVERING_LEVELS;
		int g = other / COVERING_LEVELS, m = other % COVERING_LEVELS;

		if (f >= g || l == 0 || m == 0 || maker->seen[f][l][g][m] ||
		    maker->impossible[f][l][g][m])
			continue;
		memset(r, 0, sizeof(row));
		r[f] = l;
		r[g] = m;
		if (complete(maker->model, r))
			return 1;
		maker->impossible[f][l][g][m] = 1;
	}
	return 0;
}

/* Give a factor the level that adds most, if any adds something. */
static void improve(struct maker *maker, int *r, int factor)
{
	int before = gain(maker, r), most = before;
	row best;

	memcpy(best, r, sizeof(best));
	for (int level = 1; level < COVERING_LEVELS; level++) {
		row with;
		int now;

		memcpy(with, r, sizeof(with));
		with[factor] = level;
		if (!complete(maker->model, with))
			continue;
		now = gain(maker, with);
		if (now > most ||
		    (now == most && now > before && covering_random(&maker->random, 2))) {
			most = now;
			memcpy(best, with, sizeof(best));
		}
	}
	memcpy(r, best, sizeof(best));
}

static int length(const int *r)
{
	int n = 0;

	for (int f = 0; f < COVERING_FACTORS; f++)
		n += r[f] != 0;
	return n;
}

static int fill_row(struct maker *maker, int *r)
{
	int order[COVERING_FACTORS] = { 0 };

	shuffle(maker, order, COVERING_FACTORS);
	for (int i = 0; i < COVERING_FACTORS && length(r) < maker->model->width; i++)
		if (r[order[i]] == 0 && maker->model->levels[order[i]])
			improve(maker, r, order[i]);
	return gain(maker, r);
}

static int make_row(struct maker *maker, int *best)
{
	int most = 0;

	for (int i = 0; i < TRIES; i++) {
		row r;
		int now;

		if (!begin_row(maker, r))
			break;
		now = fill_row(maker, r);
		if (now <= most)
			continue;
		most = now;
		memcpy(best, r, sizeof(r));
	}
	return most;
}

/* Early rows may have nothing by now that later ones do not have too. */
static void drop_needless_rows(struct maker *maker, struct covering *covering)
{
	int kept = 0;

	for (int i = 0; i < covering->nrows; i++) {
		int *r = covering->rows[i];

		if (is_worth_it(maker, r))
			memmove(covering->rows[kept++], r, sizeof(row));
		else
			count_row(maker, r, -1);
	}
	covering->nrows = kept;
}

void covering_make(const struct covering_model *model, unsigned long long seed,
		   struct covering *covering)
{
	static struct maker maker;

	memset(&maker, 0, sizeof(maker));
	maker.model = model;
	maker.random = seed;
	covering->nrows = 0;
	while (make_row(&maker, covering->rows[covering->nrows])) {
		count_row(&maker, covering->rows[covering->nrows], 1);
		if (++covering->nrows == COVERING_ROWS)
			FAIL("more than %d rows", COVERING_ROWS - 1);
	}
	drop_needless_rows(&maker, covering);
}
