/* SPDX-License-Identifier: ISC */
/*
 * terminal [-c] COMMAND [ARG...]: run a command in a session of its own, with a
 * new terminal as its 0; with -c that is its controlling terminal.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_TERMINAL = 99 };

static void become(int keyboard, int controlling, char **command)
{
	int fd;

	setsid();
	fd = open(ptsname(keyboard), O_RDWR | O_NOCTTY);
	if (fd < 0 || dup2(fd, 0) < 0 || (controlling && ioctl(fd, TIOCSCTTY, 0) < 0))
		_exit(NO_TERMINAL);
	close(keyboard);
	if (fd > 0)
		close(fd);
	execvp(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	int controlling = argc > 1 && strcmp(argv[1], "-c") == 0;
	int keyboard = posix_openpt(O_RDWR | O_NOCTTY);
	int status;
	pid_t pid;

	if (argc < 2 + controlling || keyboard < 0)
		return NO_TERMINAL;
	if (grantpt(keyboard) < 0 || unlockpt(keyboard) < 0)
		return NO_TERMINAL;
	pid = fork();
	if (pid == 0)
		become(keyboard, controlling, argv + 1 + controlling);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return NO_TERMINAL;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
