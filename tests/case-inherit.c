/* SPDX-License-Identifier: ISC */
/* B10 to B13: what is not mentioned is as execve(2) leaves it; and numbers above the limit. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

/* What the child has to have, by bits: 0 to 2. */
static unsigned stdio_of(const struct record *record)
{
	unsigned bits = 0;

	for (int number = 0; number <= 2; number++)
		bits |= (unsigned)(table_find(&record->table, number) != NULL) << number;
	return bits;
}

static void inherit(const struct pspawn_fd *fds, size_t n, struct record *record)
{
	struct pspawn_cmd cmd = { .fds = fds, .nfds = n, .flags = PSPAWN_INHERIT_ALL };

	probe_start(&cmd, record);
}

CASE(B10, closed_stdio_stays_closed_with_inherit_all)
{
	static struct record record;
	struct pspawn_fd mapped = pspawn_fd_dup(0, 20);
	int kept[3];

	file_at(20, O_RDWR);
	for (unsigned closed = 0; closed < 8; closed++) {
		for (int number = 0; number <= 2; number++) {
			kept[number] = fcntl(number, F_DUPFD_CLOEXEC, 30);
			if (closed >> number & 1)
				close(number);
		}
		inherit(NULL, 0, &record);
		CHECK_INT(stdio_of(&record), 7 & ~closed);
		/* What is mentioned is there, and takes no other's place. */
		inherit(&mapped, 1, &record);
		CHECK_INT(stdio_of(&record), 1 | (7 & ~closed));
		for (int number = 0; number <= 2; number++) {
			CHECK_INT(dup2(kept[number], number), number);
			close(kept[number]);
		}
	}
}

CASE(B10, close_on_exec_stdio_goes_with_inherit_all)
{
	static struct record record;
	struct pspawn_fd same = pspawn_fd_same(5, 1);

	set_cloexec_of(1, 1);
	inherit(NULL, 0, &record);
	CHECK_INT(stdio_of(&record), 5);
	/* A copy of it does not. */
	inherit(&same, 1, &record);
	CHECK_INT(stdio_of(&record), 5);
	CHECK(table_find(&record.table, 5) != NULL);
	set_cloexec_of(1, 0);
}

CASE(B11, same_as_what_is_closed_leads_nowhere)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_same(5, 0)),
				  .flags = PSPAWN_INHERIT_ALL };
	int kept = fcntl(0, F_DUPFD_CLOEXEC, 30);

	close(0);
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK, 0);
	dup2(kept, 0);
	close(kept);
}

/* It was opened under a higher limit. Libc's file actions do not take such a number. */
CASE(B12, close_above_the_limit)
{
	static struct record record;
	struct pspawn_fd fds[] = { pspawn_fd_close(60), pspawn_fd_close(61), pspawn_fd_close(70) };
	struct pspawn_fd placed = pspawn_fd_dup(60, 0);
	struct pspawn_cmd refused = { PSPAWN_CMD("/bin/true"), .fds = &placed, .nfds = 1 };
	struct rlimit old, low;

	file_at(60, O_RDWR);
	file_at(61, O_RDWR | O_CLOEXEC);
	file_at(62, O_RDWR);
	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	low.rlim_cur = 40;
	setrlimit(RLIMIT_NOFILE, &low);
	suite_accept_fallback();
	inherit(fds, 3, &record);
	CHECK(!table_find(&record.table, 60) && !table_find(&record.table, 61));
	CHECK(table_find(&record.table, 62) != NULL);
	expect_map(fds, 3);
	/* Nothing can be placed there. */
	expect_failure(&refused, EBADF, PSPAWN_STEP_CHECK, 0);
	setrlimit(RLIMIT_NOFILE, &old);
}
