/* SPDX-License-Identifier: ISC */
/*
 * steps PROGRAM ARGUMENT...: how many instructions the program's first thread takes from its
 * first call of getppid(2) to the next. One by one, so that what runs is what always runs: under
 * valgrind a child does not share memory, and not every machine counts for its guests.
 * The kernel's instructions and the children's are not counted.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)

enum { SYSCALL_INSTRUCTION = 0x050f };

/* Is getppid(2) what it is about to call? */
static int is_at_mark(pid_t pid)
{
	struct user_regs_struct registers;
	long word;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) < 0)
		return 0;
	word = ptrace(PTRACE_PEEKTEXT, pid, (void *)registers.rip, NULL);
	return (word & 0xffff) == SYSCALL_INSTRUCTION && registers.rax == SYS_getppid;
}

/* One instruction; 0 when there is no next one. A signal is delivered with the next. */
static int step(pid_t pid, int *signal)
{
	int status;

	if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(long)*signal) < 0 ||
	    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return 0;
	*signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	return 1;
}

static long count(pid_t pid)
{
	long steps = 0;
	int marks = 0, signal = 0;

	while (marks < 2) {
		if (!step(pid, &signal))
			return -1;
		steps += marks == 1 && signal == 0;
		marks += is_at_mark(pid);
	}
	return steps;
}

int main(int argc, char **argv)
{
	pid_t pid = argc > 1 ? fork() : -1;
	long steps;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return 1;
	steps = count(pid);
	kill(pid, SIGKILL);
	printf("%ld\n", steps);
	return steps < 0;
}

#else

int main(void)
{
	fprintf(stderr, "only on x86_64\n");
	return 1;
}

#endif
