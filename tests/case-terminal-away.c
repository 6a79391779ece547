/* SPDX-License-Identifier: ISC */
/* V13 to V16: a program that closes its terminal, or loses it, and comes back to it. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "pour.h"
#include "pspawn_cloexec.h"
#include "suite.h"

/* A line of shell that says on its 6 that it has gone, and reads a word from its 5 to come back. */
struct away {
	struct pspawn_job *job;
	int leash, news;
};

#define GO_AWAY "exec 0<&- 1>&- 2>&-; echo >&6; read go <&5; "

static struct away go_away(char *const *argv, const struct pspawn_io *io)
{
	struct away away;
	int to[2], from[2];

	CHECK_INT(pspawn_pipe(to), 0);
	CHECK_INT(pspawn_pipe(from), 0);
	struct pspawn_cmd cmd = { .size = sizeof(cmd),
				  .argv = argv,
				  PSPAWN_FDS(pspawn_fd_dup(5, to[0]), pspawn_fd_dup(6, from[1])) };

	CHECK_INT(pspawn_job_start(&away.job, &cmd, 1, io, NULL), 0);
	close(to[0]);
	close(from[1]);
	away.leash = to[1];
	away.news = from[0];
	return away;
}

static struct away go_away_by_line(const char *line, const struct pspawn_io *io)
{
	char *const argv[] = { "/bin/sh", "-c", (char *)line, NULL };

	return go_away(argv, io);
}

/* When it has gone the job looks at its terminal, more than once, and lets it come back. */
static void let_come_back(struct away *away)
{
	char byte;

	CHECK_INT(read(away->news, &byte, 1), 1);
	for (int i = 0; i < 3; i++)
		CHECK_INT(pspawn_job_step(away->job), -EINPROGRESS);
	CHECK_INT(write(away->leash, "go\n", 3), 3);
}

static int end(struct away *away, enum drive_way way)
{
	struct pspawn_result result;

	CHECK_INT(drive(away->job, way, NULL), 0);
	CHECK_INT(pspawn_job_result(away->job, &result, NULL), 0);
	CHECK_INT(result.streams_held, 0);
	pspawn_job_free(away->job);
	close(away->leash);
	close(away->news);
	return result.status.code;
}

CASE(V13, what_is_shown_after_coming_back)
{
	for (enum drive_way way = 0; way < DRIVE_WAYS; way++) {
		struct pspawn_buffer out;
		struct pspawn_transfer told;
		struct pspawn_io io = { PSPAWN_IO(pspawn_stream_report(
					    pspawn_stream_collect(1, &out), &told)),
					.flags = PSPAWN_ON_TERMINAL };
		struct away away =
		    go_away_by_line("echo one; " GO_AWAY "echo two >/dev/tty; exit 3", &io);

		let_come_back(&away);
		CHECK_INT(end(&away, way), 3);
		CHECK_STR(out.data, "one\r\ntwo\r\n");
		CHECK_INT(told.end, PSPAWN_END_DONE);
		free(out.data);
	}
}

/* More than a terminal holds: who writes it has to be read. */
CASE(V14, much_is_shown_after_coming_back)
{
	enum { SIZE = 200000 };
	struct pspawn_buffer out;
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_collect(1, &out)),
				.flags = PSPAWN_ON_TERMINAL };
	struct away away =
	    go_away_by_line(GO_AWAY "head -c 200000 /dev/zero | tr '\\0' a >/dev/tty; exit 3", &io);

	let_come_back(&away);
	CHECK_INT(end(&away, BY_WAIT), 3);
	CHECK_INT(out.length, SIZE);
	CHECK_INT(strspn(out.data, "a"), SIZE);
	free(out.data);
}

/* What is to be typed comes when the program is back, or is there already. */
static long give_when_asked(void *context, void *data, size_t room)
{
	struct source *source = context;

	return source->piece ? source_give(source, data, room) : -EAGAIN;
}

CASE(V15, what_is_typed_while_it_is_away)
{
	struct pspawn_buffer out;
	struct pspawn_transfer typed;
	struct source source = { "hello\n", 6, 0, 0 };
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_report(
					      pspawn_stream_feed_call(0, give_when_asked, &source),
					      &typed),
					  pspawn_stream_collect(1, &out)),
				.flags = PSPAWN_ON_TERMINAL };
	struct away away =
	    go_away_by_line(GO_AWAY "read x </dev/tty; echo got $x >/dev/tty; exit 3", &io);
	char byte;

	CHECK_INT(read(away.news, &byte, 1), 1);
	CHECK_INT(pspawn_job_step(away.job), -EINPROGRESS);
	source.piece = 6;
	pspawn_job_wake(away.job);
	CHECK_INT(pspawn_job_step(away.job), -EINPROGRESS);
	CHECK_INT(typed.bytes, 6);
	CHECK_INT(write(away.leash, "go\n", 3), 3);
	CHECK_INT(end(&away, BY_WAIT), 3);
	CHECK_INT(typed.end, PSPAWN_END_DONE);
	CHECK_STR(out.data, "hello\r\ngot hello\r\n");
	free(out.data);
}

/* login(1) takes its terminal from everybody before it opens it again. */
CASE(V16, a_terminal_that_the_program_hangs_up)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_collect(1, &out)),
				.flags = PSPAWN_ON_TERMINAL };
	char *const argv[] = {
		getenv("PSPAWN_TERMINAL"), "-v", "sh", "-c", "echo two; exit 3", NULL
	};
	struct away away = go_away(argv, &io);
	int code;

	let_come_back(&away);
	code = end(&away, BY_WAIT);
	if (code != 98) {
		CHECK_INT(code, 3);
		CHECK_STR(out.data, "two\r\n");
	}
	free(out.data);
	if (code == 98)
		SKIP("vhangup(2) is not allowed, or not there");
}
