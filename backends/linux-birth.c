/* SPDX-License-Identifier: ISC */
/* A birth by clone3(2) or clone(2), on a stack of our own. */
#include "linux.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>

#include "calls.h"
#include "entry.h"

/* CLONE_PIDFD or 0. */
static unsigned long pidfd_of(const struct way *way, const struct wish *wish)
{
	return wish->has_no_pidfd ? 0 : (unsigned long)way->pidfd;
}

static long by_clone(const struct way *way, const struct wish *wish, int *pidfd)
{
	char stack[STACK_SIZE] __attribute__((aligned(STACK_ALIGN)));
	unsigned long flags = CLONE_VM | CLONE_VFORK | pidfd_of(way, wish) | wish->flags;

	return entry_clone(flags | (unsigned long)way->exit_signal, stack + STACK_SIZE, pidfd,
			   wish->child, wish->argument);
}

static long by_clone3(const struct way *way, const struct wish *wish, struct entry_args *args)
{
	args->flags |= CLONE_VM | CLONE_CLEAR_SIGHAND | pidfd_of(way, wish) | wish->flags;
	args->exit_signal = (uint64_t)way->exit_signal;
	args->stack_size = STACK_SIZE;
	if (!way->into_cgroup)
		return entry_clone3(args, ENTRY_ARGS_FIRST, wish->child, wish->argument);
	args->flags |= CLONE_INTO_CGROUP;
	args->cgroup = (uint64_t)wish->cgroup;
	return entry_clone3(args, ENTRY_ARGS_CGROUP, wish->child, wish->argument);
}

/* It holds us, so its stack is in our own frame. */
static long held_birth(const struct way *way, const struct wish *wish, int *pidfd)
{
	char stack[STACK_SIZE] __attribute__((aligned(STACK_ALIGN)));
	struct entry_args args = { 0 };

	args.flags = CLONE_VFORK;
	args.pidfd = (uintptr_t)pidfd;
	args.stack = (uintptr_t)stack;
	return by_clone3(way, wish, &args);
}

/*
 * It runs beside us. Code that protects its stack may look for its secret in the thread's own
 * memory, which would be ours and may be gone: so it has some of its own.
 */
static long free_birth(const struct way *way, const struct wish *wish, int *pidfd)
{
	struct entry_args args = { 0 };

	args.flags = CLONE_CHILD_CLEARTID | CLONE_SETTLS;
	args.pidfd = (uintptr_t)pidfd;
	args.child_tid = (uintptr_t)&wish->bed->presence;
	args.tls = (uintptr_t)wish->bed->tls;
	args.stack = (uintptr_t)wish->bed->stack;
	return by_clone3(way, wish, &args);
}

long give_birth(const struct way *way, const struct wish *wish, int *pidfd)
{
	*pidfd = -1;
	if (!way->by_clone3)
		return wish->bed ? -ENOSYS : by_clone(way, wish, pidfd);
	return wish->bed ? free_birth(way, wish, pidfd) : held_birth(way, wish, pidfd);
}

int one_step_down(long result)
{
	return result == -ENOSYS || result == -EPERM || result == -EINVAL || result == -E2BIG;
}

int is_shortage(long result)
{
	return result == -EAGAIN || result == -ENOMEM || is_out_of_numbers(result);
}
