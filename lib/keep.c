/* SPDX-License-Identifier: ISC */
/* A description of our own: with all that it points to, in one piece of memory. */
#include <stdlib.h>
#include <string.h>

#include "lib.h"

/* Everything is laid out twice: at first without memory, to learn how much it takes. */
struct keeper {
	char *memory;
	size_t used;
};

enum { STRICTEST = 16 };

static void *put(struct keeper *keeper, const void *data, size_t size)
{
	void *at = keeper->memory ? keeper->memory + keeper->used : NULL;

	keeper->used += size;
	if (at && size > 0)
		memcpy(at, data, size);
	return at;
}

static void *put_array(struct keeper *keeper, const void *data, size_t size)
{
	keeper->used = (keeper->used + STRICTEST - 1) / STRICTEST * STRICTEST;
	return put(keeper, data, size);
}

static const char *put_text(struct keeper *keeper, const char *text)
{
	return text ? put(keeper, text, strlen(text) + 1) : NULL;
}

static char *const *put_list(struct keeper *keeper, char *const *list)
{
	size_t n = 0;
	char **kept;

	while (list[n])
		n++;
	kept = put_array(keeper, list, (n + 1) * sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		const char *text = put_text(keeper, list[i]);

		if (kept)
			kept[i] = (char *)text;
	}
	return kept;
}

static const struct pspawn_fd *put_fds(struct keeper *keeper, const struct pspawn_cmd *cmd)
{
	struct pspawn_fd *kept = put_array(keeper, cmd->fds, cmd->nfds * sizeof(*cmd->fds));

	for (size_t i = 0; i < cmd->nfds; i++) {
		const char *path = put_text(keeper, cmd->fds[i].path);

		if (kept)
			kept[i].path = path;
	}
	return kept;
}

static const struct pspawn_attr *put_attrs(struct keeper *keeper, const struct pspawn_cmd *cmd)
{
	struct pspawn_attr *kept = put_array(keeper, cmd->attrs, cmd->nattrs * sizeof(*cmd->attrs));

	for (size_t i = 0; i < cmd->nattrs; i++) {
		const struct pspawn_attr *attr = &cmd->attrs[i];
		const void *data = attr->data;

		if (data)
			data = put_array(keeper, data, attr_data_size(attr));
		if (kept)
			kept[i].data = data;
	}
	return kept;
}

static struct pspawn_cmd *put_cmd(struct keeper *keeper, const struct pspawn_cmd *cmd)
{
	struct pspawn_cmd kept = *cmd;
	struct pspawn_cmd *at = put_array(keeper, cmd, sizeof(*cmd));

	kept.fds = put_fds(keeper, cmd);
	kept.attrs = put_attrs(keeper, cmd);
	kept.argv = put_list(keeper, cmd->argv);
	kept.envp = put_list(keeper, env_base(cmd));
	kept.file = put_text(keeper, cmd->file);
	kept.dir = put_text(keeper, cmd->dir);
	kept.path = put_text(keeper, cmd->path);
	kept.backend = put_text(keeper, cmd->backend);
	if (at)
		*at = kept;
	return at;
}

struct pspawn_cmd *cmd_keep(const struct pspawn_cmd *cmd)
{
	struct keeper keeper = { NULL, 0 };

	put_cmd(&keeper, cmd);
	keeper.memory = malloc(keeper.used);
	keeper.used = 0;
	return keeper.memory ? put_cmd(&keeper, cmd) : NULL;
}
