/* SPDX-License-Identifier: ISC */
/* T10 to T17: how much is kept of output, against a model that looks at one byte at a time. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "pour.h"
#include "store.h"
#include "suite.h"

static const int keeps[] = { PSPAWN_KEEP_HEAD, PSPAWN_KEEP_TAIL, PSPAWN_KEEP_BOTH };

/* By the header: is byte `at` of `total` kept? */
static int is_kept(size_t at, size_t total, size_t limit, int keep)
{
	size_t last = keep == PSPAWN_KEEP_HEAD ? 0 : keep == PSPAWN_KEEP_TAIL ? limit : limit / 2;

	return total <= limit || at < limit - last || at >= total - last;
}

static void check_kept(const struct pspawn_buffer *buffer, const char *text, size_t total,
		       size_t limit, int keep)
{
	size_t at = 0, gap = 0, head = 0;

	for (size_t i = 0; i < total; i++) {
		if (!is_kept(i, total, limit, keep)) {
			head = gap ? head : at;
			gap++;
			continue;
		}
		CHECK(at < buffer->length);
		if (buffer->data[at++] != text[i])
			FAIL("byte %zu of %zu, limit %zu, keep %d", i, total, limit, keep);
	}
	CHECK_INT(buffer->length, at);
	CHECK_INT(buffer->gap, gap);
	CHECK_INT(buffer->head, gap ? head : at);
	CHECK_INT(buffer->data[at], 0);
}

static void keep_some(const char *text, size_t total, size_t limit, int keep)
{
	struct pspawn_buffer buffer;
	struct pspawn_transfer told;
	struct pspawn_stream out =
	    pspawn_stream_limit(pspawn_stream_collect(1, &buffer), limit, keep);
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed_file(0, text, total),
					       pspawn_stream_report(out, &told)) };

	suite_note("%zu bytes, limit %zu, keep %d", total, limit, keep);
	CHECK_INT(pour("exec cat", io, 0).status.code, 0);
	CHECK_INT(told.bytes, total);
	CHECK_INT(told.end, PSPAWN_END_DONE);
	if (total)
		check_kept(&buffer, text, total, limit, keep);
	CHECK_INT(buffer.length, total < limit ? total : limit);
	free(buffer.data);
}

CASE(T10, limits_at_their_borders)
{
	static const size_t limits[] = { 1, 2, 7, 1000, 65536, 65537, 100001 };
	char *text = text_of(500000);

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		size_t limit = limits[i];
		const size_t sizes[] = { 0,         limit - 1,     limit, limit + 1,
					 2 * limit, 2 * limit + 1, 430001 };

		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++)
			for (size_t n = 0; n < 3; n++)
				keep_some(text, sizes[k], limit, keeps[n]);
	}
	free(text);
}

/* The bytes come in pieces of these sizes, over and over. */
static void store_some(const char *text, size_t total, size_t limit, int keep)
{
	static const size_t pieces[] = { 1, 3, 70, 64, 1, 255, 1024, 11 };
	struct pspawn_buffer buffer;
	struct store store;
	size_t at = 0;

	store_init(&store, limit, keep);
	for (size_t i = 0; at < total; i++) {
		size_t room, size = pieces[i % 8] < total - at ? pieces[i % 8] : total - at;
		char *space = store_space(&store, &room);

		CHECK(space && room > 0);
		size = size < room ? size : room;
		memcpy(space, text + at, size);
		store_came(&store, size);
		at += size;
	}
	store_hand_over(&store, &buffer);
	if (total)
		check_kept(&buffer, text, total, limit, keep);
	free(buffer.data);
}

CASE(T11, limits_however_the_bytes_come)
{
	static const size_t totals[] = { 0, 1, 2, 99, 100, 101, 199, 200, 201, 5000, 70001 };
	static const size_t limits[] = { 1, 2, 3, 99, 100, 101, 1023, 65536 };
	char *text = text_of(80000);

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++)
		for (size_t k = 0; k < sizeof(limits) / sizeof(limits[0]); k++)
			for (size_t n = 0; n < 3; n++)
				store_some(text, totals[i], limits[k], keeps[n]);
	free(text);
}

