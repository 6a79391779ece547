/* SPDX-License-Identifier: ISC */
/* Files in memory and terminals, where a system other than Linux has more than POSIX. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>

#include "answer.h"
#include "sys.h"

/* FreeBSD 13 has it too. */
#ifdef HAVE_MEMFD_CREATE

int sys_memfd(const char *name)
{
	ANSWER(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

static int add_seals(int fd, int seals)
{
	ANSWER(fcntl(fd, F_ADD_SEALS, seals));
}

int sys_seal(int fd)
{
	return add_seals(fd, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

#else

int sys_memfd(const char *name)
{
	(void)name;
	return -ENOSYS;
}

int sys_seal(int fd)
{
	(void)fd;
	return -ENOSYS;
}

#endif

size_t sys_fill_large_pages(int fd, const char *data, size_t size)
{
	(void)fd;
	(void)data;
	(void)size;
	return 0;
}

/* POSIX does not say which processes a group has. */
int sys_group_is_alive(pid_t group)
{
	return sys_kill(-group, 0) < 0 ? 0 : -ENOSYS;
}

int sys_cgroup_is_alive(int cgroup)
{
	(void)cgroup;
	return 0;
}

int sys_terminal_peer(int ours, int flags)
{
	(void)ours;
	(void)flags;
	return -ENOSYS;
}

/* Not known: what fpathconf(3) says is the least that POSIX asks for. */
size_t sys_longest_line(int fd)
{
	(void)fd;
	return SIZE_MAX;
}

size_t sys_longest_string(void)
{
	return SIZE_MAX;
}
