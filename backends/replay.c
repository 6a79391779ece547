/* SPDX-License-Identifier: ISC */
/*
 * The child side: walk the list of steps.
 *
 * The law of this file. The code may run in a process that shares all memory
 * with its suspended parent, on a small stack, in the middle of whatever other
 * threads were doing. So: no allocation, no lock, no errno, no stdio, no call
 * of libc whatsoever, no write to anything but the stack and the report (and one
 * atomic word, for what a child has learned of signals), and no return from
 * the first function of the child. Only sys.h, first block.
 */
#include "attrs.h"

#include <errno.h>
#include <fcntl.h>

/* Through memory the report is told already. A lost reader is no reason to try again. */
CHILD_SIDE static void tell(const struct stage *stage)
{
	if (stage->tells)
		(void)sys_write(stage->channel, stage->report, sizeof(*stage->report));
}

CHILD_SIDE static int set_signals(const struct plan_step *step, const struct stage *stage)
{
	return sys_default_signals(stage->handlers_cleared, step->value[0]);
}

CHILD_SIDE static int set_mask(const struct plan_step *step, const struct stage *stage)
{
	return step->number ? sys_set_mask(stage->callers_mask) : sys_block_only(step->value[0]);
}

CHILD_SIDE static int change_directory(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return sys_chdir(step->path);
}

CHILD_SIDE static int change_directory_to_fd(const struct plan_step *step,
					     const struct stage *stage)
{
	(void)stage;
	return sys_fchdir(step->from);
}

/* ---- descriptors */

/* What goes at exec is there until then, for those that are opened through it. */
CHILD_SIDE static int move_as(int from, const struct plan_step *step)
{
	int result = sys_dup2(from, step->to);

	if (result >= 0 && step->flags & O_CLOEXEC)
		result = sys_setfd(step->to, FD_CLOEXEC);
	return result < 0 ? result : 0;
}

CHILD_SIDE static int move(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return move_as(step->from, step);
}

CHILD_SIDE static int change_cloexec(int fd, int is_set)
{
	int flags = sys_getfd(fd);

	if (flags < 0)
		return flags;
	return sys_setfd(fd, is_set ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC);
}

CHILD_SIDE static int clear_cloexec(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return change_cloexec(step->to, step->flags & O_CLOEXEC);
}

CHILD_SIDE static int set_cloexec(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return change_cloexec(step->to, 1);
}

CHILD_SIDE static int close_one(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	sys_close(step->to);
	return 0;
}

CHILD_SIDE static int close_others(const struct plan_step *step, const struct stage *stage)
{
	struct closing closing;

	(void)step;
	closing.keep = stage->plan->keep;
	closing.nkeep = stage->plan->nkeep;
	closing.also = stage->channel;
	closing.upto = stage->top;
	return close_rest(&closing);
}

CHILD_SIDE static int harmless(int flags, int code)
{
	/* Only an exclusive open gives EEXIST, and then it has made nothing. */
	if (code != EEXIST)
		flags &= ~(O_CREAT | O_EXCL);
	return (flags & ~O_TRUNC) | O_NONBLOCK;
}

CHILD_SIDE static int open_as(const struct plan_step *step, const struct stage *stage)
{
	int flags = step->flags;
	int fd, result;

	if (stage->plan->rehearsal)
		flags = harmless(flags, stage->plan->rehearsal);
	do
		fd = sys_open(step->path, flags, step->mode);
	while (fd == -EINTR);
	if (fd < 0 || fd == step->to)
		return fd < 0 ? fd : 0;
	result = move_as(fd, step);
	sys_close(fd);
	return result;
}

/* ---- the program */

/* What the path of a program leads to. The failure of the shell itself is not the program's. */
CHILD_SIDE static int execute_path(const char *path, const struct plan *plan)
{
	int result = sys_execve(path, plan->argv, plan->envp);

	if (result != -ENOEXEC || !plan->shell_argv)
		return result;
	/* The shell's script. This memory is the plan's, and nobody reads it but this child. */
	if (plan->places)
		plan->shell_argv[1] = (char *)path;
	sys_execve(PLAN_SHELL, plan->shell_argv, plan->envp);
	return -ENOEXEC;
}

