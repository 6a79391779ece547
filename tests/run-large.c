/* SPDX-License-Identifier: ISC */
/*
 * Runs that are large: much through real filters, many at a time, long pipelines,
 * each byte compared. Prints TAP. Small sizes unless PSPAWN_TEST_LONG is set.
 */
#include "run-large.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

/* ---- TAP */

static int number;
static struct timespec began;

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - began.tv_sec) + (double)(now.tv_nsec - began.tv_nsec) / 1e9;
}

void begin(void)
{
	clock_gettime(CLOCK_MONOTONIC, &began);
}

void verdict(int is_good, const char *format, ...)
{
	va_list arguments;

	printf("%sok %d - ", is_good ? "" : "not ", ++number);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n# in %.1f s\n", seconds());
	fflush(stdout);
}

void skip(const char *name, const char *why)
{
	printf("ok %d - %s # SKIP no %s here\n", ++number, name, why);
}

int is_wrong(const char *what, long long actual, long long expected)
{
	if (actual == expected)
		return 0;
	printf("# %s is %lld and not %lld\n", what, actual, expected);
	return 1;
}

int is_left(int descriptors)
{
	pid_t pid = waitpid(-1, NULL, WNOHANG);

	return is_wrong("descriptors", open_descriptors(), descriptors) ||
	       is_wrong("a child that is left",
			pid < 0 ? 0
			: pid   ? pid
				: 1,
			0);
}

/* ---- bytes that come by their place alone */

/* A prime, so that no loss of whole buffers leaves the rest in place. */
enum { PERIOD = 1048573 };

static char lower[PERIOD], upper[PERIOD];

static void fill_tables(void)
{
	unsigned long long random = 88172645463325252ULL;

	for (size_t i = 0; i < PERIOD; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		lower[i] = random % 61 == 0 ? '\n' : (char)('a' + random % 26);
		upper[i] = lower[i] == '\n' ? '\n' : (char)(lower[i] - 'a' + 'A');
	}
}

long give_bytes(void *context, void *data, size_t room)
{
	struct place *place = context;
	size_t at = (size_t)(place->at % PERIOD);
	size_t size = room < PERIOD - at ? room : PERIOD - at;

	if (size > place->total - place->at)
		size = (size_t)(place->total - place->at);
	memcpy(data, lower + at, size);
	place->at += size;
	return (long)size;
}

long check_bytes(void *context, const void *data, size_t size)
{
	struct place *place = context;
	const char *expected = place->is_upper ? upper : lower;
	const char *bytes = data;
	size_t left = size;

	while (left > 0) {
		size_t at = (size_t)(place->at % PERIOD);
		size_t part = left < PERIOD - at ? left : PERIOD - at;

		if (memcmp(bytes, expected + at, part) != 0)
			return -EILSEQ;
		place->at += part;
		bytes += part;
		left -= part;
	}
	return (long)size;
}

/* ---- lines that sort(1) brings into order */

static void put_line(char *line, unsigned long long value)
{
	line[LINE - 1] = '\n';
	for (int i = LINE - 2; i >= 0; i--, value /= 10)
		line[i] = (char)('0' + value % 10);
}

/* The number of lines is a power of two, which an odd factor permutes. */
long give_lines(void *context, void *data, size_t room)
{
	struct place *place = context;
	char *line = data;
	size_t count = room / LINE;

	if (count > place->total - place->at)
		count = (size_t)(place->total - place->at);
	for (size_t i = 0; i < count; i++, line += LINE)
		put_line(line, place->at++ * 2654435761u & (place->total - 1));
	return (long)(count * LINE);
}

int check_line(void *context, const char *line, size_t length, int whole)
{
	struct place *place = context;
	char expected[LINE];

	put_line(expected, place->at++);
	return whole && length == LINE - 1 && memcmp(line, expected, length) == 0 ? 1 : -EILSEQ;
}

/* ---- through filters */

static int have(const struct pspawn_cmd *cmds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pspawn_look_path(cmds[i].argv[0], NULL, NULL, 0) < 0)
			return 0;
	return 1;
}

int through(const struct pspawn_cmd *cmds, size_t count, struct pspawn_stream in,
	    struct pspawn_stream out)
{
	struct pspawn_transfer fed;
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_FAIL_IF_ANY,
				PSPAWN_STREAMS(pspawn_stream_report(in, &fed), out) };
	struct pspawn_result result;
	struct pspawn_error error;
	char text[256];

	if (pspawn_pipeline(cmds, count, &io, &result, &error) < 0) {
		pspawn_strerror(&error, &cmds[error.stage], text, sizeof(text));
		printf("# %s\n", text);
		return 0;
	}
	return !is_wrong("the status of the last that failed", result.status.code, 0) &&
	       !is_wrong("its signal", result.status.signal, 0) &&
	       !is_wrong("the end", fed.end, PSPAWN_END_DONE);
}

