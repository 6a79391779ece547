/* SPDX-License-Identifier: ISC */
/* From a description to a plan: check, seats, search, environment, order. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib.h"

static int take_room(struct work *work)
{
	size_t n = work->cmd.nfds;
	size_t nattrs = work->cmd.nattrs;
	struct small_map *small = &work->small;
	char *at;

	work->seats = small->seats;
	work->pairs = small->pairs;
	work->moves = small->moves;
	work->steps = small->steps;
	work->keep = small->keep;
	work->theirs = small->ends;
	work->ours = small->ends + SMALL_MAP;
	if (n <= SMALL_MAP && nattrs <= SMALL_ATTRS)
		return 0;
	/* One piece of memory, the strictest alignment first. */
	at = work->map_memory = malloc(PLAN_STEPS(n, nattrs) * sizeof(*work->steps) +
				       PLAN_SEATS(n) * sizeof(*work->seats) +
				       PLAN_SEATS(n) * sizeof(*work->pairs) +
				       FDMAP_MOVES(PLAN_SEATS(n)) * sizeof(*work->moves) +
				       (PLAN_KEEP(n) + 2 * n) * sizeof(int));
	if (!at)
		return -ENOMEM;
	work->steps = (void *)at;
	work->seats = (void *)(work->steps + PLAN_STEPS(n, nattrs));
	work->pairs = (void *)(work->seats + PLAN_SEATS(n));
	work->moves = (void *)(work->pairs + PLAN_SEATS(n));
	work->keep = (void *)(work->moves + FDMAP_MOVES(PLAN_SEATS(n)));
	work->theirs = work->keep + PLAN_KEEP(n);
	work->ours = work->theirs + n;
	return 0;
}

/* Which of 0, 1 and 2, as bits. */
static unsigned mentioned(const struct pspawn_cmd *cmd)
{
	unsigned bits = 0;

	for (size_t i = 0; i < cmd->nfds; i++)
		if (cmd->fds[i].kind != PSPAWN_FD_NONE && cmd->fds[i].child <= 2)
			bits |= 1u << cmd->fds[i].child;
	return bits;
}

static enum stdio_state state_of(int number)
{
	int flags = sys_getfd(number);

	return flags < 0 ? STDIO_CLOSED : flags & FD_CLOEXEC ? STDIO_CLOEXEC : STDIO_OPEN;
}

/* What an entry leaves as it is, is there after exec only if it would be without us. */
static void settle_inherited(struct work *work)
{
	for (size_t i = 0; i < work->nseats; i++) {
		struct seat *seat = &work->seats[i];

		if (seat->index >= 0 && work->cmd.fds[seat->index].kind == PSPAWN_FD_INHERIT &&
		    state_of(seat->to) != STDIO_OPEN)
			seat->how = SEAT_CLOSED;
	}
}

static int take_seats(struct work *work, struct refusal *refusal)
{
	unsigned bits = mentioned(&work->cmd);
	enum stdio_state stdio[3];
	long n;

	for (int number = 0; number <= 2; number++)
		stdio[number] = bits >> number & 1 ? STDIO_MENTIONED : state_of(number);
	n = plan_seats(&work->cmd, stdio, work->seats, refusal);
	if (n < 0)
		return -1;
	work->nseats = (size_t)n;
	settle_inherited(work);
	work->plan.npairs = plan_pairs(work->seats, work->nseats, work->pairs);
	return 0;
}

/*
 * Where all else is closed any number will do that the map does not use, open or
 * not. Where nothing is, it has to be a free one, and only if a move needs it:
 * one that passes through it, or an identity, which posix_spawn bounces off it.
 */
static int needs_scratch(const struct work *work, size_t nmoves)
{
	for (size_t i = 0; i < nmoves; i++)
		if (work->moves[i].to == SCRATCH_LATER || work->moves[i].to == work->moves[i].from)
			return 1;
	return 0;
}

/* A number that nobody maps, and that does not hold the program either. */
static int lowest_scratch(const struct work *work)
{
	const struct plan *plan = &work->plan;
	int number = fdmap_unused(work->pairs, plan->npairs, 3);

	while (number == work->program_fd || number == work->held)
		number = fdmap_unused(work->pairs, plan->npairs, number + 1);
	return number;
}

static size_t order_moves(struct work *work)
{
	struct plan *plan = &work->plan;
	size_t nmoves;

	if (fdmap_has_no_order(work->pairs, plan->npairs))
		plan->scratch = SCRATCH_NONE;
	else if (!plan->inherit_all)
		plan->scratch = lowest_scratch(work);
	nmoves = fdmap_order(work->pairs, plan->npairs, plan->scratch, work->moves);
	if (plan->scratch == SCRATCH_LATER && !needs_scratch(work, nmoves))
		plan->scratch = SCRATCH_NONE;
	return nmoves;
}

