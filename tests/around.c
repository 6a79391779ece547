/* SPDX-License-Identifier: ISC */
#include "around.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

void look_around(struct surroundings *s)
{
	memset(s, 0, sizeof(*s));
	table_of_self(&s->table);
	sigprocmask(SIG_SETMASK, NULL, &s->mask);
	for (int number = 1; number < NSIG; number++)
		sigaction(number, NULL, &s->actions[number]);
	if (!getcwd(s->directory, sizeof(s->directory)))
		s->directory[0] = '\0';
	s->umask = umask(0);
	umask(s->umask);
}

void compare_surroundings(const struct surroundings *before, const struct surroundings *after)
{
	if (!table_same(&before->table, &after->table))
		FAIL("the parent's descriptors have changed");
	for (int number = 1; number < NSIG; number++) {
		if (sigismember(&before->mask, number) != sigismember(&after->mask, number))
			FAIL("signal %d is blocked otherwise", number);
		if (before->actions[number].sa_handler != after->actions[number].sa_handler)
			FAIL("the disposition of signal %d has changed", number);
	}
	CHECK_STR(after->directory, before->directory);
	CHECK_INT(after->umask, before->umask);
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
		FAIL("a child is left");
}
