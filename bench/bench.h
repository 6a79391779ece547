/* SPDX-License-Identifier: ISC */
/* What the contenders in C have in common: WORK BYTES in, microseconds out. */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline long long bench_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline void bench_fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* Input as from a program that has made it: every page is there. */
static inline char *bench_input(size_t size)
{
	char *data = malloc(size);

	if (!data)
		bench_fail("no memory");
	memset(data, 'x', size);
	return data;
}

/* A contender's own part: do `work` with `size` bytes, or say that it has no such work. */
static void bench_work(const char *work, const char *number, size_t size);

int main(int argc, char **argv)
{
	if (argc != 3)
		bench_fail("usage: WORK BYTES");
	bench_work(argv[1], argv[2], strtoull(argv[2], NULL, 10));
	return 0;
}

#endif
