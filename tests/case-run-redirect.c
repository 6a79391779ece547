/* SPDX-License-Identifier: ISC */
/* U13 to U16: stages of a pipeline that redirect their own ends, as in a shell. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pour.h"
#include "suite.h"

#define SH(line)                                                                                   \
	{                                                                                          \
		PSPAWN_CMD("/bin/sh", "-c", line)                                                  \
	}
#define SH_FDS(line, ...)                                                                          \
	{                                                                                          \
		PSPAWN_CMD("/bin/sh", "-c", line), PSPAWN_FDS(__VA_ARGS__)                         \
	}

enum { NEW = O_WRONLY | O_CREAT | O_TRUNC };

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file != NULL);
	CHECK(fputs(text, file) >= 0);
	CHECK_INT(fclose(file), 0);
}

static void want_file(const char *path, const char *expected)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size;
	char *data;

	CHECK(fd >= 0);
	data = read_whole(fd, &size);
	CHECK(same_bytes(data, size, expected, strlen(expected)));
	free(data);
	close(fd);
	CHECK_INT(unlink(path), 0);
}

/* What comes out of them in the end. */
static struct pspawn_result want(const struct pspawn_cmd *cmds, size_t count,
				 struct pspawn_status *statuses, const char *expected)
{
	struct pspawn_buffer out = PSPAWN_BUFFER_INIT;
	struct pspawn_io io = { .statuses = statuses,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct pspawn_result result = pour_through(cmds, count, io, 0);

	CHECK_STR(out.data, expected);
	CHECK_INT(result.streams_held, 0);
	pspawn_buffer_free(&out);
	return result;
}

/* a >file | b */
CASE(U13, output_goes_elsewhere)
{
	struct pspawn_cmd cmds[] = { SH_FDS("echo words", pspawn_fd_open(1, "file", NEW, 0600)),
				     SH("test -p /dev/stdin && echo pipe; cat; echo end; exit 4") };

	CHECK_INT(want(cmds, 2, NULL, "pipe\nend\n").status.code, 4);
	want_file("file", "words\n");
}

/* a | b <file */
CASE(U14, input_comes_from_elsewhere)
{
	struct pspawn_cmd cmds[] = {
		{ PSPAWN_CMD("yes") }, SH_FDS("cat; exit 5", pspawn_fd_open(0, "file", O_RDONLY, 0))
	};
	struct pspawn_status statuses[2];

	write_file("file", "own\n");
	CHECK_INT(want(cmds, 2, statuses, "own\n").status.code, 5);
	CHECK_INT(statuses[0].signal, SIGPIPE);
	CHECK_INT(unlink("file"), 0);
}

/* yes | b <in >out | c; yes >&- | b; a >&2 2>file | b */
CASE(U15, both_ends_of_the_one_in_the_middle)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("yes") },
				     SH_FDS("cat", pspawn_fd_open(1, "out", NEW, 0600),
					    pspawn_fd_open(0, "in", O_RDONLY, 0)),
				     SH("cat; echo end") };
	struct pspawn_cmd closed[] = { SH_FDS("echo x 2>/dev/null; exit 3", pspawn_fd_close(1)),
				       SH("cat; echo end") };
	struct pspawn_cmd same[] = { SH_FDS("echo one; echo two >&2", pspawn_fd_same(1, 2),
					    pspawn_fd_open(2, "err", NEW, 0600)),
				     SH("cat; echo end") };
	struct pspawn_status statuses[3];

	write_file("in", "own\n");
	want(cmds, 3, statuses, "end\n");
	CHECK_INT(statuses[0].signal, SIGPIPE);
	CHECK_INT(statuses[1].code, 0);
	want_file("out", "own\n");
	CHECK_INT(unlink("in"), 0);
	want(closed, 2, statuses, "end\n");
	want(same, 2, statuses, "end\n");
	want_file("err", "one\ntwo\n");
}

/* The runner sees to it that no end of a pipe is left. */
CASE(U16, redirected_and_not_started)
{
	struct pspawn_cmd cmds[] = {
		SH_FDS("exec sleep 60", pspawn_fd_null(1)),
		{ PSPAWN_CMD("/nowhere/program") },
	};
	struct pspawn_error error;

	CHECK_INT(pspawn_pipeline(cmds, 2, NULL, NULL, &error), -ENOENT);
	CHECK_INT(error.step, PSPAWN_STEP_EXEC);
	CHECK_INT(error.stage, 1);
	CHECK_INT(error.what, PSPAWN_INDEX_STAGE);
	CHECK_INT(error.index, 1);
	CHECK_INT(error.stream, -1);
	/* Nor does its own entry that fails have another name. */
	cmds[1] = (struct pspawn_cmd)SH_FDS("exit 0", pspawn_fd_open(0, "missing", O_RDONLY, 0));
	CHECK_INT(pspawn_pipeline(cmds, 2, NULL, NULL, &error), -ENOENT);
	CHECK_INT(error.step, PSPAWN_STEP_OPEN);
	CHECK_INT(error.stage, 1);
	CHECK_INT(error.index, 0);
}