int work_program(const struct work *work, int *is_listed)
{
	int is_overwritten = 0;

	*is_listed = 0;
	for (size_t i = 0; i < work->nseats; i++) {
		const struct seat *seat = &work->seats[i];
		int stays = seat->how == SEAT_MOVE || seat->how == SEAT_KEEP;

		if (stays && seat->from == work->program_fd) {
			*is_listed = 1;
			return seat->to;
		}
		is_overwritten |= seat->to == work->program_fd;
	}
	if (!is_overwritten)
		return work->program_fd;
	return work->held < 0 ? SCRATCH_LATER : work->held;
}

void work_plan(struct work *work)
{
	struct plan *plan = &work->plan;
	struct plan_parts parts = {
		.cmd = &work->cmd,
		.seats = work->seats,
		.nseats = work->nseats,
		.moves = work->moves,
		.nmoves = order_moves(work),
		.program = work->program,
		.program_fd = -1,
		.steps = work->steps,
		.keep = work->keep,
	};

	if (work->program_fd >= 0)
		parts.program_fd = work_program(work, &parts.program_is_listed);
	plan->pairs = work->pairs;
	plan->argv = work->cmd.argv;
	plan_make(plan, &parts);
}

/* Where the program is: by descriptor, or by a name that may have to be searched. */
static int find_program(struct work *work)
{
	const struct pspawn_attr *attr = attr_last(&work->cmd, PSPAWN_ATTR_PROGRAM_FD);
	const char *file = work->cmd.file ? work->cmd.file : work->cmd.argv[0];
	char **places = NULL;
	int result;

	work->program = file;
	if (attr)
		work->program_fd = attr->number;
	work->plan.places = NULL;
	if (attr || strchr(file, '/') || work->cmd.search == PSPAWN_SEARCH_NONE)
		return 0;
	if (work->cmd.search == PSPAWN_SEARCH_EXECVP) {
		result = path_places(&work->found, file, work->cmd.path, &places);
		work->plan.places = places;
		return result;
	}
	result = path_search(&work->found, file, work->cmd.path);
	if (result == 0)
		work->program = work->found.text;
	return result;
}

void work_clear(struct work *work)
{
	work->scratch = work->cgroup = work->held = work->program_fd = -1;
	work->startfd = work->tellfd = -1;
	work->map_memory = work->found.memory = work->env_memory = work->shell_memory = NULL;
}

static int take_places(struct work *work, struct report *report)
{
	struct refusal refusal;

	if (take_room(work) < 0)
		return report_failure(report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	return take_seats(work, &refusal) < 0 ? report_refusal(report, refusal, PSPAWN_STEP_CHECK)
					      : 0;
}

/* What errno's words for it do not say. */
static int report_search(const struct work *work, int code, struct report *report)
{
	const char *reason = NULL;

	if (code == ENOMEM)
		return report_failure(report, code, PSPAWN_STEP_PREPARE, -1);
	if (code == EACCES)
		reason = "found, but not executable";
	if (code == EPERM)
		reason = "only through an empty or relative element of the path, which is never "
			 "used";
	if (code == ENOENT && !work->program[0])
		reason = "the name is empty";
	return report_refusal(report, refuse_for(code, reason), PSPAWN_STEP_SEARCH);
}

int work_build(struct work *work, struct report *report)
{
	int result = take_places(work, report);

	if (result < 0)
		return result;
	result = find_program(work);
	if (result < 0)
		return report_search(work, -result, report);
	if (env_edit(work) < 0 || shell_arguments(work) < 0)
		return report_failure(report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	work->plan.rehearsal = 0;
	work->plan.inherit_all = (work->cmd.flags & PSPAWN_INHERIT_ALL) != 0;
	work->plan.goes_on = cmd_goes_on(&work->cmd);
	work->plan.unwatched = (work->cmd.flags & PSPAWN_NO_POLLFD) != 0;
	work->plan.scratch = SCRATCH_LATER;
	work_plan(work);
	return 0;
}

int work_begin(struct work *work, const struct pspawn_cmd *given, struct report *report)
{
	int result = cmd_check(&work->cmd, given, report);

	work_clear(work);
	return result < 0 ? result : work_build(work, report);
}

void work_done(struct work *work)
{
	free(work->map_memory);
	free(work->found.memory);
	free(work->env_memory);
	free(work->shell_memory);
}
