/* SPDX-License-Identifier: ISC */
/* Bytes that come one after the other, of which the first and the last are kept. */
#ifndef STORE_H
#define STORE_H

#include "names.h"
#include "pspawn.h"

/*
 * `head` bytes from the beginning, then a ring of `tail` bytes. Until head + tail bytes have
 * come they simply lie in a row, and the memory grows as they come.
 */
struct store {
	char *data;
	size_t room;
	size_t head, tail;
	unsigned long long total;
};

/* Keep at most `limit` bytes: enum pspawn_keep. */
void store_init(struct store *store, size_t limit, int keep);

/*
 * Where the next bytes go, and how many at most: read them there, and say how many came.
 * NULL: no memory.
 */
char *store_space(struct store *store, size_t *room);
void store_came(struct store *store, size_t size);

/* How many bytes were left out. */
unsigned long long store_gap(const struct store *store);

/* Put them into order and hand them over. The store is empty then. */
void store_hand_over(struct store *store, struct pspawn_buffer *buffer);

/* Give it all back. */
void store_drop(struct store *store);

#endif
