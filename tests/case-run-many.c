/* SPDX-License-Identifier: ISC */
/* T40 to T49: several streams, at any number of the child's, and files. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attr.h"
#include "pour.h"
#include "suite.h"
#include "table.h"

enum { SIZE = 300000 };

CASE(T40, any_number)
{
	char *text = text_of(SIZE);
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "echo", "57", "58") };
	struct pspawn_buffer out;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_collect(58, &out),
					       pspawn_stream_feed(57, text, SIZE)) };

	suite_need_numbers(64);
	CHECK_INT(pour_through(&cmd, 1, io, 0).status.code, 0);
	CHECK(same_bytes(out.data, out.length, text, SIZE));
	free(out.data);
	free(text);
}

/* Every kind at once, each with bytes of its own. */
CASE(T41, all_kinds_at_once)
{
	static const char line[] = "cat <&3 >&4 & cat <&5 >&6 & cat <&7 >&8 & cat <&3 >&9; wait";
	char *text = text_of(3 * SIZE);
	struct source source = { text + 1000, 2 * SIZE, 0, 5000 };
	struct pspawn_buffer one, none;
	struct heap two = { 0 }, three = { 0 };
	int file;
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_feed(3, text, SIZE), pspawn_stream_collect(4, &one),
	    pspawn_stream_feed_call(5, source_give, &source),
	    pspawn_stream_collect_call(6, heap_take, &two),
	    pspawn_stream_feed_file(7, text + 5, 3 * SIZE - 5),
	    pspawn_stream_collect_lines(8, heap_line, &three), pspawn_stream_collect_file(1, &file),
	    pspawn_stream_collect(9, &none)) };

	pour(line, io, 0);
	/* Two have shared the first. */
	CHECK_INT(one.length + none.length, SIZE);
	CHECK(same_bytes(two.data, two.size, text + 1000, 2 * SIZE));
	CHECK(same_bytes(three.data, three.size, text + 5, 3 * SIZE - 5));
	CHECK_INT(lseek(file, 0, SEEK_END), 0);
	close(file);
	free(one.data);
	free(none.data);
	heap_drop(&two);
	heap_drop(&three);
	free(text);
}

/* One who reads nothing, and one who is not read by anybody before it ends, do not stop a third. */
CASE(T42, whoever_blocks)
{
	char *text = text_of(4 * SIZE);
	struct pspawn_buffer first, second;
	struct pspawn_transfer told;
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_report(pspawn_stream_feed(3, text, 4 * SIZE), &told),
	    pspawn_stream_feed_file(4, text, 4 * SIZE), pspawn_stream_collect(1, &first),
	    pspawn_stream_collect(5, &second)) };

	/* First all to one, then all to the other; then some of what it was fed. */
	pour("cat <&4; exec >&-; head -c 1200000 /dev/zero >&5; exec cat <&3 >&5", io, 0);
	CHECK(same_bytes(first.data, first.length, text, 4 * SIZE));
	CHECK_INT(second.length, 8 * SIZE);
	CHECK(same_bytes(second.data + 4 * SIZE, 4 * SIZE, text, 4 * SIZE));
	CHECK_INT(told.end, PSPAWN_END_DONE);
	free(first.data);
	free(second.data);
	free(text);
}

CASE(T43, a_file_as_large_as_it_may_be)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("head", "-c", "5000", "/dev/zero"),
				  PSPAWN_ATTRS(pspawn_attr_rlimit(RLIMIT_FSIZE, 1000, 1000)) };
	struct pspawn_transfer told;
	int file;
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_report(pspawn_stream_collect_file(1, &file), &told)) };
	struct pspawn_result result;

	need_real("how large a file may be");
	by_table(&cmd);
	result = pour_through(&cmd, 1, io, 0);
	CHECK_INT(result.status.exited, 0);
	CHECK_INT(result.status.signal, SIGXFSZ);
	CHECK_INT(told.bytes, 1000);
	CHECK_INT(lseek(file, 0, SEEK_CUR), 0);
	CHECK_INT(lseek(file, 0, SEEK_END), 1000);
	close(file);
}

