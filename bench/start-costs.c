/* SPDX-License-Identifier: ISC */
/*
 * What a start takes besides time, counted. usage: start-costs WHAT PROGRAM, which prints for
 * `heap` the allocations of 100 starts, for `stack` how many bytes of stack a start and a wait use.
 */
#include <pspawn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STARTS = 100, STACK = 256 << 10, PAINT = 0xa5 };

static char *program, *argv[2];
static long allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	allocations++;
	return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	allocations++;
	return __real_realloc(old, size);
}

static void start(void)
{
	const struct pspawn_fd fds[] = { pspawn_fd_null(0), pspawn_fd_null(1), pspawn_fd_null(2) };
	struct pspawn_cmd cmd = { .size = sizeof(cmd), .argv = argv, .fds = fds, .nfds = 3 };
	struct pspawn_child child;
	struct pspawn_status status;
	struct pspawn_error error = { 0 };

	if (pspawn_start(&child, &cmd, &error) < 0 ||
	    pspawn_wait(&child, &status, -1) < 0) {
		fprintf(stderr, "%s: %s\n", program, strerror(error.code));
		exit(1);
	}
}

/*
 * The part of our own stack that is to be counted is painted by a mapping that the thread's
 * stack is: everything below this frame. What a start has not reached keeps its colour.
 */
static void *measure_stack(void *lowest)
{
	unsigned char *bottom = lowest;
	unsigned char here;
	long used;

	start(); /* what libc does once is not of a start */
	memset(bottom, PAINT, (size_t)(&here - bottom) - 512);
	start();
	while (*bottom == PAINT)
		bottom++;
	used = &here - bottom;
	printf("%ld\n", used);
	return NULL;
}

static void stack(void)
{
	void *memory =
	    mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	if (memory == MAP_FAILED || pthread_attr_setstack(&attributes, memory, STACK) ||
	    pthread_create(&thread, &attributes, measure_stack, memory))
		exit(1);
	pthread_join(thread, NULL);
}

static void heap(void)
{
	long before;

	start();
	before = allocations;
	for (int i = 0; i < STARTS; i++)
		start();
	printf("%ld\n", allocations - before);
}

int main(int argc, char **words)
{
	if (argc != 3)
		return 2;
	program = argv[0] = words[2];
	if (strcmp(words[1], "heap") == 0)
		heap();
	else
		stack();
	return 0;
}
