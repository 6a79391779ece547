/* SPDX-License-Identifier: ISC */
/* Check the description: every refusal happens here, before any side effect. */
#include <errno.h>

#include "lib.h"

static struct refusal check_counts(const struct pspawn_cmd *cmd)
{
	if (cmd->nfds && !cmd->fds)
		return invalid("fds is NULL, and nfds is not 0");
	if (cmd->nattrs && !cmd->attrs)
		return invalid("attrs is NULL, and nattrs is not 0");
	if (cmd->nfds > PSPAWN_MAX_ENTRIES)
		return refuse_for(E2BIG, "nfds is above PSPAWN_MAX_ENTRIES");
	if (cmd->nattrs > PSPAWN_MAX_ENTRIES)
		return refuse_for(E2BIG, "nattrs is above PSPAWN_MAX_ENTRIES");
	return not_refused();
}

static struct refusal check_whole(const struct pspawn_cmd *cmd)
{
	if (!cmd->argv || !cmd->argv[0])
		return invalid("argv is NULL or empty");
	if (cmd->flags & ~(PSPAWN_INHERIT_ALL | PSPAWN_NO_FALLBACK | PSPAWN_ASYNC |
			   PSPAWN_NO_POLLFD))
		return invalid("an unknown flag");
	if (cmd->start_ms < -1)
		return invalid("start_ms is below -1");
	/* Who does not wait has no use for a limit: pspawn_wait_started() takes one. */
	if (cmd->start_ms > 0 && cmd->flags & PSPAWN_ASYNC)
		return invalid("PSPAWN_ASYNC and start_ms exclude each other");
	if (cmd->search < PSPAWN_SEARCH_PATH || cmd->search > PSPAWN_SEARCH_NONE)
		return invalid("an unknown kind of search");
	if (cmd->reserved)
		return invalid("`reserved` is not zero");
	return check_counts(cmd);
}

/* What is closed or left as it is cannot go at exec. */
static int has_wrong_options(const struct pspawn_fd *fd)
{
	if (fd->kind == PSPAWN_FD_CLOSE || fd->kind == PSPAWN_FD_INHERIT)
		return fd->options != 0;
	return (fd->options & ~PSPAWN_UNTIL_EXEC) != 0;
}

static struct refusal check_source(const struct pspawn_fd *fd)
{
	switch (fd->kind) {
	case PSPAWN_FD_DUP:
	case PSPAWN_FD_SAME:
		return fd->number < 0 ? refuse_for(EBADF, "its source is negative") : not_refused();
	case PSPAWN_FD_OPEN:
		return invalid_if(!fd->path, "needs a path");
	case PSPAWN_FD_NULL:
	case PSPAWN_FD_CLOSE:
	case PSPAWN_FD_INHERIT:
		return not_refused();
	case PSPAWN_FD_PIPE_IN:
	case PSPAWN_FD_PIPE_OUT:
	case PSPAWN_FD_SOCKETPAIR:
		return invalid_if(!fd->end, "`end` is NULL");
	default:
		return invalid("an unknown kind");
	}
}

/*
 * Below the limit, which is asked for once, if at all: to ask is a system call, and who has
 * allowed itself less than 0 to 2 will hear of it by the step that places them. What is to be
 * closed may have been opened under a higher limit.
 */
static int is_legal(const struct pspawn_fd *fd, int *limit)
{
	if (fd->child <= 2 || fd->kind == PSPAWN_FD_CLOSE || fd->kind == PSPAWN_FD_INHERIT)
		return 1;
	if (*limit == 0)
		*limit = sys_fd_limit();
	return fd->child < *limit;
}

static struct refusal check_fd(const struct pspawn_fd *fd, int *limit)
{
	if (fd->kind == PSPAWN_FD_NONE)
		return not_refused();
	if (fd->child < 0)
		return refuse_for(EBADF, "the number in the child is negative");
	if (!is_legal(fd, limit))
		return refuse_for(EBADF, "the number in the child is beyond RLIMIT_NOFILE");
	if (has_wrong_options(fd))
		return invalid("an option that its kind does not have");
	return check_source(fd);
}

static struct refusal check_fds(const struct pspawn_cmd *cmd)
{
	int limit = 0;

	for (size_t i = 0; i < cmd->nfds; i++) {
		struct refusal refusal = check_fd(&cmd->fds[i], &limit);

		if (refusal.code)
			return refuse_entry(refusal, PSPAWN_INDEX_FD, i);
	}
	return not_refused();
}

size_t fds_find(const struct pspawn_fd *fds, size_t n, int number)
{
	size_t i = 0;

	while (i < n && (fds[i].kind == PSPAWN_FD_NONE || fds[i].child != number))
		i++;
	return i;
}

/* Ids can be mapped in a user namespace that is new, and in no other. */
static struct refusal check_maps(const struct pspawn_cmd *cmd)
{
	const struct pspawn_attr *born = attr_last(cmd, PSPAWN_ATTR_NAMESPACES);
	int maps = born && born->value[0] & PSPAWN_NS_USER;

	for (size_t i = 0; i < cmd->nattrs && !maps; i++) {
		int kind = cmd->attrs[i].kind;

		if (kind == PSPAWN_ATTR_MAP_USER || kind == PSPAWN_ATTR_MAP_GROUP ||
		    kind == PSPAWN_ATTR_SETGROUPS)
			return refuse_entry(invalid("needs NAMESPACES with PSPAWN_NS_USER"),
					    PSPAWN_INDEX_ATTR, i);
	}
	return not_refused();
}

/* A shell opens its script by a path, and a program by descriptor has none. */
static struct refusal check_program(const struct pspawn_cmd *cmd)
{
	const struct pspawn_attr *fallback = attr_last(cmd, PSPAWN_ATTR_SHELL_FALLBACK);

	if (!fallback || !attr_last(cmd, PSPAWN_ATTR_PROGRAM_FD))
		return not_refused();
	return refuse_entry(invalid("SHELL_FALLBACK and PROGRAM_FD exclude each other"),
			    PSPAWN_INDEX_ATTR, (size_t)(fallback - cmd->attrs));
}

static struct refusal check_attrs(const struct pspawn_cmd *cmd)
{
	struct refusal refusal;

	for (size_t i = 0; i < cmd->nattrs; i++) {
		refusal = attr_check(&cmd->attrs[i], i);
		if (refusal.code)
			return refuse_entry(refusal, PSPAWN_INDEX_ATTR, i);
	}
	refusal = check_maps(cmd);
	return refusal.code ? refusal : check_program(cmd);
}

int cmd_goes_on(const struct pspawn_cmd *cmd)
{
	return cmd->start_ms > 0 || (cmd->flags & PSPAWN_ASYNC) != 0;
}

int cmd_check(struct pspawn_cmd *cmd, const struct pspawn_cmd *given, struct report *report)
{
	struct refusal refusal = copy_versioned(cmd, sizeof(*cmd), given, CMD_OLDEST_SIZE);

	if (!refusal.code)
		refusal = check_whole(cmd);
	if (!refusal.code)
		refusal = check_fds(cmd);
	if (!refusal.code)
		refusal = check_attrs(cmd);
	if (!refusal.code)
		return 0;
	return report_refusal(report, refusal,
			      refusal.what == PSPAWN_INDEX_ATTR ? PSPAWN_STEP_CHECK_ATTR
								: PSPAWN_STEP_CHECK);
}
