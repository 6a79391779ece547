/* SPDX-License-Identifier: ISC */
/*
 * Who is left in a process group or in a cgroup. kill(2) counts a process that has ended and
 * is not waited for, and a run keeps those of its children; so /proc is asked for the others.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "sys.h"

/* As many numbers as sys_fds_next() gives at a time. */
enum { AT_ONCE = 32 };

static int open_at(int directory, const char *name, int flags)
{
	ANSWER(openat(directory, name, flags | O_CLOEXEC));
}

static long read_link_at(int directory, const char *name, char *text, size_t room)
{
	ANSWER((long)readlinkat(directory, name, text, room));
}

/* The beginning of a file, as a string. How long it is, or -errno. */
static long read_at(int directory, const char *name, char *text, size_t room)
{
	int fd = open_at(directory, name, O_RDONLY);
	long size;

	if (fd < 0)
		return fd;
	size = sys_read(fd, text, room - 1);
	sys_release(fd);
	text[size < 0 ? 0 : size] = '\0';
	return size;
}

/* Of another pid namespace it would list other processes by the numbers that ours have here. */
static int is_our_proc(int proc)
{
	char text[16];
	long size = read_link_at(proc, "self", text, sizeof(text) - 1);

	if (size < 0)
		return 0;
	text[size] = '\0';
	return atoi(text) == (int)getpid();
}

/* In "PID (NAME) STATE ...", where NAME may be anything, the 20th is the number of threads. */
enum { STATE = 3, THREADS = 20 };

static int has_ended(int proc, int pid)
{
	char name[32], text[1024];
	const char *at;
	long size;

	snprintf(name, sizeof(name), "%d/stat", pid);
	size = read_at(proc, name, text, sizeof(text));
	if (size == -ENOENT || size == -ESRCH)
		return 1;
	at = strrchr(text, ')');
	if (!at || (at[2] != 'Z' && at[2] != 'X'))
		return 0;
	/* Its first thread alone may have ended. */
	for (int field = STATE - 1; field < THREADS && at; field++)
		at = strchr(at + 1, ' ');
	return !at || atoi(at) <= 1;
}

static int find_in_group(struct sys_fds *proc, pid_t group)
{
	int pids[AT_ONCE], count;

	while ((count = sys_fds_next(proc, pids, AT_ONCE)) > 0)
		for (int i = 0; i < count; i++)
			if (sys_group_of(pids[i]) == group && sys_kill(pids[i], 0) == 0 &&
			    !has_ended(proc->fd, pids[i]))
				return 1;
	return count < 0 ? -ENOSYS : 0;
}

int sys_group_is_alive(pid_t group)
{
	struct sys_fds proc;
	int result;

	if (sys_kill(-group, 0) < 0)
		return 0;
	proc.fd = open_at(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY);
	if (proc.fd < 0)
		return -ENOSYS;
	result = is_our_proc(proc.fd) ? find_in_group(&proc, group) : -ENOSYS;
	sys_release(proc.fd);
	return result;
}

int sys_cgroup_is_alive(int cgroup)
{
	char text[256];
	int fd = open_at(cgroup, "cgroup.kill", O_WRONLY);

	if (fd < 0)
		return 0;
	sys_release(fd);
	return read_at(cgroup, "cgroup.events", text, sizeof(text)) > 0 &&
	       strstr(text, "populated 1");
}
