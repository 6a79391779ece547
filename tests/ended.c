/* SPDX-License-Identifier: ISC */
/*
 * ended COMMAND [ARG...]: say how a command ended, which a shell does not tell apart: "exited 130"
 * and "signal 2". Nothing else about us is different: it has our group and our terminal.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	/* A key is for the command, also where we were begun without such keys. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	pid = argc < 2 ? -1 : fork();
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 99;
	if (WIFSIGNALED(status))
		printf("signal %d%s\n", WTERMSIG(status), WCOREDUMP(status) ? ", core dumped" : "");
	else
		printf("exited %d\n", WEXITSTATUS(status));
	return 0;
}
