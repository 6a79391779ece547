/* SPDX-License-Identifier: ISC */
/* P6x: sessions and terminals. A start that fails gives the foreground back. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr-fail.h"
#include "facts.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

/* In every scene: a terminal, a file, and nothing. */
enum { TERMINAL = 2, PLAIN = 1, NOTHING = 50, ODD = EDOM };

/* A new one, nobody's yet. The other end stays open for as long as the scene lasts. */
static void put_terminal(void)
{
	int other = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int terminal;

	if (other < 0 || grantpt(other) < 0 || unlockpt(other) < 0)
		SKIP("no terminals here: %s", strerror(errno));
	terminal = open(ptsname(other), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		SKIP("no terminals here: %s", strerror(errno));
	CHECK_INT(dup2(terminal, TERMINAL), TERMINAL);
	close(terminal);
	public_probe();
}

/* And now it is ours. Who was forked for a scene leads nothing yet. */
static void put_own_terminal(void)
{
	put_terminal();
	CHECK(setsid() > 0);
	CHECK_INT(ioctl(TERMINAL, TIOCSCTTY, 0), 0);
	CHECK_INT(tcgetpgrp(TERMINAL), getpgrp());
	/* When its leader ends, the session hears of it. */
	signal(SIGHUP, SIG_IGN);
}

/* ---- groups */

static int group_of_another_session(int *end)
{
	int ends[2];
	char byte;
	pid_t pid;

	CHECK_INT(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		setsid();
		close(ends[1]);
		_exit((int)read(ends[0], &byte, 1));
	}
	close(ends[0]);
	*end = ends[1];
	while (getsid(pid) != pid)
		usleep(1000);
	return (int)pid;
}

/* Whose child that other is not, so that a failed start leaves none at all. */
static void join_another_session(const void *group)
{
	FAILS(EPERM, PSPAWN_STEP_PGROUP, pspawn_attr_pgroup(*(const int *)group));
}

CASE(P60, group_of_another_session)
{
	int end;
	int other = group_of_another_session(&end);

	suite_apart(join_another_session, &other);
	close(end);
	CHECK_INT(waitpid(other, NULL, 0), other);
}

CASE(P60, group_that_does_not_exist)
{
	FAILS(EPERM, PSPAWN_STEP_PGROUP, pspawn_attr_pgroup(INT_MAX));
	SAYS("set the process group 2147483647 (attribute 1): Operation not permitted", EPERM,
	     PSPAWN_STEP_PGROUP, pspawn_attr_pgroup(INT_MAX));
}

/* Who leads a session leads its group already. */
CASE(P60, group_of_a_session_leader)
{
	FAILS(EPERM, PSPAWN_STEP_PGROUP, pspawn_attr_pgroup(0), pspawn_attr_setsid());
}

/* ---- terminals */

static void without_a_session(const void *unused)
{
	(void)unused;
	put_terminal();
	FAILS(EPERM, PSPAWN_STEP_CTTY, pspawn_attr_ctty(TERMINAL));
	FAILS(ENOTTY, PSPAWN_STEP_FOREGROUND, pspawn_attr_foreground(TERMINAL));
	FAILS(ENOTTY, PSPAWN_STEP_FOREGROUND, pspawn_attr_foreground(TERMINAL),
	      pspawn_attr_setsid());
	SAYS("take the controlling terminal descriptor 2 (attribute 1): Operation not permitted",
	     EPERM, PSPAWN_STEP_CTTY, pspawn_attr_ctty(TERMINAL));
}

CASE(P61, terminal_without_a_session)
{
	suite_apart(without_a_session, NULL);
}

CASE(P61, number_that_is_no_terminal)
{
	FAILS(ENOTTY, PSPAWN_STEP_CTTY, pspawn_attr_ctty(PLAIN), pspawn_attr_setsid());
	FAILS(ENOTTY, PSPAWN_STEP_FOREGROUND, pspawn_attr_foreground(PLAIN));
	FAILS(EBADF, PSPAWN_STEP_CTTY, pspawn_attr_ctty(NOTHING), pspawn_attr_setsid());
	FAILS(EBADF, PSPAWN_STEP_FOREGROUND, pspawn_attr_foreground(NOTHING));
}

/* The child's own numbers count: what only the parent has is nothing. */
CASE(P61, number_that_only_the_parent_has)
{
	file_at(NOTHING, O_RDWR);
	FAILS(EBADF, PSPAWN_STEP_CTTY, pspawn_attr_ctty(NOTHING), pspawn_attr_setsid());
	FAILS(EBADF, PSPAWN_STEP_FOREGROUND, pspawn_attr_foreground(NOTHING));
}

static void of_another_session(const void *unused)
{
	(void)unused;
	put_own_terminal();
	FAILS(EPERM, PSPAWN_STEP_CTTY, pspawn_attr_ctty(TERMINAL), pspawn_attr_setsid());
	CHECK_INT(tcgetpgrp(TERMINAL), getpgrp());
}

CASE(P61, terminal_of_another_session)
{
	suite_apart(of_another_session, NULL);
}

static void kept_by_a_filter(const void *unused)
{
	(void)unused;
	put_own_terminal();
	if (!filter_syscall_equal(SYS_ioctl, 1, TIOCNOTTY, ODD))
		SKIP("no system call filters here");
	FAILS(ODD, PSPAWN_STEP_NO_TTY, pspawn_attr_no_tty());
}

CASE(P61, terminal_that_cannot_be_given_up)
{
	suite_apart(kept_by_a_filter, NULL);
}

/* ---- the foreground comes back */

/* The group that has it, after a start that comes to the foreground and fails. */
static void fail_in_foreground(struct pspawn_cmd *cmd, int code, int step, int index)
{
	pid_t before = tcgetpgrp(TERMINAL);

	CHECK(before > 0);
	by_whom(cmd);
	expect_failure(cmd, code, step, index);
	CHECK_INT(tcgetpgrp(TERMINAL), before);
}

static void fail_in_every_way(void)
{
	struct pspawn_cmd program = { PSPAWN_CMD("/nonexistent"),
				      PSPAWN_ATTRS(pspawn_attr_pgroup(0),
						   pspawn_attr_foreground(TERMINAL)) };
	struct pspawn_cmd by_number = { PSPAWN_CMD("x"),
					PSPAWN_ATTRS(pspawn_attr_pgroup(0),
						     pspawn_attr_foreground(TERMINAL),
						     pspawn_attr_program_fd(PLAIN)) };
	/* Preferred, it is given back none the less. */
	struct pspawn_cmd preferred = { PSPAWN_CMD("/nonexistent"),
					PSPAWN_ATTRS(pspawn_attr_pgroup(0),
						     pspawn_attr_prefer(
							     pspawn_attr_foreground(TERMINAL))) };

	fail_in_foreground(&program, ENOENT, PSPAWN_STEP_EXEC, -1);
	fail_in_foreground(&by_number, EACCES, PSPAWN_STEP_EXEC, 2);
	fail_in_foreground(&preferred, ENOENT, PSPAWN_STEP_EXEC, -1);
}

static void from_the_foreground(const void *unused)
{
	(void)unused;
	put_own_terminal();
	fail_in_every_way();
	/* By another number of the child's, and after a step that fails late. */
	if (filter_syscall(SYS_ptrace, ODD) && attr_exists(PSPAWN_ATTR_TRACE_ME)) {
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
					  PSPAWN_ATTRS(pspawn_attr_pgroup(0),
						       pspawn_attr_foreground(9),
						       pspawn_attr_trace_me()),
					  PSPAWN_FDS(pspawn_fd_dup(9, TERMINAL)) };

		fail_in_foreground(&cmd, ODD, PSPAWN_STEP_TRACE_ME, 2);
	}
}

CASE(P62, foreground_is_given_back)
{
	suite_apart(from_the_foreground, NULL);
}

/* Whoever is in the background is not stopped either, and gives it back to others. */
static void from_the_background(const void *unused)
{
	pid_t leader, pid;
	int status;

	(void)unused;
	put_own_terminal();
	leader = getpgrp();
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		fail_in_every_way();
		_exit(tcgetpgrp(TERMINAL) == leader ? 0 : 1);
	}
	CHECK(pid > 0);
	CHECK_INT(waitpid(pid, &status, WUNTRACED), pid);
	CHECK_INT(status, 0);
	CHECK_INT(tcgetpgrp(TERMINAL), leader);
}

CASE(P62, foreground_is_given_back_from_the_background)
{
	suite_apart(from_the_background, NULL);
}
