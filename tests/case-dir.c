/* SPDX-License-Identifier: ISC */
/* L: descriptors and the other things a description says; environment. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static struct record record;

static void make_tree(void)
{
	FILE *file;

	CHECK_INT(mkdir("sub", 0700), 0);
	file = fopen("sub/in", "w");
	CHECK(file && fputs("text", file) >= 0 && fclose(file) == 0);
	file = fopen("sub/run", "w");
	CHECK(file && fputs("#!/bin/sh\nexit 9\n", file) >= 0 && fclose(file) == 0);
	CHECK_INT(chmod("sub/run", 0755), 0);
}

static void in_sub(struct pspawn_cmd *cmd)
{
	char directory[PATH_MAX];

	probe_start(cmd, &record);
	CHECK(getcwd(directory, sizeof(directory)) != NULL);
	CHECK(strncmp(record.directory, directory, strlen(directory)) == 0);
	CHECK_STR(record.directory + strlen(directory), "/sub");
}

CASE(L01, chdir_before_relative_open)
{
	struct pspawn_cmd cmd = { .dir = "sub",
				  PSPAWN_FDS(pspawn_fd_open(5, "in", O_RDONLY, 0)) };
	struct stat status;

	make_tree();
	in_sub(&cmd);
	CHECK_INT(stat("sub/in", &status), 0);
	CHECK_INT(table_find(&record.table, 5)->ino, status.st_ino);
}

CASE(L02, fchdir_fd_not_inherited)
{
	int dir;

	make_tree();
	dir = open("sub", O_RDONLY | O_DIRECTORY);
	{
		struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_dir_fd(dir)) };
		struct pspawn_cmd listed = { PSPAWN_ATTRS(pspawn_attr_dir_fd(dir)),
					     PSPAWN_FDS(DUP(7, dir)) };
		/* Its own number is overwritten: the change of directory comes first. */
		struct pspawn_cmd over = { PSPAWN_ATTRS(pspawn_attr_dir_fd(dir)),
					   PSPAWN_FDS(DUP(dir, 0)) };

		in_sub(&cmd);
		CHECK_INT(record.table.count, 3);
		in_sub(&listed);
		CHECK_INT(record.table.count, 4);
		in_sub(&over);
		CHECK_INT(table_find(&record.table, dir)->ino, table_find(&record.table, 0)->ino);
	}
	close(dir);
}

CASE(L02, relative_dir_starts_from_dir_fd)
{
	int here = open(".", O_RDONLY | O_DIRECTORY);

	make_tree();
	CHECK_INT(mkdir("other", 0700), 0);
	CHECK_INT(chdir("other"), 0);
	{
		struct pspawn_cmd cmd = { PSPAWN_CMD("./run"), .dir = "sub",
					  PSPAWN_ATTRS(pspawn_attr_dir_fd(here)) };

		CHECK_INT(run_cmd(&cmd), 9);
	}
	CHECK_INT(fchdir(here), 0);
	close(here);
}

CASE(L02, bad_dir_fd)
{
	struct pspawn_cmd closed = { PSPAWN_CMD("/bin/true"),
				     PSPAWN_ATTRS(pspawn_attr_env_clear(), pspawn_attr_dir_fd(9)) };
	struct pspawn_cmd file = { PSPAWN_CMD("/bin/true"), PSPAWN_ATTRS(pspawn_attr_dir_fd(0)) };

	expect_failure(&closed, EBADF, PSPAWN_STEP_CHDIR, 1);
	expect_failure(&file, ENOTDIR, PSPAWN_STEP_CHDIR, 0);
}

CASE(L03, relative_program_with_chdir)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./run"), .dir = "sub" };
	struct pspawn_cmd outside = { PSPAWN_CMD("./sub/run"), .dir = "sub" };

	make_tree();
	CHECK_INT(run_cmd(&cmd), 9);
	expect_failure(&outside, ENOENT, PSPAWN_STEP_EXEC, -1);
}

