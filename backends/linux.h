/* SPDX-License-Identifier: ISC */
/* What the files of the linux backend share. */
#ifndef LINUX_H
#define LINUX_H

#include <stdatomic.h>

#include "backend.h"

/* The child's deepest way, through a listing, takes less than 2 KiB. It is part of the caller's. */
enum { STACK_SIZE = 2816, STACK_ALIGN = 16 };

/* One way to be born. */
struct way {
	int by_clone3;
	int pidfd;
	int exit_signal;
	int into_cgroup;
};

/* What a child needs that does not hold us until it executes or ends. */
struct bed {
	atomic_int presence;	  /* enum presence */
	char tls[128];		  /* the parent's thread, and with it its own, may end before it */
	char stack[STACK_SIZE] __attribute__((aligned(STACK_ALIGN)));
};

/* With CLONE_CHILD_CLEARTID the kernel writes GONE, and wakes whoever waits for that. */
enum presence { GONE, ENTERS, APART };

/* What a birth is to be, in whatever way. */
struct wish {
	int (*child)(void *);
	void *argument;
	unsigned long flags;
	int cgroup;
	struct bed *bed; /* NULL: the child holds us */
	int has_no_pidfd; /* there is no number for one */
};

/*
 * A child that shares our memory. Every signal is blocked. Returns its pid, with *pidfd
 * set or -1; or -errno.
 */
long give_birth(const struct way *way, const struct wish *wish, int *pidfd);

/* What parent and child share. */
struct cradle {
	const struct plan *plan;
	struct stage stage;
	unsigned namespaces;
	int copies_files; /* it is better for it to be born with a table of its own */
	int share_files;
	int cut; /* with share_files: the child's own table ends here */
	int entered; /* the child has run at all */
	int unshare_error; /* why the child could not get a table of its own; 0: it could */
	int pidfd;
	struct report report;
	struct sys_mask mask; /* the caller's */
	struct bed *bed;
};

/*
 * A child on its way through the plan, in the best way that kernel and filters allow. Returns
 * its pid or -errno, and then the cradle's report may have a code.
 */
long cradle_birth(struct cradle *cradle);

/* The highest number that the child's own table has if the plan reads none above `top`. */
int cut_above(int top);

/* A child cannot have a table of its own here unless it is born with a copy. */
int has_to_copy(void);

/* The birth's report for a child that there is not. Returns BACKEND_PASS or -errno. */
int failed_birth(struct birth *birth, const struct cradle *cradle, long result);

/* The descriptor by which the child's end is watched. */
int watch_of(const struct cradle *cradle, pid_t pid);

/* The two ways of a backend to begin what it does not wait for. */
int linux_begin(const struct plan *plan, struct birth *birth);
void linux_end(struct birth *birth);

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
