/* SPDX-License-Identifier: ISC */
#include "attr.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lower.h"
#include "suite.h"
#include "table.h"

/* ---- the table */

static const char *const names[ATTR_LAST + 1] = {
	[PSPAWN_ATTR_DIR_FD] = "dir_fd",
	[PSPAWN_ATTR_ENV_CLEAR] = "env_clear",
	[PSPAWN_ATTR_ENV_SET] = "env_set",
	[PSPAWN_ATTR_ENV_UNSET] = "env_unset",
	[PSPAWN_ATTR_SETSID] = "setsid",
	[PSPAWN_ATTR_PGROUP] = "pgroup",
	[PSPAWN_ATTR_NO_TTY] = "no_tty",
	[PSPAWN_ATTR_CTTY] = "ctty",
	[PSPAWN_ATTR_FOREGROUND] = "foreground",
	[PSPAWN_ATTR_SIGMASK] = "sigmask",
	[PSPAWN_ATTR_SIGDEFAULT] = "sigdefault",
	[PSPAWN_ATTR_SIGIGNORE] = "sigignore",
	[PSPAWN_ATTR_SIGINHERIT] = "siginherit",
	[PSPAWN_ATTR_USER] = "user",
	[PSPAWN_ATTR_GROUP] = "group",
	[PSPAWN_ATTR_GROUPS] = "groups",
	[PSPAWN_ATTR_KEEP_GROUPS] = "keep_groups",
	[PSPAWN_ATTR_NO_NEW_PRIVS] = "no_new_privs",
	[PSPAWN_ATTR_AMBIENT] = "ambient",
	[PSPAWN_ATTR_BOUNDING] = "bounding",
	[PSPAWN_ATTR_KEEP_CAPS] = "keep_caps",
	[PSPAWN_ATTR_SECUREBITS] = "securebits",
	[PSPAWN_ATTR_PDEATHSIG] = "pdeathsig",
	[PSPAWN_ATTR_RLIMIT] = "rlimit",
	[PSPAWN_ATTR_NICE] = "nice",
	[PSPAWN_ATTR_SCHED] = "sched",
	[PSPAWN_ATTR_AFFINITY] = "affinity",
	[PSPAWN_ATTR_IOPRIO] = "ioprio",
	[PSPAWN_ATTR_UMASK] = "umask",
	[PSPAWN_ATTR_OOM_SCORE] = "oom_score",
	[PSPAWN_ATTR_PERSONALITY] = "personality",
	[PSPAWN_ATTR_ROOT] = "root",
	[PSPAWN_ATTR_ROOT_FD] = "root_fd",
	[PSPAWN_ATTR_CGROUP] = "cgroup",
	[PSPAWN_ATTR_NAMESPACES] = "namespaces",
	[PSPAWN_ATTR_UNSHARE] = "unshare",
	[PSPAWN_ATTR_SETNS] = "setns",
	[PSPAWN_ATTR_MAP_USER] = "map_user",
	[PSPAWN_ATTR_MAP_GROUP] = "map_group",
	[PSPAWN_ATTR_SETGROUPS] = "setgroups",
	[PSPAWN_ATTR_PROGRAM_FD] = "program_fd",
	[PSPAWN_ATTR_TRACE_ME] = "trace_me",
	[PSPAWN_ATTR_RETRY_BUSY] = "retry_busy",
	[PSPAWN_ATTR_SHELL_FALLBACK] = "shell_fallback",
};

enum { LINUX, POSIX_SPAWN, FORK, ELSEWHERE, COLUMNS };

static char table[ATTR_LAST + 1][COLUMNS][8];
static int table_is_whole;

const char *attr_name(int kind)
{
	return names[kind];
}

static int kind_of(const char *name)
{
	for (int kind = 1; kind <= ATTR_LAST; kind++)
		if (names[kind] && strcmp(names[kind], name) == 0)
			return kind;
	return 0;
}

