/* SPDX-License-Identifier: ISC */
/*
 * The parallel assignment of descriptors. Pure: no system call, no allocation,
 * no library call at all.
 */
#ifndef FDMAP_H
#define FDMAP_H

#include <stddef.h>

#include "names.h"

/* One wish: number `to` of the child shall be the parent's `from`. */
struct fdmap_pair {
	int to;
	int from;	/* negative: stands for a descriptor that does not exist yet */
	int index;	/* the entry of the description, or -1 */
	int pending;	/* private: wishes that still have to read `to`; -1: done */
	int copy;	/* private: a number that already holds what `to` held, or -1 */
};

/* One act: duplicate `from` onto `to`, or, where they are equal, clear close-on-exec. */
struct fdmap_move {
	int from;
	int to;
	int index;
};

/* fdmap_order() writes at most this many moves for n pairs. */
#define FDMAP_MOVES(n) ((n) + (n) / 2)

/* The lowest number, at least `from`, that is neither source nor target of any pair. */
int fdmap_unused(const struct fdmap_pair *pairs, size_t n, int from);

/*
 * Nothing is both read and written, because all sources lie above the numbers of the child, as in
 * most maps. Then there is no cycle and no identity. The pairs are sorted by `to`.
 */
int fdmap_has_no_order(const struct fdmap_pair *pairs, size_t n);

/*
 * The fewest moves, one after the other, that do what the pairs wish at once:
 * one for each pair and one more for each cycle, unless a number outside the
 * cycle gets a copy of one on it: then that copy serves. The pairs are sorted
 * by `to`, and no `to` occurs twice. The further move goes to `scratch`, a
 * number that is neither source nor target; one serves all cycles. Returns the
 * number of moves.
 */
size_t fdmap_order(struct fdmap_pair *pairs, size_t n, int scratch, struct fdmap_move *moves);

#endif
