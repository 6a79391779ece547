/* SPDX-License-Identifier: ISC */
/*
 * The shell's arguments, for a program that turns out to be a script without an interpreter line.
 * They are made before the birth: the child may not allocate.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib.h"

int shell_arguments(struct work *work)
{
	char *const *argv = work->cmd.argv;
	const char *script = work->program;
	/* Such a path would be options to a shell. */
	const char *prefix = script[0] == '-' || script[0] == '+' ? "./" : "";
	size_t n = 1;
	char **list;
	char *path;

	work->plan.shell_argv = NULL;
	if (!attr_last(&work->cmd, PSPAWN_ATTR_SHELL_FALLBACK))
		return 0;
	while (argv[n])
		n++;
	list = work->shell_memory =
	    malloc((n + 2) * sizeof(*list) + strlen(prefix) + strlen(script) + 1);
	if (!list)
		return -ENOMEM;
	path = (char *)(list + n + 2);
	strcpy(path, prefix);
	strcat(path, script);
	/* Not argv[0]: a shell that is one of several programs in a file is found by its own name. */
	list[0] = (char *)PLAN_SHELL;
	list[1] = path;
	memcpy(list + 2, argv + 1, n * sizeof(*list));
	work->plan.shell_argv = list;
	return 0;
}
