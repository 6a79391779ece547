/* SPDX-License-Identifier: ISC */
/* The order of steps, which is the whole policy of what happens before exec. */
#include "planner.h"

#include <stdint.h>

const struct step_name step_names[STEP_KINDS] = {
	[STEP_NAMESPACES] = { PSPAWN_STEP_NAMESPACES, "new namespaces", 1 },
	[STEP_MAP_USER] = { PSPAWN_STEP_MAP_IDS, "map users", 1 },
	[STEP_MAP_GROUP] = { PSPAWN_STEP_MAP_IDS, "map groups", 1 },
	[STEP_SETGROUPS] = { PSPAWN_STEP_MAP_IDS, "allow or deny setgroups", 1 },
	[STEP_SIGNALS] = { PSPAWN_STEP_SIGNALS, "signals default", 1 },
	[STEP_SIGIGNORE] = { PSPAWN_STEP_SIGIGNORE, "ignore signals", 1 },
	[STEP_CGROUP] = { PSPAWN_STEP_CGROUP, "enter cgroup", 1 },
	[STEP_NO_TTY] = { PSPAWN_STEP_NO_TTY, "give up the terminal", 1 },
	[STEP_SETSID] = { PSPAWN_STEP_SETSID, "new session", 1 },
	[STEP_PGROUP] = { PSPAWN_STEP_PGROUP, "process group", 1 },
	[STEP_SETNS] = { PSPAWN_STEP_SETNS, "enter namespace", 1 },
	[STEP_ROOT_DIR] = { PSPAWN_STEP_ROOT, "fchdir", 1 },
	[STEP_UNSHARE] = { PSPAWN_STEP_NAMESPACES, "unshare", 1 },
	[STEP_MOUNTS] = { PSPAWN_STEP_MOUNTS, "make mounts private", 1 },
	[STEP_SCHED] = { PSPAWN_STEP_SCHED, "scheduling policy", 1 },
	[STEP_NICE] = { PSPAWN_STEP_NICE, "nice", 1 },
	[STEP_IOPRIO] = { PSPAWN_STEP_IOPRIO, "I/O priority", 1 },
	[STEP_AFFINITY] = { PSPAWN_STEP_AFFINITY, "CPU affinity", 1 },
	[STEP_OOM_SCORE] = { PSPAWN_STEP_OOM_SCORE, "OOM score", 1 },
	[STEP_PERSONALITY] = { PSPAWN_STEP_PERSONALITY, "personality", 1 },
	[STEP_RLIMIT] = { PSPAWN_STEP_RLIMIT, "limit", 1 },
	[STEP_UMASK] = { PSPAWN_STEP_UMASK, "umask", 1 },
	[STEP_ROOT] = { PSPAWN_STEP_ROOT, "chroot", 1 },
	[STEP_ROOT_FD] = { PSPAWN_STEP_ROOT, "chroot", 1 },
	[STEP_BOUNDING] = { PSPAWN_STEP_BOUNDING, "bounding capabilities", 1 },
	[STEP_SECUREBITS] = { PSPAWN_STEP_SECUREBITS, "securebits", 1 },
	[STEP_KEEP_CAPS] = { PSPAWN_STEP_KEEP_CAPS, "keep capabilities", 1 },
	[STEP_GROUPS] = { PSPAWN_STEP_GROUPS, "supplementary groups", 1 },
	[STEP_GROUP] = { PSPAWN_STEP_GROUP, "group", 1 },
	[STEP_USER] = { PSPAWN_STEP_USER, "user", 1 },
	[STEP_AMBIENT] = { PSPAWN_STEP_AMBIENT, "ambient capabilities", 1 },
	[STEP_NO_NEW_PRIVS] = { PSPAWN_STEP_NO_NEW_PRIVS, "no new privileges", 1 },
	[STEP_CHDIR] = { PSPAWN_STEP_CHDIR, "chdir", 1 },
	[STEP_FCHDIR] = { PSPAWN_STEP_CHDIR, "fchdir", 1 },
	[STEP_PDEATHSIG] = { PSPAWN_STEP_PDEATHSIG, "parent-death signal", 1 },
	[STEP_MOVE] = { PSPAWN_STEP_PLACE, "move", 0 },
	[STEP_CLEAR] = { PSPAWN_STEP_PLACE, "clear close-on-exec", 0 },
	[STEP_CLOSE_REST] = { PSPAWN_STEP_CLOSE, "close all but", 0 },
	[STEP_CLOSE] = { PSPAWN_STEP_CLOSE, "close", 0 },
	[STEP_CLOSE_ON_EXEC] = { PSPAWN_STEP_EXEC, "set close-on-exec", 1 },
	[STEP_OPEN] = { PSPAWN_STEP_OPEN, "open", 0 },
	[STEP_CTTY] = { PSPAWN_STEP_CTTY, "controlling terminal", 1 },
	[STEP_FOREGROUND] = { PSPAWN_STEP_FOREGROUND, "foreground", 1 },
	[STEP_TRACE_ME] = { PSPAWN_STEP_TRACE_ME, "trace me", 1 },
	[STEP_SHELL] = { PSPAWN_STEP_EXEC, "fall back to " PLAN_SHELL, 1 },
	[STEP_MASK] = { PSPAWN_STEP_MASK, "signal mask", 1 },
	[STEP_EXEC] = { PSPAWN_STEP_EXEC, "exec", 1 },
};

