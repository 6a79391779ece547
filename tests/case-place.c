/* SPDX-License-Identifier: ISC */
/* A: placement, the parallel assignment. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

CASE(A01, identity_std)
{
	EXPECT(DUP(0, 0), DUP(1, 1), DUP(2, 2));
}

CASE(A02, one_to_stdin)
{
	files(7, 7);
	EXPECT(DUP(0, 7));
}

CASE(A02, one_to_stdout)
{
	files(7, 7);
	EXPECT(DUP(1, 7));
}

CASE(A02, one_to_stderr)
{
	files(7, 7);
	EXPECT(DUP(2, 7));
}

CASE(A03, one_to_high)
{
	files(7, 7);
	EXPECT(DUP(3, 7));
}

CASE(A04, swap_1_and_2)
{
	EXPECT(DUP(1, 2), DUP(2, 1));
}

CASE(A05, all_6_permutations_of_std)
{
	static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	for (int i = 0; i < 6; i++)
		EXPECT(DUP(0, orders[i][0]), DUP(1, orders[i][1]), DUP(2, orders[i][2]));
}

CASE(A06, three_cycle)
{
	EXPECT(DUP(0, 1), DUP(1, 2), DUP(2, 0));
	EXPECT(DUP(0, 2), DUP(1, 0), DUP(2, 1));
}

/* 3 to 12 shifted by one; `ring`: what falls off comes in again at the other end. */
static void rotate(int by, int ring)
{
	struct pspawn_fd fds[10];
	size_t n = 0;

	files(3, 12);
	for (int number = 3; number <= 12; number++) {
		int from = number - by;

		if (from < 3 || from > 12) {
			if (!ring)
				continue;
			from = from < 3 ? 12 : 3;
		}
		fds[n++] = DUP(number, from);
	}
	expect_map(fds, n);
}

CASE(A07, rotate_ten_up)
{
	rotate(1, 0);
	rotate(1, 1);
}

CASE(A07, rotate_ten_down)
{
	rotate(-1, 0);
	rotate(-1, 1);
}

CASE(A08, two_disjoint_cycles)
{
	files(3, 8);
	EXPECT(DUP(3, 4), DUP(4, 3), DUP(5, 6), DUP(6, 7), DUP(7, 5));
}

CASE(A09, cycle_with_tails)
{
	files(3, 9);
	EXPECT(DUP(3, 4), DUP(4, 5), DUP(5, 3), DUP(6, 4), DUP(9, 4), DUP(8, 3));
}

CASE(A10, one_source_many_targets)
{
	struct pspawn_fd fds[28];

	files(7, 7);
	for (int i = 0; i < 28; i++)
		fds[i] = DUP(3 + i, 7);
	expect_map(fds, 28);
}

CASE(A11, source_is_also_target_elsewhere)
{
	files(5, 9);
	EXPECT(DUP(5, 9), DUP(3, 7), DUP(9, 5), DUP(7, 6));
}

CASE(A12, stdin_is_1_and_stdout_is_0)
{
	files(5, 5);
	EXPECT(DUP(0, 5), DUP(1, 0));
	EXPECT(DUP(0, 1), DUP(1, 0));
}

CASE(A13, same_fd_as_stdio_and_passed)
{
	files(7, 7);
	EXPECT(DUP(1, 7), DUP(7, 7));
}

CASE(A14, single_inout_fd)
{
	files(7, 7);
	EXPECT(DUP(0, 7), DUP(1, 7), DUP(2, 7));
}

CASE(A15, both_outputs_from_2)
{
	EXPECT(DUP(1, 2), DUP(2, 2));
}

CASE(A16, order_of_array_is_irrelevant)
{
	const struct pspawn_fd base[4] = { DUP(3, 4), DUP(4, 3), DUP(0, 3), DUP(6, 0) };

	files(3, 4);
	for (int code = 0; code < 256; code++) {
		int order[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3 };
		int seen = 1 << order[0] | 1 << order[1] | 1 << order[2] | 1 << order[3];

		if (seen == 15)
			EXPECT(base[order[0]], base[order[1]], base[order[2]], base[order[3]]);
	}
}

CASE(A17, target_equals_scratch_candidate)
{
	files(3, 5);
	EXPECT(DUP(3, 4), DUP(4, 3), DUP(5, 5), DUP(6, 3), DUP(7, 4));
	EXPECT(DUP(0, 1), DUP(1, 0), DUP(3, 0), DUP(4, 1));
}

static unsigned long long ino_at(const struct table *table, int number)
{
	const struct slot *slot = table_find(table, number);

	if (!slot)
		FAIL("%d is not open", number);
	return slot->ino;
}