/* After these execvp(3) tries the next place. */
CHILD_SIDE static int is_not_there(int result)
{
	return result == -ENOENT || result == -ENOTDIR || result == -EACCES || result == -ESTALE ||
	       result == -ENODEV || result == -ETIMEDOUT;
}

/* EACCES of any place is what all is about. */
CHILD_SIDE static int execute_places(const struct plan *plan)
{
	int result = -ENOENT, denied = 0;

	for (char *const *place = plan->places; *place; place++) {
		result = execute_path(*place, plan);
		if (!is_not_there(result))
			return result;
		denied |= result == -EACCES;
	}
	return denied ? -EACCES : result;
}

CHILD_SIDE static int execute_once(const struct plan_step *step, const struct plan *plan)
{
	if (step->to >= 0)
		return sys_execute_fd(step->to, plan->argv, plan->envp);
	return plan->places ? execute_places(plan) : execute_path(step->path, plan);
}

CHILD_SIDE static int allow_shell(const struct plan_step *step, const struct stage *stage)
{
	(void)step;
	(void)stage;
	return 0;
}

CHILD_SIDE static int execute(const struct plan_step *step, const struct stage *stage)
{
	int waited = 0;
	int result;

	stage->report->reached = 1;
	tell(stage);
	if (stage->plan->rehearsal)
		return 0;
	do
		result = execute_once(step, stage->plan);
	while (result == -ETXTBSY && busy_again(stage->plan, &waited));
	return result;
}

/* What every system has. */
static attr_act *const common_acts[STEP_KINDS] = {
	[STEP_SIGNALS] = set_signals,
	[STEP_CHDIR] = change_directory,
	[STEP_FCHDIR] = change_directory_to_fd,
	[STEP_MOVE] = move,
	[STEP_CLEAR] = clear_cloexec,
	[STEP_CLOSE_REST] = close_others,
	[STEP_CLOSE] = close_one,
	[STEP_CLOSE_ON_EXEC] = set_cloexec,
	[STEP_OPEN] = open_as,
	[STEP_MASK] = set_mask,
	[STEP_SHELL] = allow_shell,
	[STEP_EXEC] = execute,
};

int step_exists(int kind)
{
	return common_acts[kind] || attr_acts[kind];
}

CHILD_SIDE static int act(const struct plan_step *step, const struct stage *stage)
{
	attr_act *act = common_acts[step->kind] ? common_acts[step->kind] : attr_acts[step->kind];

	/* A preferred attribute that this system does not have. */
	return act ? act(step, stage) : -ENOSYS;
}

/* ---- the walk */

/* A failed child must not leave the terminal to its group, which ends with it. */
struct foreground {
	int terminal;
	int before; /* the group that had it; negative: nothing to give back */
};

CHILD_SIDE static void remember(struct foreground *foreground, const struct plan_step *step)
{
	foreground->terminal = step->to;
	foreground->before = sys_foreground_of(step->to);
}

CHILD_SIDE static void fail(const struct stage *stage, const struct plan_step *step, int code)
{
	struct report *report = stage->report;

	report->code = code;
	report->step = step_names[step->kind].step;
	report->index = step->index;
	tell(stage);
}

CHILD_SIDE void replay(const struct stage *stage)
{
	const struct plan *plan = stage->plan;
	struct foreground foreground;

	foreground.before = -1;
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];
		int result;

		*(volatile int *)&stage->report->at = (int)i;
		if (step->prefer && is_left_out(stage->report, step->index))
			continue;
		if (step->kind == STEP_FOREGROUND)
			remember(&foreground, step);
		result = act(step, stage);
		if (result > 0)
			apply_otherwise(stage->report, step->index);
		if (result < 0 && step->prefer) {
			leave_out(stage->report, step->index);
		} else if (result < 0) {
			if (foreground.before > 0)
				sys_set_foreground(foreground.terminal, foreground.before);
			fail(stage, step, -result);
			return;
		}
	}
}
