/* SPDX-License-Identifier: ISC */
/*
 * The door into a new process on a stack of its own: one file per CPU, and
 * entry-libc.c where there is none. Not libc's clone() where we can help it:
 * sanitizers intercept that symbol. Both return the child's pid or -errno in
 * the parent. In the child, `run(argument)` is called with `stack` as the top
 * of the stack (16-byte aligned) and what it returns is the exit code, by
 * exit_group(2): after a fork that calls itself a clone, qemu-user may never
 * come back from exit(2) in the child of a process with threads.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "names.h"

/* The kernel's struct clone_args, of Linux 5.7. Before, it ended after tls. */
struct entry_args {
	uint64_t flags;
	uint64_t pidfd; /* int *, with CLONE_PIDFD */
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup; /* with CLONE_INTO_CGROUP */
};

enum { ENTRY_ARGS_FIRST = 64, ENTRY_ARGS_CGROUP = 88 };

/* clone3(2), Linux 5.3; -ENOSYS from entry-libc.c. */
long entry_clone3(struct entry_args *args, size_t size, int (*run)(void *), void *argument);

/* clone(2); `flags` with the exit signal in the lowest byte. */
long entry_clone(unsigned long flags, void *stack, int *pidfd, int (*run)(void *), void *argument);

#endif