struct plan_step *plan_add(struct planner *planner, int kind, int index)
{
	struct plan_step *step = &planner->parts->steps[planner->plan->nsteps++];

	step->kind = kind;
	step->index = index;
	step->from = -1;
	step->to = -1;
	step->number = 0;
	step->prefer = 0;
	step->path = NULL;
	step->value[0] = step->value[1] = 0;
	return step;
}

void plan_touch(struct plan *plan, int number)
{
	if (number > plan->top)
		plan->top = number;
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
	/* In a large map this has been searched for already. */
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

/* From here on it is worth to seek a free number once for all who will need one. */
enum { MANY_STEPS = 64 };

/* Steps by which the child may no longer be what its parent is, in the kernel's eyes. */
static int changes_powers(int kind)
{
	return kind == STEP_SETNS || kind == STEP_UNSHARE ||
	       (kind >= STEP_BOUNDING && kind <= STEP_AMBIENT);
}

static void look_over(struct plan *plan)
{
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];

		if (step->from > plan->highest)
			plan->highest = step->from;
		if (step->to > plan->highest)
			plan->highest = step->to;
		plan->new_powers |= changes_powers(step->kind);
	}
	plan->new_powers |= (plan->namespaces & PSPAWN_NS_USER) != 0;
	if (plan->nsteps > MANY_STEPS)
		plan->unused = plan_unused(plan, 3);
}

static void begin(struct planner *planner)
{
	struct plan *plan = planner->plan;

	plan->steps = planner->parts->steps;
	plan->nsteps = 0;
	plan->keep = planner->parts->keep;
	plan->nkeep = 0;
	plan->top = plan->highest = plan->unused = 2;
	plan->left_over = plan->cgroup = -1;
	plan->session_index = plan->group_index = plan->cgroup_index = -1;
	plan->namespaces = 0;
	plan->waits_for_maps = plan->new_powers = 0;
	plan->retry_ms = PLAN_PATIENCE_MS;
	plan_find_attrs(planner);
	plan->program_index = planner->last[PSPAWN_ATTR_PROGRAM_FD];
	plan->watches_parent = planner->last[PSPAWN_ATTR_PDEATHSIG] >= 0;
}

static void add_exec(struct planner *planner)
{
	const struct plan_parts *parts = planner->parts;
	struct plan_step *step = plan_add(planner, STEP_EXEC, planner->plan->program_index);

	step->path = parts->program;
	step->to = parts->program_fd;
	step->number = planner->plan->places != NULL;
}

