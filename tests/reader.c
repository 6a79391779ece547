/* SPDX-License-Identifier: ISC */
/*
 * reader N stalled SIGNAL COMMAND...  nobody reads what the command writes to its N; when that is
 *                                     full, the command gets SIGNAL (0: none)
 * reader N late COMMAND...            N is a pipe with O_NONBLOCK, and read when it is full
 *
 * Either copies to standard output what it has read, and exits as the command did, with 128+N for
 * signal N.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static void make_pipe(int is_late)
{
	if (pipe(ends) < 0)
		exit(99);
#ifdef F_SETPIPE_SZ
	fcntl(ends[1], F_SETPIPE_SZ, 4096);
#endif
	if (is_late)
		fcntl(ends[1], F_SETFL, O_WRONLY | O_NONBLOCK);
}

static pid_t start(int number, char **argv)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	dup2(ends[1], number);
	close(ends[0]);
	close(ends[1]);
	execv(argv[0], argv);
	_exit(99);
}

static int is_full(void)
{
	struct pollfd polled = { ends[1], POLLOUT, 0 };

	return poll(&polled, 1, 10) == 0;
}

/* Returns whether it has not ended. */
static int wait_until_full(pid_t pid, int *status)
{
	while (!is_full()) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return 0;
		poll(NULL, 0, 10);
	}
	return 1;
}

static void copy(void)
{
	char buffer[4096];
	ssize_t size;

	close(ends[1]);
	while ((size = read(ends[0], buffer, sizeof(buffer))) > 0)
		if (write(STDOUT_FILENO, buffer, (size_t)size) != size)
			exit(99);
}

int main(int argc, char **argv)
{
	int is_late = argc > 3 && strcmp(argv[2], "late") == 0;
	int status = 0;
	int runs;
	pid_t pid;

	if (argc < 5 - is_late)
		return 99;
	make_pipe(is_late);
	pid = start(atoi(argv[1]), argv + 4 - is_late);
	runs = wait_until_full(pid, &status);
	if (is_late)
		copy();
	else if (runs)
		kill(pid, atoi(argv[3]));
	if (runs)
		waitpid(pid, &status, 0);
	if (!is_late)
		copy();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
