/* SPDX-License-Identifier: ISC */
/* Tables of descriptors: ours, a child's, and what a child's has to be. */
#ifndef TABLE_H
#define TABLE_H

#include <pspawn.h>
#include <sys/types.h>

enum { TABLE_MAX = 8192 };

struct slot {
	int number;
	unsigned long long dev, ino;
	long long offset; /* -1: has none */
	int flags;	  /* F_GETFL */
	int cloexec;
};

struct table {
	int count;
	struct slot slots[TABLE_MAX];
};

void table_of_self(struct table *table);
const struct slot *table_find(const struct table *table, int number);

/* Equal in everything; what differs is noted. */
int table_same(const struct table *a, const struct table *b);

/* What the probe wrote: its table and its surroundings. */
struct record {
	struct table table;
	char directory[4096];
	unsigned umask;
	unsigned long long blocked, ignored, caught; /* bit n-1: signal n */
	int ppid;
	int room; /* numbers for which the kernel has a place in the table; 0: not told */
};

void record_read(struct record *record, const char *path);

/* Open a new file in the case's directory, different from all others, at `number`; its offset is not 0. */
int file_at(int number, int flags);

/* file_at() for each of these numbers, for reading and writing; every second one close-on-exec. */
void files(int from, int to);

/* Close what file_at() has opened: the runner does, when a case is over. */
void files_close(void);

/* Close-on-exec on or off. */
void set_cloexec_of(int number, int on);

/* Which of 0 to 63 are open, as bits: in a full table there is no number left to list them. */
unsigned long long open_numbers(void);

void close_all_from(int number);
void remove_tree(const char *path);

/*
 * Start the probe with this description (argv is filled in), see it end well,
 * and read its record. Checks in passing that errno and our own table, but
 * for ends handed back, are untouched.
 */
void probe_start(struct pspawn_cmd *cmd, struct record *record);

/*
 * Start the probe with these entries and compare its whole table with the one
 * that they and our own table ask for: every number, file, offset, flags.
 */
void expect_map(const struct pspawn_fd *fds, size_t n);

/* In one of these ways, which changes from turn to turn. */
void expect_map_in_turn(const struct pspawn_fd *fds, size_t n, int turn);
#define EXPECT(...)                                                                     \
	expect_map((const struct pspawn_fd[]) { __VA_ARGS__ },                          \
		   sizeof((const struct pspawn_fd[]) { __VA_ARGS__ }) / sizeof(struct pspawn_fd))

/* The table that entries of the kinds DUP, SAME, NULL and CLOSE ask for. */
void expected_table(struct table *expected, const struct table *ours, const struct pspawn_fd *fds,
		    size_t n);

/*
 * Lower RLIMIT_NOFILE to `limit` and start; as long as that is too little for
 * the parent, with one more. The limit is put back. Returns the one that did.
 */
int start_with_just_enough(struct pspawn_child *child, const struct pspawn_cmd *cmd, int limit);

/* Start and expect the failure {code, step, index}: no child, handle and table untouched. */
void expect_failure(const struct pspawn_cmd *cmd, int code, int step, int index);

/* pspawn_kill_all(), and whom it reached or -errno. */
int kill_all(const struct pspawn_child *child, int signal);

/* What holds for every error: `what` says what its index counts, and a refusal has a reason. */
void expect_explained(const struct pspawn_error *error);

/* Start /bin/true or what is given; wait; its exit code. */
int run_cmd(struct pspawn_cmd *cmd);

/*
 * Of a child that is killed or forgotten on its way the library keeps something, until a start
 * comes by when it has ended. On a busy machine that is later than the library waits for it.
 */
void sweep_forgotten(void);

#endif
