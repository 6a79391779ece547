/* SPDX-License-Identifier: ISC */
/* Arrays of entries that grow, for callers who cannot write them as compound literals. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <pspawn_run.h>

enum { FIRST_CAPACITY = 8 };

/*
 * Memory for one entry more: the same, or a larger piece that has the entries of it. NULL where
 * there is none; then the old piece stays.
 */
static void *room_for_one(void *items, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity : FIRST_CAPACITY;
	int saved = errno;
	void *larger;

	if (count < *capacity)
		return items;
	if (count == wanted)
		wanted *= 2;
	if (wanted > SIZE_MAX / 2 / size)
		return NULL;
	larger = realloc(items, wanted * size);
	if (larger)
		*capacity = wanted;
	errno = saved;
	return larger;
}

/* The functions of one kind of list. free(3) of old libcs may set errno. */
#define LIST(list, entry)                                                                     \
	int pspawn_##list##_add(struct pspawn_##list *list, struct pspawn_##entry entry)      \
	{                                                                                     \
		struct pspawn_##entry *items = room_for_one(list->items, list->count,         \
							    &list->capacity, sizeof(entry));  \
                                                                                              \
		if (!items)                                                                   \
			return -ENOMEM;                                                       \
		list->items = items;                                                          \
		list->items[list->count++] = entry;                                           \
		return 0;                                                                     \
	}                                                                                     \
	void pspawn_##list##_free(struct pspawn_##list *list)                                 \
	{                                                                                     \
		int saved = errno;                                                            \
                                                                                              \
		if (!list)                                                                    \
			return;                                                               \
		free(list->items);                                                            \
		list->items = NULL;                                                           \
		list->count = list->capacity = 0;                                             \
		errno = saved;                                                                \
	}

LIST(fds, fd)
LIST(attrs, attr)
LIST(streams, stream)
