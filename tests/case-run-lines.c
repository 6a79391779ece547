/* SPDX-License-Identifier: ISC */
/* T20 to T24: output line by line. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "pour.h"
#include "suite.h"

/* What the function was told: [whole lines] and (pieces), with '0' for NUL; up to `most` of them.
 */
struct told {
	char text[256];
	size_t length;
	int most, answer;
};

static int tell(void *context, const char *line, size_t length, int whole)
{
	struct told *told = context;

	CHECK_INT(line[length], 0);
	CHECK(told->length + length + 3 < sizeof(told->text));
	told->text[told->length++] = whole ? '[' : '(';
	for (size_t i = 0; i < length; i++)
		told->text[told->length++] = line[i] ? line[i] : '0';
	told->text[told->length++] = whole ? ']' : ')';
	return told->most && --told->most == 0 ? told->answer : 1;
}

struct row {
	size_t limit;
	const char *data;
	size_t size;
	const char *expected;
};

/* A literal with its size, for the NULs in it. */
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct row rows[] = {
	{ 0, BYTES(""), "" },
	{ 0, BYTES("\n"), "[]" },
	{ 0, BYTES("\n\n\n"), "[][][]" },
	{ 0, BYTES("a"), "(a)" },
	{ 0, BYTES("a\nbc\n"), "[a][bc]" },
	{ 0, BYTES("a\n\nbc"), "[a][](bc)" },
	{ 0, BYTES("a\0b\n\0\n\0"), "[a0b][0](0)" },
	{ 1, BYTES("a\nbc\n\ndef"), "[a](b)[c][](d)(e)(f)" },
	{ 4, BYTES("abc\nabcd\nabcde\n"), "[abc][abcd](abcd)[e]" },
	{ 4, BYTES("abcdefgh\nabcdefghi\n"), "(abcd)[efgh](abcd)(efgh)[i]" },
	{ 4, BYTES("abcd"), "(abcd)" },
	{ 4, BYTES("abcdefgh"), "(abcd)(efgh)" },
	{ 4, BYTES("\nabcde"), "[](abcd)(e)" },
	{ PSPAWN_UNLIMITED, BYTES("abcdefgh\ni"), "[abcdefgh](i)" },
};

/* At once, and one byte at a time. */
static void check_line_row(const struct row *row, size_t piece)
{
	struct told told = { .length = 0 };
	struct source source = { row->data, row->size, 0, piece };
	struct pspawn_stream lines = pspawn_stream_collect_lines(1, tell, &told);
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed_call(0, source_give, &source),
					       pspawn_stream_limit(lines, row->limit, 0)) };

	pour(piece ? "exec dd bs=1 2>/dev/null" : "exec cat", io, 0);
	told.text[told.length] = '\0';
	CHECK_STR(told.text, row->expected);
}

CASE(T20, lines_and_pieces)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_line_row(&rows[i], 0);
		check_line_row(&rows[i], 1);
	}
}

/* How long the lines were. */
struct lengths {
	size_t count, pieces, longest;
	unsigned long long total;
};

static int measure(void *context, const char *line, size_t length, int whole)
{
	struct lengths *lengths = context;

	for (size_t i = 0; i < length; i++)
		CHECK(line[i] == 'x');
	lengths->count++;
	lengths->pieces += !whole;
	lengths->total += length;
	if (length > lengths->longest)
		lengths->longest = length;
	return 1;
}

static struct lengths measured(size_t length, size_t limit, int with_newline)
{
	struct lengths lengths = { 0 };
	char *data = malloc(length + 1);
	struct pspawn_stream lines =
	    pspawn_stream_limit(pspawn_stream_collect_lines(1, measure, &lengths), limit, 0);
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_feed_file(0, data, length + (size_t)with_newline), lines) };

	memset(data, 'x', length);
	data[length] = '\n';
	pour("exec cat", io, 0);
	free(data);
	CHECK_INT(lengths.total, length);
	return lengths;
}

CASE(T21, very_long_lines)
{
	struct lengths lengths = measured(65536, 0, 1);

	CHECK_INT(lengths.count, 1);
	CHECK_INT(lengths.pieces, 0);
	lengths = measured(65536, 0, 0);
	CHECK_INT(lengths.count, 1);
	CHECK_INT(lengths.pieces, 1);
	lengths = measured(65537, 0, 1);
	CHECK_INT(lengths.count, 2);
	CHECK_INT(lengths.longest, 65536);
	lengths = measured(1000000, 0, 1);
	CHECK_INT(lengths.count, 16);
	CHECK_INT(lengths.pieces, 15);
	lengths = measured(5000000, PSPAWN_UNLIMITED, 1);
	CHECK_INT(lengths.count, 1);
	CHECK_INT(lengths.pieces, 0);
	lengths = measured(300000, 299999, 1);
	CHECK_INT(lengths.count, 2);
	CHECK_INT(lengths.longest, 299999);
}

CASE(T22, lines_of_much_text)
{
	char *text = text_of(2000000);
	struct heap heap = { 0 };
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed(0, text, 2000000),
					       pspawn_stream_collect_lines(1, heap_line, &heap)) };

	pour("exec cat", io, 0);
	CHECK(same_bytes(heap.data, heap.size, text, 2000000));
	heap_drop(&heap);
	free(text);
}

CASE(T23, enough_lines)
{
	struct told told = { .most = 3, .answer = 0 };
	struct pspawn_transfer end;
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_report(pspawn_stream_collect_lines(1, tell, &told), &end)) };
	struct pspawn_result result = pour("exec yes", io, 0);

	told.text[told.length] = '\0';
	CHECK_STR(told.text, "[y][y][y]");
	CHECK_INT(end.end, PSPAWN_END_CUT);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
	CHECK_INT(result.status.signal, SIGPIPE);
	/* The last of the output: nothing more can come anyway. */
	told = (struct told){ .most = 2, .answer = 0 };
	pour("printf 'a\\nb'", io, 0);
	told.text[told.length] = '\0';
	CHECK_STR(told.text, "[a](b)");
}

CASE(T24, a_line_that_is_refused)
{
	/* One line cannot be taken twice, and that is no errno. */
	static const int answers[][2] = { { -EILSEQ, -EILSEQ },
					  { 2, -EINVAL },
					  { -5000, -EINVAL } };

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct told told = { .most = 2, .answer = answers[i][0] };
		struct pspawn_io io = { PSPAWN_STREAMS(
		    pspawn_stream_feed(0, NULL, 0), pspawn_stream_collect_lines(1, tell, &told)) };
		struct pspawn_result result =
		    pour("echo a; echo b; exec >&-; exec sleep 60", io, answers[i][1]);

		told.text[told.length] = '\0';
		CHECK_STR(told.text, "[a][b]");
		CHECK_INT(result.stop_reason, PSPAWN_STOP_CALLBACK);
		CHECK_INT(result.status.signal, SIGTERM);
		CHECK_INT(pour_error.step, PSPAWN_STEP_COLLECT);
		CHECK_INT(pour_error.stream, 1);
		/* And where it is what comes last. */
		told = (struct told){ .most = 2, .answer = answers[i][0] };
		pour("printf 'a\\nb'", io, answers[i][1]);
	}
}
