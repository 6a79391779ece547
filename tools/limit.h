/* SPDX-License-Identifier: ISC */
/*
 * --timeout holds for the command itself as well. Before there is a program it can be blocked in
 * a name service, in a FIFO that nobody writes, or in a file system that does not answer; and
 * afterwards by a reader of what it prints.
 */
#ifndef LIMIT_H
#define LIMIT_H

void limit_set(int ms);

/*
 * Between these two the command may be blocked. When the limit is over it says so and ends with
 * TIMED_OUT. Only there: on a machine that is busy, all else may take long, too.
 */
void limit_enter(void);
void limit_leave(void);

/* What they have left of it for the program, in milliseconds, but 1; 0: there is no limit. */
int limit_for_program(void);

/* What is left of it since it was set, in milliseconds, but `least`; -1: there is no limit. */
int limit_left(int least);

#endif
