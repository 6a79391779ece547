/* SPDX-License-Identifier: ISC */
/* Y: numbers that are kept, in a storm of starts, opens, closes and changes. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reserve.h"

#define DUP pspawn_fd_dup

enum { STARTERS = 3, OPENERS = 2 };

static atomic_int over;

/* What they open lies next to the kept numbers, and is never touched. */
static void *open_and_close(void *argument)
{
	(void)argument;
	while (!atomic_load(&over)) {
		int held_here[8];
		struct stat file, other;

		CHECK_INT(stat("/dev/null", &file), 0);
		for (int i = 0; i < 8; i++)
			held_here[i] = open("/dev/null", O_RDWR | (i % 2 ? O_CLOEXEC : 0));
		for (int i = 0; i < 8; i++) {
			CHECK_INT(fstat(held_here[i], &other), 0);
			CHECK_INT(other.st_ino, file.st_ino);
			CHECK_INT(close(held_here[i]), 0);
		}
	}
	return NULL;
}

/* The child holds the one source that all have, twice, and that of this thread alone. */
static void *start_with_high_sources(void *argument)
{
	static struct record records[STARTERS];
	long me = (long)argument;
	struct record *record = &records[me];
	struct pspawn_fd fds[] = { DUP(20, HIGH), DUP(21, HIGH + 1 + (int)me), DUP(22, HIGH) };
	struct stat common, own;
	char path[32];

	snprintf(path, sizeof(path), "record-%ld", me);
	CHECK_INT(fstat(HIGH, &common), 0);
	CHECK_INT(fstat(HIGH + 1 + (int)me, &own), 0);
	for (int i = 0; i < suite_rounds(150); i++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), path), .fds = fds, .nfds = 3 };

		CHECK_INT(run_cmd(&cmd), 0);
		record_read(record, path);
		CHECK_INT(record->table.count, 3 + 3);
		CHECK_INT(record->table.slots[3].number, 20);
		CHECK_INT(record->table.slots[3].ino, common.st_ino);
		CHECK_INT(record->table.slots[4].ino, own.st_ino);
		CHECK_INT(record->table.slots[5].ino, common.st_ino);
	}
	return NULL;
}

static void *resize(void *argument)
{
	(void)argument;
	for (int i = 0; !atomic_load(&over); i++) {
		int result = pspawn_reserve(i * 7 % 13);

		CHECK(result == 0 || result == -EBUSY);
	}
	return NULL;
}

static void storm(int resizers)
{
	static void *(*const bodies[])(void *) = { start_with_high_sources, open_and_close,
						   resize };
	int counts[] = { STARTERS, OPENERS, resizers };
	pthread_t threads[STARTERS + OPENERS + 2];
	int n = 0;

	suite_need_numbers(HIGH + STARTERS + 1);
	for (int i = 0; i <= STARTERS; i++)
		high_pipe(HIGH + i);
	CHECK_INT(pspawn_reserve(6), 0);
	atomic_store(&over, 0);
	for (int kind = 0; kind < 3; kind++)
		for (int i = 0; i < counts[kind]; i++)
			if (pthread_create(&threads[n++], NULL, bodies[kind], (void *)(long)i) != 0)
				FAIL("pthread_create");
	for (int i = 0; i < STARTERS; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&over, 1);
	for (int i = STARTERS; i < n; i++)
		pthread_join(threads[i], NULL);
	CHECK_INT(pspawn_reserve(6), 0);
	/* All of them are free, and lead to the pipe. */
	CHECK_INT(low_numbers(), 3 + 6);
	for (int i = 0; i <= STARTERS; i++)
		CHECK_INT(copies_of(HIGH + i), 0);
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(open_numbers(), 7);
	CHECK_INT(pspawn_reserve(6), 0);
	expect_low(HIGH + 1, 1);
	CHECK_INT(pspawn_reserve(0), 0);
	CHECK_INT(open_numbers(), 7);
}

CASE(Y20, the_same_sources_among_openers)
{
	storm(0);
}

CASE(Y21, resized_all_the_time)
{
	storm(2);
}
