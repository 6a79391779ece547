/* SPDX-License-Identifier: ISC */
#include "ports.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

/* A pipe that is ready takes so many bytes without waiting. */
#ifndef PIPE_BUF
#define PIPE_BUF 512
#endif

struct port port_in(int fd)
{
	struct port port = { fd, POLLIN, 0, 0 };

	return port;
}

struct port port_out(int fd)
{
	struct port port = { fd, POLLOUT, 0, 0 };

	return port;
}

/*
 * Not by O_NONBLOCK, which would be everybody's who has the same open file. A poll(2) that a
 * signal has interrupted knows nothing, and to read all the same could last for ever; under
 * RLIMIT_NOFILE 0 it fails always, and then trying is all there is.
 */
static int is_ready(struct port *port)
{
	struct pollfd polled = { port->fd, port->events, 0 };
	int result = poll(&polled, 1, 0);

	port->is_blocked = result == 0 || (result < 0 && errno == EINTR);
	return !port->is_blocked;
}

long port_give(void *context, void *data, size_t room)
{
	struct port *port = context;
	ssize_t size;

	if (!is_ready(port))
		return -EAGAIN;
	size = read(port->fd, data, room);
	if (size >= 0)
		return size;
	port->is_blocked = errno == EINTR || errno == EAGAIN;
	if (port->is_blocked)
		return -EAGAIN;
	/* A terminal that is gone, or a number that we were not given. */
	return errno == EIO || errno == EBADF ? 0 : -errno;
}

int port_take(void *context, const void *data, size_t size)
{
	struct port *port = context;
	ssize_t written;

	while (port->done < size) {
		size_t left = size - port->done;

		if (!is_ready(port))
			return -EAGAIN;
		written = write(port->fd, (const char *)data + port->done,
				left < PIPE_BUF ? left : PIPE_BUF);
		port->is_blocked = written < 0 && (errno == EINTR || errno == EAGAIN);
		if (written < 0)
			return port->is_blocked ? -EAGAIN : -errno;
		port->done += (size_t)written;
	}
	port->done = 0;
	return 0;
}

struct pollfd port_poll(const struct port *port)
{
	struct pollfd polled = { port->is_blocked ? port->fd : -1, port->events, 0 };

	return polled;
}

int port_polled(struct port *port, const struct pollfd *polled)
{
	if (!port->is_blocked || !polled->revents)
		return 0;
	port->is_blocked = 0;
	return 1;
}

int port_write(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, data, size);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			data += written;
			size -= (size_t)written;
		}
	}
	return 0;
}
