/* SPDX-License-Identifier: ISC */
#include "fdmap.h"

#include <limits.h>
#include <stdint.h>

enum { DONE = -1 };

/* The pair that writes number `to`, or NULL. */
static struct fdmap_pair *writer_of(struct fdmap_pair *pairs, size_t n, int to)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pairs[middle].to < to)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && pairs[low].to == to ? &pairs[low] : NULL;
}

int fdmap_unused(const struct fdmap_pair *pairs, size_t n, int from)
{
	/* 64 numbers at a time, so that a map of any size needs no memory. */
	for (int base = from; base <= INT_MAX - 64; base += 64) {
		uint64_t used = 0;

		for (size_t i = 0; i < n; i++) {
			if (pairs[i].to >= base && pairs[i].to - base < 64)
				used |= UINT64_C(1) << (pairs[i].to - base);
			if (pairs[i].from >= base && pairs[i].from - base < 64)
				used |= UINT64_C(1) << (pairs[i].from - base);
		}
		for (int bit = 0; bit < 64; bit++)
			if (!(used >> bit & 1))
				return base + bit;
	}
	return INT_MAX;
}

/* An identity overwrites nothing, so nobody has to read its number first. */
static void count_readers(struct fdmap_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		pairs[i].pending = 0;
		pairs[i].copy = -1;
	}
	for (size_t i = 0; i < n; i++) {
		struct fdmap_pair *writer = writer_of(pairs, n, pairs[i].from);

		if (writer && writer->to != writer->from && &pairs[i] != writer)
			writer->pending++;
	}
}

static void emit(struct fdmap_move *move, int from, int to, int index)
{
	move->from = from;
	move->to = to;
	move->index = index;
}

/*
 * Write `pair`, whose number nobody has to read any more, and then whatever
 * waited for it alone: its source's writer, that one's source's writer, ...
 */
static size_t follow(struct fdmap_pair *pairs, size_t n, struct fdmap_pair *pair,
		     struct fdmap_move *moves)
{
	size_t count = 0;

	while (pair && pair->pending == 0) {
		struct fdmap_pair *next = writer_of(pairs, n, pair->from);

		emit(&moves[count++], pair->from, pair->to, pair->index);
		pair->pending = DONE;
		if (next && next->pending > 0) {
			next->pending--;
			next->copy = pair->to;
		} else {
			next = NULL;
		}
		pair = next;
	}
	return count;
}

/* Any pair on the cycle will do, but best is one whose number has been copied. */
static struct fdmap_pair *weakest_link(struct fdmap_pair *pairs, size_t n, struct fdmap_pair *first)
{
	struct fdmap_pair *pair = first;

	do {
		if (pair->copy >= 0)
			return pair;
		pair = writer_of(pairs, n, pair->from);
	} while (pair != first);
	return first;
}

/* On a cycle every number is read once more: save one, and it is a chain. */
static size_t break_cycle(struct fdmap_pair *pairs, size_t n, struct fdmap_pair *any, int scratch,
			  struct fdmap_move *moves)
{
	struct fdmap_pair *first = weakest_link(pairs, n, any);
	struct fdmap_pair *last = first;
	size_t count = 0;

	while (last->from != first->to)
		last = writer_of(pairs, n, last->from);
	if (first->copy < 0) {
		emit(&moves[count++], first->to, scratch, last->index);
		first->copy = scratch;
	}
	last->from = first->copy;
	first->pending = 0;
	count += follow(pairs, n, first, moves + count);
	last->from = first->to;
	return count;
}

int fdmap_has_no_order(const struct fdmap_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pairs[i].from >= 0 && pairs[i].from <= pairs[n - 1].to)
			return 0;
	return 1;
}

static size_t emit_all(const struct fdmap_pair *pairs, size_t n, struct fdmap_move *moves)
{
	for (size_t i = 0; i < n; i++)
		emit(&moves[i], pairs[i].from, pairs[i].to, pairs[i].index);
	return n;
}

size_t fdmap_order(struct fdmap_pair *pairs, size_t n, int scratch, struct fdmap_move *moves)
{
	size_t count = 0;

	if (fdmap_has_no_order(pairs, n))
		return emit_all(pairs, n, moves);
	count_readers(pairs, n);
	for (size_t i = 0; i < n; i++)
		count += follow(pairs, n, &pairs[i], moves + count);
	for (size_t i = 0; i < n; i++)
		if (pairs[i].pending > 0)
			count += break_cycle(pairs, n, &pairs[i], scratch, moves + count);
	return count;
}
