/* SPDX-License-Identifier: ISC */
/* Ids, and the capabilities that go with them. */
#include "planner.h"

/* A change of user takes capabilities away, unless they are to become ambient. */
void plan_keep_caps(struct planner *planner)
{
	if (plan_has(planner, PSPAWN_ATTR_KEEP_CAPS))
		plan_attr(planner, PSPAWN_ATTR_KEEP_CAPS, STEP_KEEP_CAPS);
	else if (plan_has(planner, PSPAWN_ATTR_USER))
		plan_attr(planner, PSPAWN_ATTR_AMBIENT, STEP_KEEP_CAPS);
}

/* What may be left out must not leave the caller's groups to another user. */
static int is_surely_set(const struct planner *planner, int kind)
{
	return plan_has(planner, kind) && !(plan_last(planner, kind)->flags & PSPAWN_PREFER);
}

/* An empty list that is preferred says itself what is to be if the groups cannot be dropped. */
static int is_to_be_empty(const struct planner *planner)
{
	return plan_has(planner, PSPAWN_ATTR_GROUPS) &&
	       plan_last(planner, PSPAWN_ATTR_GROUPS)->count == 0;
}

static void add_groups(struct planner *planner)
{
	if (planner->last[PSPAWN_ATTR_KEEP_GROUPS] > planner->last[PSPAWN_ATTR_GROUPS])
		return;
	if (plan_has(planner, PSPAWN_ATTR_USER) && !is_to_be_empty(planner) &&
	    !is_surely_set(planner, PSPAWN_ATTR_GROUPS))
		plan_attr(planner, PSPAWN_ATTR_USER, STEP_GROUPS)->value[0] = 0;
	plan_attr(planner, PSPAWN_ATTR_GROUPS, STEP_GROUPS);
}

/* By USER or by GROUP, whichever comes last and names one. */
static void add_group(struct planner *planner)
{
	int by_user = plan_has(planner, PSPAWN_ATTR_USER) &&
		      plan_last(planner, PSPAWN_ATTR_USER)->value[1] != (gid_t)-1;
	int user_is_last = planner->last[PSPAWN_ATTR_USER] > planner->last[PSPAWN_ATTR_GROUP];

	if (by_user && (user_is_last || !is_surely_set(planner, PSPAWN_ATTR_GROUP)))
		plan_attr(planner, PSPAWN_ATTR_USER, STEP_GROUP)->value[0] =
			plan_last(planner, PSPAWN_ATTR_USER)->value[1];
	if (!by_user || !user_is_last)
		plan_attr(planner, PSPAWN_ATTR_GROUP, STEP_GROUP);
}

void plan_ids(struct planner *planner)
{
	add_groups(planner);
	add_group(planner);
	plan_attr(planner, PSPAWN_ATTR_USER, STEP_USER);
}
