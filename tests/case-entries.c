/* SPDX-License-Identifier: ISC */
/* B13 and on: entries that do nothing, that inherit, and that are gone at exec. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup
#define SAME pspawn_fd_same
#define INHERIT pspawn_fd_inherit
#define NONE pspawn_fd_none
#define GONE(fd) pspawn_fd_cloexec(fd)

CASE(B13, none_does_nothing)
{
	file_at(5, O_RDWR);
	EXPECT(NONE());
	EXPECT(NONE(), NONE(), DUP(3, 5), NONE());
	EXPECT(DUP(1, 2), NONE(), DUP(2, 1), NONE());
}

CASE(B13, none_is_no_number)
{
	struct pspawn_fd odd = pspawn_fd_none();
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };

	/* Whatever its number is: it is not mentioned, nor twice, nor too high. */
	odd.child = 1000000;
	EXPECT(odd, DUP(3, 0), odd);
	odd.child = 3;
	EXPECT(odd, DUP(3, 0), odd);
	cmd.fds = &odd;
	cmd.nfds = 1;
	CHECK_INT(run_cmd(&cmd), 0);
}

CASE(B13, none_of_the_attributes)
{
	const struct pspawn_attr attrs[] = { pspawn_attr_none(), pspawn_attr_umask(077),
					     pspawn_attr_prefer(pspawn_attr_none()) };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "test $(umask) = 0077"),
				  .attrs = attrs, .nattrs = 3 };
	struct pspawn_attr odd = pspawn_attr_none();
	struct pspawn_child child;
	struct pspawn_status status;

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(pspawn_child_outcome(&child, i), PSPAWN_APPLIED);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 0);
	odd.number = 1;
	cmd.attrs = &odd;
	cmd.nattrs = 1;
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK_ATTR, 0);
}

/* ---- as exec leaves it */

CASE(B14, inherits_what_exec_would)
{
	file_at(5, O_RDWR);
	file_at(6, O_RDWR | O_CLOEXEC);
	file_at(7, O_RDWR);
	EXPECT(INHERIT(5), INHERIT(6), INHERIT(8));
	EXPECT(INHERIT(7), DUP(5, 7), DUP(6, 5), INHERIT(8));
	/* Others are closed still. */
	EXPECT(INHERIT(5));
	CHECK_INT(fcntl(6, F_GETFD), FD_CLOEXEC);
}

static void inherit_the_first_three(const void *unused)
{
	(void)unused;
	close(0);
	EXPECT(INHERIT(0), INHERIT(1), INHERIT(2));
	CHECK_INT(fcntl(1, F_SETFD, FD_CLOEXEC), 0);
	EXPECT(INHERIT(0), INHERIT(1), INHERIT(2));
	/* Without an entry these are open. */
	EXPECT(INHERIT(2));
}

CASE(B14, inherits_the_first_three)
{
	suite_apart(inherit_the_first_three, NULL);
}

CASE(B14, same_as_what_is_inherited)
{
	file_at(5, O_RDWR);
	EXPECT(SAME(9, 5), INHERIT(5));
	EXPECT(INHERIT(5), SAME(4, 9), SAME(9, 5));
}

CASE(B14, inherits_beyond_the_limit)
{
	struct rlimit limit;

	suite_need_numbers(200);
	file_at(150, O_RDWR);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 100;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	suite_accept_fallback();
	EXPECT(INHERIT(150), INHERIT(151));
}

/* ---- gone at exec */

CASE(B15, gone_when_the_program_runs)
{
	file_at(5, O_RDWR);
	file_at(6, O_RDWR | O_CLOEXEC);
	suite_accept_fallback();
	EXPECT(GONE(DUP(7, 5)));
	EXPECT(GONE(DUP(5, 5)), GONE(DUP(6, 6)));
	EXPECT(GONE(DUP(5, 6)), GONE(DUP(6, 5)), DUP(7, 6));
	EXPECT(GONE(DUP(1, 5)), DUP(2, 1));
	CHECK_INT(fcntl(5, F_GETFD), 0);
	CHECK_INT(fcntl(6, F_GETFD), FD_CLOEXEC);
}

/* What is the same as it is not, and so the other way round. */
CASE(B15, gone_and_its_copies)
{
	file_at(5, O_RDWR);
	suite_accept_fallback();
	EXPECT(GONE(DUP(7, 5)), SAME(8, 7));
	EXPECT(DUP(7, 5), GONE(SAME(8, 7)));
	EXPECT(GONE(pspawn_fd_null(7)), SAME(8, 7), GONE(SAME(9, 7)));
}

CASE(B15, gone_files_that_are_opened)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "ls /dev/fd/ >list"),
				  PSPAWN_FDS(pspawn_fd_open(7, "made", O_WRONLY | O_CREAT | O_CLOEXEC,
							    0600),
					     pspawn_fd_open(8, "kept", O_WRONLY | O_CREAT, 0600),
					     SAME(9, 7)) };
	static struct record record;

	suite_accept_fallback();
	probe_start(&cmd, &record);
	CHECK(!table_find(&record.table, 7));
	CHECK(table_find(&record.table, 8) && table_find(&record.table, 9));
	CHECK(access("made", F_OK) == 0 && access("kept", F_OK) == 0);
}

CASE(B15, gone_pipes_say_when_the_program_runs)
{
	int end = -1;
	char byte;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sleep", "10000"),
				  PSPAWN_FDS(GONE(pspawn_fd_pipe_out(9, &end))) };
	struct pspawn_child child;

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	/* The child has it no more, and lives. */
	CHECK_INT(read(end, &byte, 1), 0);
	CHECK_INT(pspawn_wait(&child, NULL, 0), -EINPROGRESS);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	close(end);
}

CASE(B16, failures_of_such_entries)
{
	struct pspawn_fd entry = GONE(DUP(7, 7));
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .fds = &entry, .nfds = 1 };

	suite_accept_fallback();
	expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 0);
	entry = GONE(DUP(7, 6));
	expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 0);
	entry = GONE(pspawn_fd_close(7));
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK, 0);
	entry = GONE(INHERIT(7));
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK, 0);
	entry = DUP(7, 0);
	entry.options = PSPAWN_UNTIL_EXEC | 2;
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK, 0);
	entry = INHERIT(-1);
	expect_failure(&cmd, EBADF, PSPAWN_STEP_CHECK, 0);
}
