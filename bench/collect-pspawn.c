/* SPDX-License-Identifier: ISC */
/* The library: without a limit, since 1 GiB is what the others keep too. */
#include <pspawn.h>

#include "bench.h"

static void run(const struct pspawn_cmd *cmd, const struct pspawn_stream *stream)
{
	struct pspawn_io io = { .size = sizeof(io), .streams = stream, .nstreams = 1 };
	struct pspawn_result result;
	struct pspawn_error error;
	char sentence[200];

	if (pspawn_run(cmd, &io, &result, &error) < 0) {
		pspawn_strerror(&error, cmd, sentence, sizeof(sentence));
		bench_fail(sentence);
	}
	if (!result.status.exited || result.status.code != 0)
		bench_fail("the child has failed");
}

static void collect(const char *number, size_t size)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("head", "-c", number, "/dev/zero") };
	long long began = bench_now_us();
	struct pspawn_buffer out;
	struct pspawn_stream stream = pspawn_stream_collect(1, &out);

	stream.limit = PSPAWN_UNLIMITED;
	run(&cmd, &stream);
	if (out.length != size)
		bench_fail("wrong size");
	printf("%lld\n", bench_now_us() - began);
}

static void feed(size_t size, int by_file)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("cat"), PSPAWN_FDS(pspawn_fd_null(1)) };
	const char *data = bench_input(size);
	long long began = bench_now_us();
	struct pspawn_stream stream =
	    by_file ? pspawn_stream_feed_file(0, data, size) : pspawn_stream_feed(0, data, size);
	struct pspawn_transfer told;

	run(&cmd, (stream = pspawn_stream_report(stream, &told), &stream));
	if (told.bytes != size || told.end != PSPAWN_END_DONE)
		bench_fail("not all was fed");
	printf("%lld\n", bench_now_us() - began);
}

static void bench_work(const char *work, const char *number, size_t size)
{
	if (strcmp(work, "collect") == 0)
		collect(number, size);
	else
		feed(size, strcmp(work, "feed-file") == 0);
}
