/* SPDX-License-Identifier: ISC */
/*
 * System calls that fail on order: from here on, in this process and its
 * children, through a filter of the kernel's. Each returns 0 where the system
 * has no filters (an emulator).
 */
#ifndef FILTER_H
#define FILTER_H

/* In the place of an errno value: whoever makes the call is killed. */
enum { FILTER_KILL = 0 };

/* System call `number` fails with `code`. */
int filter_syscall(int number, int code);

/* Only when argument `arg` has any of these bits. */
int filter_syscall_bits(int number, int arg, unsigned bits, int code);

/* Only when argument `arg` has none of these bits. */
int filter_syscall_no_bits(int number, int arg, unsigned bits, int code);

/* Only when argument `arg` is `value`. */
int filter_syscall_equal(int number, int arg, unsigned value, int code);

/* Only when argument `arg` is at least `least`. */
int filter_syscall_above(int number, int arg, unsigned least, int code);

#endif
