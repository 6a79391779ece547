/* SPDX-License-Identifier: ISC */
/* Emulators and debuggers turn a child that shares memory into a copy: ask, once. */
#include "linux.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>

CHILD_SIDE static int leave_a_mark(void *argument)
{
	*(volatile int *)argument = 1;
	return 0;
}

/* HONEST, DISHONEST, or why no child could be had. */
static long ask_whether_honest(void)
{
	static const struct way plain[] = { { 0, 0, 0, 0 }, { 0, 0, SIGCHLD, 0 } };
	volatile int mark = 0;
	struct wish wish = { leave_a_mark, (void *)&mark, 0, -1, NULL, 0 };
	struct sys_mask mask;
	long pid = -EINVAL;
	int pidfd, answer;

	sys_block_signals(&mask);
	for (size_t i = 0; i < 2 && pid == -EINVAL; i++)
		pid = give_birth(&plain[i], &wish, &pidfd);
	/* At once: a mark that is left later is one of a child that runs beside us. */
	answer = mark ? HONEST : DISHONEST;
	sys_set_mask(&mask);
	if (pid < 0)
		return pid;
	sys_reap((pid_t)pid);
	return answer;
}

long honest(void)
{
	static atomic_int cached;
	long answer = atomic_load(&cached);

	if (answer == 0) {
		answer = ask_whether_honest();
		if (answer > 0)
			atomic_store(&cached, (int)answer);
	}
	return answer;
}
