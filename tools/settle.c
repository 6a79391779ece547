/* SPDX-License-Identifier: ISC */
#include "settle.h"

#include <string.h>
#include <unistd.h>

#include "ids.h"
#include "values.h"

static int is_among(const int *kinds, int kind)
{
	while (*kinds && *kinds != kind)
		kinds++;
	return *kinds != 0;
}

/* Their numbers are the caller's. */
static const int by_number[] = { PSPAWN_ATTR_DIR_FD, PSPAWN_ATTR_ROOT_FD, PSPAWN_ATTR_PROGRAM_FD,
				0 };

/* Does a part of the description mean this number of ours? */
static int is_meant(const struct options *options, int number)
{
	const struct pspawn_cmd *cmd = &options->cmd;

	for (size_t i = 0; i < cmd->nfds; i++)
		if (options->fds[i].kind == PSPAWN_FD_DUP && options->fds[i].number == number)
			return 1;
	for (size_t i = 0; i < cmd->nattrs; i++)
		if (options->attrs[i].number == number &&
		    is_among(by_number, options->attrs[i].kind))
			return 1;
	return 0;
}

/*
 * What we have opened must not be found by an entry that means a number which
 * the caller has closed, nor by the program as one of its 0 to 2.
 */
static void move_away(const struct options *options, struct pspawn_attr *attr)
{
	int number = pspawn_dup(attr->number, 3);

	while (number >= 0 && is_meant(options, number)) {
		close(number);
		number = pspawn_dup(attr->number, number + 1);
	}
	if (number < 0)
		wrong("no descriptor left: %s", strerror(-number));
	close(attr->number);
	attr->number = number;
}

/*
 * With --fds the child begins as this command, looks around, and then executes
 * the program: it has to find both. What cannot fail cannot be done without.
 */
static const int not_with_fds[] = { PSPAWN_ATTR_ROOT, PSPAWN_ATTR_ROOT_FD, PSPAWN_ATTR_PROGRAM_FD,
				    PSPAWN_ATTR_TRACE_ME, 0 };
static const int not_with_prefer[] = { PSPAWN_ATTR_ENV_CLEAR, PSPAWN_ATTR_ENV_SET,
				       PSPAWN_ATTR_ENV_UNSET, PSPAWN_ATTR_PROGRAM_FD,
				       PSPAWN_ATTR_RETRY_BUSY, 0 };

void settle(struct options *options)
{
	if (options->prefer)
		wrong("--prefer: no attribute follows");
	for (size_t i = 0; i < options->cmd.nattrs; i++) {
		struct pspawn_attr *attr = &options->attrs[i];

		if (options->show_fds && is_among(not_with_fds, attr->kind))
			wrong("--fds does not go with --%s", options->attr_names[i]);
		if (attr->flags & PSPAWN_PREFER && is_among(not_with_prefer, attr->kind))
			wrong("--prefer does not go with --%s", options->attr_names[i]);
		if (attr->kind == PSPAWN_ATTR_CGROUP || attr->kind == PSPAWN_ATTR_SETNS)
			move_away(options, attr);
		ids_complete(attr);
	}
}