/* At once, and 64 at a time. */
static void bytes_through(const char *name, const struct pspawn_cmd *cmds, size_t count,
			  unsigned long long total)
{
	struct filter filter = { .name = name, .cmds = cmds, .count = count };
	struct place in = { .total = total };
	struct place out = { 0 };
	int descriptors = open_descriptors();

	if (!have(cmds, count)) {
		skip(name, name);
		skip(name, name);
		return;
	}
	filter.is_upper = out.is_upper = strcmp(name, "tr") == 0;
	begin();
	verdict(through(cmds, count, pspawn_stream_feed_call(0, give_bytes, &in),
			pspawn_stream_collect_call(1, check_bytes, &out)) &&
		    !is_wrong("bytes", (long long)out.at, (long long)total) &&
		    !is_left(descriptors),
		"T50 %llu MiB through %s", total >> 20, name);
	many_through(&filter, total);
}

#define FILTER(name, total, ...)                                                                   \
	do {                                                                                       \
		const struct pspawn_cmd cmds_[] = { __VA_ARGS__ };                                 \
                                                                                                   \
		bytes_through(name, cmds_, sizeof(cmds_) / sizeof(cmds_[0]), total);               \
	} while (0)

#define KEY "000102030405060708090a0b0c0d0e0f"

static void all_filters(unsigned long long total)
{
	FILTER("cat", total, { PSPAWN_CMD("cat") });
	FILTER("tr", total, { PSPAWN_CMD("tr", "a-z", "A-Z") });
	FILTER("gzip", total, { PSPAWN_CMD("gzip", "-c") }, { PSPAWN_CMD("gzip", "-dc") });
	FILTER("base64", total, { PSPAWN_CMD("base64") }, { PSPAWN_CMD("base64", "-d") });
	FILTER("openssl", total,
	       { PSPAWN_CMD("openssl", "enc", "-aes-128-ctr", "-K", KEY, "-iv", KEY) },
	       { PSPAWN_CMD("openssl", "enc", "-d", "-aes-128-ctr", "-K", KEY, "-iv", KEY) });
}

static void sort(unsigned long long total)
{
	static char *const environment[] = { "LC_ALL=C", NULL };
	struct pspawn_cmd cmd = { PSPAWN_CMD("sort"), .envp = environment };
	struct filter filter = { .name = "sort", .cmds = &cmd, .count = 1, .is_sorted = 1 };
	struct place in = { .total = total / LINE };
	struct place out = { 0 };
	int descriptors = open_descriptors();

	begin();
	verdict(through(&cmd, 1, pspawn_stream_feed_call(0, give_lines, &in),
			pspawn_stream_collect_lines(1, check_line, &out)) &&
		    !is_wrong("lines", (long long)out.at, (long long)in.total) &&
		    !is_left(descriptors),
		"T51 %llu MiB through sort", total >> 20);
	many_through(&filter, total);
}

/* From memory to memory. */
static void memory(size_t total)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("cat") };
	struct place place = { .total = total };
	struct pspawn_buffer buffer = { .data = NULL };
	char *data = malloc(total);
	size_t at = 0;
	int is_good;

	if (!data) {
		skip("memory", "memory");
		return;
	}
	while (at < total)
		at += (size_t)give_bytes(&place, data + at, total - at);
	begin();
	is_good =
	    through(&cmd, 1, pspawn_stream_feed(0, data, total),
		    pspawn_stream_limit(pspawn_stream_collect(1, &buffer), PSPAWN_UNLIMITED, 0));
	verdict(is_good && buffer.length == total && memcmp(buffer.data, data, total) == 0,
		"T52 %zu MiB from memory through cat to memory", total >> 20);
	begin();
	free(buffer.data);
	is_good =
	    through(&cmd, 1, pspawn_stream_feed_file(0, data, total),
		    pspawn_stream_limit(pspawn_stream_collect(1, &buffer), PSPAWN_UNLIMITED, 0));
	verdict(is_good && buffer.length == total && memcmp(buffer.data, data, total) == 0,
		"T52 %zu MiB from a file in memory through cat to memory", total >> 20);
	free(buffer.data);
	free(data);
}

int main(void)
{
	int is_long = getenv("PSPAWN_TEST_LONG") != NULL;
	int is_slow = getenv("PSPAWN_TEST_EMULATED") != NULL;
	unsigned long long mib = 1 << 20;
	unsigned long long some = is_long ? 256 * mib : is_slow ? 2 * mib : 64 * mib;

	fill_tables();
	printf("1..%d\n", 14 + LARGE_MANY + LARGE_LONG);
	all_filters(some);
	sort(some);
	memory((size_t)some);
	many_at_a_time((size_t)(some / 64 < 4 * mib && !is_slow ? 4 * mib : some / 64));
	long_pipelines(is_long ? 1024 * mib : is_slow ? mib : 256 * mib);
	return 0;
}
