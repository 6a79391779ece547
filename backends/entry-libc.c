/* SPDX-License-Identifier: ISC */
/* See entry.h: for CPUs that have no entry of their own yet. */
#include "entry.h"

#include <errno.h>
#include <sched.h>

long entry_clone3(struct entry_args *args, size_t size, int (*run)(void *), void *argument)
{
	(void)args;
	(void)size;
	(void)run;
	(void)argument;
	return -ENOSYS;
}

long entry_clone(unsigned long flags, void *stack, int *pidfd, int (*run)(void *), void *argument)
{
	int saved = errno;
	long pid = clone(run, stack, (int)flags, argument, pidfd, NULL, NULL);

	if (pid < 0)
		pid = -errno;
	errno = saved;
	return pid;
}
