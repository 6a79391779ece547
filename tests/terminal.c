/* SPDX-License-Identifier: ISC */
/*
 * terminal [-c] [-s ROWSxCOLUMNS] [-o [-t TEXT] [-r ROWSxCOLUMNS]] COMMAND [ARG...]: run a
 * command in a session of its own, with a new terminal as its 0; with -c that is its
 * controlling terminal. With -o it is its 1 and 2 as well, and what is shown on it comes out
 * of our 1; when the first of that has come, TEXT is typed, and the terminal gets another size.
 *
 * terminal -v COMMAND [ARG...]: take our own terminal from all who have it by vhangup(2), as
 * login(1) does. Say so on our 6, read a byte from our 5, and run the command on it. 98: that
 * is not allowed, or not there.
 *
 * terminal -p TEXT: ask as getpass(3) does on our own terminal, which is our 0 and 1: throw away
 * what was typed, show the text, and then what was read between angle brackets.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { NO_VHANGUP = 98, NO_TERMINAL = 99 };

struct wanted {
	int controlling, shown;
	const char *typed;
	struct winsize size, later; /* 0 by 0: not given */
	char **command;
};

static void become(int keyboard, const struct wanted *wanted)
{
	int fd;

	setsid();
	fd = open(ptsname(keyboard), O_RDWR | O_NOCTTY);
	if (fd < 0 || dup2(fd, 0) < 0 || (wanted->controlling && ioctl(fd, TIOCSCTTY, 0) < 0))
		_exit(NO_TERMINAL);
	if (wanted->shown && (dup2(fd, 1) < 0 || dup2(fd, 2) < 0))
		_exit(NO_TERMINAL);
	if (wanted->size.ws_row && ioctl(fd, TIOCSWINSZ, &wanted->size) < 0)
		_exit(NO_TERMINAL);
	close(keyboard);
	if (fd > 2 || (fd > 0 && !wanted->shown))
		close(fd);
	execvp(wanted->command[0], wanted->command);
	_exit(127);
}

static void type(int keyboard, const struct wanted *wanted)
{
	size_t length = wanted->typed ? strlen(wanted->typed) : 0;

	if (write(keyboard, wanted->typed, length) != (ssize_t)length)
		exit(NO_TERMINAL);
	if (wanted->later.ws_row && ioctl(keyboard, TIOCSWINSZ, &wanted->later) < 0)
		exit(NO_TERMINAL);
}

/* Until nobody has it open any more. */
static void show(int keyboard, const struct wanted *wanted)
{
	char buffer[4096];
	ssize_t size;
	int is_first = 1;

	while ((size = read(keyboard, buffer, sizeof(buffer))) > 0) {
		if (write(1, buffer, (size_t)size) != size)
			exit(NO_TERMINAL);
		if (is_first)
			type(keyboard, wanted);
		is_first = 0;
	}
}

static struct winsize size_of(const char *text)
{
	struct winsize size;

	memset(&size, 0, sizeof(size));
	if (sscanf(text, "%hux%hu", &size.ws_row, &size.ws_col) != 2)
		exit(NO_TERMINAL);
	return size;
}

static int parse(struct wanted *wanted, int argc, char **argv)
{
	int option;

	memset(wanted, 0, sizeof(*wanted));
	while ((option = getopt(argc, argv, "+cos:t:r:")) != -1) {
		wanted->controlling |= option == 'c';
		wanted->shown |= option == 'o';
		if (option == 's')
			wanted->size = size_of(optarg);
		if (option == 'r')
			wanted->later = size_of(optarg);
		if (option == 't')
			wanted->typed = optarg;
	}
	wanted->command = argv + optind;
	return optind < argc;
}

#ifdef __linux__

static int hang_up(void)
{
	return vhangup();
}

#else

static int hang_up(void)
{
	return -1;
}

#endif

static int take_from_all(char **command)
{
	const char *name = ttyname(0);
	int fd, failed;
	char byte;

	signal(SIGHUP, SIG_IGN);
	failed = !name || hang_up() < 0;
	for (fd = 0; fd <= 2; fd++)
		close(fd);
	if (write(6, "", 1) != 1 || read(5, &byte, 1) != 1)
		return NO_TERMINAL;
	if (failed)
		return NO_VHANGUP;
	/* The lowest number is 0. */
	fd = open(name, O_RDWR);
	if (fd != 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		return NO_TERMINAL;
	execvp(command[0], command);
	return 127;
}

static int ask(const char *text)
{
	struct termios before, silent;
	char answer[256];
	ssize_t size;

	if (tcgetattr(0, &before) < 0)
		return NO_TERMINAL;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(0, TCSAFLUSH, &silent) < 0 || dprintf(1, "%s", text) < 0)
		return NO_TERMINAL;
	size = read(0, answer, sizeof(answer));
	if (size < 1 || tcsetattr(0, TCSAFLUSH, &before) < 0)
		return NO_TERMINAL;
	return dprintf(1, "<%.*s>", (int)size - 1, answer) < 0 ? NO_TERMINAL : 0;
}

int main(int argc, char **argv)
{
	struct wanted wanted;
	int keyboard = posix_openpt(O_RDWR | O_NOCTTY);
	int status;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "-v") == 0)
		return take_from_all(argv + 2);
	if (argc > 2 && strcmp(argv[1], "-p") == 0)
		return ask(argv[2]);
	if (!parse(&wanted, argc, argv) || keyboard < 0)
		return NO_TERMINAL;
	if (grantpt(keyboard) < 0 || unlockpt(keyboard) < 0)
		return NO_TERMINAL;
	pid = fork();
	if (pid == 0)
		become(keyboard, &wanted);
	if (pid > 0 && wanted.shown)
		show(keyboard, &wanted);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return NO_TERMINAL;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
