/* SPDX-License-Identifier: ISC */
/* Faults on order in what the library calls; the linker sends those calls to fault.c. */
#ifndef FAULT_H
#define FAULT_H

#include <stdatomic.h>

/* The library's nth call of malloc, calloc or realloc from now fails (1: the next); 0: none does. */
void fault_malloc(int nth);

/* How many calls of malloc the library has made so far, and how many pieces it holds. */
int fault_malloc_calls(void);
int fault_malloc_held(void);

/* The next report that the fork backend reads from its child is cut to `size` bytes. */
void fault_short_report(int size);

/* From here on a child of the linux backend gets a copy of memory, as in an emulator. */
void fault_private_memory(void);

/*
 * From here on a child of the linux backend that is born in a cgroup, or each one, is killed before it
 * has done anything. How many that were.
 */
enum fault_births { FAULT_NO_BIRTH, FAULT_IN_CGROUP, FAULT_EACH_BIRTH };
void fault_kill_at_birth(enum fault_births births);
int fault_killed_at_birth(void);

/* Before the library's next posix_spawn(), this is called. */
void fault_spawn(void (*meanwhile)(void));

/* From here on posix_spawn() says success and its child exits with 127. */
void fault_dishonest_spawn(void);

/* From here on posix_spawn_file_actions_adddup2() gives `code`. */
void fault_file_action(int code);

/* Before the library makes its next pipe, this is called. */
void fault_pipe(void (*meanwhile)(void));

/*
 * From here on the library's naps last until `may_end` is set, and then no longer than asked for.
 * `nap` is memory that a child shares, or NULL: all is as always.
 */
struct fault_nap {
	atomic_int begun, may_end;
};
void fault_nap(struct fault_nap *nap);

/* From here on it is *now_us for the library's runs, as long as that says so; NULL: time goes by. */
void fault_clock(const long long *now_us);

#endif
