/* SPDX-License-Identifier: ISC */
/*
 * A change of ids or capabilities makes the memory of a process undumpable. That
 * of the child is ours. It has to be so as long as there is such a child, whose
 * new user could otherwise look at us through it, and has to end with the last of
 * them. Threads may have children at once: the first one in finds out what was,
 * the last one out puts it back, and in between nobody can do either.
 */
#include "linux.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "raw.h"

/* How many such children there are; BUSY while the first or the last is at work. */
enum { NONE = 0, BUSY = -1 };
static atomic_int children;
static int before; /* owned by whoever has made it BUSY */

static int dumpable(void)
{
	return (int)RAW5(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
}

/* The other thread is within one system call, but may have to get the CPU for it first. */
static void wait_for_other(int rounds)
{
	if (rounds < 100)
		sched_yield();
	else
		sys_nap(1);
}

/* Make it BUSY where it is `edge`, else add `step`. Returns whether it is BUSY, by us. */
static int turn(int edge, int step)
{
	int seen = atomic_load(&children);

	for (int rounds = 0;;) {
		int next = seen == edge ? BUSY : seen + step;

		if (seen == BUSY) {
			wait_for_other(rounds++);
			seen = atomic_load(&children);
		} else if (atomic_compare_exchange_weak(&children, &seen, next)) {
			return next == BUSY;
		}
	}
}

/* A process that was forked meanwhile has the count, but not the children. */
static void forget_those_of_our_parent(void)
{
	static atomic_int owner;
	int self = getpid();
	int was = atomic_exchange(&owner, self);

	if (was != 0 && was != self)
		atomic_store(&children, NONE);
}

void dumpable_save(int hide)
{
	forget_those_of_our_parent();
	if (turn(NONE, 1)) {
		before = dumpable();
		atomic_store(&children, 1);
	}
	if (hide && dumpable() == 1)
		RAW5(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void dumpable_restore(void)
{
	if (!turn(1, -1))
		return;
	if (before == 1 && dumpable() != 1)
		RAW5(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
	atomic_store(&children, NONE);
}
