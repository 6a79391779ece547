/* SPDX-License-Identifier: ISC */
/* G: errors come back also where the system refuses, lies, or kills. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"
#include "calls.h"
#include "fault.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static void exec_fails(const char *program, int code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(program) };

	expect_failure(&cmd, code, PSPAWN_STEP_EXEC, -1);
}

CASE(G06, early_return_or_refuse)
{
	suite_accept_fallback();
	fault_dishonest_spawn();
	exec_fails("/nonexistent", ENOENT);
	{
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_NO_FALLBACK };

		if (strcmp(suite_runs_by(), suite_backend()) != 0 ||
		    strcmp(suite_backend(), "posix_spawn") == 0)
			expect_failure(&cmd, ENOTSUP, PSPAWN_STEP_BACKEND, -1);
		else
			CHECK_INT(run_cmd(&cmd), 0);
	}
}

CASE(G07, garbage_on_channel)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .backend = "fork" };

	for (int size = 1; size < 16; size += 5) {
		fault_short_report(size);
		expect_failure(&cmd, EPROTO, PSPAWN_STEP_CREATE, -1);
	}
	CHECK_INT(run_cmd(&cmd), 0);
}

CASE(G08, child_killed_before_exec)
{
	/* A FIFO that nobody writes holds the child in open(), where it is killed. */
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_open(5, "fifo", O_RDONLY, 0)) };
	pid_t parent = getpid(), killer;

	if (strcmp(suite_backend(), "posix_spawn") == 0)
		cmd.backend = "fork"; /* libc's child is libc's to account for */
	CHECK_INT(mkfifo("fifo", 0600), 0);
	if (access("/proc/thread-self/children", R_OK) < 0)
		SKIP("this kernel does not list children");
	killer = fork();
	/* kill(-1) below would be everybody's end. */
	CHECK(killer >= 0);
	if (killer == 0) {
		char path[64], line[256];

		snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent, (int)parent);
		for (;;) {
			int fd = open(path, O_RDONLY);
			ssize_t size = read(fd, line, sizeof(line) - 1);
			char *at = line;

			close(fd);
			line[size > 0 ? size : 0] = '\0';
			while (*at) {
				long pid = strtol(at, &at, 10);

				at += strspn(at, " ");
				if (pid > 0 && pid != getpid()) {
					is_asleep((pid_t)pid);
					kill((pid_t)pid, SIGKILL);
				}
			}
			usleep(1000);
		}
	}
	{
		struct pspawn_child child;
		struct pspawn_error error;

		CHECK_INT(pspawn_start(&child, &cmd, &error), -ECHILD);
		CHECK_INT(error.step, PSPAWN_STEP_EXEC);
	}
	kill(killer, SIGKILL);
	waitpid(killer, NULL, 0);
}

/* The rest of what pspawn.h lists: each code made to happen, by the system's own refusal. */
static const struct fault {
	int call, call_code;
	int code, step, index;
} faults[] = {
	{ SYS_pipe2, ENFILE, ENFILE, PSPAWN_STEP_PREPARE, 0 },
	{ SYS_pipe2, EMFILE, EMFILE, PSPAWN_STEP_PREPARE, 0 },
	{ SYS_clone, ENOMEM, ENOMEM, PSPAWN_STEP_CREATE, -1 },
	{ SYS_clone, EAGAIN, EAGAIN, PSPAWN_STEP_CREATE, -1 },
	{ SYS_execve, EAGAIN, EAGAIN, PSPAWN_STEP_EXEC, -1 },
	{ SYS_execve, ENOMEM, ENOMEM, PSPAWN_STEP_EXEC, -1 },
};

static void one_fault(const void *argument)
{
	const struct fault *fault = argument;
	int end = -77;
	struct pspawn_cmd first = { PSPAWN_CMD("/bin/true") };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &end)) };
	int step = fault->step;

	/* Which backend there is has been found out before the fault. */
	CHECK_INT(run_cmd(&first), 0);
	if (!filter_syscall(fault->call, fault->call_code) ||
	    (fault->call == SYS_clone && !filter_syscall(SYS_clone3, fault->call_code)))
		SKIP("no system call filters here");
#ifdef SYS_fork
	if (fault->call == SYS_clone)
		filter_syscall(SYS_fork, fault->call_code); /* musl */
#endif
	/* posix_spawn(3) does not say which of the two it was. */
	if (strcmp(suite_runs_by(), "posix_spawn") == 0 && fault->call == SYS_execve)
		step = PSPAWN_STEP_CREATE;
	suite_note("fault %td:", fault - faults);
	expect_failure(&cmd, fault->code, step, fault->index);
	CHECK_INT(end, -77);
}

