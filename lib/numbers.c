/* SPDX-License-Identifier: ISC */
/* Numbers in our own table that a start needs: pipes, socket pairs, scratch. */
#include <errno.h>
#include <string.h>

#include "lib.h"

static int make_ends(int kind, int ends[2])
{
	int swap = kind == PSPAWN_FD_PIPE_OUT;
	int made[2];
	int result = kind == PSPAWN_FD_SOCKETPAIR ? sys_socketpair(AF_UNIX, SOCK_STREAM, 0, made)
						  : sys_pipe(made);

	if (result < 0)
		return result;
	ends[0] = made[swap];
	ends[1] = made[!swap];
	return 0;
}

static int is_made(int kind)
{
	return kind == PSPAWN_FD_PIPE_IN || kind == PSPAWN_FD_PIPE_OUT ||
	       kind == PSPAWN_FD_SOCKETPAIR;
}

static int take_pipe(struct work *work, size_t i)
{
	int ends[2];
	int result = make_ends(work->cmd.fds[i].kind, ends);

	if (result == 0)
		result = reserve_both(ends, &work->plan);
	if (result < 0)
		return result;
	/* Both ends are of one file. A socket cannot be opened by its name. */
	if (work->cmd.fds[i].kind != PSPAWN_FD_SOCKETPAIR)
		give_to_user(&work->cmd, ends[0]);
	work->theirs[i] = ends[0];
	work->ours[i] = ends[1];
	return 0;
}

/* Now that the child's ends have numbers, the wishes can name them. */
static void number_pairs(struct work *work)
{
	for (size_t i = 0; i < work->plan.npairs; i++)
		if (work->pairs[i].from < 0)
			work->pairs[i].from = work->theirs[~work->pairs[i].from];
}

static int makes_any(const struct pspawn_cmd *cmd)
{
	for (size_t i = 0; i < cmd->nfds; i++)
		if (is_made(cmd->fds[i].kind))
			return 1;
	return 0;
}

static int take_pipes(struct work *work, int *index)
{
	const struct pspawn_cmd *cmd = &work->cmd;

	work->nends = makes_any(cmd) ? cmd->nfds : 0;
	for (size_t i = 0; i < work->nends; i++)
		work->theirs[i] = work->ours[i] = -1;
	for (size_t i = 0; i < work->nends; i++)
		if (is_made(cmd->fds[i].kind)) {
			int result = take_pipe(work, i);

			*index = (int)i;
			if (result < 0)
				return result;
		}
	if (*index >= 0)
		number_pairs(work);
	*index = -1;
	return 0;
}

/* Does a cycle? A number that stays where it is needs another one for posix_spawn alone. */
static int passes_through(const struct plan *plan, int scratch)
{
	for (size_t i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].kind == STEP_MOVE && plan->steps[i].to == scratch)
			return 1;
	return 0;
}

/* Not a copy of a source: when that is closed, the caller loses its locks of the file. */
static int take_scratch(struct work *work)
{
	struct plan *plan = &work->plan;
	int copy;

	if (plan->scratch != SCRATCH_LATER)
		return 0;
	copy = reserve(sys_placeholder(), plan);
	if (copy < 0 && passes_through(plan, SCRATCH_LATER))
		return copy;
	work->scratch = copy < 0 ? -1 : copy;
	plan->scratch = copy < 0 ? SCRATCH_NONE : copy;
	return 0;
}

/* A duplicate for the handle. Is there nothing to duplicate, the child will say so. */
static int take_cgroup(struct work *work)
{
	int copy = work->plan.cgroup < 0 ? -EBADF : sys_dup_from(work->plan.cgroup, 3);

	if (copy == -EBADF)
		return 0;
	work->cgroup = reserve(copy, &work->plan);
	return work->cgroup < 0 ? work->cgroup : 0;
}

/* The program's descriptor, out of the way of what the map puts on its number. */
static int take_program(struct work *work)
{
	int is_listed;

	if (work->program_fd < 0 || work_program(work, &is_listed) != SCRATCH_LATER)
		return 0;
	if (is_berth(work->program_fd))
		return -EBADF;
	work->held = reserve(sys_hold(work->program_fd), &work->plan);
	return work->held < 0 ? work->held : 0;
}

/* All but the pipes. */
static int take_others(struct work *work, struct report *report)
{
	int result = take_scratch(work);

	if (result == 0)
		result = take_cgroup(work);
	if (result < 0)
		return report_failure(report, -result, PSPAWN_STEP_PREPARE, -1);
	result = take_program(work);
	if (result == -EBADF)
		return report_failure(report, EBADF, PSPAWN_STEP_EXEC, work->plan.program_index);
	return result ? report_failure(report, -result, PSPAWN_STEP_PREPARE, -1) : 0;
}

/* By what a start that goes on is heard of. When all else has numbers, so that it is clear of those. */
static int take_line(struct work *work, struct report *report)
{
	int ends[2];
	int result = sys_signal_pipe(ends);

	if (result == 0)
		result = reserve_both(ends, &work->plan);
	if (result < 0)
		return report_failure(report, -result, PSPAWN_STEP_PREPARE, -1);
	work->startfd = ends[0];
	work->tellfd = ends[1];
	return 0;
}

/* Has anything been taken that the plan did not know the number of, or was there nothing to take? */
static int has_changed(const struct work *work, int had_scratch)
{
	int is_one = work->plan.scratch != had_scratch || work->held >= 0;

	for (size_t i = 0; i < work->nends; i++)
		is_one |= work->theirs[i] >= 0;
	return is_one;
}

int numbers_take(struct work *work, struct report *report)
{
	int scratch = work->plan.scratch;
	int index = -1;
	int result = take_pipes(work, &index);

	if (result < 0)
		report_failure(report, -result, PSPAWN_STEP_PREPARE, index);
	else
		result = take_others(work, report);
	/* Anew, also because a pipe may have been born on the number that was to be scratch. */
	if (result == 0 && has_changed(work, scratch))
		work_plan(work);
	if (result == 0 && work->plan.left_over >= 0 && work->plan.left_over >= sys_fd_limit())
		result = report_failure(report, EMFILE, PSPAWN_STEP_PREPARE, -1);
	if (result == 0 && work->plan.goes_on)
		result = take_line(work, report);
	if (result < 0)
		numbers_drop(work);
	return result;
}

void numbers_drop(struct work *work)
{
	for (size_t i = 0; i < work->nends; i++) {
		close_if(&work->theirs[i]);
		close_if(&work->ours[i]);
	}
	close_if(&work->startfd);
	close_if(&work->tellfd);
	close_if(&work->scratch);
	close_if(&work->held);
	close_if(&work->cgroup);
}

void numbers_hand_over(struct work *work)
{
	for (size_t i = 0; i < work->nends; i++)
		if (work->ours[i] >= 0) {
			*work->cmd.fds[i].end = work->ours[i];
			work->ours[i] = -1;
		}
	numbers_drop(work);
}
