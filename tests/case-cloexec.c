/* SPDX-License-Identifier: ISC */
/* B: close-on-exec. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

CASE(B01, identity_clears_cloexec)
{
	file_at(7, O_RDWR | O_CLOEXEC);
	EXPECT(DUP(7, 7));
}

CASE(B01, unmentioned_std_survives_with_cloexec)
{
	for (int number = 0; number <= 2; number++)
		set_cloexec_of(number, 1);
	EXPECT(DUP(5, 1));
	for (int number = 0; number <= 2; number++)
		set_cloexec_of(number, 0);
}

CASE(B02, parent_flag_unchanged)
{
	file_at(5, O_RDWR | O_CLOEXEC);
	file_at(6, O_RDWR);
	EXPECT(DUP(5, 5), DUP(6, 6), DUP(3, 5), DUP(4, 6));
	CHECK_INT(fcntl(5, F_GETFD), FD_CLOEXEC);
	CHECK_INT(fcntl(6, F_GETFD), 0);
}

CASE(B03, target_never_has_cloexec)
{
	static struct record record;
	struct pspawn_cmd cmd = { PSPAWN_FDS(DUP(3, 5), DUP(5, 5), DUP(6, 6), pspawn_fd_null(7),
					     pspawn_fd_same(8, 7),
					     pspawn_fd_open(9, "/dev/zero", O_RDONLY, 0)) };

	file_at(5, O_RDWR | O_CLOEXEC);
	file_at(6, O_RDWR);
	probe_start(&cmd, &record);
	CHECK_INT(record.table.count, 9);
	for (int i = 0; i < record.table.count; i++)
		CHECK_INT(record.table.slots[i].cloexec, 0);
}

CASE(B04, cloexec_source_to_other_number)
{
	file_at(7, O_RDWR | O_CLOEXEC);
	EXPECT(DUP(9, 7));
}

CASE(B05, inheritable_unlisted_is_closed)
{
	file_at(7, O_RDWR);
	EXPECT(DUP(0, 0));
}

CASE(B06, cloexec_unlisted_is_closed)
{
	file_at(7, O_RDWR | O_CLOEXEC);
	EXPECT(DUP(0, 0));
}

/* ---- B07 */

static int open_kind(int kind)
{
	int two[2];

	switch (kind) {
	case 0:
		return open("/dev/null", O_RDWR);
	case 1:
		return dup(0);
	case 2:
		if (pipe(two) < 0)
			return -1;
		close(two[1]);
		return two[0];
	case 3:
		return socket(AF_UNIX, SOCK_DGRAM, 0);
	case 4:
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) < 0)
			return -1;
		close(two[1]);
		return two[0];
	case 5:
		return eventfd(1, 0);
	case 6:
		return memfd_create("memory", 0);
	case 7:
		return open(".", O_RDONLY | O_DIRECTORY);
	default:
		return posix_openpt(O_RDWR | O_NOCTTY);
	}
}

CASE(B07, cloexec_matrix)
{
	for (int kind = 0; kind <= 8; kind++)
		for (int cloexec = 0; cloexec <= 1; cloexec++) {
			int fd = open_kind(kind);

			if (fd < 0)
				FAIL("kind %d: %s", kind, strerror(errno));
			set_cloexec_of(fd, cloexec);
			EXPECT(DUP(fd, fd));
			EXPECT(DUP(40, fd));
			EXPECT(DUP(0, 0));
			close(fd);
		}
}

CASE(B08, same_fd_dup3_einval_not_hit)
{
	file_at(5, O_RDWR | O_CLOEXEC);
	EXPECT(DUP(0, 0), DUP(1, 1), DUP(2, 2), DUP(5, 5));
}

CASE(B09, libc_without_dup2_same_fd_fix)
{
	/* Identities among moves: a bounce through scratch must not disturb anything. */
	file_at(3, O_RDWR | O_CLOEXEC);
	file_at(4, O_RDWR | O_CLOEXEC);
	file_at(5, O_RDWR | O_CLOEXEC);
	EXPECT(DUP(3, 3), DUP(4, 5), DUP(5, 4), DUP(6, 3));
}
