/* SPDX-License-Identifier: ISC */
/* Pseudo-terminals: posix_openpt(3) of Linux, BSD and macOS. */
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
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

static int open_theirs(int ours)
{
	char name[128];
	int result = name_of(ours, name, sizeof(name));

	return result < 0 ? result : sys_open_cloexec(name, O_RDWR | O_NOCTTY, 0);
}

int pty_open(int ends[2])
{
	int ours = reserve(open_ours(), NULL);
	int theirs;

	if (ours < 0)
		return ours;
	theirs = allow_theirs(ours);
	/* By the descriptor where the system can: its name may lead elsewhere, or nowhere, in this
	 * /dev. */
	if (theirs == 0)
		theirs = sys_terminal_peer(ours);
	if (theirs == -ENOSYS)
		theirs = open_theirs(ours);
	theirs = reserve(theirs, NULL);
	if (theirs < 0) {
		sys_release(ours);
		return theirs;
	}
	ends[0] = ours;
	ends[1] = theirs;
	return 0;
}

int pty_resize(int ours, unsigned short rows, unsigned short columns)
{
	struct winsize size;

	memset(&size, 0, sizeof(size));
	size.ws_row = rows ? rows : ROWS;
	size.ws_col = columns ? columns : COLUMNS;
	ANSWER(ioctl(ours, TIOCSWINSZ, &size));
}

int pty_end_character(int ours)
{
	struct termios modes;
	int saved = errno;
	int failed = tcgetattr(ours, &modes) < 0;

	errno = saved;
	if (failed || !(modes.c_lflag & ICANON) || modes.c_cc[VEOF] == _POSIX_VDISABLE)
		return -1;
	return modes.c_cc[VEOF];
}