/* Root's powers are used before they are dropped, and all of ours before they are. */
static void add_first_part(struct planner *p)
{
	/* What follows is charged to it. */
	plan_attr_fd(p, PSPAWN_ATTR_CGROUP, STEP_CGROUP);
	/* Before a new session, in which there would be none to give up. */
	plan_attr(p, PSPAWN_ATTR_NO_TTY, STEP_NO_TTY);
	plan_attr(p, PSPAWN_ATTR_SETSID, STEP_SETSID);
	plan_attr(p, PSPAWN_ATTR_PGROUP, STEP_PGROUP);
	/* By the caller's /proc, which is root's as soon as the memory is hidden. */
	plan_attr(p, PSPAWN_ATTR_OOM_SCORE, STEP_OOM_SCORE);
	/* First those that exist: a user namespace gives the power to make more. */
	plan_every(p, PSPAWN_ATTR_SETNS, STEP_SETNS);
	plan_unshare(p);
	/* Before anything could be mounted that the parent's namespace would see. */
	plan_mounts(p);
	/* Each may need root, and none of them ids. */
	plan_attr(p, PSPAWN_ATTR_SCHED, STEP_SCHED);
	plan_attr(p, PSPAWN_ATTR_NICE, STEP_NICE);
	plan_attr(p, PSPAWN_ATTR_IOPRIO, STEP_IOPRIO);
	plan_attr(p, PSPAWN_ATTR_AFFINITY, STEP_AFFINITY);
	plan_attr(p, PSPAWN_ATTR_PERSONALITY, STEP_PERSONALITY);
	plan_limits(p, 0);
	plan_attr(p, PSPAWN_ATTR_UMASK, STEP_UMASK);
	/* Only root may, so before the user changes. */
	plan_root(p);
}

static void add_identity(struct planner *p)
{
	/* Both need CAP_SETPCAP, which a change of user takes away. */
	plan_attr(p, PSPAWN_ATTR_BOUNDING, STEP_BOUNDING);
	plan_attr(p, PSPAWN_ATTR_SECUREBITS, STEP_SECUREBITS);
	plan_keep_caps(p);
	/* Groups, group, user: each of them needs what the next one takes away. */
	plan_ids(p);
	/* A change of user clears them. */
	plan_attr(p, PSPAWN_ATTR_AMBIENT, STEP_AMBIENT);
	/* After everything that raises anything. */
	plan_attr(p, PSPAWN_ATTR_NO_NEW_PRIVS, STEP_NO_NEW_PRIVS);
}

void plan_make(struct plan *plan, const struct plan_parts *parts)
{
	struct planner planner = { .plan = plan, .parts = parts };
	struct planner *p = &planner;
	int has_attrs = parts->cmd->nattrs > 0;

	begin(p);
	/* The parent's part: the child has ids before it does anything by them. */
	if (has_attrs)
		plan_birth(p);
	/* A handler must never run in a child that may share our memory. */
	plan_signals(p);
	if (has_attrs) {
		add_first_part(p);
		add_identity(p);
	}
	/* With the new user's rights; before descriptors, because dir_fd is gone afterwards,
	 * and before files are opened, whose paths are relative to the child's directory. */
	plan_directory(p);
	/* A change of ids would clear it. */
	plan_attr(p, PSPAWN_ATTR_PDEATHSIG, STEP_PDEATHSIG);
	/* All sources are still what they were: nothing has been opened or closed. */
	plan_moves(p);
	/* Before files are opened, so that a full table leaves room for them. */
	plan_closing(p);
	plan_opens(p);
	/* After the opens that they copy; every number is taken or free by now. */
	plan_copies(p);
	/* A limit of descriptors below those that have just been placed. */
	plan_limits(p, 1);
	/* By the child's numbers, so that a terminal may be one that it has opened. */
	plan_attr_to(p, PSPAWN_ATTR_CTTY, STEP_CTTY);
	plan_attr_to(p, PSPAWN_ATTR_FOREGROUND, STEP_FOREGROUND);
	/* Late, because a stop signal that arrives from here on holds the parent too. */
	plan_mask(p);
	/* Later still: a traced child stops at every signal. */
	plan_attr(p, PSPAWN_ATTR_TRACE_ME, STEP_TRACE_ME);
	plan_attr(p, PSPAWN_ATTR_SHELL_FALLBACK, STEP_SHELL);
	add_exec(p);
	look_over(plan);
}
