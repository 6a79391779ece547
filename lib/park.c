/* SPDX-License-Identifier: ISC */
/*
 * The sources of a start that have high numbers get low ones while it lasts, where that
 * makes it cheaper; and a number that is kept for this passes for one that is not open.
 */
#include <string.h>

#include "berth.h"
#include "lib.h"

/* With more than this many steps a start is dear in other ways, and looking would be too. */
enum { MOST_STEPS = 256 };

/* From step i on, is what `number` leads to the child's own affair? */
static int is_written(const struct plan *plan, size_t i, int number)
{
	for (size_t k = 0; k < i; k++) {
		const struct plan_step *step = &plan->steps[k];

		if (step->to == number && step->kind != STEP_CLEAR &&
		    step->kind != STEP_CLOSE_ON_EXEC)
			return 1;
	}
	return 0;
}

/* The parent's descriptor that step i reads, if that is above `low`; or -1. */
static int source_of(const struct plan *plan, size_t i, int low)
{
	const struct plan_step *step = &plan->steps[i];
	int number = step->kind == STEP_CLOSE_ON_EXEC ? step->to : step->from;

	return number > low && !is_written(plan, i, number) ? number : -1;
}

/* ---- what is kept is not open, as far as a description goes */

static void withhold(struct plan *plan, struct plan_step *step)
{
	step->from = -1;
	if (step->kind == STEP_CLOSE_ON_EXEC)
		step->to = -1;
	/* Alone it would find its `to` open. */
	if (step->kind == STEP_CLEAR)
		step->kind = STEP_MOVE;
	if (step->kind == STEP_CGROUP)
		plan->cgroup = -1;
}

static void withhold_all(struct plan *plan, struct plan_step *steps)
{
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];
		int number = step->kind == STEP_CLOSE_ON_EXEC ? step->to : step->from;

		if (number < 3 || !is_berth(number) || is_written(plan, i, number))
			continue;
		withhold(plan, &steps[i]);
		/* It will not come further than to this step. */
		if (!steps[i].prefer)
			return;
	}
}

/* ---- low numbers for high ones */

/* A backend may pass through the scratch number for reasons of its own. */
static int speaks_of(const struct plan *plan, int number)
{
	if (number == plan->scratch)
		return 1;
	for (size_t i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].from == number || plan->steps[i].to == number)
			return 1;
	return 0;
}

/* The berth that has this source already, or -1. */
static int berth_of(const struct parking *parking, int source)
{
	for (int i = 0; i < BERTHS; i++)
		if (parking->taken >> i & 1 && berth_source(i) == source)
			return i;
	return -1;
}

static int take_berth(struct parking *parking, const struct plan *plan, int source)
{
	for (int i = 0; i < BERTHS; i++) {
		int number = berth_number(i);

		if (number > 2 && number <= parking->worthy && !speaks_of(plan, number) &&
		    berth_take(i, source)) {
			parking->taken |= UINT64_C(1) << i;
			return 1;
		}
	}
	return 0;
}

/* One in which nothing is put: any will do, and the last ones are likely to be of less use. */
static int take_spare(struct parking *parking)
{
	for (int i = BERTHS - 1; i >= 0; i--)
		if (berth_take(i, -1)) {
			parking->taken |= UINT64_C(1) << i;
			parking->spare = i;
			return 1;
		}
	return 0;
}

static int take_all(struct parking *parking, const struct plan *plan, int low)
{
	if (parking->tellfd > low && !take_berth(parking, plan, parking->tellfd))
		return 0;
	for (size_t i = 0; i < plan->nsteps; i++) {
		int source = source_of(plan, i, low);
		int kind = plan->steps[i].kind;

		if (source < 0 || berth_of(parking, source) >= 0)
			continue;
		if ((kind != STEP_MOVE && kind != STEP_CLEAR) || !take_berth(parking, plan, source))
			return 0;
	}
	return take_spare(parking);
}

static int fill_all(const struct parking *parking)
{
	for (int i = 0; i < BERTHS; i++)
		if (parking->taken >> i & 1 && i != parking->spare && berth_fill(i) < 0)
			return 0;
	return 1;
}

static void read_berths(struct parking *parking, struct plan *plan, struct plan_step *steps,
			int low)
{
	for (size_t i = 0; i < plan->nsteps; i++) {
		int source = source_of(plan, i, low);

		if (source < 0)
			continue;
		steps[i].from = berth_number(berth_of(parking, source));
		steps[i].kind = STEP_MOVE;
	}
	if (parking->tellfd > low)
		parking->tellfd = berth_number(berth_of(parking, parking->tellfd));
	plan->top = 2;
	for (size_t i = 0; i < plan->nsteps; i++) {
		int source = source_of(plan, i, 2);

		if (source > plan->top)
			plan->top = source;
	}
}

void park(struct parking *parking, struct work *work, const struct backend *backend)
{
	struct plan *plan = &work->plan;
	int highest = plan->top > work->tellfd ? plan->top : work->tellfd;
	int low;

	parking->taken = 0;
	parking->spare = -1;
	parking->tellfd = work->tellfd;
	/* A table that is not even half as large is not worth it. */
	parking->worthy = highest / 2;
	if (berths_count() == 0)
		return;
	withhold_all(plan, work->steps);
	if (!backend->cheap_top || plan->nsteps > MOST_STEPS)
		return;
	low = backend->cheap_top(plan);
	if (highest <= low)
		return;
	berths_adopt();
	/* One that stays high, for whatever reason, makes all others useless. */
	if (take_all(parking, plan, low) && fill_all(parking))
		read_berths(parking, plan, work->steps, low);
	else
		unpark(parking);
}

void unpark(struct parking *parking)
{
	if (parking->taken)
		berths_return(parking->taken, parking->spare);
	parking->taken = 0;
}
