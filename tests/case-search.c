/* SPDX-License-Identifier: ISC */
/* G14 and on: other ways to find a program. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

static void make_script(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
	CHECK_INT(chmod(path, mode), 0);
}

/* What execvp(3) makes of it: an exit status below 100, or 100 + errno. */
static int by_execvp(const char *path, const char *name)
{
	pid_t pid = fork();
	int raw;

	if (pid == 0) {
		char *argv[] = { (char *)name, NULL };

		setenv("PATH", path, 1);
		execvp(name, argv);
		_exit(100 + errno);
	}
	CHECK_INT(waitpid(pid, &raw, 0), pid);
	return WEXITSTATUS(raw);
}

static int by_us(const char *path, const char *name)
{
	const struct pspawn_attr shell = pspawn_attr_shell_fallback();
	struct pspawn_cmd cmd = { PSPAWN_CMD(name), .path = path, .attrs = &shell, .nattrs = 1 };
	struct pspawn_status status;
	struct pspawn_child child;
	int result;

	cmd.search = PSPAWN_SEARCH_EXECVP;
	result = pspawn_start(&child, &cmd, NULL);
	if (result < 0)
		return 100 - result;
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	return status.code;
}

static void make_places(void)
{
	CHECK_INT(mkdir("a", 0755), 0);
	CHECK_INT(mkdir("b", 0755), 0);
	CHECK_INT(mkdir("-c", 0755), 0);
	CHECK_INT(mkdir("a/directory", 0755), 0);
	make_script("a/denied", "#!/bin/sh\nexit 1\n", 0644);
	make_script("b/denied", "#!/bin/sh\nexit 2\n", 0755);
	make_script("a/locked", "#!/bin/sh\nexit 1\n", 0644);
	make_script("b/directory", "#!/bin/sh\nexit 3\n", 0755);
	make_script("here", "#!/bin/sh\nexit 4\n", 0755);
	make_script("b/text", "exit 5\n", 0755);
	make_script("-c/text", "exit 6\n", 0755);
	make_script("a/lost", "#!/nonexistent\n", 0755);
	make_script("b/lost", "#!/bin/sh\nexit 7\n", 0755);
}

CASE(G14, search_as_execvp_does)
{
	static const char *const paths[] = { "a:b", "b:a", ":a", "a:", "here:a:b", "/dev/null:b",
					     "nowhere:b", "a", "b", ":", "a::b" };
	static const char *const names[] = { "denied", "locked", "directory", "here", "text",
					     "lost", "missing" };

	suite_accept_fallback();
	make_places();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			int wanted = by_execvp(paths[i], names[k]);
			int got = by_us(paths[i], names[k]);

			/* musl's leaves scripts without #! alone. */
			if (got != wanted && wanted != 100 + ENOEXEC)
				FAIL("%s in %s: %d and not %d", names[k], paths[i], got, wanted);
		}
	/* glibc's hands such a path to the shell as its options. */
	CHECK_INT(by_us("-c", "text"), 6);
}

CASE(G14, search_in_the_childs_directory)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("denied"), .path = "", .dir = "b" };

	suite_accept_fallback();
	make_places();
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_SEARCH, -1);
	cmd.search = PSPAWN_SEARCH_EXECVP;
	CHECK_INT(run_cmd(&cmd), 2);
	cmd.path = "../a";
	expect_failure(&cmd, EACCES, PSPAWN_STEP_EXEC, -1);
	cmd.path = "/nonexistent:../a/nonexistent";
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	/* Without the fallback to a shell. */
	cmd.argv = (char *const[]){ "text", NULL };
	cmd.path = "../-c:.";
	expect_failure(&cmd, ENOEXEC, PSPAWN_STEP_EXEC, -1);
	cmd.argv = (char *const[]){ "", NULL };
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_SEARCH, -1);
}

CASE(G15, no_search)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("denied"), .dir = "b", .search = PSPAWN_SEARCH_NONE };

	make_places();
	CHECK_INT(run_cmd(&cmd), 2);
	cmd.dir = "a";
	expect_failure(&cmd, EACCES, PSPAWN_STEP_EXEC, -1);
	cmd.dir = NULL;
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	cmd.search = PSPAWN_SEARCH_NONE + 1;
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK, -1);
	cmd.search = -1;
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK, -1);
}

CASE(G15, search_of_an_async_start)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("denied"), .path = "a:b",
				  .search = PSPAWN_SEARCH_EXECVP, .flags = PSPAWN_ASYNC };
	struct pspawn_status status;
	struct pspawn_child child;

	suite_accept_fallback();
	make_places();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 2);
}
