/* SPDX-License-Identifier: ISC */
/* V01 to V09, V12: runs on a terminal. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pour.h"
#include "pspawn_cloexec.h"
#include "suite.h"

/* Somebody at the terminal, who types when what is shown ends with `prompt`. */
struct typist {
	struct heap shown;
	struct source typed;
	const char *prompt;
};

static int has_shown(const struct heap *shown, const char *text)
{
	return shown->size && memmem(shown->data, shown->size, text, strlen(text)) != NULL;
}

static long type(void *context, void *data, size_t room)
{
	struct typist *typist = context;

	if (!has_shown(&typist->shown, typist->prompt))
		return -EAGAIN;
	return source_give(&typist->typed, data, room);
}

static long look(void *context, const void *data, size_t size)
{
	return heap_take(&((struct typist *)context)->shown, data, size);
}

/* Run it on a terminal of this size and want exactly this to be shown. */
static struct pspawn_result show(const char *line, struct pspawn_io io, const char *expected)
{
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_stream stream = pspawn_stream_report(pspawn_stream_collect(1, &out), &told);
	struct pspawn_result result;

	io.flags = PSPAWN_ON_TERMINAL;
	io.streams = &stream;
	io.nstreams = 1;
	result = pour(line, io, 0);
	CHECK_STR(out.data, expected);
	CHECK_INT(told.end, PSPAWN_END_DONE);
	CHECK_INT(told.bytes, strlen(expected));
	CHECK_INT(result.streams_held, 0);
	free(out.data);
	return result;
}

CASE(V01, a_terminal_and_its_size)
{
	static const char line[] = "test -t 0 && test -t 1 && test -t 2 && stty size && exit 3";
	struct pspawn_io io = { .rows = 30, .columns = 100 };

	CHECK_INT(show(line, io, "30 100\r\n").status.code, 3);
	io.rows = io.columns = 0;
	CHECK_INT(show(line, io, "24 80\r\n").status.code, 3);
	io.columns = 65535;
	CHECK_INT(show(line, io, "24 65535\r\n").status.code, 3);
}

/* Shown by way of /dev/tty, which is there for sessions with a terminal only. */
CASE(V02, the_controlling_terminal)
{
	static const char line[] = "echo one >/dev/tty; echo two; echo three >&2; read x </dev/tty";
	struct typist typist = { .typed = { "\n", 1, 0, 0 }, .prompt = "three" };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_feed_call(0, type, &typist),
					       pspawn_stream_collect_call(1, look, &typist)) };
	struct pspawn_job *job;
	pid_t pid;

	CHECK(open("/dev/tty", O_RDWR | O_CLOEXEC) < 0);
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	pid = pspawn_job_child(job, 0)->pid;
	CHECK_INT(getsid(pid), pid);
	CHECK_INT(getpgid(pid), pid);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	pspawn_job_free(job);
	CHECK(same_bytes(typist.shown.data, typist.shown.size, "one\r\ntwo\r\nthree\r\n\r\n", 19));
	heap_drop(&typist.shown);
	/* It is not ours. */
	CHECK(open("/dev/tty", O_RDWR | O_CLOEXEC) < 0);
}

CASE(V03, a_new_size_is_told)
{
	static const char line[] = "trap 'stty size; exit 4' WINCH; echo ready; "
				   "while :; do sleep 0.02; done";
	struct typist typist = { .prompt = "ready" };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_io io = { .size = sizeof(io),
				.flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, look, &typist)) };
	struct pspawn_result result;
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	while (!has_shown(&typist.shown, "ready"))
		CHECK_INT(pspawn_job_wait(job, 5), -EINPROGRESS);
	CHECK_INT(pspawn_job_resize(job, 40, 120), 0);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_INT(pspawn_job_result(job, &result, NULL), 0);
	pspawn_job_free(job);
	CHECK_INT(result.status.code, 4);
	CHECK(has_shown(&typist.shown, "40 120\r\n"));
	heap_drop(&typist.shown);

	cmd = (struct pspawn_cmd){ PSPAWN_CMD("true") };
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, NULL, NULL), 0);
	CHECK_INT(pspawn_job_resize(job, 40, 120), -ENOTTY);
	pspawn_job_free(job);
}

/* Typed when the terminal neither echoes nor changes what is shown. */
static struct pspawn_transfer type_to(const char *line, struct pspawn_stream typed,
				      struct typist *typist)
{
	struct pspawn_transfer told;
	struct pspawn_io io = { .flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_report(typed, &told),
					       pspawn_stream_collect_call(1, look, typist)) };

	pour(line, io, 0);
	return told;
}

#define QUIETLY "stty -echo -opost; printf '>'; "

