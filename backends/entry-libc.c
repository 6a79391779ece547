/* SPDX-License-Identifier: ISC */
/* See entry.h: for CPUs that have no entry of their own yet. */
#include "entry.h"

#include <errno.h>
#include <sched.h>

#include "sys.h"

struct first_call {
	int (*run)(void *);
	void *argument;
};

/* Libc would end the child with exit(2), for which an emulator may need a lock that is lost. */
CHILD_SIDE static int call_and_exit(void *argument)
{
	struct first_call *first = argument;

	sys_exit(first->run(first->argument));
	return 0;
}

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
	struct first_call first = { run, argument };
	int saved = errno;
	long pid = clone(call_and_exit, stack, (int)flags, &first, pidfd, NULL, NULL);

	if (pid < 0)
		pid = -errno;
	errno = saved;
	return pid;
}
