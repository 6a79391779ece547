/* SPDX-License-Identifier: ISC */
#include "terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

pid_t terminal_foreground(void)
{
	int fd = open_terminal();
	pid_t group;

	if (fd < 0)
		return -1;
	group = tcgetpgrp(fd);
	close(fd);
	return group == getpgrp() ? group : -1;
}

void terminal_give_back(pid_t group)
{
	int fd;

	if (group < 0)
		return;
	fd = open_terminal();
	if (fd < 0)
		return;
	/* We are in the background, where asking for this would stop us. */
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(fd, group);
	close(fd);
}
