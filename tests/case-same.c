/* SPDX-License-Identifier: ISC */
/* E: what the child gets is the same open file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "pspawn_cloexec.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static int run_probe(const struct pspawn_fd *fds, size_t n, const char *verb, const char *fd,
		     const char *text)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", verb, fd, text), .fds = fds,
				  .nfds = n };

	return run_cmd(&cmd);
}

CASE(E01, offset_shared)
{
	struct pspawn_fd fd = DUP(5, 7);

	file_at(7, O_RDWR);
	CHECK_INT(run_probe(&fd, 1, "seek", "5", "4321"), 0);
	CHECK_INT(lseek(7, 0, SEEK_CUR), 4321);
}

CASE(E02, offset_preserved_at_start)
{
	file_at(7, O_RDWR);
	lseek(7, 1234, SEEK_SET);
	EXPECT(DUP(5, 7), DUP(7, 7));
}

CASE(E03, status_flags_kept)
{
	file_at(7, O_RDWR | O_APPEND);
	file_at(8, O_RDWR | O_NONBLOCK);
	EXPECT(DUP(0, 7), DUP(1, 8), DUP(7, 7), DUP(8, 8));
	CHECK(fcntl(7, F_GETFL) & O_APPEND);
	CHECK(fcntl(8, F_GETFL) & O_NONBLOCK);
}

CASE(E04, access_mode_kept)
{
	struct pspawn_fd fd = DUP(5, 7);

	file_at(6, O_RDWR);
	file_at(7, O_RDONLY);
	EXPECT(DUP(5, 7));
	CHECK_INT(run_probe(&fd, 1, "write", "5", "x"), EBADF);
}

CASE(E05, same_inode)
{
	file_at(7, O_RDWR);
	EXPECT(DUP(0, 7), DUP(30, 7));
}

CASE(E06, isatty_kept)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		SKIP("no pseudo-terminals here");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	CHECK(slave >= 0);
	{
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
						     "test -t 0 && test -t 1 && test -t 2"),
					  PSPAWN_FDS(DUP(0, slave), DUP(1, slave), DUP(2, slave)) };

		EXPECT(DUP(0, slave), DUP(1, slave), DUP(2, slave));
		CHECK_INT(run_cmd(&cmd), 0);
	}
	close(slave);
	close(master);
}

CASE(E07, listening_socket)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "listener" };
	int listener = pspawn_socket(AF_UNIX, SOCK_STREAM, 0);
	int peer = pspawn_socket(AF_UNIX, SOCK_STREAM, 0);
	struct pspawn_fd fd = DUP(4, listener);
	char got[8] = "";

	CHECK_INT(bind(listener, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_INT(listen(listener, 1), 0);
	CHECK_INT(connect(peer, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_INT(run_probe(&fd, 1, "accept", "4", NULL), 0);
	CHECK_INT(read(peer, got, sizeof(got)), 5);
	CHECK_STR(got, "hello");
	close(peer);
	close(listener);
}

CASE(E08, locks_not_inherited)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct pspawn_fd fd = DUP(5, 7);

	file_at(7, O_RDWR);
	CHECK_INT(fcntl(7, F_SETLK, &all), 0);
	/* The parent's record lock is not the child's; that it is still there shows twice. */
	CHECK(run_probe(&fd, 1, "fcntl-lock", "5", NULL) != 0);
	CHECK(run_probe(&fd, 1, "fcntl-lock", "5", NULL) != 0);
	all.l_type = F_UNLCK;
	CHECK_INT(fcntl(7, F_SETLK, &all), 0);
	CHECK_INT(run_probe(&fd, 1, "fcntl-lock", "5", NULL), 0);
	/* A lock of the open file is shared with whoever shares the file. */
	CHECK_INT(flock(7, LOCK_EX), 0);
	CHECK_INT(run_probe(&fd, 1, "flock", "5", NULL), 0);
}

CASE(E09, all_bytes_through)
{
	struct pspawn_child child;
	struct pspawn_error error;
	unsigned char sent[256], got[256];
	int in = -1, out = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "echo", "0", "1"),
				  PSPAWN_FDS(pspawn_fd_pipe_in(0, &in),
					     pspawn_fd_pipe_out(1, &out)) };

	for (int i = 0; i < 256; i++)
		sent[i] = (unsigned char)i;
	CHECK_INT(pspawn_start(&child, &cmd, &error), 0);
	CHECK_INT(write(in, sent, 256), 256);
	close(in);
	for (size_t size = 0; size < 256;) {
		ssize_t more = read(out, got + size, 256 - size);

		CHECK(more > 0);
		size += (size_t)more;
	}
	CHECK(memcmp(sent, got, 256) == 0);
	close(out);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(E10, eof_when_last_writer_goes)
{
	struct pspawn_child child;
	struct pspawn_error error;
	struct pspawn_status status;
	int in = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "sleep", "3"),
				  PSPAWN_FDS(pspawn_fd_pipe_in(3, &in)) };

	CHECK_INT(pspawn_start(&child, &cmd, &error), 0);
	CHECK_INT(pspawn_wait(&child, &status, 0), -EINPROGRESS);
	close(in);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.exited, 1);
	CHECK_INT(status.code, 0);
}

CASE(E11, socketpair_both_ways)
{
	struct pspawn_child child;
	struct pspawn_error error;
	char got[8] = "";
	int end = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "echo", "5", "5"),
				  PSPAWN_FDS(pspawn_fd_socketpair(5, &end)) };

	CHECK_INT(pspawn_start(&child, &cmd, &error), 0);
	CHECK_INT(fcntl(end, F_GETFD), FD_CLOEXEC);
	CHECK_INT(write(end, "ping", 4), 4);
	CHECK_INT(read(end, got, sizeof(got)), 4);
	CHECK_STR(got, "ping");
	close(end);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}
