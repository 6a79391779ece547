/* SPDX-License-Identifier: ISC */
/* Pseudo-terminals: posix_openpt(3) of Linux, BSD and macOS. */
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "answer.h"
#include "backend.h"

enum { ROWS = 24, COLUMNS = 80 };

static int open_with(int flags)
{
	ANSWER(posix_openpt(O_RDWR | O_NOCTTY | flags));
}

/* Not every system knows more than the two flags of POSIX here. */
static int open_ours(void)
{
	int ours = open_with(O_CLOEXEC);

	if (ours == -EINVAL)
		ours = open_with(0);
	if (ours >= 0)
		sys_setfd(ours, FD_CLOEXEC);
	return ours;
}

static int allow_theirs(int ours)
{
	ANSWER(grantpt(ours) < 0 ? -1 : unlockpt(ours));
}

#ifdef HAVE_PTSNAME_R

static int name_of(int ours, char *name, size_t size)
{
	/* An errno value, or on some systems -1. */
	int result = ptsname_r(ours, name, size);

	return result == 0 ? 0 : result > 0 ? -result : -ENOTTY;
}

#else

static int name_of(int ours, char *name, size_t size)
{
	const char *found = ptsname(ours);

	if (!found || strlen(found) >= size)
		return -ENOTTY;
	strcpy(name, found);
	return 0;
}

#endif

static int open_by_name(int ours, int flags)
{
	char name[128];
	int result = name_of(ours, name, sizeof(name));

	return result < 0 ? result : sys_open_cloexec(name, flags, 0);
}

/* By the descriptor where the system can: its name may lead elsewhere, or nowhere, in this /dev. */
static int open_theirs(int ours, int flags)
{
	int theirs = sys_terminal_peer(ours, O_RDWR | O_NOCTTY | flags);

	if (theirs == -ENOSYS)
		theirs = open_by_name(ours, O_RDWR | O_NOCTTY | flags);
	return reserve(theirs, NULL);
}

int pty_open(int ends[2])
{
	int ours = reserve(open_ours(), NULL);
	int theirs;

	if (ours < 0)
		return ours;
	theirs = allow_theirs(ours);
	if (theirs == 0)
		theirs = open_theirs(ours, 0);
	if (theirs < 0) {
		sys_release(ours);
		return theirs;
	}
	ends[0] = ours;
	ends[1] = theirs;
	return 0;
}

int pty_hold(int ours)
{
	return open_theirs(ours, O_NONBLOCK);
}

int pty_resize(int ours, unsigned short rows, unsigned short columns)
{
	struct winsize size;

	memset(&size, 0, sizeof(size));
	size.ws_row = rows ? rows : ROWS;
	size.ws_col = columns ? columns : COLUMNS;
	ANSWER(ioctl(ours, TIOCSWINSZ, &size));
}

int pty_set_modes(int fd, const struct termios *modes)
{
	ANSWER(tcsetattr(fd, TCSANOW, modes));
}

static int get_modes(int fd, struct termios *modes)
{
	ANSWER(tcgetattr(fd, modes));
}

/* ---- what is typed */

/* Does it make lines of what is typed, for others to read? */
static int makes_lines(int ours, struct termios *modes)
{
	return get_modes(ours, modes) == 0 && modes->c_lflag & ICANON;
}

static int is_character(const struct termios *modes, size_t which, char typed)
{
	return modes->c_cc[which] != _POSIX_VDISABLE && modes->c_cc[which] == (cc_t)typed;
}

int pty_end_character(int ours)
{
	struct termios modes;

	if (!makes_lines(ours, &modes) || modes.c_cc[VEOF] == _POSIX_VDISABLE)
		return -1;
	return modes.c_cc[VEOF];
}

/* The line is handed over, or taken back. */
static int ends_line(const struct termios *modes, char typed)
{
	return typed == '\n' || (typed == '\r' && modes->c_iflag & ICRNL) ||
	       is_character(modes, VEOF, typed) || is_character(modes, VEOL, typed) ||
	       is_character(modes, VKILL, typed);
}

void pty_count(int ours, struct pty_line *line, const char *typed, size_t size)
{
	struct termios modes;
	size_t longest = sys_longest_line(ours);

	if (!makes_lines(ours, &modes)) {
		line->length = 0;
		return;
	}
	for (size_t i = 0; i < size; i++) {
		line->length = ends_line(&modes, typed[i]) ? 0 : line->length + 1;
		line->is_cut |= line->length > longest;
	}
}

/*
 * A terminal of Linux is read by one at a time. Whoever does not want to wait is told EAGAIN while
 * another one is in read(2), and that is asleep there: nothing lies there to be read, for
 * which poll(2) waits until all that was typed has arrived. No byte is asked for, so none is
 * taken. Elsewhere the answer is 0.
 */
int pty_is_read(int theirs)
{
	struct pollfd unread = { .fd = theirs, .events = POLLIN };
	char none;

	return theirs >= 0 && sys_poll(&unread, 1, 0) == 0 && sys_read(theirs, &none, 0) == -EAGAIN;
}