/* Number 6 of the child has to be the other side of `end`. */
static void expect_pipe_at_6(struct pspawn_cmd *cmd, const int *end)
{
	static struct record record;
	struct stat status;

	probe_start(cmd, &record);
	CHECK_INT(fstat(*end, &status), 0);
	CHECK_INT(ino_at(&record.table, 6), status.st_ino);
	close(*end);
}

CASE(A17, scratch_is_not_a_new_pipe)
{
	/* 3 would be scratch, and is where the pipe is born. */
	int end = -1;
	struct pspawn_cmd identity = { PSPAWN_FDS(DUP(5, 5), pspawn_fd_pipe_in(6, &end)) };
	struct pspawn_cmd cycle = { PSPAWN_FDS(DUP(5, 7), DUP(7, 5), pspawn_fd_pipe_out(6, &end)) };

	files(5, 5);
	files(7, 7);
	expect_pipe_at_6(&identity, &end);
	expect_pipe_at_6(&cycle, &end);
}

CASE(A18, target_where_error_channel_would_land)
{
	/* 3 to 6 are free: whatever the library opens would land there. */
	files(9, 9);
	EXPECT(DUP(3, 9), DUP(4, 9), DUP(5, 9), DUP(6, 0));
}

CASE(A19, source_is_where_error_channel_would_land)
{
	/* The lowest numbers, each once a source: it is the caller's file, wherever ours go. */
	for (int number = 3; number <= 8; number++) {
		files(number, number);
		EXPECT(DUP(0, number), DUP(number + 1, number));
		EXPECT(DUP(number + 1, number), DUP(number + 2, number), DUP(number, 0));
		close(number);
	}
}

CASE(A19, source_is_a_free_number)
{
	for (int number = 3; number <= 8; number++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(0, number)) };

		expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 0);
	}
}

CASE(A19, source_of_a_pipe_is_not_a_free_number)
{
	for (int number = 3; number <= 8; number++) {
		int end = -1;
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
					  PSPAWN_FDS(DUP(0, number), pspawn_fd_pipe_out(1, &end)) };

		expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 0);
		CHECK_INT(end, -1);
	}
}

CASE(A20, sparse_high_targets)
{
	static struct record record;
	static struct table ours;
	struct stat zero;
	struct pspawn_cmd cmd = { PSPAWN_FDS(DUP(99, 3), DUP(1000, 4),
					     pspawn_fd_open(56, "/dev/zero", O_RDONLY, 0)) };

	suite_need_numbers(1001);
	suite_accept_fallback(); /* the gaps are too wide for posix_spawn */
	files(3, 4);
	table_of_self(&ours);
	CHECK_INT(stat("/dev/zero", &zero), 0);
	EXPECT(DUP(99, 3), DUP(1000, 4));
	probe_start(&cmd, &record);
	CHECK_INT(record.table.count, 6);
	CHECK_INT(ino_at(&record.table, 99), ino_at(&ours, 3));
	CHECK_INT(ino_at(&record.table, 1000), ino_at(&ours, 4));
	CHECK_INT(ino_at(&record.table, 56), zero.st_ino);
}

CASE(A21, target_is_last_legal_number)
{
	struct rlimit limit;
	int last;

	getrlimit(RLIMIT_NOFILE, &limit);
	last = limit.rlim_cur > 60000 ? 60000 : (int)limit.rlim_cur;
	limit.rlim_cur = (rlim_t)last;
	setrlimit(RLIMIT_NOFILE, &limit);
	suite_accept_fallback();
	files(3, 3);
	EXPECT(DUP(last - 1, 3), DUP(0, 3));
}

/* Every map of the numbers below `numbers`, each from one of them or not mapped. */
static void start_all_maps(int numbers)
{
	int is_long = getenv("PSPAWN_TEST_LONG") != NULL;
	int codes = 1;

	for (int i = 0; i < numbers; i++)
		codes *= numbers + 1;
	files(3, numbers - 1);
	for (int code = 0; code < codes; code++) {
		struct pspawn_fd fds[5];
		size_t n = 0;
		int rest = code;

		for (int number = 0; number < numbers; number++, rest /= numbers + 1)
			if (rest % (numbers + 1) < numbers)
				fds[n++] = DUP(number, rest % (numbers + 1));
		/* Each in each way is for the long run, as are 7,776 more. */
		if (is_long)
			expect_map(fds, n);
		else
			expect_map_in_turn(fds, n, code);
	}
}

CASE(A22, all_mappings_of_4_fds_started)
{
	start_all_maps(4);
	if (getenv("PSPAWN_TEST_LONG"))
		start_all_maps(5);
}
