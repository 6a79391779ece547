/* SPDX-License-Identifier: ISC */
/* A birth by clone3(2) or clone(2), on a stack of our own. */
#include "linux.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>

#include "calls.h"
#include "entry.h"

/* The child's deepest way, through a listing, takes less than 2 KiB. */
enum { STACK_SIZE = 3072, STACK_ALIGN = 16 };

long give_birth(const struct way *way, const struct wish *wish, int *pidfd)
{
	char stack[STACK_SIZE] __attribute__((aligned(STACK_ALIGN)));
	unsigned long flags = CLONE_VM | CLONE_VFORK | (unsigned long)way->pidfd | wish->flags;
	struct entry_args args = { 0 };

	*pidfd = -1;
	if (!way->by_clone3)
		return entry_clone(flags | (unsigned long)way->exit_signal, stack + STACK_SIZE,
				   pidfd, wish->child, wish->argument);
	args.flags = flags | CLONE_CLEAR_SIGHAND;
	args.pidfd = (uintptr_t)pidfd;
	args.exit_signal = (uint64_t)way->exit_signal;
	args.stack = (uintptr_t)stack;
	args.stack_size = STACK_SIZE;
	if (!way->into_cgroup)
		return entry_clone3(&args, ENTRY_ARGS_FIRST, wish->child, wish->argument);
	args.flags |= CLONE_INTO_CGROUP;
	args.cgroup = (uint64_t)wish->cgroup;
	return entry_clone3(&args, ENTRY_ARGS_CGROUP, wish->child, wish->argument);
}

int one_step_down(long result)
{
	return result == -ENOSYS || result == -EPERM || result == -EINVAL || result == -E2BIG;
}

int is_shortage(long result)
{
	return result == -EAGAIN || result == -ENOMEM || result == -EMFILE || result == -ENFILE;
}
