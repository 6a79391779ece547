/* SPDX-License-Identifier: ISC */
#include "reserve.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int high_pipe(int number)
{
	int ends[2];

	/* What is opened there first is closed when the case is over. */
	file_at(number, O_RDWR | O_CLOEXEC);
	if (pipe(ends) < 0 || dup2(ends[1], number) != number)
		FAIL("no pipe as %d", number);
	close(ends[0]);
	close(ends[1]);
	set_cloexec_of(number, 1);
	return number;
}

void expect_unchanged(const struct table *before)
{
	static struct table now;

	table_of_self(&now);
	CHECK(table_same(before, &now));
}

void expect_room(int is_small, const struct pspawn_fd *fds, size_t n)
{
	static struct table ours, expected;
	static struct record record;
	struct pspawn_cmd cmd = { .fds = fds, .nfds = n };

	table_of_self(&ours);
	expected_table(&expected, &ours, fds, n);
	probe_start(&cmd, &record);
	CHECK(table_same(&expected, &record.table));
	suite_note("a child with room for %d, whose first entry is %d from %d", record.room,
		   fds->child, fds->number);
	if (strcmp(suite_runs_by(), "linux") == 0 && record.room > 0)
		CHECK_INT(record.room <= 4096, is_small);
}

void expect_low(int source, int is_small)
{
	struct pspawn_fd fd = pspawn_fd_dup(9, source);

	expect_room(is_small, &fd, 1);
}

int copies_of(int source)
{
	struct stat file, other;
	int n = 0;

	CHECK_INT(fstat(source, &file), 0);
	for (int number = 3; number < 64; number++)
		n += fstat(number, &other) == 0 && file.st_dev == other.st_dev &&
		     file.st_ino == other.st_ino;
	return n;
}

int low_numbers(void)
{
	return __builtin_popcountll(open_numbers());
}
