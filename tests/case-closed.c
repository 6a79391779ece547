/* SPDX-License-Identifier: ISC */
/* D: the parent itself has 0, 1 or 2 closed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static int kept[3];

static void close_std(unsigned which)
{
	for (int number = 0; number <= 2; number++)
		if (which >> number & 1) {
			kept[number] = fcntl(number, F_DUPFD_CLOEXEC, 100 + number);
			close(number);
		}
}

static void reopen_std(unsigned which)
{
	for (int number = 0; number <= 2; number++)
		if (which >> number & 1) {
			dup2(kept[number], number);
			close(kept[number]);
		}
}

static void with_closed(unsigned which)
{
	for (int number = 10; number <= 12; number++)
		file_at(number, O_RDWR | O_CLOEXEC);
	close_std(which);
	EXPECT(DUP(0, 10), DUP(1, 11), DUP(2, 12));
	EXPECT(DUP(0, 12), DUP(5, 11), DUP(3, 10));
	reopen_std(which);
}

CASE(D01, closed_0)
{
	with_closed(1);
}

CASE(D02, closed_1)
{
	with_closed(2);
}

CASE(D03, closed_2)
{
	with_closed(4);
}

CASE(D04, closed_01)
{
	with_closed(3);
}

CASE(D05, closed_02)
{
	with_closed(5);
}

CASE(D06, closed_12)
{
	with_closed(6);
}

CASE(D07, closed_012)
{
	with_closed(7);
}

CASE(D08, permute_with_one_closed)
{
	static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	file_at(10, O_RDWR);
	for (int closed = 0; closed <= 2; closed++) {
		close_std(1u << closed);
		for (int i = 0; i < 6; i++) {
			int from[3];

			for (int j = 0; j < 3; j++)
				from[j] = orders[i][j] == closed ? 10 : orders[i][j];
			EXPECT(DUP(0, from[0]), DUP(1, from[1]), DUP(2, from[2]));
		}
		reopen_std(1u << closed);
	}
}

CASE(D09, error_channel_not_on_std)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/nonexistent/program") };
	struct pspawn_cmd mapped = { PSPAWN_CMD("/nonexistent/program"),
				     PSPAWN_FDS(DUP(0, 10), DUP(1, 10), DUP(2, 10)) };

	file_at(10, O_RDWR);
	for (unsigned which = 0; which < 8; which++) {
		close_std(which);
		expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
		expect_failure(&mapped, ENOENT, PSPAWN_STEP_EXEC, -1);
		reopen_std(which);
	}
}

CASE(D10, pipe_created_on_0)
{
	struct pspawn_child child;
	struct pspawn_error error;
	char got[16] = "";
	int end = -1, result;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "write", "1", "through"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &end), DUP(0, 10)) };

	file_at(10, O_RDWR);
	close_std(3);
	result = pspawn_start(&child, &cmd, &error);
	reopen_std(3);
	CHECK_INT(result, 0);
	CHECK(end > 2);
	CHECK_INT(fcntl(end, F_GETFD), FD_CLOEXEC);
	CHECK_INT(read(end, got, sizeof(got)), 7);
	CHECK_STR(got, "through");
	CHECK_INT(read(end, got, sizeof(got)), 0);
	close(end);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(D11, std_closed_in_parent_not_listed)
{
	file_at(10, O_RDWR);
	for (unsigned which = 1; which < 8; which++) {
		close_std(which);
		EXPECT(DUP(5, 10));
		EXPECT(pspawn_fd_same(5, 0), pspawn_fd_same(6, 2));
		reopen_std(which);
	}
}

CASE(D12, nothing_of_ours_in_0_to_2)
{
	struct pspawn_child child;
	struct pspawn_error error;
	int in = -1, out = -1, both = -1, result;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "sleep", "0"),
				  PSPAWN_FDS(pspawn_fd_pipe_in(0, &in), pspawn_fd_pipe_out(1, &out),
					     pspawn_fd_socketpair(2, &both)) };

	close_std(7);
	result = pspawn_start(&child, &cmd, &error);
	CHECK_INT(result, 0);
	CHECK(in > 2 && out > 2 && both > 2);
	CHECK(child.pollfd == -1 || child.pollfd > 2);
	for (int number = 0; number <= 2; number++)
		CHECK_INT(fcntl(number, F_GETFD), -1);
	reopen_std(7);
	close(in);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	close(out);
	close(both);
}
