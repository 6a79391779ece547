/* SPDX-License-Identifier: ISC */
/*
 * Threads write a program each, close it and start it at once, again and again. How often is
 * it busy (ETXTBSY), because another thread's child holds it open for writing? Prints that.
 *
 * usage: start-busy KIND PROGRAM ROUNDS THREADS, in a directory for files. KIND is `pspawn`;
 * `pspawn-high`, where the child's 1 has a high number here, so that everything below may be
 * some file of another thread's; or `posix_spawn`.
 */
#include <errno.h>
#include <fcntl.h>
#include <pspawn.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGEST = 1 << 20, MOST_THREADS = 64, HIGH = 100 };

extern char **environ;

static char image[LARGEST];
static size_t length;
static int with_posix_spawn, rounds_each, source;
static atomic_int busy;

static void fail(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, strerror(code));
	exit(1);
}

static void write_program(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (fd < 0 || write(fd, image, length) != (ssize_t)length)
		fail(name, errno);
	close(fd);
}

static int start(char *const *argv)
{
	struct pspawn_cmd cmd = { .size = sizeof(cmd),
				  .argv = argv,
				  PSPAWN_FDS(pspawn_fd_dup(1, source)) };
	struct pspawn_child child;
	struct pspawn_status status;
	int code = pspawn_start(&child, &cmd, NULL);

	if (code == 0)
		pspawn_wait(&child, &status, -1);
	return -code;
}

static int start_with_posix_spawn(char *const *argv)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status, code;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, source, 1);
	code = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (code == 0)
		waitpid(pid, &status, 0);
	return code;
}

static void *run(void *argument)
{
	char name[40];
	char *argv[] = { name, NULL };
	int code;

	snprintf(name, sizeof(name), "./busy-%d", *(int *)argument);
	for (int i = 0; i < rounds_each; i++) {
		write_program(name);
		code = with_posix_spawn ? start_with_posix_spawn(argv) : start(argv);
		if (code == ETXTBSY)
			busy++;
		else if (code)
			fail(name, code);
		/* A new one each time: the last child may still be on its way out of this one. */
		unlink(name);
	}
	return NULL;
}

static void load(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, image, sizeof(image));

	if (got <= 0)
		fail(name, errno);
	length = (size_t)got;
	close(fd);
}

/* Before anything else is open, unless it is to be high. */
static void open_source(int is_high)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	source = is_high ? fcntl(fd, F_DUPFD_CLOEXEC, HIGH) : fd;
	if (fd < 0 || source < 0)
		fail("/dev/null", errno);
}

int main(int argc, char **argv)
{
	pthread_t threads[MOST_THREADS];
	int numbers[MOST_THREADS], count;

	count = argc == 5 ? atoi(argv[4]) : 0;
	if (count < 1 || count > MOST_THREADS)
		return 2;
	with_posix_spawn = strcmp(argv[1], "posix_spawn") == 0;
	rounds_each = atoi(argv[3]) / count;
	open_source(strcmp(argv[1], "pspawn-high") == 0);
	load(argv[2]);
	for (int i = 0; i < count; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, run, &numbers[i]))
			fail("thread", EAGAIN);
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%d\n", busy);
	return 0;
}
