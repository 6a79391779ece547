/* SPDX-License-Identifier: ISC */
/* Limits, of which that of descriptors must not be in the way of the map. */
#include <sys/resource.h>

#include "planner.h"

/* With so many numbers every step of the map finds its own. */
static unsigned long long enough_numbers(const struct plan_parts *parts)
{
	size_t seats = parts->nseats;
	unsigned long long highest = seats ? (unsigned)parts->seats[seats - 1].to : 0;

	/* What moves pass through may lie above all of them. */
	for (size_t i = 0; i < parts->nmoves; i++)
		if (parts->moves[i].to > 0 && (unsigned)parts->moves[i].to > highest)
			highest = (unsigned)parts->moves[i].to;
	return (highest > seats ? highest : seats) + 2;
}

/* Early and late parts of a limit that is too low for the map; see plan_limits(). */
static void add_limit(struct planner *planner, int index, int late)
{
	const struct pspawn_attr *attr = plan_entry(planner, index);
	unsigned long long enough = enough_numbers(planner->parts);
	int waits = attr->number == RLIMIT_NOFILE && attr->value[0] < enough;
	int may_raise = attr->number != RLIMIT_NOFILE || attr->value[1] >= enough;
	struct plan_step *step;

	if (late ? !waits : !may_raise)
		return;
	step = plan_add_entry(planner, index, STEP_RLIMIT);
	if (waits && !late)
		step->value[0] = step->value[1];
}

/*
 * A limit of descriptors that is too low for the map has to wait until that is
 * in place. If its hard part may be higher than ours it cannot wait, as only root
 * may raise it: then the soft one is as high until later.
 */
void plan_limits(struct planner *planner, int late)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;
	unsigned long long seen = 0;

	if (!plan_has(planner, PSPAWN_ATTR_RLIMIT))
		return;
	/* From the end, since the last entry of a resource counts. */
	for (size_t i = cmd->nattrs; i-- > 0;)
		if (cmd->attrs[i].kind == PSPAWN_ATTR_RLIMIT &&
		    !(seen >> cmd->attrs[i].number & 1)) {
			seen |= 1ULL << cmd->attrs[i].number;
			add_limit(planner, (int)i, late);
		}
}
