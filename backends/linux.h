/* SPDX-License-Identifier: ISC */
/* What the files of the linux backend share. */
#ifndef LINUX_H
#define LINUX_H

#include "backend.h"

/* One way to be born. */
struct way {
	int by_clone3;
	int pidfd;
	int exit_signal;
	int into_cgroup;
};

/* What a birth is to be, in whatever way. */
struct wish {
	int (*child)(void *);
	void *argument;
	unsigned long flags;
	int cgroup;
};

/*
 * A child that shares our memory and holds us until it executes or ends. Every
 * signal is blocked. Returns its pid, with *pidfd set or -1; or -errno.
 */
long give_birth(const struct way *way, const struct wish *wish, int *pidfd);

/* The kernel or a filter does not want this kind of call. */
int one_step_down(long result);

/* It is a matter of time. */
int is_shortage(long result);

/* Does CLONE_VM share memory here, and CLONE_VFORK wait? Asked once; -errno: no answer now. */
enum { HONEST = 1, DISHONEST };
long honest(void);

/*
 * Around the birth of a child that changes its powers; see dumpable.c. `hide`: it is born
 * in a user namespace, and the memory has to be undumpable before.
 */
void dumpable_save(int hide);
void dumpable_restore(void);

#endif
