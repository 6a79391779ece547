/* SPDX-License-Identifier: ISC */
/* P3x: roots, directories, cgroups and programs that are not what they should be. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr-fail.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

enum { CLOSED = 55 };

static int open_as(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		FAIL("%s: %s", path, strerror(errno));
	return fd;
}

static int change_root(const void *path)
{
	return chroot(path);
}

static void need_chroot(void)
{
	int code = kernel_gives(change_root, "/");

	if (code)
		SKIP("no chroot here: %s", strerror(code));
}

CASE(P30, closed_descriptors)
{
	FAILS(EBADF, PSPAWN_STEP_CHDIR, pspawn_attr_dir_fd(CLOSED));
	FAILS(EBADF, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(CLOSED));
	FAILS(EBADF, PSPAWN_STEP_CGROUP, pspawn_attr_cgroup(CLOSED));
	FAILS(EBADF, PSPAWN_STEP_SETNS, pspawn_attr_setns(CLOSED, PSPAWN_NS_NET));
	FAILS_ONLY(EBADF, PSPAWN_STEP_EXEC, pspawn_attr_program_fd(CLOSED));
	SAYS("change the root descriptor 55 (attribute 1): Bad file descriptor", EBADF,
	     PSPAWN_STEP_ROOT, pspawn_attr_root_fd(CLOSED));
	SAYS("change directory to descriptor 55 (attribute 1): Bad file descriptor", EBADF,
	     PSPAWN_STEP_CHDIR, pspawn_attr_dir_fd(CLOSED));
	SAYS("execute descriptor 55 (attribute 1): Bad file descriptor", EBADF, PSPAWN_STEP_EXEC,
	     pspawn_attr_program_fd(CLOSED));
}

/* Each low number may be one that the library opens for itself: it must not pass for theirs. */
CASE(P30, closed_descriptors_of_every_low_number)
{
	for (int number = 3; number < 12; number++) {
		FAILS_ONLY(EBADF, PSPAWN_STEP_CHDIR, pspawn_attr_dir_fd(number));
		FAILS_ONLY(EBADF, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(number));
		FAILS_ONLY(EBADF, PSPAWN_STEP_CGROUP, pspawn_attr_cgroup(number));
		FAILS_ONLY(EBADF, PSPAWN_STEP_SETNS, pspawn_attr_setns(number, PSPAWN_NS_UTS));
		FAILS_ONLY(EBADF, PSPAWN_STEP_EXEC, pspawn_attr_program_fd(number));
	}
}

/* What is left out has not changed the directory on its way, and takes no number for theirs. */
static void ordinary_root(const void *fd)
{
	become_ordinary();
	FAILS(EPERM, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(*(const int *)fd));
	for (int number = 3; number < 12; number++)
		if (number != *(const int *)fd)
			FAILS(EBADF, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(number));
}

CASE(P31, root_by_descriptor_as_an_ordinary_user)
{
	int fd = open_as("/", O_RDONLY | O_DIRECTORY);

	suite_apart(ordinary_root, &fd);
	close(fd);
}

static void ordinary_root_in_new_mounts(const void *fd)
{
	struct pspawn_attr mounts = pspawn_attr_prefer(pspawn_attr_namespaces(PSPAWN_NS_MOUNT));
	struct pspawn_cmd plain = { 0 }, cmd = { PSPAWN_ATTRS(
		mounts, pspawn_attr_prefer(pspawn_attr_root_fd(*(const int *)fd))) };
	static struct facts expected, found;

	public_probe();
	become_ordinary();
	by_whom(&plain);
	facts_of(&plain, &expected);
	by_whom(&cmd);
	facts_of(&cmd, &found);
	CHECK_STR(fact(&found, "directory"), fact(&expected, "directory"));
	CHECK_STR(fact(&found, "root"), fact(&expected, "root"));
}

/* Both fail, and the child is where it was. */
CASE(P31, preferred_root_in_preferred_mounts)
{
	int fd = open_as("/usr", O_RDONLY | O_DIRECTORY);

	suite_apart(ordinary_root_in_new_mounts, &fd);
	close(fd);
}

CASE(P31, preferred_root_on_a_number_that_is_closed)
{
	need_chroot();
	for (int number = 3; number < 12; number++)
		FAILS(EBADF, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(number));
}

CASE(P31, root_that_is_none)
{
	int fd = open_as("file", O_RDWR | O_CREAT);

	need_chroot();
	FAILS(ENOENT, PSPAWN_STEP_ROOT, pspawn_attr_root("/nonexistent"));
	FAILS(ENOENT, PSPAWN_STEP_ROOT, pspawn_attr_root("missing"));
	FAILS(ENOTDIR, PSPAWN_STEP_ROOT, pspawn_attr_root("file"));
	FAILS(ENOTDIR, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(fd));
	FAILS(ENOTDIR, PSPAWN_STEP_CHDIR, pspawn_attr_dir_fd(fd));
	SAYS("change the root \"/nonexistent\" (attribute 1): No such file or directory", ENOENT,
	     PSPAWN_STEP_ROOT, pspawn_attr_root("/nonexistent"));
	close(fd);
}

