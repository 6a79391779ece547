/* SPDX-License-Identifier: ISC */
/* The environment of the child: the given one, and edits in their order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib.h"

static int is_edit(const struct pspawn_attr *attr)
{
	return attr->kind == PSPAWN_ATTR_ENV_CLEAR || attr->kind == PSPAWN_ATTR_ENV_SET ||
	       attr->kind == PSPAWN_ATTR_ENV_UNSET;
}

static size_t count_edits(const struct pspawn_cmd *cmd)
{
	size_t edits = 0;

	for (size_t i = 0; i < cmd->nattrs; i++)
		edits += (size_t)is_edit(&cmd->attrs[i]);
	return edits;
}

static size_t length_of(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

/* Drop every "name=..."; returns how many remain. */
static size_t drop(char **list, size_t n, const char *name, size_t length)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (strncmp(list[i], name, length) != 0 || list[i][length] != '=')
			list[kept++] = list[i];
	return kept;
}

static size_t edit(char **list, size_t n, const struct pspawn_attr *attr)
{
	if (attr->kind == PSPAWN_ATTR_ENV_CLEAR)
		return 0;
	n = drop(list, n, attr->data, strcspn(attr->data, "="));
	if (attr->kind == PSPAWN_ATTR_ENV_SET)
		list[n++] = (char *)attr->data;
	return n;
}

char *const *env_base(const struct pspawn_cmd *cmd)
{
	static char *const nothing[] = { NULL };
	char *const *base = cmd->envp ? cmd->envp : sys_environ();

	/* clearenv() leaves a caller without any list. */
	return base ? base : nothing;
}

int env_edit(struct work *work)
{
	const struct pspawn_cmd *cmd = &work->cmd;
	char *const *base = env_base(cmd);
	size_t edits = count_edits(cmd);
	size_t n;
	char **list;

	work->plan.envp = base;
	if (edits == 0)
		return 0;
	n = length_of(base);
	list = work->env_memory = malloc((n + edits + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	memcpy(list, base, n * sizeof(*list));
	for (size_t i = 0; i < cmd->nattrs; i++)
		if (is_edit(&cmd->attrs[i]))
			n = edit(list, n, &cmd->attrs[i]);
	list[n] = NULL;
	work->plan.envp = list;
	return 0;
}
