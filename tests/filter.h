/* SPDX-License-Identifier: ISC */
/* Faults on order: system calls that a filter refuses, allocations that fail. */
#ifndef FILTER_H
#define FILTER_H

/*
 * From here on, in this process and its children, system call `number` fails
 * with `code`. Returns 0 where the system has no filters (an emulator).
 */
int filter_syscall(int number, int code);

/* As filter_syscall(), only when argument `arg` has any of these bits. */
int filter_syscall_bits(int number, int arg, unsigned bits, int code);

/* The library's nth call of malloc from now fails (1: the next); 0: none does. */
void fault_malloc(int nth);

/* How many calls of malloc the library has made so far. */
int fault_malloc_calls(void);

/* The next report that the fork backend reads from its child is cut to `size` bytes. */
void fault_short_report(int size);

/* From here on posix_spawn() says success and its child exits with 127. */
void fault_dishonest_spawn(void);

#endif
