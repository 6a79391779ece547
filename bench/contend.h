/* SPDX-License-Identifier: ISC */
/*
 * What the contenders in C have in common. Each is a program that starts another one again
 * and again, and prints how many nanoseconds each start took. contend.c has main(); a
 * contender has the structure at the end. Those in other languages keep to the same form.
 *
 * usage: CONTENDER [--fds N] [--memory MIB] [--threads N] [--starts N] [--within MS]
 *                  [--late] [--as KIND] PROGRAM
 *
 * The options say what the parent is like: so many descriptors open besides, so much memory
 * touched, so many threads that start at once. So many starts, or what can be done in so many
 * milliseconds, but not less than four; after a fifth of that time to warm up. The output is, for each start, a line
 * `start WHOLE CALL`: from before the start to after the wait, and how much of it was spent
 * in the call that starts; and in the end `rate STARTS-PER-SECOND`, of all threads together.
 *
 * The work is the same for all: PROGRAM without arguments, with the caller's environment, an
 * empty signal mask and SIGPIPE at its default; its 0, 1 and 2 are three of the caller's
 * descriptors, and nothing else is open, where the contender has a way to say so.
 */
#ifndef CONTEND_H
#define CONTEND_H

#include <sys/types.h>

/* All of it is set before the first start, and never changes. */
struct contest {
	char *program;
	char *argv[2];
	int sources[3]; /* what becomes the child's 0, 1 and 2: opened before all the others, but */
	int late;       /* 1: with a pipe for 1 that was made after them, so its number is high */
	const char *as; /* which kind of the contender's own, or "" */
};

struct contender {
	/* Once, before anything is open; or NULL. */
	void (*early)(const struct contest *contest);
	/* Once, when everything is open; or NULL. Both in the main thread. */
	void (*prepare)(const struct contest *contest);
	/* Start the program, take contend_now() when that has returned, wait, and return it. */
	long long (*start)(const struct contest *contest);
};

extern const struct contender contender;

/* For errors that nobody expects: prints, and ends the process. */
void contend_fail(const char *what, int code);

/*
 * Wait for the end of the child, which has to be a good one. --as `pidfd`: by a descriptor that no
 * stranger's pid can be taken for, opened and closed again. It is opened here, when the child is there:
 * the cheapest way to have one, and too late where somebody else waits for children.
 */
void contend_wait(const struct contest *contest, pid_t pid);

/* Now, in nanoseconds. */
long long contend_now(void);

/* Whether --as says `kind`. */
int contend_as(const struct contest *contest, const char *kind);

#endif
