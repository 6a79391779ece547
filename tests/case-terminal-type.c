/* SPDX-License-Identifier: ISC */
/* V17 to V24, V29: when and how something is typed on a terminal. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "drive.h"
#include "fault.h"
#include "pour.h"
#include "suite.h"
#include "sys.h"

/* A run on a terminal of what a line of shell says, with the helper as its $0. */
struct typed {
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_result result;
};

static struct typed type_to(const char *line, struct pspawn_stream stream)
{
	struct typed typed;
	char *const argv[] = { "/bin/sh", "-c", (char *)line, getenv("PSPAWN_TERMINAL"), NULL };
	struct pspawn_cmd cmd = { .size = sizeof(cmd), .argv = argv };
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_report(stream, &typed.told),
					  pspawn_stream_collect(1, &typed.out)),
				.flags = PSPAWN_ON_TERMINAL };

	CHECK_INT(pspawn_run(&cmd, &io, &typed.result, NULL), 0);
	CHECK_INT(typed.told.bytes, stream.size);
	return typed;
}

/*
 * Two questions, each of which throws away what was typed before, and who reads an end after them.
 * The clock stands still, so that silence is no sign for anything.
 */
CASE(V17, who_throws_away_what_was_typed)
{
	static const long long still = 1000000;
	struct typed typed;

#ifndef __linux__
	SKIP("nothing shows who reads from a terminal");
#endif
	fault_clock(&still);
	typed = type_to("\"$0\" -p 1 && \"$0\" -p 2 && ! read x",
			pspawn_stream_after(pspawn_stream_feed_text(0, "one\ntwo\n"), NULL));
	CHECK_INT(typed.result.status.code, 0);
	CHECK_INT(typed.told.end, PSPAWN_END_DONE);
	CHECK_STR(typed.out.data, "1<one>2<two>");
	free(typed.out.data);
}

/* Who waits by poll(2) is not seen, and is typed to after a silence. */
CASE(V29, nobody_is_seen_to_read)
{
	long long now = 1000000;
	struct pspawn_buffer out;
	struct pspawn_transfer typed, shown;
	struct pspawn_io io = {
		PSPAWN_IO(pspawn_stream_report(
			      pspawn_stream_after(pspawn_stream_feed_text(0, "7\n"), NULL), &typed),
			  pspawn_stream_report(pspawn_stream_collect(1, &out), &shown)),
		.flags = PSPAWN_ON_TERMINAL
	};
	struct pspawn_result result;
	struct led led;

	fault_clock(&now);
	led = drive_lead("read go <&5; printf x; read go <&5; read x; exit $x", &io);
	/* Longer before anything was shown. */
	now += 9999999;
	CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	CHECK_INT(typed.bytes, 0);
	drive_pull(&led);
	while (shown.bytes == 0)
		CHECK_INT(pspawn_job_wait(led.job, 5), -EINPROGRESS);
	now += 1999999;
	CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	CHECK_INT(typed.bytes, 0);
	now++;
	CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	CHECK_INT(typed.bytes, 2);
	drive_pull(&led);
	CHECK_INT(pspawn_job_wait(led.job, -1), 0);
	CHECK_INT(pspawn_job_result(led.job, &result, NULL), 0);
	CHECK_INT(result.status.code, 7);
	drive_let_go(&led);
	free(out.data);
}

/* The text begins again in the middle of what looked like it. */
CASE(V18, after_a_text_was_shown)
{
	struct typed typed =
	    type_to("exec \"$0\" -p 'ababab: '",
		    pspawn_stream_after(pspawn_stream_feed_text(0, "x\n"), "abab: "));

	CHECK_INT(typed.result.status.code, 0);
	CHECK_INT(typed.told.end, PSPAWN_END_DONE);
	CHECK_STR(typed.out.data, "ababab: <x>");
	free(typed.out.data);
}

CASE(V19, nothing_is_typed_before)
{
	static const char line[] = "printf 'Name'; read go <&5; printf ': '; read x; exit $x";
	struct pspawn_buffer out;
	struct pspawn_transfer typed, shown;
	struct pspawn_io io = {
		PSPAWN_IO(
		    pspawn_stream_report(
			pspawn_stream_after(pspawn_stream_feed_text(0, "7\n"), "Name: "), &typed),
		    pspawn_stream_report(pspawn_stream_collect(1, &out), &shown)),
		.flags = PSPAWN_ON_TERMINAL
	};
	struct led led = drive_lead(line, &io);
	struct pspawn_result result;

	while (shown.bytes < 4)
		CHECK_INT(pspawn_job_wait(led.job, 5), -EINPROGRESS);
	for (int i = 0; i < 3; i++)
		CHECK_INT(pspawn_job_wait(led.job, 5), -EINPROGRESS);
	CHECK_INT(typed.bytes, 0);
	drive_pull(&led);
	CHECK_INT(pspawn_job_wait(led.job, -1), 0);
	CHECK_INT(pspawn_job_result(led.job, &result, NULL), 0);
	CHECK_INT(result.status.code, 7);
	CHECK_INT(typed.end, PSPAWN_END_DONE);
	drive_let_go(&led);
	free(out.data);
}

