/* SPDX-License-Identifier: ISC */
/* Handles of children that somebody else has started, and what a handle gives away. */
#include <errno.h>
#include <string.h>

#include "begun.h"
#include "child.h"
#include "watch.h"

/* It runs, or has ended and can be waited for, as far as the system says. */
static int is_not_ours(int pid, int watch)
{
	return watch_peek(pid, watch) == -ECHILD;
}

static void make_handle(struct pspawn_child *child, int pid, int watch)
{
	struct handle *handle = handle_of(child);

	memset(child, 0, sizeof(*child));
	handle->pid = pid;
	handle->pollfd = watch < 0 ? -1 : watch;
	handle->cgroup = handle->startfd = -1;
}

int pspawn_adopt(struct pspawn_child *child, int pid)
{
	int saved = errno;
	int result = pid > 0 ? 0 : -EINVAL;

	if (result == 0 && is_not_ours(pid, -1))
		result = -ECHILD;
	if (result == 0)
		make_handle(child, pid, watch_attach(watch_prepare(NULL, 0), pid));
	errno = saved;
	return result;
}

int pspawn_adopt_pidfd(struct pspawn_child *child, int pidfd)
{
	int saved = errno;
	int pid = pidfd < 0 ? -EBADF : watch_pid(pidfd);
	int result = pid < 0 ? pid : 0;

	/* Of one that is gone, or of another pid namespace, the pid is not positive. */
	if (result == 0 && (pid <= 0 || is_not_ours(pid, pidfd)))
		result = -ECHILD;
	if (result == 0)
		make_handle(child, pid, pidfd);
	errno = saved;
	return result;
}

int pspawn_release_pollfd(struct pspawn_child *child)
{
	int fd = child->pid ? child->pollfd : -1;

	if (fd < 0)
		return -EBADF;
	if (handle_in(child)->begun)
		begun_unwatch(child);
	child->pollfd = -1;
	return fd;
}

unsigned long long pspawn_child_inode(const struct pspawn_child *child)
{
	int saved = errno;
	unsigned long long inode = child->pid ? watch_inode(child->pollfd) : 0;

	errno = saved;
	return inode;
}
