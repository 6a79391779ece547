/* SPDX-License-Identifier: ISC */
/* The order of steps, which is the whole policy of what happens before exec. */
#include "plan.h"

#include <fcntl.h>
#include <stdint.h>

const struct step_name step_names[STEP_KINDS] = {
	[STEP_SIGNALS] = { PSPAWN_STEP_SIGNALS, "signals default" },
	[STEP_CHDIR] = { PSPAWN_STEP_CHDIR, "chdir" },
	[STEP_FCHDIR] = { PSPAWN_STEP_CHDIR, "fchdir" },
	[STEP_MOVE] = { PSPAWN_STEP_PLACE, "move" },
	[STEP_CLEAR] = { PSPAWN_STEP_PLACE, "clear close-on-exec" },
	[STEP_CLOSE_REST] = { PSPAWN_STEP_CLOSE, "close all but" },
	[STEP_CLOSE] = { PSPAWN_STEP_CLOSE, "close" },
	[STEP_OPEN] = { PSPAWN_STEP_OPEN, "open" },
	[STEP_MASK] = { PSPAWN_STEP_MASK, "unblock signals" },
	[STEP_EXEC] = { PSPAWN_STEP_EXEC, "exec" },
};

/* The next step, with every member but `kind` and `index` at its neutral value. */
static struct plan_step *add(struct plan *plan, struct plan_step *steps, int kind, int index)
{
	struct plan_step *step = &steps[plan->nsteps++];

	step->kind = kind;
	step->index = index;
	step->from = -1;
	step->to = -1;
	step->flags = 0;
	step->mode = 0;
	step->path = NULL;
	return step;
}

static void touch(struct plan *plan, int number)
{
	if (number > plan->top)
		plan->top = number;
}

/* The last one that is present decides. */
static void add_directory(struct plan *plan, const struct plan_parts *parts)
{
	const struct pspawn_cmd *cmd = parts->cmd;
	struct plan_step *step;

	for (size_t i = cmd->nattrs; i-- > 0;)
		if (cmd->attrs[i].kind == PSPAWN_ATTR_DIR_FD) {
			step = add(plan, parts->steps, STEP_FCHDIR, (int)i);
			step->from = cmd->attrs[i].number;
			touch(plan, step->from);
			break;
		}
	/* After the descriptor, so that a relative dir starts from there. */
	if (cmd->dir)
		add(plan, parts->steps, STEP_CHDIR, -1)->path = cmd->dir;
}

static void add_moves(struct plan *plan, const struct plan_parts *parts)
{
	for (size_t i = 0; i < parts->nmoves; i++) {
		const struct fdmap_move *move = &parts->moves[i];
		int kind = move->from == move->to ? STEP_CLEAR : STEP_MOVE;
		struct plan_step *step = add(plan, parts->steps, kind, move->index);

		step->from = move->from;
		step->to = move->to;
		if (move->to == plan->scratch)
			plan->left_over = move->to;
		if (move->from != plan->scratch)
			touch(plan, move->from);
	}
}

/* What is in place after the moves; the rest goes before anything is opened. */
static void add_closing(struct plan *plan, const struct plan_parts *parts)
{
	for (size_t i = 0; i < parts->nseats; i++) {
		const struct seat *seat = &parts->seats[i];

		if (seat->how == SEAT_MOVE || seat->how == SEAT_KEEP) {
			parts->keep[plan->nkeep++] = seat->to;
			if (seat->how == SEAT_KEEP)
				touch(plan, seat->to);
		} else if (plan->inherit_all) {
			add(plan, parts->steps, STEP_CLOSE, seat->index)->to = seat->to;
		}
	}
	if (!plan->inherit_all)
		add(plan, parts->steps, STEP_CLOSE_REST, -1);
	else if (plan->scratch != SCRATCH_NONE)
		add(plan, parts->steps, STEP_CLOSE, -1)->to = plan->scratch;
}

