/* SPDX-License-Identifier: ISC */
/* Check the description: every refusal happens here, before any side effect. */
#include <errno.h>

#include "lib.h"

static int check_whole(const struct pspawn_cmd *cmd)
{
	if (!cmd->argv || !cmd->argv[0])
		return -EINVAL;
	if (cmd->flags & ~(PSPAWN_INHERIT_ALL | PSPAWN_NO_FALLBACK | PSPAWN_ASYNC |
			   PSPAWN_NO_POLLFD))
		return -EINVAL;
	/* Who does not wait has no use for a limit: pspawn_wait_started() takes one. */
	if (cmd->start_ms < -1 || (cmd->start_ms > 0 && cmd->flags & PSPAWN_ASYNC))
		return -EINVAL;
	if (cmd->search < PSPAWN_SEARCH_PATH || cmd->search > PSPAWN_SEARCH_NONE || cmd->reserved)
		return -EINVAL;
	if ((cmd->nfds && !cmd->fds) || (cmd->nattrs && !cmd->attrs))
		return -EINVAL;
	if (cmd->nfds > PSPAWN_MAX_ENTRIES || cmd->nattrs > PSPAWN_MAX_ENTRIES)
		return -E2BIG;
	return 0;
}

/* What is closed or left as it is cannot go at exec. */
static int has_wrong_options(const struct pspawn_fd *fd)
{
	if (fd->kind == PSPAWN_FD_CLOSE || fd->kind == PSPAWN_FD_INHERIT)
		return fd->options != 0;
	return (fd->options & ~PSPAWN_UNTIL_EXEC) != 0;
}

static int check_source(const struct pspawn_fd *fd)
{
	switch (fd->kind) {
	case PSPAWN_FD_INHERIT:
	case PSPAWN_FD_DUP:
	case PSPAWN_FD_SAME:
		return fd->number < 0 ? -EBADF : 0;
	case PSPAWN_FD_OPEN:
		return fd->path ? 0 : -EINVAL;
	case PSPAWN_FD_NULL:
	case PSPAWN_FD_CLOSE:
		return 0;
	case PSPAWN_FD_PIPE_IN:
	case PSPAWN_FD_PIPE_OUT:
	case PSPAWN_FD_SOCKETPAIR:
		return fd->end ? 0 : -EINVAL;
	default:
		return -EINVAL;
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
		return fd->child >= 0;
	if (*limit == 0)
		*limit = sys_fd_limit();
	return fd->child < *limit;
}

static int check_fds(const struct pspawn_cmd *cmd, int *index)
{
	int limit = 0;

	for (size_t i = 0; i < cmd->nfds; i++) {
		const struct pspawn_fd *fd = &cmd->fds[i];
		int result;

		if (fd->kind == PSPAWN_FD_NONE)
			continue;
		result = is_legal(fd, &limit) ? check_source(fd) : -EBADF;
		if (result == 0 && has_wrong_options(fd))
			result = -EINVAL;
		if (result < 0) {
			*index = (int)i;
			return result;
		}
	}
	return 0;
}

/* Ids can be mapped in a user namespace that is new, and in no other. */
static int check_maps(const struct pspawn_cmd *cmd, int *index)
{
	const struct pspawn_attr *born = attr_last(cmd, PSPAWN_ATTR_NAMESPACES);
	int maps = born && born->value[0] & PSPAWN_NS_USER;

	for (size_t i = 0; i < cmd->nattrs && !maps; i++) {
		int kind = cmd->attrs[i].kind;

		*index = (int)i;
		if (kind == PSPAWN_ATTR_MAP_USER || kind == PSPAWN_ATTR_MAP_GROUP ||
		    kind == PSPAWN_ATTR_SETGROUPS)
			return -EINVAL;
	}
	*index = -1;
	return 0;
}

/* A shell opens its script by a path, and a program by descriptor has none. */
static int check_program(const struct pspawn_cmd *cmd, int *index)
{
	const struct pspawn_attr *fallback = attr_last(cmd, PSPAWN_ATTR_SHELL_FALLBACK);

	if (!fallback || !attr_last(cmd, PSPAWN_ATTR_PROGRAM_FD))
		return 0;
	*index = (int)(fallback - cmd->attrs);
	return -EINVAL;
}

static int check_attrs(const struct pspawn_cmd *cmd, int *index)
{
	for (size_t i = 0; i < cmd->nattrs; i++) {
		int result = attr_check(&cmd->attrs[i], i);

		if (result < 0) {
			*index = (int)i;
			return result;
		}
	}
	if (check_maps(cmd, index) < 0)
		return -EINVAL;
	return check_program(cmd, index);
}

int cmd_goes_on(const struct pspawn_cmd *cmd)
{
	return cmd->start_ms > 0 || (cmd->flags & PSPAWN_ASYNC) != 0;
}

int cmd_check(struct pspawn_cmd *cmd, const struct pspawn_cmd *given, struct report *report)
{
	int step = PSPAWN_STEP_CHECK;
	int index = -1;
	int result = copy_versioned(cmd, sizeof(*cmd), given, CMD_OLDEST_SIZE);

	if (result == 0)
		result = check_whole(cmd);
	if (result == 0)
		result = check_fds(cmd, &index);
	if (result == 0) {
		step = PSPAWN_STEP_CHECK_ATTR;
		result = check_attrs(cmd, &index);
	}
	return result ? report_failure(report, -result, step, index) : 0;
}
