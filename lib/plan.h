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
#include "refusal.h"

/* In the place of a scratch number. No `~entry` is so low. */
enum plan_scratch {
	SCRATCH_NONE = INT_MIN, /* no move needs one */
	SCRATCH_LATER		/* a free number, which is taken when the start begins */
};

/* libc's own, which some libcs leave ignored in what they start, and that in what it starts. */
#define PLAN_LIBCS_SIGNALS (PSPAWN_SIGNAL(32) | PSPAWN_SIGNAL(33)) /* of every libc */
#define PLAN_RESERVED_SIGNALS (PLAN_LIBCS_SIGNALS | PSPAWN_SIGNAL(34))

/*
 * For a program that is busy, unless RETRY_BUSY says how long: what another thread has open is for a
 * moment open in each child that is born there and then, also where it is closed at once.
 */
enum { PLAN_PATIENCE_MS = 5 };

/* What runs a script without an interpreter line, and its argument 0. */
#define PLAN_SHELL "/bin/sh"

enum step_kind {
	/* ---- the parent's part, while the child waits */
	STEP_NAMESPACES, /* born in new ones: value[0] */
	STEP_MAP_USER,	 /* value[0]: inside and, 32 bits up, outside; value[1]: how many */
	STEP_MAP_GROUP,
	STEP_SETGROUPS, /* number: allowed or not */
	/* ---- the child's */
	STEP_SIGNALS, /* handled signals, and those in value[0], to default */
	STEP_SIGIGNORE,
	STEP_CGROUP, /* whose directory is open as `from` */
	STEP_NO_TTY,
	STEP_SETSID,
	STEP_PGROUP,
	STEP_OOM_SCORE,
	STEP_SETNS, /* open as `from`, of the type value[0] */
	STEP_ROOT_DIR, /* to the directory open as `from`, which is to be the root */
	STEP_UNSHARE,
	STEP_MOUNTS, /* all of them private */
	STEP_SCHED,
	STEP_NICE,
	STEP_IOPRIO,
	STEP_AFFINITY,
	STEP_PERSONALITY,
	STEP_RLIMIT,
	STEP_UMASK,
	STEP_ROOT,
	STEP_ROOT_FD,
	STEP_BOUNDING,
	STEP_SECUREBITS,
	STEP_KEEP_CAPS,
	STEP_GROUPS, /* value[0] of them at data */
	STEP_GROUP,
	STEP_USER,
	STEP_AMBIENT,
	STEP_NO_NEW_PRIVS,
	STEP_CHDIR,	   /* to path */
	STEP_FCHDIR,	   /* to the directory open as `from` */
	STEP_PDEATHSIG,
	STEP_MOVE,	   /* duplicate `from` onto `to`; they differ. O_CLOEXEC in `flags`: so */
	STEP_CLEAR,	   /* clear close-on-exec of `to`, or set it where `flags` have O_CLOEXEC */
	STEP_CLOSE_REST,   /* close all but the keep-list */
	STEP_CLOSE,	   /* close `to`, open or not */
	STEP_CLOSE_ON_EXEC, /* set close-on-exec of `to` */
	STEP_OPEN,	   /* open path as `to`, which is not in use */
	STEP_CTTY,	   /* the child's `to` */
	STEP_FOREGROUND,   /* of the terminal at the child's `to` */
	STEP_MASK,	   /* block the signals in value[0]; number 1: the caller's mask */
	STEP_TRACE_ME,
	STEP_SHELL,	   /* nothing by itself: STEP_EXEC may use shell_argv */
	STEP_EXEC,	   /* path is the program, or the descriptor `to` */
	STEP_KINDS
};

struct plan_step {
	int kind;
	int index; /* the entry of the description that asks for it, or -1 */
	int from;  /* from and to: descriptors and nothing else, or -1 */
	int to;
	int number;
	int prefer; /* 1: go on when it fails */
	union {
		const char *path;
		const void *data;
	};
	union {
		struct { /* of STEP_OPEN; the flags also of MOVE and CLEAR */
			int flags;
			unsigned mode;
		};
		unsigned long long value[2];
	};
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
	int unused;	 /* of many steps: the lowest from 3 on that none speaks of; else 2 */
	int scratch;	 /* a number that moves may pass through, or one of enum plan_scratch */
	int inherit_all;
	int rehearsal;	 /* see replay() */
	int goes_on;	 /* the start is not waited for: see begin() of a backend */
	int unwatched;	 /* the caller wants no descriptor for the child */
	unsigned namespaces; /* of the birth: PSPAWN_NS_* */
	int waits_for_maps;  /* the child has to wait until the parent has mapped ids */
	int new_powers;	     /* a step changes ids or capabilities */
	int cgroup;	     /* the descriptor of its directory, or -1 */
	int session_index;   /* the attribute that makes the child lead a session, or -1 */
	int group_index;     /* the one that makes it lead a process group, or -1 */
	int cgroup_index;    /* the attribute that names the cgroup, or -1 */
	int program_index;   /* the attribute that names the program's descriptor, or -1 */
	int watches_parent;  /* the child has to know whether we are still there */
	int retry_ms;	     /* how long ETXTBSY is no answer */
	char *const *argv;
	char *const *envp;
	char *const *places; /* where to look for the program, one after the other; NULL: at its path */
	char **shell_argv; /* for PLAN_SHELL, if the program is ENOEXEC; NULL: it may not be used */
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

/* What the parent holds at 0, 1 and 2, where the description does not mention them. */
enum stdio_state { STDIO_OPEN, STDIO_CLOEXEC, STDIO_CLOSED, STDIO_MENTIONED };

/* Room for the description of n entries: its own and the unmentioned of 0, 1, 2. */
#define PLAN_SEATS(n) ((n) + 3)
#define PLAN_KEEP(n) (PLAN_SEATS(n) + 1) /* and the program's own descriptor */
/* An attribute has at most three steps: groups, group and user. */
#define PLAN_STEPS(n, nattrs) (FDMAP_MOVES(PLAN_SEATS(n)) + PLAN_SEATS(n) + 8 + 3 * (nattrs))

/*
 * One seat for each number that the description speaks of, sorted by number.
 * Returns how many, or -1 with the refusal filled: two entries for one number, or
 * a `same` that leads nowhere.
 */
long plan_seats(const struct pspawn_cmd *cmd, const enum stdio_state stdio[3], struct seat *seats,
		struct refusal *refusal);

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
	int program_fd;		 /* the number of the program's descriptor in the child; -1: by name */
	int program_is_listed;	 /* the program keeps that descriptor */
	struct plan_step *steps; /* PLAN_STEPS(nfds, nattrs) of them */
	int *keep;		 /* PLAN_KEEP(nfds) of them */
};

/* Fill steps, keep and top of the plan. The order of steps is decided here. */
void plan_make(struct plan *plan, const struct plan_parts *parts);

/* The lowest number from `from` on that no step speaks of. */
int plan_unused(const struct plan *plan, int from);

/* The step of the public header that a kind belongs to, and its word in explanations. */
struct step_name {
	int step; /* enum pspawn_step */
	const char *word;
	int of_attr; /* 1: its index is one of attributes */
};
extern const struct step_name step_names[STEP_KINDS];

#endif
