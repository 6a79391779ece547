/* SPDX-License-Identifier: ISC */
#include "terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* ---- who is in front */

static int open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

pid_t terminal_front(void)
{
	int fd = open_terminal();
	pid_t group;

	if (fd < 0)
		return -1;
	group = tcgetpgrp(fd);
	close(fd);
	return group;
}

void terminal_give(pid_t group)
{
	sigset_t stop, before;
	int fd;

	fd = open_terminal();
	if (fd < 0)
		return;
	/* In the background, where we may be, asking for this would stop us. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &before);
	tcsetpgrp(fd, group);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fd);
}

/* ---- its size */

void terminal_size(unsigned short *rows, unsigned short *columns)
{
	struct winsize size;

	memset(&size, 0, sizeof(size));
	for (int fd = 0; fd <= 2; fd++)
		if (ioctl(fd, TIOCGWINSZ, &size) == 0)
			break;
	*rows = size.ws_row;
	*columns = size.ws_col;
}

/* ---- lines and keys */

const struct termios *terminal_modes(void)
{
	static struct termios modes;

	for (int fd = 0; fd <= 2; fd++)
		if (tcgetattr(fd, &modes) == 0)
			return &modes;
	return NULL;
}

static struct termios found;
static volatile sig_atomic_t is_raw;

/* What was typed before is kept: it was meant for the program. */
void terminal_make_raw(void)
{
	struct termios raw;
	pid_t front = tcgetpgrp(0);

	if ((front >= 0 && front != getpgrp()) || (!is_raw && tcgetattr(0, &found) < 0))
		return;
	raw = found;
	raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	is_raw = tcsetattr(0, TCSADRAIN, &raw) == 0;
}

void terminal_restore(void)
{
	if (!is_raw)
		return;
	is_raw = 0;
	tcsetattr(0, TCSANOW, &found);
}
