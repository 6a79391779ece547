/* SPDX-License-Identifier: ISC */
/* A23: the planner against a model, for every map of seven numbers. */
#include <string.h>

#include "fdmap.h"
#include "suite.h"

enum { NUMBERS = 7, SCRATCH = NUMBERS };

/* Unpack a code: from[i] is the source of i, or -1. */
static size_t unpack(long code, int n, int *from, struct fdmap_pair *pairs)
{
	size_t count = 0;

	for (int i = 0; i < n; i++, code /= n + 1) {
		from[i] = (int)(code % (n + 1)) - 1;
		if (from[i] >= 0) {
			pairs[count].to = i;
			pairs[count].from = from[i];
			pairs[count++].index = i;
		}
	}
	return count;
}

static int on_cycle(const int *from, int n, int member)
{
	int at = member;

	for (int hops = 0; hops < n && at >= 0; hops++) {
		at = from[at];
		if (at == member)
			return from[member] != member;
	}
	return 0;
}

/* The cycle through i has i as its smallest member, and nobody outside reads from it. */
static int needs_scratch(const int *from, int n, int i)
{
	int at = i;

	if (!on_cycle(from, n, i))
		return 0;
	do {
		int readers = 0;

		for (int r = 0; r < n; r++)
			readers += from[r] == at;
		if (at < i || readers > 1)
			return 0;
		at = from[at];
	} while (at != i);
	return 1;
}

static size_t fewest(const int *from, int n)
{
	size_t count = 0;

	for (int i = 0; i < n; i++)
		count += (size_t)(from[i] >= 0) + (size_t)needs_scratch(from, n, i);
	return count;
}

static void try_map(long code, int n)
{
	struct fdmap_pair pairs[NUMBERS];
	struct fdmap_move moves[FDMAP_MOVES(NUMBERS) + 1];
	int from[NUMBERS];
	int held[NUMBERS + 1];
	size_t npairs = unpack(code, n, from, pairs);
	size_t nmoves = fdmap_order(pairs, npairs, SCRATCH, moves);

	for (int i = 0; i <= NUMBERS; i++)
		held[i] = i;
	for (size_t i = 0; i < nmoves; i++) {
		if (held[moves[i].from] == SCRATCH)
			FAIL("map %ld reads scratch before it is written", code);
		held[moves[i].to] = held[moves[i].from];
	}
	/* What nobody maps is nobody's to write: with INHERIT_ALL the child keeps it. */
	for (int i = 0; i < n; i++) {
		int wanted = from[i] >= 0 ? from[i] : i;

		if (held[i] != wanted)
			FAIL("map %ld: %d holds %d and not %d", code, i, held[i], wanted);
	}
	if (nmoves != fewest(from, n))
		FAIL("map %ld takes %zu moves and not %zu", code, nmoves, fewest(from, n));
}

CASE(A23, planner_exhaustive_7)
{
	for (long code = 0; code < 2097152; code++)
		try_map(code, NUMBERS);
}

/* ---- the formula above, against a search of everything that could be done */

enum { SMALL = 4, STATES = 5 * 5 * 5 * 5 * 5 };

static int state_of(const int *held)
{
	int state = 0;

	for (int i = SMALL; i >= 0; i--)
		state = state * 5 + held[i];
	return state;
}

static void held_in(int state, int *held)
{
	for (int i = 0; i <= SMALL; i++, state /= 5)
		held[i] = state % 5;
}

static int is_goal(const int *held, const int *from)
{
	for (int i = 0; i < SMALL; i++)
		if (from[i] >= 0 && held[i] != from[i])
			return 0;
	return 1;
}

/* The fewest duplications by breadth-first search; a number that nobody maps may be used. */
static int searched(const int *from)
{
	static int distance[STATES], queue[STATES];
	int held[SMALL + 1] = { 0, 1, 2, 3, 4 };
	int head = 0, tail = 0;

	memset(distance, -1, sizeof(distance));
	queue[tail++] = state_of(held);
	distance[queue[0]] = 0;
	while (head < tail) {
		int state = queue[head++];

		held_in(state, held);
		if (is_goal(held, from))
			return distance[state];
		for (int a = 0; a <= SMALL; a++)
			for (int b = 0; b <= SMALL; b++) {
				int old = held[b], next;

				held[b] = held[a];
				next = state_of(held);
				held[b] = old;
				if (distance[next] < 0) {
					distance[next] = distance[state] + 1;
					queue[tail++] = next;
				}
			}
	}
	return -1;
}

CASE(A23, planner_minimal_4)
{
	for (long code = 0; code < 625; code++) {
		struct fdmap_pair pairs[SMALL];
		int from[SMALL];
		int identities = 0;

		unpack(code, SMALL, from, pairs);
		for (int i = 0; i < SMALL; i++)
			identities += from[i] == i;
		CHECK_INT(fewest(from, SMALL) - (size_t)identities, searched(from));
	}
}
