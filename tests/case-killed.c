/* SPDX-License-Identifier: ISC */
/* C14: the child is killed on its way, and nothing of ours has changed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "filter.h"
#include "suite.h"
#include "sys.h"
#include "table.h"

#define DUP pspawn_fd_dup

/* ---- C14: the child is killed at every possible moment */

static void kill_children(pid_t parent)
{
	char path[64], line[64];
	int fd;

	/* Whatever children the parent has just now. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent, (int)parent);
	for (;;) {
		ssize_t size;

		if (getppid() != parent)
			_exit(0);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		size = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
		close(fd);
		line[size > 0 ? size : 0] = '\0';
		for (char *at = line; *at;) {
			long pid = strtol(at, &at, 10);

			if (pid > 0 && pid != getpid())
				kill((pid_t)pid, SIGKILL);
			at += strspn(at, " ");
		}
	}
}

CASE(C14, parents_own_fd_table_intact)
{
	static struct table before, after;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };
	int starts = suite_rounds(1500);
	int killed = 0;
	pid_t killer, parent = getpid();

	if (access("/proc/thread-self/children", R_OK) < 0)
		SKIP("this kernel does not list children");
	files(3, 60);
	table_of_self(&before);
	killer = fork();
	if (killer == 0)
		kill_children(parent);
	/* kill(-1) below would be everybody's end. */
	CHECK(killer > 0);
	for (int i = 0; i < starts; i++) {
		struct pspawn_child child;
		struct pspawn_error error;
		struct pspawn_status status;
		int result = pspawn_start(&child, &cmd, &error);

		if (result < 0) {
			CHECK_INT(error.code, ECHILD);
			CHECK_INT(error.step, PSPAWN_STEP_EXEC);
			killed++;
		} else {
			CHECK_INT(pspawn_wait(&child, &status, -1), 0);
			killed += !status.exited;
		}
	}
	kill(killer, SIGKILL);
	waitpid(killer, NULL, 0);
	table_of_self(&after);
	CHECK(table_same(&before, &after));
	if (killed == 0)
		FAIL("nothing was killed in %d starts", starts);
}

/* Calls that only the child makes: killed at each of them it has changed nothing of ours. */
static const int childs_calls[] = { SYS_close_range, SYS_rt_sigaction, SYS_fchdir, SYS_dup3,
				    SYS_execve };

static void start_and_be_killed(const void *fatal_call)
{
	static struct table before, after;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(DUP(3, 4), DUP(4, 3), DUP(5, 5)),
				  PSPAWN_ATTRS(pspawn_attr_dir_fd(9)) };
	struct pspawn_child child;
	struct pspawn_error error;
	int result;

	CHECK_INT(open(".", O_RDONLY | O_DIRECTORY), 3);
	CHECK_INT(dup2(3, 9), 9);
	files(3, 8);
	table_of_self(&before);
	if (!filter_syscall(*(const int *)fatal_call, FILTER_KILL))
		SKIP("no system call filters here");
	result = pspawn_start(&child, &cmd, &error);
	if (result == 0)
		pspawn_wait(&child, NULL, -1);
	else
		CHECK_INT(error.code, ECHILD);
	table_of_self(&after);
	CHECK(table_same(&before, &after));
	CHECK_INT(waitpid(-1, NULL, WNOHANG | __WALL), -1);
}

CASE(C14, killed_at_each_call)
{
	suite_accept_fallback();
	/* Before, the core that such an end wants took all with it who shared the memory. */
	if (!sys_kernel_is_at_least(5, 16))
		SKIP("the kernel would kill us too");
	for (size_t i = 0; i < sizeof(childs_calls) / sizeof(childs_calls[0]); i++)
		suite_apart(start_and_be_killed, &childs_calls[i]);
}
