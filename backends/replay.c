/* SPDX-License-Identifier: ISC */
/*
 * The child side: walk the list of steps.
 *
 * The law of this file. The code may run in a process that shares all memory
 * with its suspended parent, on a small stack, in the middle of whatever other
 * threads were doing. So: no allocation, no lock, no errno, no stdio, no call
 * of libc whatsoever, no write to anything but the stack and the report, and
 * no return from the first function of the child. Only sys.h, first block.
 */
#include "backend.h"

#include <errno.h>
#include <fcntl.h>

/* Through memory the report is told already. A lost reader is no reason to try again. */
CHILD_SIDE static void tell(const struct stage *stage, const struct report *report)
{
	if (stage->channel >= 0)
		(void)sys_write(stage->channel, report, sizeof(*report));
}

CHILD_SIDE static int clear_cloexec(int fd)
{
	int flags = sys_getfd(fd);

	return flags < 0 ? flags : sys_setfd(fd, flags & ~FD_CLOEXEC);
}

CHILD_SIDE static int harmless(int flags, int code)
{
	/* Only an exclusive open gives EEXIST, and then it has made nothing. */
	if (code != EEXIST)
		flags &= ~(O_CREAT | O_EXCL);
	return (flags & ~O_TRUNC) | O_NONBLOCK;
}

CHILD_SIDE static int open_as(const struct plan *plan, const struct plan_step *step)
{
	int flags = step->flags & ~O_CLOEXEC;
	int fd, result;

	if (plan->rehearsal)
		flags = harmless(flags, plan->rehearsal);
	do
		fd = sys_open(step->path, flags, step->mode);
	while (fd == -EINTR);
	if (fd < 0 || fd == step->to)
		return fd;
	result = sys_dup2(fd, step->to);
	sys_close(fd);
	return result;
}

CHILD_SIDE static int close_others(const struct plan *plan, const struct stage *stage)
{
	struct closing closing;

	closing.keep = plan->keep;
	closing.nkeep = plan->nkeep;
	closing.also = stage->channel;
	closing.upto = stage->top;
	return close_rest(&closing);
}

CHILD_SIDE static int execute(const struct plan *plan, const struct stage *stage,
			      const struct plan_step *step, struct report *report)
{
	report->reached = 1;
	tell(stage, report);
	return plan->rehearsal ? 0 : sys_execve(step->path, plan->argv, plan->envp);
}

CHILD_SIDE static int act(const struct plan *plan, const struct stage *stage,
			  const struct plan_step *step, struct report *report)
{
	switch (step->kind) {
	case STEP_SIGNALS:
		return sys_default_signals(stage->handlers_cleared);
	case STEP_CHDIR:
		return sys_chdir(step->path);
	case STEP_FCHDIR:
		return sys_fchdir(step->from);
	case STEP_MOVE:
		return sys_dup2(step->from, step->to);
	case STEP_CLEAR:
		return clear_cloexec(step->to);
	case STEP_CLOSE_REST:
		return close_others(plan, stage);
	case STEP_CLOSE:
		sys_close(step->to);
		return 0;
	case STEP_OPEN:
		return open_as(plan, step);
	case STEP_MASK:
		return sys_empty_mask();
	case STEP_EXEC:
		return execute(plan, stage, step, report);
	default:
		return -ENOSYS;
	}
}

CHILD_SIDE void replay(const struct plan *plan, const struct stage *stage, struct report *report)
{
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];
		int result = act(plan, stage, step, report);

		if (result < 0) {
			report->code = -result;
			report->step = step_names[step->kind].step;
			report->index = step->index;
			tell(stage, report);
			return;
		}
	}
}