CASE(T12, the_default_limit_and_none)
{
	static const char line[] = "exec head -c 16777221 /dev/zero";
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_buffer buffer;
	struct pspawn_status status;
	struct pspawn_error error;
	struct pspawn_stream all = pspawn_stream_limit(pspawn_stream_collect(1, &buffer),
						       PSPAWN_UNLIMITED, PSPAWN_KEEP_TAIL);
	struct pspawn_io none = { PSPAWN_STREAMS(pspawn_stream_collect(1, &buffer)) };
	struct pspawn_io unlimited = { PSPAWN_STREAMS(all) };

	pour(line, none, 0);
	CHECK_INT(buffer.length, 16 << 20);
	CHECK_INT(buffer.head, 16 << 20);
	CHECK_INT(buffer.gap, 5);
	free(buffer.data);
	pour(line, unlimited, 0);
	CHECK_INT(buffer.length, (16 << 20) + 5);
	CHECK_INT(buffer.gap, 0);
	free(buffer.data);
	CHECK_INT(pspawn_output(&cmd, &buffer, &status, &error), -EOVERFLOW);
	CHECK_INT(error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(error.stream, 0);
	CHECK_INT(status.exited, 1);
	CHECK_INT(buffer.length, 16 << 20);
	CHECK_INT(buffer.gap, 5);
	free(buffer.data);
}

CASE(T13, a_buffer_that_stops_at_its_limit)
{
	struct pspawn_buffer other, buffer;
	struct pspawn_transfer told;
	struct pspawn_stream stream = pspawn_stream_stop_at(pspawn_stream_collect(1, &buffer), 10);
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_collect(7, &other),
					       pspawn_stream_report(stream, &told)) };
	struct pspawn_result result = pour("printf 0123456789; printf x >&7; exit 4", io, 0);

	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	CHECK_INT(result.status.code, 4);
	CHECK_STR(buffer.data, "0123456789");
	CHECK_INT(told.end, PSPAWN_END_DONE);
	free(buffer.data);
	CHECK_STR(other.data, "x");
	free(other.data);

	result = pour("printf x >&7; printf 0123456789A; exec sleep 60", io, -EFBIG);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_LIMIT);
	CHECK_INT(result.stop_signal, SIGTERM);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(pour_error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(pour_error.stream, 1);
	CHECK_STR(buffer.data, "0123456789");
	CHECK_INT(buffer.gap, 1);
	CHECK_INT(told.end, PSPAWN_END_CUT);
	CHECK_STR(other.data, "x");
	free(buffer.data);
	free(other.data);
}

CASE(T14, a_call_that_is_limited)
{
	struct heap heap = { 0 };
	struct pspawn_transfer told;
	struct pspawn_stream call =
	    pspawn_stream_report(pspawn_stream_collect_call(1, heap_take, &heap), &told);
	struct pspawn_io rest = { PSPAWN_STREAMS(pspawn_stream_limit(call, 10, 0)) };
	struct pspawn_io stop = { PSPAWN_STREAMS(pspawn_stream_stop_at(call, 10)) };
	struct pspawn_result result;

	/* The rest is read, so that the child is not held up, and thrown away. */
	result = pour("printf 01234567; printf 89ABC; head -c 200000 /dev/zero; exit 4", rest, 0);
	CHECK_INT(result.status.code, 4);
	CHECK(same_bytes(heap.data, heap.size, "0123456789", 10));
	CHECK_INT(told.bytes, 200013);
	CHECK_INT(told.end, PSPAWN_END_DONE);
	heap_drop(&heap);

	result = pour("printf 0123456789; exit 4", stop, 0);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	heap_drop(&heap);
	result = pour("printf 01234567; printf 89A; exec sleep 60", stop, -EFBIG);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_LIMIT);
	CHECK_INT(pour_error.step, PSPAWN_STEP_COLLECT);
	CHECK_INT(pour_error.stream, 0);
	CHECK(same_bytes(heap.data, heap.size, "0123456789", 10));
	CHECK_INT(told.end, PSPAWN_END_CUT);
	heap_drop(&heap);
}
