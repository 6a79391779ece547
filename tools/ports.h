/* SPDX-License-Identifier: ISC */
/*
 * Our own descriptors as the ends of a run's streams: functions for the library that
 * never wait. One that cannot go on says so, and is polled for until it can.
 */
#ifndef PORTS_H
#define PORTS_H

#include <poll.h>
#include <stddef.h>

struct port {
	int fd;
	short events; /* POLLIN: bytes come from it; POLLOUT: they go to it */
	int is_blocked;
	int is_watched; /* going out: is there a reader that can go? */
	int is_gone;
};

struct port port_in(int fd);
struct port port_out(int fd);

/* It is going to be written to: notice early when nobody reads any more. */
void port_watch(struct port *port);

/* pspawn_give and pspawn_take; the context is the port. */
long port_give(void *port, void *data, size_t room);
long port_take(void *port, const void *data, size_t size);

/* What to poll(2) for; its fd is -1 for nothing. */
struct pollfd port_poll(const struct port *port);

/* What poll(2) said. 1: it can go on, or has gone. */
int port_polled(struct port *port, const struct pollfd *polled);

/*
 * Write all of it, also where the descriptor does not wait by itself. Returns 0 or -errno;
 * -ETIMEDOUT: --timeout is over, and nobody reads.
 */
int port_write(int fd, const char *data, size_t size);

/* Write it if that is possible now. 1: it was. */
int port_offer(int fd, const char *data, size_t size);

#endif
