/* SPDX-License-Identifier: ISC */
/* What cases of attributes need around them: found out by trial, in a forked process. */
#include "attr-fail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#endif

#include "facts.h"
#include "suite.h"

void need_linux(void)
{
#ifndef SYS_IS_RAW
	SKIP("only Linux has this");
#endif
}

void become_ordinary(void)
{
	public_probe();
	unlink("facts");
	if (geteuid() != 0)
		return;
	if (chmod(".", 0777) < 0 || setgroups(0, NULL) < 0 ||
	    setresgid(ORDINARY, ORDINARY, ORDINARY) < 0 || setresuid(ORDINARY, ORDINARY, ORDINARY) < 0)
		SKIP("no other user here");
#ifdef __linux__
	/* Else our own files in /proc would be root's. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
}

int kernel_gives(int (*call)(const void *), const void *argument)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(call(argument) < 0 ? errno : 0);
	CHECK(pid > 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int be(const void *user)
{
	id_t id = (id_t)*(const int *)user;

	if (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0)
		return -1;
	return setresuid(id, id, id);
}

void need_power_to_be(int user)
{
	int code = geteuid() == 0 ? kernel_gives(be, &user) : EPERM;

	if (code)
		SKIP("nobody here can become user %d", user);
}

#ifdef __linux__

/* Root without capabilities may have one, but not map itself. */
static int enter_user_namespace(const void *unused)
{
	char map[40];
	int length = snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	int fd;

	(void)unused;
	if (unshare(CLONE_NEWUSER) < 0)
		return -1;
	fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -1 : (int)write(fd, map, (size_t)length);
}

void need_user_namespaces(void)
{
	int code = kernel_gives(enter_user_namespace, NULL);

	if (code)
		SKIP("no user namespaces here: %s", strerror(code));
}

#else

void need_user_namespaces(void)
{
	SKIP("only Linux has this");
}

#endif
