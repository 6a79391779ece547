/* SPDX-License-Identifier: ISC */
/* What the files of the library share: the stations of a start, in order. */
#ifndef LIB_H
#define LIB_H

#include "backend.h"
#include "plan.h"
#include "refusal.h"

/* Up to this many entries and attributes a start allocates nothing for its plan. */
enum { SMALL_MAP = 8, SMALL_ATTRS = 4, SMALL_PATH = 256 };

struct small_map {
	struct seat seats[PLAN_SEATS(SMALL_MAP)];
	struct fdmap_pair pairs[PLAN_SEATS(SMALL_MAP)];
	struct fdmap_move moves[FDMAP_MOVES(PLAN_SEATS(SMALL_MAP))];
	struct plan_step steps[PLAN_STEPS(SMALL_MAP, SMALL_ATTRS)];
	int keep[PLAN_KEEP(SMALL_MAP)];
	int ends[2 * SMALL_MAP];
};

/* A program that was searched: `text` is `small`, or `memory`, which is to be given back. */
struct found {
	char *text;
	void *memory;
	char small[SMALL_PATH];
};

/* One start on its way from description to plan. */
struct work {
	struct pspawn_cmd cmd; /* checked, and of this library's size */
	struct seat *seats;
	size_t nseats;
	struct fdmap_pair *pairs;
	struct fdmap_move *moves;
	struct plan_step *steps;
	int *keep;
	size_t nends; /* how many entries to look at: all, or 0 if none makes a pipe or pair */
	int *theirs;  /* by entry: the child's end of a pipe or pair, or -1 */
	int *ours;    /* by entry: what is handed back, or -1 */
	int scratch; /* a number that we hold for the plan, or -1 */
	int cgroup;  /* a duplicate for the handle, or -1 */
	int held;    /* a duplicate of the program's descriptor, or -1 */
	int startfd, tellfd; /* of a start that goes on: says when it is over; the child keeps it; or -1 */
	int program_fd; /* the parent's descriptor of the program, or -1 */
	const char *program;
	struct plan plan;
	struct small_map small;
	struct found found;
	void *map_memory;
	void *env_memory;
	void *shell_memory;
};

/*
 * Everything up to a complete plan that has no side effect: check, seats,
 * search, environment. Pipes have no numbers yet. Returns 0 or -errno with the
 * report filled; work_done() is due in either case.
 */
int work_begin(struct work *work, const struct pspawn_cmd *given, struct report *report);

/* Before anything else is done with it, but for its `cmd`. */
void work_clear(struct work *work);

/* work_begin() with a `cmd` that has been checked. */
int work_build(struct work *work, struct report *report);

/* Make the plan, or make it again after pipes have got numbers. */
void work_plan(struct work *work);

/*
 * Where in the child the program's descriptor is: a number that the map gives
 * it, its own, or, where the map gives that to another, the duplicate that we
 * hold; SCRATCH_LATER before there is one.
 */
int work_program(const struct work *work, int *is_listed);

/* Give back the memory. */
void work_done(struct work *work);

/* Is it refused for what it says? */
struct refusal attr_check(const struct pspawn_attr *attr, size_t index);

/* Which entry of a map is for the number; n: none. */
size_t fds_find(const struct pspawn_fd *fds, size_t n, int number);

/* The parent's descriptor that a checked attribute reads, or -1. */
int attr_source(const struct pspawn_attr *attr);

/* How many bytes the `data` of a checked attribute has. */
size_t attr_data_size(const struct pspawn_attr *attr);

/* The last entry of the kind, or NULL. */
const struct pspawn_attr *attr_last(const struct pspawn_cmd *cmd, int kind);

/*
 * Make what is open as fd, which pspawn has made, belong to the user of USER, so that the child can
 * open it again: as /dev/stdin, or by its terminal's name. Returns whether there is a USER.
 */
int give_to_user(const struct pspawn_cmd *cmd, int fd);

/* The first version ended with `reserved`; this stays when the structure grows. */
enum { CMD_OLDEST_SIZE = offsetof(struct pspawn_cmd, reserved) + sizeof(unsigned) };

/* The size that a structure of the caller's begins with; where that is 0, `oldest`. */
size_t versioned_size(const void *given, size_t oldest);

