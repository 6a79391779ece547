/* SPDX-License-Identifier: ISC */
/* Sources with high numbers, and children that should not have to pay for them. */
#ifndef RESERVE_H
#define RESERVE_H

#include <pspawn.h>

#include "suite.h"
#include "table.h"

/* Above 4095 too, for kernels that round the end of a table up to that. */
enum { HIGH = 9000 };

/* The writing end of a new pipe that nobody reads, close-on-exec. It is closed with the case's
 * files. */
int high_pipe(int number);

/* Our table is what it was. */
void expect_unchanged(const struct table *before);

/*
 * As expect_map(). Where the linux backend starts, the child's table is also of that size:
 * small, or large enough for the highest source.
 */
void expect_room(int is_small, const struct pspawn_fd *fds, size_t n);

/* The same, for this source as the child's 9. */
void expect_low(int source, int is_small);

/* How many of the numbers below 64 are open, and how many of them lead to this file. */
int low_numbers(void);
int copies_of(int source);

#endif
