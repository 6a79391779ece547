/* SPDX-License-Identifier: ISC */
/* Descriptors born close-on-exec, for callers. */
#include "memory-file.h"
#include "pspawn_cloexec.h"
#include "pty.h"
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

static int one_side(const void *data, size_t size)
{
	struct memory_file file;
	int result = data ? memory_file_of(&file, data, size) : memory_file_empty(&file);

	if (result < 0)
		return result;
	sys_release(data ? file.ours : file.theirs);
	return data ? file.theirs : file.ours;
}

/* These take several calls: a thread that ended between them would lose descriptors. */
int pspawn_memory_file(const void *data, size_t size)
{
	int cancel = sys_disable_cancel();
	int result = one_side(data, size);

	sys_restore_cancel(cancel);
	return result;
}

int pspawn_terminal(int ends[2], unsigned short rows, unsigned short columns)
{
	int cancel = sys_disable_cancel();
	int result = pty_open(ends);

	if (result == 0)
		pty_resize(ends[0], rows, columns);
	sys_restore_cancel(cancel);
	return result;
}