/*
 * Copy such a structure: a missing tail is zero, an unknown one has to be. Refuses NULL, and what
 * is smaller than `oldest`.
 */
struct refusal copy_versioned(void *to, size_t size, const void *given, size_t oldest);

/* Does the start go on when pspawn_start() is over, or may have to be given up? */
int cmd_goes_on(const struct pspawn_cmd *cmd);

/* Put the refusal, found at this step, into the report. Returns -code. */
int report_refusal(struct report *report, struct refusal refusal, int step);

/* After a failed start: where the kernel has said E2BIG, the report says what was too large. */
void name_excess(const struct work *work, struct report *report);

/* Copy the description in this library's size and refuse what is wrong with it. */
int cmd_check(struct pspawn_cmd *cmd, const struct pspawn_cmd *given, struct report *report);

/*
 * The first executable place of `name`, which has no '/', in `path` (NULL: PATH of our
 * environment). Returns 0 or -errno.
 */
int path_search(struct found *found, const char *name, const char *path);

/*
 * All places of `name` in `path`, in memory of `found`: *places ends with NULL. Returns 0, -ENOENT
 * for an empty name, or -ENOMEM.
 */
int path_places(struct found *found, const char *name, const char *path, char ***places);

/* A checked description with all that it points to, the environment too; free() it. NULL: ENOMEM. */
struct pspawn_cmd *cmd_keep(const struct pspawn_cmd *cmd);

/* The environment before its edits. */
char *const *env_base(const struct pspawn_cmd *cmd);

/* The environment after its edits. Returns 0 or -ENOMEM. */
int env_edit(struct work *work);

/* The shell's arguments, where SHELL_FALLBACK asks for them. Returns 0 or -ENOMEM. */
int shell_arguments(struct work *work);

/*
 * Take what a start needs in our own table: pipes and socket pairs, a scratch
 * number where it has to be a free one, duplicates of the program's descriptor
 * and the cgroup's. The plan then holds their numbers. All of it or, on -errno, nothing.
 */
int numbers_take(struct work *work, struct report *report);

/* After success: hand our ends over, give the rest back. */
void numbers_hand_over(struct work *work);

/* Give everything back. */
void numbers_drop(struct work *work);

/* The numbers of pspawn_reserve() that a start has taken. */
struct parking {
	uint64_t taken; /* bit i: berth i */
	int spare;	/* of these, the one in which nothing is put, or -1 */
	int worthy;	/* a number above this one is too high to gain by */
	int tellfd;	/* the work's, or the number that it has meanwhile */
};

/*
 * Before a backend starts the plan: put sources, and what the child keeps, into low numbers, if
 * some are kept and the backend gains by it. The plan then reads those. unpark() is due after the
 * start, however that went.
 */
void park(struct parking *parking, struct work *work, const struct backend *backend);
void unpark(struct parking *parking);

/* Is it kept by pspawn_reserve()? Then it is not open, as far as a description goes. */
int is_berth(int number);

/* The rung that takes the plan, and why those before it were passed over. */
struct choice {
	const struct backend *const *rung;
	const char *passed_over; /* static, or NULL */
};

/* Choose among the rungs that the description allows. */
int choose(const struct work *work, struct choice *choice, struct report *report);

/* The rung after one that has passed on the plan; -ENOTSUP where there is none. */
int choose_next(const struct work *work, struct choice *choice, const char *reason,
		struct report *report);

/* Give the report to the caller. Returns -code. */
int fill_error(struct pspawn_error *error, const struct report *report);

/* ---- statuses */

/* None yet: all is zero, and the code -1. */
void status_clear(struct pspawn_status *status);

/* ---- words */

/* Text that is cut where the buffer ends, and its length without the cut. */
struct text {
	char *buf;
	size_t size;
	size_t length;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_quoted(struct text *text, const char *name);

/* What the attribute's step is about, where that can be said in a word: ` "/srv"`, ` 1000`. */
void text_add_operand(struct text *text, const struct pspawn_attr *attr, int step);

/*
 * The interpreter that `program` needs and the system lacks, by its #! line or
 * its ELF header. Returns 1 with the name in buf, else 0.
 */
int missing_interpreter(const char *program, char *buf, size_t size);

/* 1: `program` is text that names no interpreter. */
int lacks_interpreter(const char *program);

#endif
