/* SPDX-License-Identifier: ISC */
/* N54 to N59: roots and directories. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "jail.h"
#include "suite.h"
#include "table.h"

/* What cannot be told where there is neither /proc nor /dev. */
#ifdef __linux__
#define NOTHING_TOLD                                                                            \
	{ "terminal", "?" }, { "ns-mnt", "?" }, { "ns-uts", "?" }, { "ns-ipc", "?" },          \
		{ "ns-user", "?" }, { "ns-pid", "?" }, { "ns-net", "?" }, { "ns-cgroup", "?" }, \
		{ "ns-pid_for_children", "?" }, { "cgroup", "?" }, { "uid-map", "?" },          \
		{ "gid-map", "?" }, { "setgroups", "?" }, { "oom-score", "?" },                  \
		{ "shared-mounts", "?" }, { "root-mount", "?" }
#else
#define NOTHING_TOLD { "terminal", "?" }
#endif

static const char *identity_of(const char *path)
{
	static char text[64];
	struct stat status;

	CHECK_INT(stat(path, &status), 0);
	snprintf(text, sizeof(text), "%llu:%llu", (unsigned long long)status.st_dev,
		 (unsigned long long)status.st_ino);
	return text;
}

CASE(N54, root)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_root("/nowhere"), pspawn_attr_root("jail"));

	jail_make();
	CHANGES(&cmd, { "root", identity_of("jail") }, { "directory", "/" }, NOTHING_TOLD);
}

CASE(N54, root_by_descriptor)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_root("/nowhere"), pspawn_attr_root_fd(12));
	int fd;

	jail_make();
	/* Not close-on-exec, and not for the child all the same. */
	fd = open("jail", O_RDONLY | O_DIRECTORY);
	CHECK_INT(dup2(fd, 12), 12);
	close(fd);
	CHANGES(&cmd, { "root", identity_of("jail") }, { "directory", "/" }, NOTHING_TOLD);
	close(12);
}

CASE(N54, last_root_wins)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_root_fd(0), pspawn_attr_root("jail"));

	jail_make();
	CHANGES(&cmd, { "root", identity_of("jail") }, { "directory", "/" }, NOTHING_TOLD);
}

/* With no way back to root, and none out of the new root. */
CASE(N55, root_of_a_user)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(SOME_USER, SOME_GROUP),
				     pspawn_attr_root("jail"));

	jail_make();
	need_ids();
	CHANGES(&cmd, { "root", identity_of("jail") }, { "directory", "/" },
		{ "user", FACT_CHANGED }, { "group", FACT_CHANGED }, { "groups", "" },
		{ "effective", "0x000000000" }, { "permitted", "0x000000000" }, NOTHING_TOLD);
}

CASE(N56, directory_in_the_root)
{
	static struct facts facts;
	struct pspawn_cmd cmd = { .dir = "/inside", PSPAWN_ATTRS(pspawn_attr_root("jail")) };
	struct pspawn_cmd relative = { .dir = "inside", PSPAWN_ATTRS(pspawn_attr_root("jail")) };

	jail_make();
	facts_of(&cmd, &facts);
	CHECK_STR(fact(&facts, "directory"), "/inside");
	facts_of(&relative, &facts);
	CHECK_STR(fact(&facts, "directory"), "/inside");
}

CASE(N56, files_in_the_root)
{
	static struct facts facts;
	struct pspawn_cmd cmd = {
		PSPAWN_FDS(pspawn_fd_open(5, "/inside/made", O_WRONLY | O_CREAT, 0600),
			   pspawn_fd_open(6, "also", O_WRONLY | O_CREAT, 0600)),
		PSPAWN_ATTRS(pspawn_attr_root("jail"))
	};

	jail_make();
	facts_of(&cmd, &facts);
	CHECK_STR(fact(&facts, "descriptors"), "0,1,2,5,6,90");
	CHECK_INT(access("jail/inside/made", F_OK), 0);
	CHECK_INT(access("jail/also", F_OK), 0);
	CHECK(access("also", F_OK) < 0);
	/* What is outside is not to be had. */
	cmd.fds = (const struct pspawn_fd[]) { pspawn_fd_open(5, "jail", O_RDONLY, 0) };
	cmd.nfds = 1;
	cmd.size = sizeof(cmd);
	cmd.argv = (char *const[]) { (char *)public_probe(), NULL };
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_OPEN, 0);
}

/* The program too: here it is by a path that there is nothing at outside. */
CASE(N56, program_in_the_root)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/inside/program", "-", "exit", "9"),
				  PSPAWN_ATTRS(pspawn_attr_root("jail")) };

	jail_make();
	copy_file(suite_probe(), "jail/inside/program");
	by_table(&cmd);
	CHECK_INT(run_cmd(&cmd), 9);
	cmd.argv = (char *const[]) { (char *)"inside/program", (char *)"-", NULL };
	CHECK_INT(run_cmd(&cmd), 0);
	cmd.argv = (char *const[]) { (char *)"/bin/true", NULL };
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
}

/* Opened outside, it is where the child starts nevertheless: that is what was asked for. */
CASE(N57, directory_by_descriptor)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_dir_fd(0), pspawn_attr_dir_fd(12));
	char directory[PATH_MAX];
	int fd;

	CHECK(getcwd(directory, sizeof(directory) - 8) != NULL);
	CHECK_INT(mkdir("there", 0755), 0);
	strcat(directory, "/there");
	fd = open("there", O_RDONLY | O_DIRECTORY);
	CHECK_INT(dup2(fd, 12), 12);
	close(fd);
	CHANGES(&cmd, { "directory", directory });
	/* The map may give its number to another. */
	cmd.fds = (const struct pspawn_fd[]) { pspawn_fd_dup(12, 0) };
	cmd.nfds = 1;
	CHANGES(&cmd, { "directory", directory });
	close(12);
}

CASE(N57, directory_below_a_descriptor)
{
	static struct facts facts;
	struct pspawn_cmd cmd = { .dir = "below", PSPAWN_ATTRS(pspawn_attr_dir_fd(12)) };
	char directory[PATH_MAX];
	int fd;

	CHECK(getcwd(directory, sizeof(directory) - 16) != NULL);
	CHECK(mkdir("there", 0755) == 0 && mkdir("there/below", 0755) == 0);
	strcat(directory, "/there/below");
	fd = open("there", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(dup2(fd, 12), 12);
	close(fd);
	facts_of(&cmd, &facts);
	CHECK_STR(fact(&facts, "directory"), directory);
	CHECK_STR(fact(&facts, "descriptors"), "0,1,2,90");
	close(12);
}