CASE(L08, directory_streams)
{
	DIR *listing;
	long where;
	struct dirent *entry;

	make_tree();
	listing = opendir("sub");
	CHECK(listing && readdir(listing));
	where = telldir(listing);
	EXPECT(DUP(0, 0));
	CHECK_INT(telldir(listing), where);
	entry = readdir(listing);
	CHECK(entry != NULL);
	closedir(listing);
}

CASE(L10, environment_edits)
{
	static const char script[] = "test \"$A\" = 3 && test \"$NEW\" = 'x=y' && "
				     "test -z \"${GONE+set}\" && test \"$KEPT\" = k && "
				     "test $(env | grep -c ^A=) = 1";
	char *base[] = { (char *)"A=1", (char *)"GONE=1", (char *)"KEPT=k", (char *)"AB=2",
			 (char *)"PATH=/usr/bin:/bin", NULL };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", script), .envp = base,
				  PSPAWN_ATTRS(pspawn_attr_env_set("A=2"),
					       pspawn_attr_env_unset("GONE"),
					       pspawn_attr_env_set("NEW=x=y"),
					       pspawn_attr_env_set("A=3")) };
	struct pspawn_cmd cleared = { PSPAWN_CMD("/usr/bin/env"), .envp = base,
				      PSPAWN_ATTRS(pspawn_attr_env_set("A=2"),
						   pspawn_attr_env_clear(),
						   pspawn_attr_env_set("B=2")),
				      PSPAWN_FDS(pspawn_fd_open(1, "out", O_WRONLY | O_CREAT, 0600)) };
	char got[100] = "";
	int fd;

	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_INT(run_cmd(&cleared), 0);
	fd = open("out", O_RDONLY);
	CHECK(read(fd, got, sizeof(got)) > 0);
	close(fd);
	CHECK_STR(got, "B=2\n");
}

CASE(L10, environment_that_is_no_list)
{
	struct pspawn_cmd plain = { PSPAWN_CMD("/bin/sh", "-c", "exit 0") };
	struct pspawn_cmd edited = { PSPAWN_CMD("/bin/sh", "-c", "test $A = 1"),
				     PSPAWN_ATTRS(pspawn_attr_env_set("A=1")) };

	CHECK_INT(clearenv(), 0);
	CHECK_INT(run_cmd(&plain), 0);
	CHECK_INT(run_cmd(&edited), 0);
}

CASE(L11, explain_starts_nothing)
{
	int end = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(DUP(1, 2), DUP(2, 1), pspawn_fd_pipe_out(5, &end),
					     pspawn_fd_open(6, "made", O_CREAT | O_RDWR, 0600)) };
	struct pspawn_error error;
	char text[1000], shorter[10];
	int length = pspawn_explain(&cmd, text, sizeof(text), &error);

	CHECK(length > 0 && (size_t)length == strlen(text));
	CHECK(strstr(text, "  move 1 -> 3  (entry 1)\n") || strstr(text, "move 1 -> 3"));
	CHECK(strstr(text, "move (pipe of entry 2) -> 5"));
	CHECK(strstr(text, "open \"made\" -> 6"));
	CHECK_INT(access("made", F_OK), -1);
	CHECK_INT(end, -1);
	CHECK_INT(pspawn_explain(&cmd, shorter, sizeof(shorter), &error), length);
	CHECK_INT(strlen(shorter), sizeof(shorter) - 1);
	cmd.flags = PSPAWN_INHERIT_ALL;
	CHECK(pspawn_explain(&cmd, text, sizeof(text), &error) > 0);
	CHECK(strstr(text, "move 1 -> (a free number)") && strstr(text, "close (a free number)"));
	cmd.dir = "odd\nname\"";
	CHECK(pspawn_explain(&cmd, text, sizeof(text), &error) > 0);
	CHECK(strstr(text, "chdir \"odd\\x0aname\\\"\""));
	cmd.nfds = PSPAWN_MAX_ENTRIES + 1;
	CHECK_INT(pspawn_explain(&cmd, text, sizeof(text), &error), -E2BIG);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
}
