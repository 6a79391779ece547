/* SPDX-License-Identifier: ISC */
#include "ports.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limit.h"

/* A pipe that is ready takes so many bytes without waiting. */
#ifndef PIPE_BUF
#define PIPE_BUF 512
#endif

/* What a reader is given at least, after --timeout is over, to take the next bytes. */
enum { PATIENCE_MS = 2000 };

struct port port_in(int fd)
{
	struct port port = { fd, POLLIN, 0, 0, 0 };

	return port;
}

struct port port_out(int fd)
{
	struct port port = { fd, POLLOUT, 0, 0, 0 };

	return port;
}

/* A terminal that has gone says so by SIGHUP. */
void port_watch(struct port *port)
{
	struct stat status;

	port->is_watched = fstat(port->fd, &status) == 0 &&
			   (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
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

long port_take(void *context, const void *data, size_t size)
{
	struct port *port = context;
	ssize_t written;

	if (!is_ready(port))
		return -EAGAIN;
	written = write(port->fd, data, size < PIPE_BUF ? size : PIPE_BUF);
	if (written >= 0)
		return written ? written : -EIO;
	port->is_blocked = errno == EINTR || errno == EAGAIN;
	port->is_gone |= errno == EPIPE;
	return port->is_blocked ? -EAGAIN : -errno;
}

struct pollfd port_poll(const struct port *port)
{
	int is_wanted = port->is_blocked || (port->is_watched && !port->is_gone);
	struct pollfd polled = { is_wanted ? port->fd : -1, port->is_blocked ? port->events : 0, 0 };

	return polled;
}

int port_polled(struct port *port, const struct pollfd *polled)
{
	if (polled->fd < 0 || !polled->revents)
		return 0;
	port->is_blocked = 0;
	port->is_gone |= port->is_watched && (polled->revents & (POLLERR | POLLHUP)) != 0;
	return 1;
}

/* What has been asked first does not wait, unless somebody else writes to the same pipe. */
int port_write(int fd, const char *data, size_t size)
{
	while (size > 0) {
		struct pollfd polled = { fd, POLLOUT, 0 };
		ssize_t written;

		if (poll(&polled, 1, limit_left(PATIENCE_MS)) == 0)
			return -ETIMEDOUT;
		written = write(fd, data, size < PIPE_BUF ? size : PIPE_BUF);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (written > 0) {
			data += written;
			size -= (size_t)written;
		}
	}
	return 0;
}

int port_offer(int fd, const char *data, size_t size)
{
	struct port port = port_out(fd);

	return is_ready(&port) && write(fd, data, size) == (ssize_t)size;
}
