/* SPDX-License-Identifier: ISC */
/*
 * pspawn_cloexec.h - descriptors that no child inherits by accident
 *
 * A program that starts others in several threads needs every descriptor to be
 * close-on-exec from its birth: a flag that is set afterwards comes too late for a
 * start in between. These calls set it where the system can do so by the same call
 * (open(2), Linux, the BSDs), and right after it elsewhere (macOS). They are not
 * needed for children of pspawn_start(), which get exactly what is mapped.
 */
#ifndef PSPAWN_CLOEXEC_H
#define PSPAWN_CLOEXEC_H

#include <sys/socket.h>

#include "pspawn.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * As open(2), pipe(2), socket(2), socketpair(2), accept(2) and fcntl(2) with F_DUPFD, with
 * close-on-exec set. Each returns the descriptor (pspawn_pipe() and pspawn_socketpair(): 0) or
 * the negative errno of the call it is named after. The caller closes what they return.
 * pspawn_open() and pspawn_accept() start again when a signal interrupts them. pspawn_dup()
 * gives the lowest free number that is at least `from`. Thread-safe.
 */
PSPAWN_API int pspawn_open(const char *path, int flags, unsigned mode);
PSPAWN_API int pspawn_pipe(int ends[2]);
PSPAWN_API int pspawn_socket(int domain, int type, int protocol);
PSPAWN_API int pspawn_socketpair(int domain, int type, int protocol, int ends[2]);
PSPAWN_API int pspawn_accept(int listener, struct sockaddr *address, socklen_t *length);
PSPAWN_API int pspawn_dup(int fd, int from);

#ifdef __cplusplus
}
#endif

#endif