/* The program and the directory are looked up in the new root. */
CASE(P31, what_the_new_root_does_not_have)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022), pspawn_attr_root("root")) };

	need_chroot();
	CHECK_INT(mkdir("root", 0755), 0);
	by_whom(&cmd);
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	cmd.dir = "/tmp";
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_CHDIR, -1);
	cmd.dir = "..";
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
}

/* ---- cgroups */

CASE(P32, directory_that_is_no_cgroup)
{
	int directory, file;

	CHECK_INT(mkdir("plain", 0755), 0);
	directory = open_as("plain", O_RDONLY | O_DIRECTORY);
	file = open_as("file", O_RDWR | O_CREAT);
	FAILS(ENOENT, PSPAWN_STEP_CGROUP, pspawn_attr_cgroup(directory));
	FAILS(ENOTDIR, PSPAWN_STEP_CGROUP, pspawn_attr_cgroup(file));
	SAYS("enter the cgroup descriptor 3 (attribute 1): No such file or directory", ENOENT,
	     PSPAWN_STEP_CGROUP, pspawn_attr_cgroup(directory));
	close(directory);
	close(file);
}

/* A new cgroup of version 2, or the case is skipped. */
static int make_cgroup(char *path, size_t size)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	enum { CGROUP2 = 0x63677270 };

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		struct statfs status;

		if (statfs(mounts[i], &status) < 0 || status.f_type != CGROUP2)
			continue;
		snprintf(path, size, "%s/pspawn-%d", mounts[i], (int)getpid());
		if (mkdir(path, 0755) == 0)
			return open_as(path, O_RDONLY | O_DIRECTORY);
	}
	SKIP("no cgroup can be made here");
}

CASE(P32, removed_cgroup)
{
	char path[100];
	int fd = make_cgroup(path, sizeof(path));

	CHECK_INT(rmdir(path), 0);
	errno = 0;
	CHECK_INT(openat(fd, "cgroup.procs", O_WRONLY | O_CLOEXEC), -1);
	FAILS(errno, PSPAWN_STEP_CGROUP, pspawn_attr_cgroup(fd));
	close(fd);
}

static void enter_as_ordinary(const void *fd)
{
	become_ordinary();
	FAILS(EACCES, PSPAWN_STEP_CGROUP, pspawn_attr_cgroup(*(const int *)fd));
}

CASE(P32, cgroup_of_somebody_else)
{
	char path[100];
	int fd, status;
	pid_t pid;

	need_linux();
	need_power_to_be(ORDINARY);
	fd = make_cgroup(path, sizeof(path));
	/* Not by suite_apart(), so that the directory goes whatever becomes of the scene. */
	pid = fork();
	if (pid == 0) {
		enter_as_ordinary(&fd);
		_exit(0);
	}
	CHECK(pid > 0);
	waitpid(pid, &status, 0);
	close(fd);
	CHECK_INT(rmdir(path), 0);
	CHECK_INT(status, 0);
}

/* ---- programs by descriptor */

static int access_to_directory(void)
{
	return open_as("/", O_RDONLY | O_DIRECTORY);
}

CASE(P33, program_that_is_none)
{
	int directory = access_to_directory();
	int plain = open_as("plain", O_RDWR | O_CREAT);

	FAILS_ONLY(EACCES, PSPAWN_STEP_EXEC, pspawn_attr_program_fd(directory));
	FAILS_ONLY(EACCES, PSPAWN_STEP_EXEC, pspawn_attr_program_fd(plain));
	SAYS("execute descriptor 3 (attribute 1): Permission denied", EACCES, PSPAWN_STEP_EXEC,
	     pspawn_attr_program_fd(directory));
	close(directory);
	close(plain);
}

/* Its number is overwritten, so a duplicate is held, and that goes whatever happens. */
CASE(P33, program_that_is_none_on_a_number_of_the_map)
{
	int directory = access_to_directory();
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022),
					       pspawn_attr_program_fd(directory)),
				  PSPAWN_FDS(pspawn_fd_dup(directory, 0), pspawn_fd_dup(9, 1)) };
	struct pspawn_attr closed[] = { pspawn_attr_umask(022), pspawn_attr_program_fd(9) };

	by_whom(&cmd);
	expect_failure(&cmd, EACCES, PSPAWN_STEP_EXEC, 1);
	cmd.attrs = closed;
	expect_failure(&cmd, EBADF, PSPAWN_STEP_EXEC, 1);
	close(directory);
}

/* A script is opened again by its interpreter, from which the descriptor is hidden. */
static void script_not_listed(void)
{
	int fd = open_as("script", O_RDWR | O_CREAT);
	struct pspawn_cmd cmd = { PSPAWN_CMD("script"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022), pspawn_attr_program_fd(fd)) };

	CHECK_INT(write(fd, "#!/bin/sh\nexit 0\n", 17), 17);
	CHECK_INT(fchmod(fd, 0755), 0);
	close(fd);
	CHECK_INT(open_as("script", O_RDONLY), fd);
	by_whom(&cmd);
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, 1);
	close(fd);
}

CASE(P33, script_whose_descriptor_is_not_listed)
{
	if (suite_emulated())
		SKIP("an emulator reads scripts itself");
	script_not_listed();
}
