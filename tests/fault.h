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

#endif
