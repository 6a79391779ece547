/* SPDX-License-Identifier: ISC */
/*
 * posix_spawn(3) brings its child to the foreground, but does not give the terminal back when a
 * later step fails. The parent does, by its own descriptor of the terminal.
 */
#include "foreground.h"

#include "backend.h"

/* What leads to the same file as the child's number: -1 where the child opens that itself. */
static int source_of(const struct plan *plan, int number)
{
	for (size_t i = 0; i < plan->npairs; i++)
		if (plan->pairs[i].to == number)
			return plan->pairs[i].from;
	for (size_t i = 0; i < plan->nkeep; i++)
		if (plan->keep[i] == number)
			return number;
	return -1;
}

int foreground_is_ours(const struct plan *plan, const struct plan_step *step)
{
	return source_of(plan, step->to) >= 0;
}

void foreground_remember(struct foreground *foreground, const struct plan *plan)
{
	const struct plan_step *step = find_step(plan, STEP_FOREGROUND);

	foreground->terminal = step ? source_of(plan, step->to) : -1;
	foreground->group = step ? sys_foreground_of(foreground->terminal) : -1;
}

void foreground_give_back(const struct foreground *foreground)
{
	struct sys_mask mask;

	if (foreground->group <= 0 || sys_foreground_of(foreground->terminal) == foreground->group)
		return;
	/* Our group is in the background now, where SIGTTOU would stop it. */
	sys_block_signals(&mask);
	sys_set_foreground(foreground->terminal, foreground->group);
	sys_set_mask(&mask);
}