CASE(V04, the_end_is_typed)
{
	static const char *const texts[] = { "", "\n", "words", "two\nlines", "two\nlines\n", "a" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct typist typist = { .typed = { texts[i], strlen(texts[i]), 0, 0 },
					 .prompt = ">" };
		struct pspawn_transfer told = type_to(
		    QUIETLY "cat; printf '<'", pspawn_stream_feed_call(0, type, &typist), &typist);
		size_t size = strlen(texts[i]);

		CHECK_INT(told.bytes, size);
		CHECK_INT(told.end, PSPAWN_END_DONE);
		CHECK_INT(typist.shown.size, size + 2);
		CHECK(same_bytes(typist.shown.data + 1, size, texts[i], size));
		CHECK(typist.shown.data[size + 1] == '<');
		heap_drop(&typist.shown);
	}
}

/* More than a terminal holds, by lines. */
CASE(V05, much_is_typed_and_shown)
{
	enum { SIZE = 200000 };
	char *text = text_of(SIZE);
	struct typist typist = { .typed = { text, SIZE, 0, 0 }, .prompt = ">" };
	struct pspawn_transfer told =
	    type_to(QUIETLY "exec cat", pspawn_stream_feed_call(0, type, &typist), &typist);

	CHECK_INT(told.bytes, SIZE);
	CHECK(same_bytes(typist.shown.data + 1, typist.shown.size - 1, text, SIZE));
	heap_drop(&typist.shown);
	free(text);
}

/* Data is typed at once, before anybody could take the echo away. */
CASE(V06, data_is_typed_and_lines_are_shown)
{
	struct heap lines = { 0 };
	struct pspawn_io io = { .flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_collect_lines(1, heap_line, &lines),
					       pspawn_stream_feed(0, "3\n4\n", 4)) };

	CHECK_INT(pour("read a; read b; exit $a$b", io, 0).status.code, 34);
	CHECK(same_bytes(lines.data, lines.size, "3\r\n4\r\n", 6));
	heap_drop(&lines);
	/* A line that goes on is a piece at the end. */
	CHECK_INT(pour("read a; printf x; exit $a", io, 0).status.code, 3);
	CHECK(lines.data[lines.size - 1] == 'x');
	heap_drop(&lines);
}

/* The leader's end is everybody's who does not say otherwise. */
CASE(V07, who_is_left_is_hung_up)
{
	struct pspawn_io io = { .drain = PSPAWN_DRAIN_EOF };

	CHECK_INT(show("sleep 60 & echo x; exit 3", io, "x\r\n").status.code, 3);
}

/* Who says otherwise holds the terminal until we let go of it. */
CASE(V08, who_holds_on_is_hung_up_afterwards)
{
	static const char line[] = "exec 3<&0; trap '' HUP; "
				   "{ read x <&3; printf gone >&9; } & echo x; exit 3";
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	int control[2];
	char word[8] = "";

	CHECK_INT(pspawn_pipe(control), 0);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line),
				  PSPAWN_FDS(pspawn_fd_dup(9, control[1])) };
	struct pspawn_io io = { .flags = PSPAWN_ON_TERMINAL,
				.drain_idle_ms = 10,
				PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)) };
	struct pspawn_result result = pour_through(&cmd, 1, io, 0);

	CHECK_INT(result.status.code, 3);
	CHECK_INT(result.streams_held, 1);
	CHECK_INT(told.end, PSPAWN_END_HELD);
	CHECK_STR(out.data, "x\r\n");
	free(out.data);
	close(control[1]);
	CHECK_INT(read(control[0], word, sizeof(word)), 4);
	CHECK_STR(word, "gone");
	CHECK_INT(read(control[0], word, sizeof(word)), 0);
	close(control[0]);
}

CASE(V09, a_terminal_and_other_streams)
{
	char *text = text_of(300000);
	struct pspawn_buffer shown, out;
	int file;
	struct pspawn_io io = { .flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_collect(3, &out),
					       pspawn_stream_collect(1, &shown),
					       pspawn_stream_feed(4, text, 300000),
					       pspawn_stream_collect_file(5, &file)) };

	pour("cat <&4 >&3; test -t 3 || test -t 4 || echo shown; echo x >&5", io, 0);
	CHECK(same_bytes(out.data, out.length, text, 300000));
	CHECK_STR(shown.data, "shown\r\n");
	CHECK_INT(lseek(file, 0, SEEK_END), 2);
	close(file);
	free(shown.data);
	free(out.data);
	free(text);
}

/* More than a terminal holds is typed to a child that does not read. */
CASE(V12, nobody_reads_what_is_typed)
{
	enum { SIZE = 200000 };
	char *text = text_of(SIZE);
	struct typist typist = { .prompt = "" };
	struct pspawn_transfer told =
	    type_to("stty -echo; sleep 0.05; exit 3", pspawn_stream_feed(0, text, SIZE), &typist);

	CHECK_INT(told.end, PSPAWN_END_CLOSED);
	CHECK(told.bytes < SIZE);
	heap_drop(&typist.shown);
	free(text);
}
