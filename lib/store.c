/* SPDX-License-Identifier: ISC */
#include "store.h"

#include <stdlib.h>
#include <string.h>

/* The least that is asked for, and where bytes go that are not kept. */
enum { LEAST_ROOM = 64 << 10 };

/* No sum of sizes below wraps with this. */
#define MOST ((size_t)-1 / 4)

void store_init(struct store *store, size_t limit, int keep)
{
	if (limit > MOST)
		limit = MOST;
	memset(store, 0, sizeof(*store));
	store->tail = keep == PSPAWN_KEEP_TAIL ? limit : keep == PSPAWN_KEEP_BOTH ? limit / 2 : 0;
	store->head = limit - store->tail;
}

static size_t kept_most(const struct store *store)
{
	return store->head + store->tail;
}

/* Twice as much each time; room for a NUL, and, where nothing is kept any more, for what is thrown
 * away. */
static int grow(struct store *store)
{
	size_t most = kept_most(store) + LEAST_ROOM;
	size_t room = store->room ? 2 * store->room : LEAST_ROOM;
	char *data;

	if (room > most)
		room = most;
	data = realloc(store->data, room + 1);
	if (!data)
		return -1;
	store->data = data;
	store->room = room;
	return 0;
}

char *store_space(struct store *store, size_t *room)
{
	size_t most = kept_most(store);
	size_t at;

	if (store->total < most) {
		at = (size_t)store->total;
		if (at == store->room && grow(store) < 0)
			return NULL;
		*room = (store->room < most ? store->room : most) - at;
		return store->data + at;
	}
	if (store->tail == 0) {
		while (store->room < most + LEAST_ROOM)
			if (grow(store) < 0)
				return NULL;
		*room = LEAST_ROOM;
		return store->data + most;
	}
	at = (size_t)((store->total - store->head) % store->tail);
	*room = store->tail - at;
	return store->data + store->head + at;
}

void store_came(struct store *store, size_t size)
{
	store->total += size;
}

unsigned long long store_gap(const struct store *store)
{
	return store->total > kept_most(store) ? store->total - kept_most(store) : 0;
}

static void reverse(char *data, size_t size)
{
	for (size_t i = 0; i < size / 2; i++) {
		char byte = data[i];

		data[i] = data[size - 1 - i];
		data[size - 1 - i] = byte;
	}
}

/* The oldest byte of the ring to its beginning, without more memory: three reversals. */
static void straighten(struct store *store)
{
	char *ring = store->data + store->head;
	size_t oldest = store->tail ? (size_t)((store->total - store->head) % store->tail) : 0;

	if (oldest == 0)
		return;
	reverse(ring, oldest);
	reverse(ring + oldest, store->tail - oldest);
	reverse(ring, store->tail);
}

/* Memory that was taken for more than there is. Where there is none to move to, it stays. */
static void shrink(struct store *store, size_t length)
{
	char *data;

	if (store->room - length < LEAST_ROOM / 2 && store->data)
		return;
	data = realloc(store->data, length + 1);
	if (data)
		store->data = data;
}

void store_hand_over(struct store *store, struct pspawn_buffer *buffer)
{
	unsigned long long gap = store_gap(store);
	size_t length = gap ? kept_most(store) : (size_t)store->total;

	if (gap)
		straighten(store);
	shrink(store, length);
	memset(buffer, 0, sizeof(*buffer));
	buffer->data = store->data;
	if (store->data) {
		buffer->data[length] = '\0';
		buffer->length = length;
		buffer->head = gap ? store->head : length;
		buffer->gap = gap;
	}
	store->data = NULL;
	store_drop(store);
}

void pspawn_buffer_free(struct pspawn_buffer *buffer)
{
	if (!buffer)
		return;
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}

void store_drop(struct store *store)
{
	free(store->data);
	memset(store, 0, sizeof(*store));
}
