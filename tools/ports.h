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
	size_t done; /* going out: of what is offered */
};

struct port port_in(int fd);
struct port port_out(int fd);

/* pspawn_give and pspawn_take; the context is the port. */
long port_give(void *port, void *data, size_t room);
int port_take(void *port, const void *data, size_t size);

/* What to poll(2) for; its fd is -1 for nothing. */
struct pollfd port_poll(const struct port *port);

/* What poll(2) said. 1: it can go on. */
int port_polled(struct port *port, const struct pollfd *polled);

/* Write all of it, however long that takes. Returns 0 or -errno. */
int port_write(int fd, const char *data, size_t size);

#endif
