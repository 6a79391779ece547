/* SPDX-License-Identifier: ISC */
/*
 * The contract of a backend: one way to make a child that carries out a plan.
 *
 * What a backend gets: a complete plan, and a struct birth to fill. It never
 * sees the description, so no two backends can read it differently.
 *
 * What it must keep: when start() returns 0, the program is executing and
 * birth->pid is a child of ours, not waited for. When it returns -errno, there
 * is no child and birth->report says which step it was. In both cases the
 * signal mask, the descriptors and everything else of the caller's are as
 * before, but for birth->watch. No number that the plan reads may come to hold
 * a descriptor of the backend's own: use reserve() for those it makes.
 *
 * What it may refuse: refuses() looks at a plan and, when the backend cannot
 * carry it out, says why (static text); *index is then the entry of the
 * description that is in the way, or -1. It may start a process to learn what
 * the system does, but not the program. start() may find out later than that:
 * it returns BACKEND_PASS with birth->reason, and nothing has happened.
 *
 * A start may also go on by itself: begin() returns as soon as the child has
 * descriptors of its own, and a child that can still fail. The child keeps birth->tellfd, the
 * writing end of a pipe, close-on-exec, which the caller of begin() has made and closes: then
 * birth->startfd says "end of file" when the child is on its way no more, because it executes the
 * program or has ended. What the plan points to, and birth->under_way, where the child reports,
 * stay until then. After that, or when the child has ended by any sign, end() gives the report, and
 * back what was taken.
 *
 * Porting: write sys-<system>.c if sys-posix.c does not do, make a ladder, and
 * run the suite.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include "plan.h"
#include "sys.h"

/* What failed, in the child or on the way to it. All zero: nothing. */
struct report {
	int code; /* errno value, positive */
	int step; /* enum pspawn_step */
	int index;
	int reached; /* 1: the child was about to execute the program */
	int at;	     /* the step of the plan that the child is at, where the start goes on */
	unsigned long long left_out;  /* bit n: entry n of attributes, preferred, has failed */
	unsigned long long otherwise; /* bit n: it was applied in its second way */
	/* The parent's, and never the child's: */
	int what;	    /* enum pspawn_index: what `index` counts; 0: as the step says */
	const char *reason; /* static text, or NULL */
};

struct birth {
	pid_t pid;
	int watch; /* a descriptor that becomes readable when the child ends, or -1 */
	struct report report;
	const char *reason; /* with BACKEND_PASS */
	int startfd, tellfd; /* for begin(): two ends of a pipe, outside of what the plan reads */
	struct report *under_way; /* what the child has to say so far */
	void *nursery;	    /* where the child is on its way: the backend's own, until end() */
};

#define BACKEND_PASS 1

struct backend {
	const char *name;
	const char *(*refuses)(const struct plan *plan, int *index);
	int (*start)(const struct plan *plan, struct birth *birth);
	int (*begin)(const struct plan *plan, struct birth *birth); /* NULL: it cannot */
	void (*end)(struct birth *birth);
	/* Numbers up to this one cost nothing to read; NULL: no number does, however high. */
	int (*cheap_top)(const struct plan *plan);
};

extern const struct backend backend_linux;
extern const struct backend backend_posix_spawn;
extern const struct backend backend_fork;

/*
 * The backends of this build, ended by NULL. The first is asked first, and the
 * second is where a plan goes that the first does not take. What follows after
 * those two runs only when the description names it.
 */
extern const struct backend *const ladder[];

/* Fill the report; returns -code. */
int report_failure(struct report *report, int code, int step, int index);

/* Did a system call want a descriptor, and got -EMFILE or -ENFILE? */
int is_out_of_numbers(long result);

/* Close it, if it is open, and remember that. */
static inline void close_if(int *fd)
{
	if (*fd >= 0)
		sys_release(*fd);
	*fd = -1;
}

/*
 * Move the descriptor `fd`, which is ours, to a number above 2 that the plan
 * (NULL: none) neither reads nor writes. Returns the number, or -errno, and
 * then `fd` is closed.
 */
int reserve(int fd, const struct plan *plan);

/* The same for both ends of a pipe. Returns 0, or -errno, and then both are closed and -1. */
int reserve_both(int ends[2], const struct plan *plan);

/* ---- the child side of linux and fork */

/* What the backend knows about the child in which a plan is replayed. */
struct stage {
	const struct plan *plan;
	struct report *report;
	int handlers_cleared; /* handled signals are default already */
	int top;	      /* no descriptor is open above this number */
	int channel;	      /* close-on-exec, and kept until then; or -1 */
	int tells;	      /* reports are written to it; else they are in memory that is shared */
	int in_cgroup;	      /* it was born in the cgroup */
	pid_t parent;	      /* with plan->watches_parent */
	const struct sys_mask *callers_mask;
};

/*
 * Carry out the plan. Returns only when a step has failed, which the report
 * then names. It also says, just before the program is executed, that this
 * point was reached.
 *
 * A plan whose `rehearsal` is not 0 is for finding out which step fails with
 * that errno value: files are opened but neither made nor emptied, and where
 * the program would be executed, replay() returns.
 */
void replay(const struct stage *stage);

/* The first step of the kind, or NULL. */
const struct plan_step *find_step(const struct plan *plan, int kind);

/* Does this system have what the step does? By any backend, that is. */
int step_exists(int kind);

/* Remember in the report that a preferred attribute has failed; was it so already? */
void leave_out(struct report *report, int index);
int is_left_out(const struct report *report, int index);
void apply_otherwise(struct report *report, int index);

/*
 * After ETXTBSY: sleep for a moment and return 1, or 0 when that has been done
 * for long enough. *waited is 0 at first. Safe in the child.
 */
int busy_again(const struct plan *plan, int *waited);

/* What close_rest() shall leave open. */
struct closing {
	const int *keep; /* sorted */
	size_t nkeep;
	int also; /* one more, or -1 */
	int upto; /* there is nothing open above this number */
};

/* Close everything else. Returns 0, or -errno when that cannot be promised. */
int close_rest(const struct closing *closing);

/* The step of a plan that fails with `code`, found by a child which rehearses it. */
void fork_rehearse(const struct plan *plan, int code, struct report *report);

#endif
