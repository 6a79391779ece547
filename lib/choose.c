/* SPDX-License-Identifier: ISC */
/* Which backend runs a plan: the first rung that takes it, then the second. */
#include <errno.h>
#include <string.h>

#include "lib.h"

static const char *const no_such_backend = "this build has no backend of that name";

/* The rungs that a plan may climb by itself; further ones are reached by name only. */
static int is_climbed(const struct backend *const *rung)
{
	return *rung && rung - ladder < 2;
}

static int has_next(const struct work *work, const struct backend *const *rung)
{
	return !work->cmd.backend && !(work->cmd.flags & PSPAWN_NO_FALLBACK) && is_climbed(rung + 1);
}

static int refused(struct report *report, struct choice *choice, const char *reason, int index)
{
	struct refusal refusal = refuse_for(ENOTSUP, reason);

	choice->passed_over = reason;
	if (index >= 0)
		refusal = refuse_entry(refusal, PSPAWN_INDEX_ATTR, (size_t)index);
	return report_refusal(report, refusal, PSPAWN_STEP_BACKEND);
}

static const char *refuses(const struct backend *backend, const struct plan *plan, int *index)
{
	if (plan->goes_on && !backend->begin)
		return "it has no start that goes on by itself, or could be given up";
	return backend->refuses(plan, index);
}

static int settle(const struct work *work, struct choice *choice, struct report *report)
{
	for (;;) {
		int index = -1;
		const char *reason = refuses(*choice->rung, &work->plan, &index);

		if (!reason)
			return 0;
		if (!has_next(work, choice->rung))
			return refused(report, choice, reason, index);
		choice->passed_over = reason;
		choice->rung++;
	}
}

/* An attribute that this system does not have: no rung has a way around that. */
static int is_unknown_here(const struct plan *plan, int *index)
{
	for (size_t i = 0; i < plan->nsteps; i++)
		if (!plan->steps[i].prefer && !step_exists(plan->steps[i].kind)) {
			*index = plan->steps[i].index;
			return 1;
		}
	return 0;
}

int choose(const struct work *work, struct choice *choice, struct report *report)
{
	const char *name = work->cmd.backend;
	int index;

	choice->passed_over = NULL;
	choice->rung = ladder;
	while (name && *choice->rung && strcmp((*choice->rung)->name, name) != 0)
		choice->rung++;
	if (!*choice->rung)
		return refused(report, choice, no_such_backend, -1);
	if (work->cmd.nattrs > 0 && is_unknown_here(&work->plan, &index))
		return refused(report, choice, "this system has nothing of the kind", index);
	return settle(work, choice, report);
}

int choose_next(const struct work *work, struct choice *choice, const char *reason,
		struct report *report)
{
	if (!has_next(work, choice->rung))
		return refused(report, choice, reason, -1);
	choice->passed_over = reason;
	choice->rung++;
	return settle(work, choice, report);
}
