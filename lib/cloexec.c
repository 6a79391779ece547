/* SPDX-License-Identifier: ISC */
/* Descriptors born close-on-exec, for callers. */
#include "pspawn.h"
#include "sys.h"

int pspawn_open(const char *path, int flags, unsigned mode)
{
	return sys_open_cloexec(path, flags, mode);
}

int pspawn_pipe(int ends[2])
{
	return sys_pipe(ends);
}

int pspawn_socket(int domain, int type, int protocol)
{
	return sys_socket(domain, type, protocol);
}

int pspawn_socketpair(int domain, int type, int protocol, int ends[2])
{
	return sys_socketpair(domain, type, protocol, ends);
}

int pspawn_accept(int listener, struct sockaddr *address, socklen_t *length)
{
	return sys_accept(listener, address, length);
}

int pspawn_dup(int fd, int from)
{
	return sys_dup_from(fd, from);
}
