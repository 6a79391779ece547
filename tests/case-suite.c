/* SPDX-License-Identifier: ISC */
/* M: the suite tests itself. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

CASE(M01, backend_is_the_named_one)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(1, 2), DUP(2, 1)) };
	struct pspawn_child child;

	CHECK_STR(pspawn_backend_name(0), suite_backend());
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_STR(pspawn_child_backend(&child), suite_runs_by());
	CHECK_INT(pspawn_child_fallback_reason(&child) != NULL, strcmp(suite_runs_by(), suite_backend()) != 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	CHECK_STR(pspawn_version(), "0.1.0");
}

CASE(M02, probe_sees_planted_fd)
{
	static struct table ours, expected;
	static struct record record;
	struct pspawn_fd listed[] = { DUP(3, 0) };
	struct pspawn_fd leaked[] = { DUP(3, 0), DUP(4, 0) };
	struct pspawn_cmd cmd = { .fds = leaked, .nfds = 2 };

	table_of_self(&ours);
	expected_table(&expected, &ours, listed, 1);
	probe_start(&cmd, &record);
	CHECK(!table_same(&expected, &record.table));
}

static void failing(void)
{
	FAIL("on purpose");
}

static void hanging(void)
{
	pause();
}

static void crashing(void)
{
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static void leaking(void)
{
	if (dup(0) < 0)
		_exit(0);
}

static void leaving_a_child(void)
{
	if (fork() == 0) {
		pause();
		_exit(0);
	}
}

static void leaving_a_mask(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void leaving_a_umask(void)
{
	umask(0);
}

static void leaving_the_directory(void)
{
	CHECK_INT(chdir("/"), 0);
}

static void changing_a_disposition(void)
{
	signal(SIGUSR1, SIG_IGN);
}

static void green(void)
{
}

CASE(M03, runner_sees_failing_case)
{
	CHECK(suite_is_green(green));
	CHECK(!suite_is_green(failing));
}

CASE(M03, runner_sees_hang)
{
	CHECK(!suite_is_green_within(hanging, 1));
}

CASE(M03, runner_sees_crash)
{
	CHECK(!suite_is_green(crashing));
}

CASE(M03, runner_sees_leak)
{
	CHECK(!suite_is_green(leaking));
	CHECK(!suite_is_green(leaving_a_mask));
	CHECK(!suite_is_green(leaving_a_umask));
	CHECK(!suite_is_green(leaving_the_directory));
	CHECK(!suite_is_green(changing_a_disposition));
}

static void leaving_a_zombie(void)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

CASE(M03, runner_sees_zombie)
{
	CHECK(!suite_is_green(leaving_a_zombie));
	CHECK(!suite_is_green(leaving_a_child));
}