CASE(G10, closed_set_of_codes_by_faults)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		suite_apart(one_fault, &faults[i]);
}

CASE(G12, emulator_without_shared_vm)
{
	/* With every kind of memory-sharing clone forbidden there is still the last rung. */
	if (!filter_syscall(SYS_clone3, ENOSYS) ||
	    !filter_syscall_bits(SYS_clone, 0, CLONE_VFORK, EINVAL))
		SKIP("no system call filters here");
	suite_accept_fallback();
	/* Libc's posix_spawn needs what is forbidden; in an emulator it would lose errors. */
	fault_dishonest_spawn();
	exec_fails("/nonexistent", ENOENT);
	EXPECT(DUP(1, 2), DUP(2, 1));
}

CASE(G12, memory_that_is_copied)
{
	struct pspawn_cmd strict = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_NO_FALLBACK };

	suite_accept_fallback();
	fault_private_memory();
	exec_fails("/nonexistent", ENOENT);
	EXPECT(DUP(1, 2), DUP(2, 1));
	if (strcmp(suite_backend(), "linux") == 0)
		expect_failure(&strict, ENOTSUP, PSPAWN_STEP_BACKEND, -1);
	else if (strcmp(suite_runs_by(), suite_backend()) == 0)
		CHECK_INT(run_cmd(&strict), 0);
}

static void without_clone3(const void *code)
{
	if (!filter_syscall(SYS_clone3, *(const int *)code))
		SKIP("no system call filters here");
	/* Libc's does not step down but for ENOSYS; then it may not be used at all. */
	suite_accept_fallback();
	EXPECT(DUP(1, 2), DUP(2, 1));
	if (strcmp(suite_backend(), "posix_spawn") != 0) {
		struct pspawn_cmd strict = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_NO_FALLBACK };

		CHECK_INT(run_cmd(&strict), 0);
	}
}

CASE(G12, clone3_forbidden)
{
	static const int codes[] = { ENOSYS, EPERM, EINVAL, E2BIG };

	for (int i = 0; i < 4; i++)
		suite_apart(without_clone3, &codes[i]);
}

/* Each step that the linux backend goes down, and still is the one that starts. */
static int no_pidfd(void)
{
	return filter_syscall_bits(SYS_clone, 0, CLONE_PIDFD, EINVAL);
}

static int no_exit_signal_0(void)
{
	return filter_syscall_no_bits(SYS_clone, 0, 0xff, EINVAL);
}

static int no_table_of_its_own(void)
{
	return filter_syscall_bits(SYS_close_range, 2, 2, EPERM);
}

static int no_pidfd_at_all(void)
{
	return no_pidfd() && filter_syscall(SYS_pidfd_open, ENOSYS);
}

static void a_step_down(const void *argument)
{
	int (*const *step)(void) = argument;
	struct pspawn_cmd strict = { PSPAWN_CMD("/nonexistent"), .flags = PSPAWN_NO_FALLBACK };

	if (!filter_syscall(SYS_clone3, ENOSYS) || !(*step)())
		SKIP("no system call filters here");
	EXPECT(DUP(1, 2), DUP(2, 1));
	if (strcmp(suite_runs_by(), suite_backend()) == 0)
		expect_failure(&strict, ENOENT, PSPAWN_STEP_EXEC, -1);
}

CASE(G12, every_step_down)
{
	static int (*const steps[])(void) = { no_pidfd, no_pidfd_at_all, no_exit_signal_0,
					      no_table_of_its_own };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		suite_apart(a_step_down, &steps[i]);
}

static void in_init(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };

	(void)unused;
	CHECK_INT(getpid(), 1);
	CHECK_INT(run_cmd(&cmd), 0);
	/* Some kernels and filters refuse it there: EINVAL means the next rung. */
	suite_accept_fallback();
	fault_dishonest_spawn();
	if (filter_syscall(SYS_clone3, EINVAL) &&
	    filter_syscall_bits(SYS_clone, 0, CLONE_VFORK, EINVAL))
		CHECK_INT(run_cmd(&cmd), 0);
}

CASE(G13, vfork_forbidden_in_init)
{
	/* From here on our children are in a namespace whose first process dies with them. */
	if (unshare(geteuid() == 0 ? CLONE_NEWPID : CLONE_NEWUSER | CLONE_NEWPID) < 0)
		SKIP("no process namespaces here");
	suite_apart(in_init, NULL);
}
