/* SPDX-License-Identifier: ISC */
#include "pspawn_cloexec.h"
#include "settle.h"

#include <string.h>
#include <unistd.h>

#include "ids.h"
#include "json.h"
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

int settle_number(const struct options *options, int fd)
{
	int number = pspawn_dup(fd, 3);

	while (number >= 0 && is_meant(options, number)) {
		close(number);
		number = pspawn_dup(fd, number + 1);
	}
	if (number < 0)
		cannot(-number, "no descriptor left");
	close(fd);
	return number;
}

/*
 * With --fds the child begins as this command, looks around, and then executes
 * the program: it has to find both. What cannot fail cannot be done without.
 */
static const int not_with_fds[] = { PSPAWN_ATTR_ROOT, PSPAWN_ATTR_ROOT_FD, PSPAWN_ATTR_PROGRAM_FD,
				    PSPAWN_ATTR_TRACE_ME, PSPAWN_ATTR_SHELL_FALLBACK, 0 };
static const int not_with_prefer[] = { PSPAWN_ATTR_ENV_CLEAR, PSPAWN_ATTR_ENV_SET,
				       PSPAWN_ATTR_ENV_UNSET, PSPAWN_ATTR_PROGRAM_FD,
				       PSPAWN_ATTR_RETRY_BUSY, PSPAWN_ATTR_SHELL_FALLBACK, 0 };

/* A number has one meaning. */
static void settle_numbers(const struct options *options)
{
	const struct bounds *bounds = &options->bounds;
	int is_collected = bounds->capture || bounds->pty;

	if (options_fd(options, 0) >= 0 && (bounds->text || bounds->file))
		wrong("--fd of 0 goes with neither --stdin-text nor --stdin-file");
	if (options_fd(options, 0) >= 0 && bounds->pty)
		wrong("--fd of 0 to 2 does not go with --pty");
	if (is_collected && (options_fd(options, 1) >= 0 || options_fd(options, 2) >= 0))
		wrong("--fd of 1 or 2 goes with neither --capture nor --pty");
}

static void settle_run(const struct options *options)
{
	bounds_settle(&options->bounds);
	settle_numbers(options);
	if (options->show_fds)
		wrong("--fds is of a start alone, and goes with none of the options of a run");
	if (options->explain)
		wrong("--explain is of a start alone, and goes with none of the options of a run");
	if (options_find(options, PSPAWN_ATTR_TRACE_ME) >= 0)
		wrong("--stopped is of a start alone, and goes with none of the options of a run");
}

void settle(struct options *options)
{
	if (options->bounds.is_run)
		settle_run(options);
	json_settle(options);
	if (options->prefer)
		wrong("--prefer: no attribute follows");
	for (size_t i = 0; i < options->cmd.nattrs; i++) {
		struct pspawn_attr *attr = &options->attrs[i];

		if (options->show_fds && is_among(not_with_fds, attr->kind))
			wrong("--fds does not go with --%s", options->attr_names[i]);
		if (attr->flags & PSPAWN_PREFER && is_among(not_with_prefer, attr->kind))
			wrong("--prefer does not go with --%s", options->attr_names[i]);
		if (attr->kind == PSPAWN_ATTR_CGROUP || attr->kind == PSPAWN_ATTR_SETNS)
			attr->number = settle_number(options, attr->number);
		ids_complete(attr);
	}
}
