/* SPDX-License-Identifier: ISC */
#include "pour.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

/* ---- out */

static void heap_add(struct heap *heap, const void *data, size_t size)
{
	if (heap->size + size > heap->room) {
		heap->room = 2 * (heap->size + size);
		heap->data = realloc(heap->data, heap->room);
		CHECK(heap->data != NULL);
	}
	memcpy(heap->data + heap->size, data, size);
	heap->size += size;
}

long heap_take(void *heap, const void *data, size_t size)
{
	CHECK(size > 0);
	heap_add(heap, data, size);
	return (long)size;
}

int heap_line(void *heap, const char *line, size_t length, int whole)
{
	CHECK_INT(line[length], 0);
	if (length)
		heap_add(heap, line, length);
	if (whole)
		heap_add(heap, "\n", 1);
	return 1;
}

void heap_drop(struct heap *heap)
{
	free(heap->data);
	memset(heap, 0, sizeof(*heap));
}

char *read_whole(int fd, size_t *size)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char *data = malloc((size_t)end + 1);

	CHECK(end >= 0 && data);
	CHECK_INT(pread(fd, data, (size_t)end, 0), end);
	*size = (size_t)end;
	return data;
}

int same_bytes(const char *data, size_t length, const char *expected, size_t size)
{
	size_t same = 0;

	while (same < length && same < size && data[same] == expected[same])
		same++;
	if (same == length && same == size)
		return 1;
	suite_note("%zu bytes and not %zu, the same up to %zu", length, size, same);
	return 0;
}

/* ---- in */

long source_give(void *context, void *data, size_t room)
{
	struct source *source = context;
	size_t size = source->size - source->at;

	if (size > room)
		size = room;
	if (source->piece && size > source->piece)
		size = source->piece;
	if (size)
		memcpy(data, source->data + source->at, size);
	source->at += size;
	return (long)size;
}

char *text_of(size_t size)
{
	char *text = malloc(size + 16);
	size_t at = 0;

	CHECK(text != NULL);
	for (unsigned long i = 1; at < size; i++)
		at += (size_t)snprintf(text + at, 16, "%lu\n", i * 7919 % 1000003);
	if (size)
		text[size - 1] = '\n';
	text[size] = '\0';
	return text;
}

/* ---- runs */

struct pspawn_error pour_error;

struct pspawn_result pour_through(const struct pspawn_cmd *cmds, size_t count, struct pspawn_io io,
				  int expected)
{
	static const struct pspawn_stop patient[] = { { SIGTERM, AN_HOUR_MS } };
	struct pspawn_result result;

	io.size = sizeof(io);
	/* Whoever is stopped has more than two seconds to end by that. */
	if (io.nstops == 0) {
		io.stops = patient;
		io.nstops = 1;
	}
	errno = 12345;
	CHECK_INT(pspawn_pipeline(cmds, count, &io, &result, &pour_error), expected);
	CHECK_INT(errno, 12345);
	CHECK_INT(pour_error.code, -expected);
	return result;
}

struct pspawn_result pour(const char *line, struct pspawn_io io, int expected)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };

	return pour_through(&cmd, 1, io, expected);
}
