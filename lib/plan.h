/* SPDX-License-Identifier: ISC */
/*
 * The plan: everything that is done between the birth of a child and its
 * program, as a flat list of steps that is complete before the child exists.
 * Making it is pure: no system call, no allocation, no library call at all.
 */
#ifndef PLAN_H
#define PLAN_H

#include <limits.h>

#include "fdmap.h"
#include "pspawn.h"

/* In the place of a scratch number. No `~entry` is so low. */
enum plan_scratch {
	SCRATCH_NONE = INT_MIN, /* no move needs one */
	SCRATCH_LATER		/* a free number, which is taken when the start begins */
};

enum step_kind {
	STEP_SIGNALS,	 /* handled signals and SIGPIPE to default */
	STEP_CHDIR,	 /* to path */
	STEP_FCHDIR,	 /* to the directory open as `from` */
	STEP_MOVE,	 /* duplicate `from` onto `to`; they differ */
	STEP_CLEAR,	 /* clear close-on-exec of `to` */
	STEP_CLOSE_REST, /* close all but the keep-list */
	STEP_CLOSE,	 /* close `to`, open or not */
	STEP_OPEN,	 /* open path as `to`, which is not in use */
	STEP_MASK,	 /* unblock every signal */
	STEP_EXEC,	 /* path is the program */
	STEP_KINDS
};

struct plan_step {
	int kind;
	int index; /* the entry of the description that asks for it, or -1 */
	int from;
	int to;
	int flags;
	unsigned mode;
	const char *path;
};

struct plan {
	const struct plan_step *steps;
	size_t nsteps;
	const struct fdmap_pair *pairs; /* the wishes behind the moves */
	size_t npairs;
	const int *keep; /* sorted: what is in place when the rest is closed */
	size_t nkeep;
	int top;	 /* the highest of the parent's numbers that a step reads or keeps */
	int left_over;	 /* scratch, where moves pass through it and leave it open; else -1 */
	int highest;	 /* the highest number that a step speaks of */
	int unused;	 /* the lowest from 3 on that none speaks of */
	int scratch;	 /* a number that moves may pass through, or one of enum plan_scratch */
	int inherit_all;
	int rehearsal;	 /* see replay() */
	char *const *argv;
	char *const *envp;
};

/* How a number of the child comes to be what it is. */
enum seat_how {
	SEAT_KEEP,   /* it is the parent's, as it stands */
	SEAT_MOVE,   /* from the parent's `from` */
	SEAT_OPEN,   /* opened by the child */
	SEAT_COPY,   /* of the child's own `from`, after that was opened */
	SEAT_CLOSED,
	SEAT_SAME    /* not resolved yet */
};

struct seat {
	int to;
	int how;
	int from;  /* negative: ~entry of the pipe or socket pair that it will be */
	int index; /* entry of fds; -1: 0, 1 or 2, which the description does not mention */
};

/* What the parent holds at 0, 1 and 2. */
enum stdio_state { STDIO_OPEN, STDIO_CLOEXEC, STDIO_CLOSED };

/* Room for the description of n entries: its own and the unmentioned of 0, 1, 2. */
#define PLAN_SEATS(n) ((n) + 3)
#define PLAN_STEPS(n) (FDMAP_MOVES(PLAN_SEATS(n)) + PLAN_SEATS(n) + 8)

/*
 * One seat for each number that the description speaks of, sorted by number.
 * Returns how many, or -EINVAL with *index set: two entries for one number, or
 * a `same` that leads nowhere.
 */
long plan_seats(const struct pspawn_cmd *cmd, const enum stdio_state stdio[3], struct seat *seats,
		int *index);

/* The wishes for the parallel assignment, sorted. Returns how many. */
size_t plan_pairs(const struct seat *seats, size_t n, struct fdmap_pair *pairs);

/* What plan_make() lays out, and where. */
struct plan_parts {
	const struct pspawn_cmd *cmd;
	const struct seat *seats;
	size_t nseats;
	const struct fdmap_move *moves;
	size_t nmoves;
	const char *program;
	struct plan_step *steps; /* PLAN_STEPS(nfds) of them */
	int *keep;		 /* PLAN_SEATS(nfds) of them */
};

/* Fill steps, keep and top of the plan. The order of steps is decided here. */
void plan_make(struct plan *plan, const struct plan_parts *parts);

/* The lowest number from `from` on that no step speaks of. */
int plan_unused(const struct plan *plan, int from);

/* The step of the public header that a kind belongs to, and its word in explanations. */
struct step_name {
	int step; /* enum pspawn_step */
	const char *word;
};
extern const struct step_name step_names[STEP_KINDS];

#endif