static int read_line(const char *line)
{
	char name[32], ways[COLUMNS][8];
	int kind;

	if (line[0] == '#')
		return 1;
	if (sscanf(line, "%31s %7s %7s %7s %7s", name, ways[LINUX], ways[POSIX_SPAWN], ways[FORK],
		   ways[ELSEWHERE]) != 5)
		return 0;
	kind = kind_of(name);
	if (kind == 0 || table[kind][LINUX][0])
		return 0;
	memcpy(table[kind], ways, sizeof(ways));
	return 1;
}

/* Before there are cases, which go elsewhere. By hand, the suite is run where it was built. */
__attribute__((constructor)) static void read_table(void)
{
	const char *source = getenv("PSPAWN_SOURCE");
	char path[PATH_MAX], line[256];
	FILE *file;

	if (source)
		snprintf(path, sizeof(path), "%s/tests/attributes", source);
	else
		snprintf(path, sizeof(path), "%.*s/attributes",
			 (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__);
	file = fopen(path, "re");
	if (!file)
		return;
	table_is_whole = 1;
	while (fgets(line, sizeof(line), file))
		table_is_whole &= read_line(line);
	for (int kind = 1; kind <= ATTR_LAST; kind++)
		table_is_whole &= table[kind][LINUX][0] != '\0';
	fclose(file);
}

int attr_table_is_whole(void)
{
	return table_is_whole;
}

static int column_of(const char *backend)
{
	return strcmp(backend, "linux") == 0 ? LINUX
	       : strcmp(backend, "fork") == 0 ? FORK
					      : POSIX_SPAWN;
}

const char *attr_runs_by(int kind)
{
	if (!table_is_whole)
		FAIL("tests/attributes is not what it has to be: set PSPAWN_SOURCE");
#ifndef SYS_IS_RAW
	if (strcmp(table[kind][ELSEWHERE], "none") == 0)
		return "none";
#endif
	/* As the table has it where libc is new enough: glibc 2.35. */
	if (kind == PSPAWN_ATTR_FOREGROUND && column_of(suite_runs_by()) == POSIX_SPAWN &&
	    !LOWER_HAS_FOREGROUND)
		return "fork";
	return strcmp(table[kind][column_of(suite_runs_by())], "native") == 0 ? suite_runs_by()
									       : "fork";
}

void by_table(const struct pspawn_cmd *cmd)
{
	for (size_t i = 0; i < cmd->nattrs; i++) {
		const char *runs_by = attr_runs_by(cmd->attrs[i].kind);

		if (strcmp(runs_by, "none") == 0)
			SKIP("nothing of the kind here");
		if (strcmp(runs_by, suite_runs_by()) != 0)
			suite_accept_fallback();
	}
}

/* ---- without the library */

int attempt(int (*call)(const void *), const void *argument)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(call(argument) < 0 ? errno : 0);
	CHECK(pid > 0);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

void need(const char *what, int (*call)(const void *), const void *argument)
{
	int code = attempt(call, argument);

	if (code)
		SKIP("%s: %s", what, strerror(code));
}

void need_real(const char *what)
{
	if (suite_emulated())
		SKIP("the emulator has its own idea of %s", what);
}

static int change_ids(const void *unused)
{
	(void)unused;
	if (setgroups(0, NULL) < 0 || setgid(SOME_GROUP) < 0)
		return -1;
	return setuid(SOME_USER);
}

void need_ids(void)
{
	need("change ids", change_ids, NULL);
}

void open_at(int number, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		FAIL("%s: %s", path, strerror(errno));
	if (fd == number)
		return;
	CHECK_INT(dup2(fd, number), number);
	set_cloexec_of(number, 1);
	close(fd);
}

const char *line_of(const char *path)
{
	static char text[4096];
	FILE *file = fopen(path, "re");
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[length] = '\0';
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\n')
			text[i] = i + 1 < length ? ' ' : '\0';
	return text;
}

pid_t helper_start(int (*first)(const void *), const void *argument)
{
	int ready[2];
	char byte;
	pid_t pid;

	CHECK_INT(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		if (!first || first(argument) == 0)
			(void)!write(ready[1], "", 1);
		close(ready[1]);
		for (;;)
			pause();
	}
	CHECK(pid > 0);
	close(ready[1]);
	CHECK_INT(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

void helper_end(pid_t pid)
{
	kill(pid, SIGKILL);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
}
