/* SPDX-License-Identifier: ISC */
#include "lower.h"

#include <errno.h>
#include <fcntl.h>

#if LOWER_CLOSES_BY_DEFAULT

/* Targets of moves stay by themselves; 0, 1 and 2 have to be named. */
static int close_rest_but(const struct plan *plan, posix_spawn_file_actions_t *actions)
{
	int result = 0;

	for (size_t i = 0; i < plan->nkeep && result == 0; i++)
		result = posix_spawn_file_actions_addinherit_np(actions, plan->keep[i]);
	/* What moves have passed through would stay too. Closing a number that is not open would fail. */
	if (result == 0 && plan->left_over >= 0)
		result = posix_spawn_file_actions_addclose(actions, plan->left_over);
	return result;
}

/* dup2(n, n) does nothing here, and an inherited descriptor loses close-on-exec. */
static int clear(const struct plan *plan, int fd, posix_spawn_file_actions_t *actions)
{
	(void)plan;
	return posix_spawn_file_actions_addinherit_np(actions, fd);
}

#else

/* Closing a number that is not open is allowed wherever addclosefrom_np exists. */
static int close_rest_but(const struct plan *plan, posix_spawn_file_actions_t *actions)
{
	int next = 0;
	int result = 0;

	for (size_t i = 0; i < plan->nkeep; i++) {
		while (next < plan->keep[i] && result == 0)
			result = posix_spawn_file_actions_addclose(actions, next++);
		next = plan->keep[i] + 1;
	}
#if LOWER_HAS_CLOSEFROM
	if (result == 0)
		result = posix_spawn_file_actions_addclosefrom_np(actions, next);
#endif
	return result;
}

/*
 * Not dup2(n, n): whether that clears close-on-exec differs between systems
 * and versions. There and back does so everywhere.
 */
static int clear(const struct plan *plan, int fd, posix_spawn_file_actions_t *actions)
{
	int result = posix_spawn_file_actions_adddup2(actions, fd, plan->scratch);

	return result ? result : posix_spawn_file_actions_adddup2(actions, plan->scratch, fd);
}

#endif

static int change_directory(const struct plan_step *step, posix_spawn_file_actions_t *actions)
{
#if LOWER_HAS_CHDIR
	return step->kind == STEP_CHDIR ? lower_chdir(actions, step->path)
					: lower_fchdir(actions, step->from);
#else
	(void)step;
	(void)actions;
	return ENOTSUP;
#endif
}

static int come_to_foreground(int terminal, posix_spawn_file_actions_t *actions)
{
#if LOWER_HAS_FOREGROUND
	return posix_spawn_file_actions_addtcsetpgrp_np(actions, terminal);
#else
	(void)terminal;
	(void)actions;
	return ENOTSUP;
#endif
}

int lower(const struct plan *plan, const struct plan_step *step,
	  posix_spawn_file_actions_t *actions)
{
	switch (step->kind) {
	case STEP_CHDIR:
	case STEP_FCHDIR:
		return change_directory(step, actions);
	case STEP_MOVE:
		return posix_spawn_file_actions_adddup2(actions, step->from, step->to);
	case STEP_CLEAR:
		return clear(plan, step->to, actions);
	case STEP_CLOSE_REST:
		return close_rest_but(plan, actions);
	case STEP_CLOSE:
		return posix_spawn_file_actions_addclose(actions, step->to);
	case STEP_OPEN:
		return posix_spawn_file_actions_addopen(actions, step->to, step->path,
							step->flags, (mode_t)step->mode);
	case STEP_FOREGROUND:
		return come_to_foreground(step->to, actions);
	default:
		/* Attributes and the program are not file actions. */
		return 0;
	}
}
