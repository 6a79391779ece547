/* SPDX-License-Identifier: ISC */
/*
 * By hand: fork, place three descriptors, close the rest, execute. A close-on-exec pipe tells
 * why it could not be executed, as textbooks have it.
 *
 * --as careful: with what is missing in textbooks, and what the library's fork backend gives.
 * No handler of ours runs in the child, nor is one in its way when signals are unblocked.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contend.h"

extern char **environ;

static void reset_handlers(void)
{
	struct sigaction action;

	for (int number = 1; number < NSIG; number++) {
		if (sigaction(number, NULL, &action) < 0 || action.sa_handler == SIG_IGN ||
		    action.sa_handler == SIG_DFL)
			continue;
		action.sa_handler = SIG_DFL;
		sigaction(number, &action, NULL);
	}
}

static void close_from(int lowest)
{
#ifdef HAVE_CLOSEFROM
	closefrom(lowest);
#else
	for (long fd = sysconf(_SC_OPEN_MAX) - 1; fd >= lowest; fd--)
		close((int)fd);
#endif
}

static void be_the_child(const struct contest *contest, int report)
{
	sigset_t none;
	int code;

	if (contend_as(contest, "careful"))
		reset_handlers();
	signal(SIGPIPE, SIG_DFL);
	for (int i = 0; i < 3; i++)
		if (dup2(contest->sources[i], i) < 0)
			goto failed;
	/* The report goes to 3, where it is out of the way of closing the rest. */
	if (dup3(report, 3, O_CLOEXEC) < 0 && report != 3)
		goto failed;
	report = 3;
	close_from(4);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(contest->program, contest->argv, environ);
failed:
	code = errno;
	if (write(report, &code, sizeof(code)) != sizeof(code))
		_exit(126);
	_exit(127);
}

static pid_t start_child(const struct contest *contest, int report)
{
	int is_careful = contend_as(contest, "careful");
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	if (is_careful)
		sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		be_the_child(contest, report);
	if (is_careful)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static long long start(const struct contest *contest)
{
	long long started;
	int report[2], status, code;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		contend_fail("pipe", errno);
	pid = start_child(contest, report[1]);
	if (pid < 0)
		contend_fail("fork", errno);
	close(report[1]);
	if (read(report[0], &code, sizeof(code)) != 0)
		contend_fail("execve", code);
	close(report[0]);
	started = contend_now();
	if (waitpid(pid, &status, 0) != pid || status != 0)
		contend_fail("wait", ECHILD);
	return started;
}

const struct contender contender = { .start = start };