CASE(T44, a_fed_file_of_any_size)
{
	static const size_t sizes[] = { 0, 1, 5 << 20 };
	char *text = text_of(5 << 20);

	for (size_t i = 0; i < 3; i++) {
		struct pspawn_buffer out;
		struct pspawn_transfer told;
		struct pspawn_io io = { PSPAWN_STREAMS(
		    pspawn_stream_report(pspawn_stream_feed_file(0, text, sizes[i]), &told),
		    pspawn_stream_collect(1, &out)) };

		pour("exec cat", io, 0);
		CHECK(same_bytes(out.data, out.length, text, sizes[i]));
		CHECK_INT(told.bytes, sizes[i]);
		CHECK_INT(told.end, PSPAWN_END_DONE);
		free(out.data);
	}
	free(text);
}

CASE(T45, a_fed_file_is_seekable_and_read_only)
{
	static const char line[] = "head -c 2 >/dev/null; \"$0\" - seek 0 6; cat; "
				   "\"$0\" - write 0 x && exit 1; \"$0\" - seek 0 0; exec cat";
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line, suite_probe()) };
	struct pspawn_buffer out;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed_file(0, "012345ab", 8),
					       pspawn_stream_collect(1, &out)) };

	CHECK_INT(pour_through(&cmd, 1, io, 0).status.code, 0);
	CHECK_STR(out.data, "ab012345ab");
	free(out.data);
}

/* Where the system has seals: not even by its name, and not by us. */
CASE(T46, a_fed_file_is_sealed)
{
#ifdef F_GET_SEALS
	int all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	int fd = pspawn_memory_file("words", 5);
	struct pspawn_buffer out;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_feed_file(0, "words", 5),
					       pspawn_stream_collect(1, &out)) };

	CHECK(fd > 2);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	if (fcntl(fd, F_GET_SEALS) < 0)
		SKIP("no files in memory here");
	CHECK_INT(fcntl(fd, F_GET_SEALS) & all, all);
	CHECK_INT(lseek(fd, 0, SEEK_CUR), 0);
	CHECK(pwrite(fd, "x", 1, 0) < 0);
	close(fd);
	pour("{ echo other >/proc/self/fd/0; } 2>/dev/null; exec cat", io, 0);
	CHECK_STR(out.data, "words");
	free(out.data);
#else
	SKIP("no seals here");
#endif
}

/* A thread may have a table of its own, and /proc/self tells of the first thread's. */
#ifdef __linux__
static pthread_barrier_t turn;

static void *make_in_own_table(void *unused)
{
	char text[8] = "";
	int fd;

	CHECK_INT(unshare(CLONE_FILES), 0);
	pthread_barrier_wait(&turn);
	pthread_barrier_wait(&turn);
	fd = pspawn_memory_file("words", 5);
	CHECK(fd > 2);
	CHECK_INT(pread(fd, text, sizeof(text), 0), 5);
	CHECK_STR(text, "words");
	return unused;
}
#endif

CASE(T49, a_file_of_a_thread_with_its_own_table)
{
#ifdef __linux__
	pthread_t thread;

	pthread_barrier_init(&turn, NULL, 2);
	CHECK_INT(pthread_create(&thread, NULL, make_in_own_table, NULL), 0);
	pthread_barrier_wait(&turn);
	files(3, 3);
	pthread_barrier_wait(&turn);
	CHECK_INT(pthread_join(thread, NULL), 0);
	pthread_barrier_destroy(&turn);
	files_close();
#else
	SKIP("a table is all threads'");
#endif
}

static void check_file_of(const char *line, const char *expected)
{
	int file;
	size_t size;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_collect_file(1, &file)) };
	char *data;

	pour(line, io, 0);
	data = read_whole(file, &size);
	CHECK(same_bytes(data, size, expected, strlen(expected)));
	free(data);
	CHECK_INT(write(file, "x", 1), 1);
	close(file);
}

/* What is written in turn stands there in turn, and without a hole where a writer has emptied it.
 */
CASE(T47, a_collected_file_of_several_writers)
{
	int file;

	check_file_of("echo a; (echo b); echo c >>/dev/fd/1; echo d", "a\nb\nc\nd\n");
	check_file_of("echo a; echo c >/dev/fd/1; echo d", "c\nd\n");
	/* An empty one that is ours to fill. */
	file = pspawn_memory_file(NULL, 0);
	CHECK(file > 2);
	CHECK_INT(write(file, "x", 1), 1);
	close(file);
}
