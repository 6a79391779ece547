/* SPDX-License-Identifier: ISC */
/* Who owns what pspawn makes for a child. */
#include "lib.h"

/*
 * The user as the parent's own user namespace knows it; -1: not known. Of a namespace that the
 * child enters nothing is known here; of one that is made for it, what its map says.
 */
static long long user_of(const struct pspawn_cmd *cmd, unsigned long long user)
{
	int is_mapped = 0;

	for (size_t i = 0; i < cmd->nattrs; i++) {
		const struct pspawn_attr *attr = &cmd->attrs[i];

		if (attr->kind == PSPAWN_ATTR_SETNS && attr->value[0] & PSPAWN_NS_USER)
			return -1;
		if (attr->kind != PSPAWN_ATTR_MAP_USER)
			continue;
		is_mapped = 1;
		if (user >= attr->value[0] && user - attr->value[0] < attr->count)
			return (long long)(attr->value[1] + user - attr->value[0]);
	}
	return is_mapped ? -1 : (long long)user;
}

int give_to_user(const struct pspawn_cmd *cmd, int fd)
{
	const struct pspawn_attr *attr = attr_last(cmd, PSPAWN_ATTR_USER);
	long long user = attr ? user_of(cmd, attr->value[0]) : -1;

	/* Where that is not allowed the child has it all the same, but cannot open it again. */
	if (user >= 0)
		sys_give(fd, (uid_t)user);
	return attr != NULL;
}
