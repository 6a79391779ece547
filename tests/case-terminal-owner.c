/* SPDX-License-Identifier: ISC */
/* V25 to V28: what is made for a child belongs to its user, who can open it again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "pour.h"
#include "pspawn_cloexec.h"
#include "suite.h"

#ifdef __linux__
#include <sys/syscall.h>

#include "filter.h"
#endif

static const struct pspawn_attr as_user = { PSPAWN_ATTR_USER, 0, 0, 0, { SOME_USER, SOME_GROUP },
					    NULL,	      0, { 0, 0 } };

static void need_root_and_names(void)
{
	if (access("/dev/stdin", F_OK) < 0 || access("/proc/self/fd", X_OK) < 0)
		SKIP("no name of what is open: /dev/stdin, /proc");
	need_root();
	need_real("ids");
	need_ids();
}

static void run_as_user(const char *line, struct pspawn_io io)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line), .attrs = &as_user,
				  .nattrs = 1 };

	CHECK_INT(pour_through(&cmd, 1, io, 0).status.code, 0);
}

CASE(V25, pipes_and_files_of_a_user)
{
	struct pspawn_buffer out = { 0 }, all = { 0 };
	int file, in = -1, ends[2];
	struct pspawn_child child;
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_feed_text(0, "x"), pspawn_stream_collect(1, &out),
	    pspawn_stream_of_stage(pspawn_stream_collect(2, &all), PSPAWN_EVERY_STAGE)) };
	struct pspawn_io by_file = { PSPAWN_STREAMS(pspawn_stream_feed_file(0, "x", 1),
						    pspawn_stream_collect_file(1, &file)) };

	need_root_and_names();
	run_as_user("cat /dev/stdin >/dev/stdout && echo y >/dev/stderr", io);
	CHECK_STR(out.data, "x");
	CHECK_STR(all.data, "y\n");
	free(out.data);
	free(all.data);
	run_as_user("cat /dev/stdin >>/dev/stdout", by_file);
	CHECK_INT(lseek(file, 0, SEEK_END), 1);
	close(file);
	/* A start without a run. */
	CHECK_INT(pspawn_pipe(ends), 0);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "cat /dev/stdin >&3"),
				  .attrs = &as_user, .nattrs = 1,
				  PSPAWN_FDS(pspawn_fd_pipe_in(0, &in), pspawn_fd_dup(3, ends[1])) };
	char byte = 0;
	struct pspawn_status status;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	close(ends[1]);
	CHECK_INT(write(in, "z", 1), 1);
	close(in);
	CHECK_INT(read(ends[0], &byte, 1), 1);
	CHECK_INT(byte, 'z');
	close(ends[0]);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 0);
}

/* The pipe between two belongs to the first that has a user. */
CASE(V26, a_pipe_between_a_user_and_root)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct pspawn_cmd cmds[] = {
		{ PSPAWN_CMD("/bin/sh", "-c", "echo x") },
		{ PSPAWN_CMD("/bin/sh", "-c", "cat /dev/stdin >/dev/stdout"), .attrs = &as_user,
		  .nattrs = 1 },
	};

	need_root_and_names();
	CHECK_INT(pour_through(cmds, 2, io, 0).status.code, 0);
	CHECK_STR(out.data, "x\n");
	free(out.data);
}

/* By its name, whoever is its user; its group is what it was. */
CASE(V27, a_terminal_of_a_user)
{
	struct pspawn_buffer out;
	struct stat status;
	int ends[2];
	char expected[32];
	struct pspawn_io io = { .flags = PSPAWN_ON_TERMINAL,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };

	need_root_and_names();
	CHECK_INT(pspawn_terminal(ends, 0, 0), 0);
	CHECK_INT(fstat(ends[1], &status), 0);
	close(ends[0]);
	close(ends[1]);
	snprintf(expected, sizeof(expected), "%d %d\r\nopen\r\n", SOME_USER, (int)status.st_gid);
	run_as_user("stat -L -c '%u %g' /dev/stdin; exec 3<>/dev/stdin && echo open >/dev/stdout",
		    io);
	CHECK_STR(out.data, expected);
	free(out.data);
}

#if defined(__linux__) && defined(SYS_fchown)

static void start_without_fchown(const void *unused)
{
	struct pspawn_buffer out;
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };

	(void)unused;
	if (!filter_syscall(SYS_fchown, EPERM))
		SKIP("no filters here");
	run_as_user("echo x", io);
	CHECK_STR(out.data, "x\n");
	free(out.data);
}

CASE(V28, an_owner_who_cannot_be_changed)
{
	need_root();
	need_real("ids");
	need_ids();
	suite_apart(start_without_fchown, NULL);
}

#endif
