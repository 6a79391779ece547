/* SPDX-License-Identifier: ISC */
/*
 * The floor: one buffer whose size is known beforehand, read(2) into it until the end.
 * And write(2) until all is written. No limits, no second stream, no deadline.
 * It has a third work, to touch memory and give it back, which collect.sh has done before each
 * measurement.
 */
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

extern char **environ;

/* Our end is the pipe's `ours`; the child has the other one as the same number. */
static pid_t start(char *const *argv, int ours, int *end)
{
	posix_spawn_file_actions_t actions;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		bench_fail("pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[!ours], !ours);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	if (ours == 1)
		posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		bench_fail("posix_spawnp");
	posix_spawn_file_actions_destroy(&actions);
	close(ends[!ours]);
	*end = ends[ours];
	return pid;
}

static void finish(pid_t pid, int end)
{
	int status;

	close(end);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_fail("the child has failed");
}

static void collect(const char *number, size_t size)
{
	char *argv[] = { "head", "-c", (char *)(size_t)number, "/dev/zero", NULL };
	long long began = bench_now_us();
	size_t at = 0;
	char *data = malloc(size + 1);
	ssize_t came;
	int end;
	pid_t pid = start(argv, 0, &end);

	if (!data)
		bench_fail("no memory");
	while ((came = read(end, data + at, size + 1 - at)) > 0)
		at += (size_t)came;
	finish(pid, end);
	if (at != size)
		bench_fail("wrong size");
	printf("%lld\n", bench_now_us() - began);
}

static void feed(size_t size)
{
	char *argv[] = { "cat", NULL };
	const char *data = bench_input(size);
	long long began = bench_now_us();
	size_t at = 0;
	int end;
	pid_t pid = start(argv, 1, &end);

	while (at < size) {
		ssize_t went = write(end, data + at, size - at);

		if (went <= 0)
			bench_fail("write");
		at += (size_t)went;
	}
	finish(pid, end);
	printf("%lld\n", bench_now_us() - began);
}

static void touch(size_t size)
{
	/* Volatile, or a compiler may leave out what nobody reads. */
	char *volatile data = bench_input(size);

	free(data);
}

static void bench_work(const char *work, const char *number, size_t size)
{
	if (strcmp(work, "collect") == 0)
		collect(number, size);
	else if (strcmp(work, "touch") == 0)
		touch(size);
	else
		feed(size);
}