/* In each way to step it, and in the middle of a line, where the end is typed twice. */
CASE(V20, a_line_that_does_not_end)
{
	for (enum drive_way way = 0; way < DRIVE_WAYS; way++) {
		struct pspawn_buffer out;
		struct pspawn_transfer told;
		struct pspawn_io io = {
			PSPAWN_IO(
			    pspawn_stream_report(
				pspawn_stream_after(pspawn_stream_feed_text(0, "1\n2\n3"), ">"),
				&told),
			    pspawn_stream_collect(1, &out)),
			.flags = PSPAWN_ON_TERMINAL
		};
		struct pspawn_job *job = drive_start("stty -echo; printf '>'; exec cat", &io);

		CHECK_INT(drive(job, way, NULL), 0);
		pspawn_job_free(job);
		CHECK_INT(told.end, PSPAWN_END_DONE);
		CHECK_INT(told.bytes, 5);
		CHECK_STR(out.data, ">1\r\n2\r\n3");
		free(out.data);
	}
}

/* What a terminal cuts was not fed, and what it keeps was. */
CASE(V21, a_line_that_is_too_long)
{
	static const struct {
		size_t length;
		const char *line, *shown;
		int end;
	} lines[] = {
		{ 4095, "stty -echo; printf '>'; exec wc -c", ">4096\r\n", PSPAWN_END_DONE },
		{ 4096, "stty -echo; printf '>'; exec wc -c", ">4096\r\n", PSPAWN_END_CUT },
		{ 9000, "stty -echo; printf '>'; exec wc -c", ">4096\r\n", PSPAWN_END_CUT },
		{ 9000, "stty -echo -icanon; printf '>'; head -c 9001 | wc -c", ">9001\r\n",
		  PSPAWN_END_DONE },
	};

	if (sys_longest_line(-1) == SIZE_MAX)
		SKIP("how much of a line a terminal keeps is not known");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *text = malloc(lines[i].length + 1);
		struct typed typed;

		memset(text, 'z', lines[i].length);
		text[lines[i].length] = '\n';
		typed = type_to(
		    lines[i].line,
		    pspawn_stream_after(pspawn_stream_feed(0, text, lines[i].length + 1), ">"));
		CHECK_STR(typed.out.data, lines[i].shown);
		CHECK_INT(typed.told.end, lines[i].end);
		free(typed.out.data);
		free(text);
	}
}

/* The end is not typed to a program that has gone: all was fed. */
CASE(V22, nobody_reads_the_end)
{
	struct typed typed = type_to("printf '>'; read x; exit $x",
				     pspawn_stream_after(pspawn_stream_feed_text(0, "3\n"), ">"));

	CHECK_INT(typed.result.status.code, 3);
	CHECK_INT(typed.told.end, PSPAWN_END_DONE);
	free(typed.out.data);
}

CASE(V23, what_cannot_be_waited_for)
{
	struct pspawn_buffer out;
	struct pspawn_stream streams[] = { pspawn_stream_after(pspawn_stream_feed_text(0, "x"),
							       NULL),
					   pspawn_stream_collect(1, &out) };
	struct pspawn_io io = { .size = sizeof(io), .streams = streams, .nstreams = 2 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_error error;

	/* A pipe. */
	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -EINVAL);
	CHECK_INT(error.stream, 0);
	io.flags = PSPAWN_ON_TERMINAL;
	streams[0].child = 3;
	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -EINVAL);
	streams[0] = pspawn_stream_feed_text(0, "x");
	/* A text without the flag; output. */
	streams[0].after = ">";
	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -EINVAL);
	streams[0].after = NULL;
	streams[1] = pspawn_stream_after(streams[1], NULL);
	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -EINVAL);
	CHECK_INT(error.stream, 1);
}

/* Backspace is the key that the caller says, and nothing is echoed from the beginning. */
CASE(V24, modes_from_the_beginning)
{
	struct pspawn_buffer out;
	struct termios modes;
	int ends[2];

	CHECK_INT(pspawn_terminal(ends, 0, 0), 0);
	CHECK_INT(tcgetattr(ends[1], &modes), 0);
	close(ends[0]);
	close(ends[1]);
	modes.c_cc[VERASE] = 'z';
	modes.c_lflag &= ~(tcflag_t)ECHO;
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_feed_text(0, "aXz\n"),
					  pspawn_stream_collect(1, &out)),
				.flags = PSPAWN_ON_TERMINAL, .modes = &modes };

	pour("read x; printf \"<$x>\"", io, 0);
	CHECK_STR(out.data, "<a>");
	free(out.data);
}
