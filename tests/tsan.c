/* SPDX-License-Identifier: ISC */
/* Starts from several threads, and numbers that are kept for them, for ThreadSanitizer to look at; see tsan.t. */
#include <errno.h>
#include <fcntl.h>
#include <pspawn.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { THREADS = 4, STARTS = 40, HIGH = 900 };

static void *start_many(void *argument)
{
	int *result = argument;

	for (int i = 0; i < STARTS; i++) {
		int end = -1;
		struct pspawn_cmd good = { PSPAWN_CMD("true"), .dir = "/",
					   PSPAWN_FDS(pspawn_fd_dup(1, 2), pspawn_fd_dup(2, 1),
						      pspawn_fd_dup(6, HIGH),
						      pspawn_fd_open(4, "/dev/null", O_RDWR, 0),
						      pspawn_fd_pipe_in(5, &end)) };
		struct pspawn_cmd bad = { PSPAWN_CMD("/nonexistent") };
		struct pspawn_child child;
		struct pspawn_status status;

		if (pspawn_start(&child, &bad, NULL) != -ENOENT ||
		    pspawn_start(&child, &good, NULL) != 0)
			return NULL;
		if (pspawn_wait(&child, &status, -1) != 0 || !status.exited || status.code != 0 ||
		    close(end) < 0)
			return NULL;
	}
	*result = 1;
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	int results[THREADS] = { 0 };
	int ends[2];

	if (pipe(ends) < 0 || dup2(ends[1], HIGH) != HIGH || pspawn_reserve(6) != 0)
		return 1;
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, start_many, &results[i]) != 0)
			return 1;
	for (int n = 0; n < 2 * STARTS; n++)
		if (pspawn_reserve(n % 9) != 0)
			return 1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		if (!results[i])
			return 1;
	}
	puts("all started");
	return 0;
}
