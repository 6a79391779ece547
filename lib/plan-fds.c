/* SPDX-License-Identifier: ISC */
/* The steps that give the child its descriptors. */
#include <fcntl.h>

#include "planner.h"

static int cloexec_of(const struct pspawn_fd *fd)
{
	return fd->options & PSPAWN_UNTIL_EXEC ? O_CLOEXEC : 0;
}

/* O_CLOEXEC, if the entry asks for it; not where a move only passes through a number. */
static int goes_at_exec(const struct pspawn_cmd *cmd, int index, int to)
{
	return index >= 0 && cmd->fds[index].child == to ? cloexec_of(&cmd->fds[index]) : 0;
}

void plan_moves(struct planner *planner)
{
	const struct plan_parts *parts = planner->parts;
	struct plan *plan = planner->plan;

	for (size_t i = 0; i < parts->nmoves; i++) {
		const struct fdmap_move *move = &parts->moves[i];
		int kind = move->from == move->to ? STEP_CLEAR : STEP_MOVE;
		struct plan_step *step = plan_add(planner, kind, move->index);

		step->from = move->from;
		step->to = move->to;
		step->flags = goes_at_exec(parts->cmd, move->index, move->to);
		if (move->to == plan->scratch)
			plan->left_over = move->to;
		if (move->from != plan->scratch)
			plan_touch(plan, move->from);
	}
}

static void keep(struct planner *planner, int number)
{
	planner->parts->keep[planner->plan->nkeep++] = number;
}

/* The program's own descriptor has to be there until exec, and goes by that. */
static int is_held_unlisted(const struct plan_parts *parts)
{
	return parts->program_fd >= 0 && !parts->program_is_listed;
}

static void keep_seats(struct planner *planner)
{
	const struct plan_parts *parts = planner->parts;
	int held = is_held_unlisted(parts) ? parts->program_fd : -1;

	for (size_t i = 0; i < parts->nseats; i++) {
		const struct seat *seat = &parts->seats[i];

		/* The list is sorted. */
		if (held >= 0 && held < seat->to) {
			keep(planner, held);
			held = -1;
		}
		if (seat->how == SEAT_MOVE || seat->how == SEAT_KEEP) {
			keep(planner, seat->to);
			if (seat->how == SEAT_KEEP)
				plan_touch(planner->plan, seat->to);
		} else if (planner->plan->inherit_all && seat->index >= 0) {
			plan_add(planner, STEP_CLOSE, seat->index)->to = seat->to;
		}
	}
	if (held >= 0)
		keep(planner, held);
}

/* What is in place after the moves; the rest goes before anything is opened. */
void plan_closing(struct planner *planner)
{
	struct plan *plan = planner->plan;
	const struct plan_parts *parts = planner->parts;

	keep_seats(planner);
	if (!plan->inherit_all)
		plan_add(planner, STEP_CLOSE_REST, -1);
	else if (plan->scratch != SCRATCH_NONE)
		plan_add(planner, STEP_CLOSE, -1)->to = plan->scratch;
	if (is_held_unlisted(parts)) {
		plan_touch(plan, parts->program_fd);
		plan_add(planner, STEP_CLOSE_ON_EXEC, plan->program_index)->to =
			parts->program_fd;
	}
}

static void add_open(struct planner *planner, int to, const struct pspawn_fd *fd)
{
	int index = fd ? (int)(fd - planner->parts->cmd->fds) : -1;
	struct plan_step *step = plan_add(planner, STEP_OPEN, index);

	step->to = to;
	step->path = "/dev/null";
	step->flags = O_RDWR;
	if (fd && fd->kind == PSPAWN_FD_OPEN) {
		step->path = fd->path;
		step->flags = fd->flags;
		step->mode = fd->mode;
	}
	if (fd)
		step->flags |= cloexec_of(fd);
}

/*
 * First 0, 1 and 2 which the parent has closed: they have the lowest numbers,
 * so that no file below lands there. Then in the order of the description,
 * since others can see files being created.
 */
void plan_opens(struct planner *planner)
{
	const struct plan_parts *parts = planner->parts;
	const struct pspawn_cmd *cmd = parts->cmd;

	for (size_t i = 0; i < parts->nseats; i++)
		if (parts->seats[i].how == SEAT_OPEN && parts->seats[i].index < 0)
			add_open(planner, parts->seats[i].to, NULL);
	for (size_t i = 0; i < cmd->nfds; i++)
		if (cmd->fds[i].kind == PSPAWN_FD_OPEN || cmd->fds[i].kind == PSPAWN_FD_NULL)
			add_open(planner, cmd->fds[i].child, &cmd->fds[i]);
}

void plan_copies(struct planner *planner)
{
	const struct plan_parts *parts = planner->parts;

	for (size_t i = 0; i < parts->nseats; i++)
		if (parts->seats[i].how == SEAT_COPY) {
			struct plan_step *step =
				plan_add(planner, STEP_MOVE, parts->seats[i].index);

			step->from = parts->seats[i].from;
			step->to = parts->seats[i].to;
			step->flags = goes_at_exec(parts->cmd, step->index, step->to);
		}
}
