/* SPDX-License-Identifier: ISC */
/* Root and directory, and the mount namespace that a root by descriptor has to wait for. */
#include "planner.h"

static int root_is_by_fd(const struct planner *planner)
{
	return planner->last[PSPAWN_ATTR_ROOT_FD] > planner->last[PSPAWN_ATTR_ROOT];
}

/* What may be left out must not have changed the directory, so it is not gone to first. */
static int root_can_wait(const struct planner *planner)
{
	return root_is_by_fd(planner) &&
	       !(plan_last(planner, PSPAWN_ATTR_ROOT_FD)->flags & PSPAWN_PREFER);
}

static int asks_for_mounts(const struct planner *planner, int attr_kind)
{
	return plan_has(planner, attr_kind) && plan_last(planner, attr_kind)->value[0] & PSPAWN_NS_MOUNT;
}

/*
 * A descriptor is of the caller's mount namespace, and so would be a root by it: the
 * child could mount nothing in there, and would see what the caller mounts. But the
 * directory that a process is in when it makes a namespace is the same one of the new
 * namespace afterwards. So the child goes there first, and makes that namespace itself.
 */
int plan_mounts_wait(const struct planner *planner)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;

	if (!root_can_wait(planner) || !asks_for_mounts(planner, PSPAWN_ATTR_NAMESPACES))
		return 0;
	/* One that exists is entered after birth, and to be left for no other. */
	for (size_t i = 0; i < cmd->nattrs; i++)
		if (cmd->attrs[i].kind == PSPAWN_ATTR_SETNS &&
		    cmd->attrs[i].value[0] == PSPAWN_NS_MOUNT)
			return 0;
	return 1;
}

static int goes_to_root_first(const struct planner *planner)
{
	return plan_mounts_wait(planner) ||
	       (root_can_wait(planner) && asks_for_mounts(planner, PSPAWN_ATTR_UNSHARE));
}

void plan_unshare(struct planner *planner)
{
	if (goes_to_root_first(planner))
		plan_attr_fd(planner, PSPAWN_ATTR_ROOT_FD, STEP_ROOT_DIR);
	if (plan_mounts_wait(planner))
		plan_attr(planner, PSPAWN_ATTR_NAMESPACES, STEP_UNSHARE)->value[0] =
			PSPAWN_NS_MOUNT;
	plan_attr(planner, PSPAWN_ATTR_UNSHARE, STEP_UNSHARE);
}

void plan_mounts(struct planner *planner)
{
	static const int kinds[] = { PSPAWN_ATTR_NAMESPACES, PSPAWN_ATTR_UNSHARE };

	for (size_t i = 0; i < 2; i++)
		if (asks_for_mounts(planner, kinds[i]))
			plan_attr(planner, kinds[i], STEP_MOUNTS);
}

void plan_root(struct planner *planner)
{
	if (goes_to_root_first(planner))
		plan_attr(planner, PSPAWN_ATTR_ROOT_FD, STEP_ROOT)->path = ".";
	else if (root_is_by_fd(planner))
		plan_attr_fd(planner, PSPAWN_ATTR_ROOT_FD, STEP_ROOT_FD);
	else
		plan_attr(planner, PSPAWN_ATTR_ROOT, STEP_ROOT);
}

void plan_directory(struct planner *planner)
{
	plan_attr_fd(planner, PSPAWN_ATTR_DIR_FD, STEP_FCHDIR);
	/* After the descriptor, so that a relative dir starts from there. */
	if (planner->parts->cmd->dir)
		plan_add(planner, STEP_CHDIR, -1)->path = planner->parts->cmd->dir;
}