static void add_open(struct plan *plan, const struct plan_parts *parts, int to,
		     const struct pspawn_fd *fd)
{
	int index = fd ? (int)(fd - parts->cmd->fds) : -1;
	struct plan_step *step = add(plan, parts->steps, STEP_OPEN, index);

	step->to = to;
	step->path = "/dev/null";
	step->flags = O_RDWR;
	if (fd && fd->kind == PSPAWN_FD_OPEN) {
		step->path = fd->path;
		step->flags = fd->flags;
		step->mode = fd->mode;
	}
}

/*
 * First 0, 1 and 2 which the parent has closed: they have the lowest numbers,
 * so that no file below lands there. Then in the order of the description,
 * since others can see files being created.
 */
static void add_opens(struct plan *plan, const struct plan_parts *parts)
{
	const struct pspawn_cmd *cmd = parts->cmd;

	for (size_t i = 0; i < parts->nseats; i++)
		if (parts->seats[i].how == SEAT_OPEN && parts->seats[i].index < 0)
			add_open(plan, parts, parts->seats[i].to, NULL);
	for (size_t i = 0; i < cmd->nfds; i++)
		if (cmd->fds[i].kind == PSPAWN_FD_OPEN || cmd->fds[i].kind == PSPAWN_FD_NULL)
			add_open(plan, parts, cmd->fds[i].child, &cmd->fds[i]);
}

static void add_copies(struct plan *plan, const struct plan_parts *parts)
{
	for (size_t i = 0; i < parts->nseats; i++)
		if (parts->seats[i].how == SEAT_COPY) {
			struct plan_step *step =
				add(plan, parts->steps, STEP_MOVE, parts->seats[i].index);

			step->from = parts->seats[i].from;
			step->to = parts->seats[i].to;
		}
}

/* Which of the 64 numbers from `base` on the steps read or write, as bits. */
static uint64_t used_from(const struct plan *plan, int base)
{
	uint64_t used = 0;

	for (size_t i = 0; i < plan->nsteps; i++) {
		int both[2] = { plan->steps[i].from, plan->steps[i].to };

		for (int k = 0; k < 2; k++)
			if (both[k] >= base && both[k] - base < 64)
				used |= UINT64_C(1) << (both[k] - base);
	}
	return used;
}

int plan_unused(const struct plan *plan, int from)
{
	/* In a dense map this has been searched for already. */
	if (from >= 3 && from < plan->unused)
		return plan->unused;
	while (from <= plan->highest) {
		uint64_t used = used_from(plan, from);

		for (int bit = 0; bit < 64; bit++)
			if (!(used >> bit & 1))
				return from + bit;
		from += 64;
	}
	return from;
}

static void look_over(struct plan *plan)
{
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];

		if (step->from > plan->highest)
			plan->highest = step->from;
		if (step->to > plan->highest)
			plan->highest = step->to;
	}
	plan->unused = plan_unused(plan, 3);
}

void plan_make(struct plan *plan, const struct plan_parts *parts)
{
	plan->steps = parts->steps;
	plan->nsteps = 0;
	plan->keep = parts->keep;
	plan->nkeep = 0;
	plan->top = plan->highest = plan->unused = 2;
	plan->left_over = -1;

	/* A handler must never run in a child that may share our memory. */
	add(plan, parts->steps, STEP_SIGNALS, -1);
	/* Before descriptors, because dir_fd is gone afterwards, and before files
	 * are opened, because their paths are relative to the child's directory. */
	add_directory(plan, parts);
	/* All sources are still what they were: nothing has been opened or closed. */
	add_moves(plan, parts);
	/* Before files are opened, so that a full table leaves room for them. */
	add_closing(plan, parts);
	add_opens(plan, parts);
	/* After the opens that they copy; every number is taken or free by now. */
	add_copies(plan, parts);
	/* Last, because a stop signal that arrives from here on holds the parent too. */
	add(plan, parts->steps, STEP_MASK, -1);
	add(plan, parts->steps, STEP_EXEC, -1)->path = parts->program;
	look_over(plan);
}
