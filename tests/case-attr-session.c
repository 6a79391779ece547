/* SPDX-License-Identifier: ISC */
/* N01 to N10, L04, L05: sessions, process groups and terminals. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

CASE(N01, setsid)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_setsid());

	CHANGES(&cmd, { "session", "own" }, { "pgroup", "own" });
}

CASE(N02, process_group)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pgroup(0));

	CHANGES(&cmd, { "pgroup", "own" });
}

static int lead_group(const void *unused)
{
	(void)unused;
	return setpgid(0, 0);
}

CASE(N03, process_group_of_a_sibling)
{
	pid_t sibling = helper_start(lead_group, NULL);
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pgroup(sibling));
	char group[16];

	snprintf(group, sizeof(group), "%d", (int)sibling);
	CHANGES(&cmd, { "pgroup", group });
	helper_end(sibling);
}

CASE(N04, last_process_group_wins)
{
	pid_t sibling = helper_start(lead_group, NULL);
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pgroup(sibling), pspawn_attr_pgroup(0));

	CHANGES(&cmd, { "pgroup", "own" });
	helper_end(sibling);
}

/* ---- terminals */

struct terminal {
	int master, slave;
	char path[64];
};

/* A new terminal, at 40 and 41, and nobody's yet. */
static void open_terminal(struct terminal *terminal)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	int number, unlocked = 0;

	if (master < 0 || ioctl(master, TIOCGPTN, &number) < 0 ||
	    ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		SKIP("no terminals here: %s", strerror(errno));
	snprintf(terminal->path, sizeof(terminal->path), "/dev/pts/%d", number);
	terminal->slave = open(terminal->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal->slave < 0)
		SKIP("%s: %s", terminal->path, strerror(errno));
	terminal->master = fcntl(master, F_DUPFD_CLOEXEC, 40);
	close(master);
	master = terminal->slave;
	terminal->slave = fcntl(master, F_DUPFD_CLOEXEC, 41);
	close(master);
}

static void close_terminal(const struct terminal *terminal)
{
	close(terminal->master);
	close(terminal->slave);
}

/* In a session of our own, with a terminal whose foreground is ours. */
static void enter_terminal(struct terminal *terminal)
{
	setsid();
	open_terminal(terminal);
	CHECK_INT(ioctl(terminal->slave, TIOCSCTTY, 0), 0);
	CHECK_INT(tcgetpgrp(terminal->slave), getpgrp());
}

static void give_up_terminal(const void *unused)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_no_tty());
	struct terminal terminal;

	(void)unused;
	enter_terminal(&terminal);
	CHANGES(&cmd, { "terminal", "none" }, { "foreground", "no" });
	/* It was the child's own affair. */
	CHECK_INT(tcgetpgrp(terminal.slave), getpgrp());
}

CASE(N05, no_tty)
{
	need_real("terminals");
	suite_apart(give_up_terminal, NULL);
}

CASE(N06, no_tty_without_one)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_no_tty());

	SAME(&cmd);
}

CASE(L04, ctty_fd)
{
	struct terminal terminal;

	need_real("terminals");
	open_terminal(&terminal);
	{
		struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_ctty(7), pspawn_attr_setsid()),
					  PSPAWN_FDS(pspawn_fd_dup(7, terminal.slave)) };

		CHANGES(&cmd, { "session", "own" }, { "pgroup", "own" }, { "terminal", "yes" },
			{ "foreground", "yes" });
	}
	close_terminal(&terminal);
}

CASE(L04, ctty_fd_of_a_terminal_that_the_child_opens)
{
	struct terminal terminal;

	need_real("terminals");
	open_terminal(&terminal);
	{
		struct pspawn_cmd cmd = {
			PSPAWN_ATTRS(pspawn_attr_setsid(), pspawn_attr_ctty(7)),
			PSPAWN_FDS(pspawn_fd_open(7, terminal.path, O_RDWR | O_NOCTTY, 0))
		};

		CHANGES(&cmd, { "session", "own" }, { "pgroup", "own" }, { "terminal", "yes" },
			{ "foreground", "yes" });
	}
	close_terminal(&terminal);
}

/* The numbers are the child's: 41 is the terminal's in the parent, and nothing's in the child. */
CASE(L04, ctty_fd_is_not_a_number_of_the_parent)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_setsid(), pspawn_attr_ctty(41)) };
	struct pspawn_cmd no_terminal = { PSPAWN_CMD("/bin/true"),
					  PSPAWN_ATTRS(pspawn_attr_ctty(5), pspawn_attr_setsid()),
					  PSPAWN_FDS(pspawn_fd_null(5)) };
	struct terminal terminal;

	need_real("terminals");
	by_table(&cmd);
	open_terminal(&terminal);
	CHECK_INT(terminal.slave, 41);
	expect_failure(&cmd, EBADF, PSPAWN_STEP_CTTY, 1);
	expect_failure(&no_terminal, ENOTTY, PSPAWN_STEP_CTTY, 0);
	close_terminal(&terminal);
}

static void set_foreground(int terminal, pid_t group)
{
	sigset_t ttou, old;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	CHECK_INT(tcsetpgrp(terminal, group), 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void come_to_foreground(const void *unused)
{
	struct terminal terminal;

	(void)unused;
	enter_terminal(&terminal);
	{
		struct pspawn_cmd in_background = { PSPAWN_ATTRS(pspawn_attr_pgroup(0)),
						    PSPAWN_FDS(pspawn_fd_dup(7, terminal.slave)) };
		struct pspawn_cmd cmd = {
			PSPAWN_ATTRS(pspawn_attr_foreground(7), pspawn_attr_pgroup(0)),
			PSPAWN_FDS(pspawn_fd_dup(7, terminal.slave))
		};

		CHANGES(&in_background, { "pgroup", "own" }, { "foreground", "no" });
		expect_changes_from(&in_background, &cmd,
				    (struct fact[]) { { "foreground", "yes" } }, 1);
	}
	CHECK(tcgetpgrp(terminal.slave) != getpgrp());
	set_foreground(terminal.slave, getpgrp());
}

CASE(L05, foreground_tty)
{
	need_real("terminals");
	suite_apart(come_to_foreground, NULL);
}

/* The caller is in the background, and would be stopped by SIGTTOU if it did this itself. */
static void come_from_background(const void *unused)
{
	struct terminal terminal;
	pid_t other;

	(void)unused;
	enter_terminal(&terminal);
	other = helper_start(lead_group, NULL);
	set_foreground(terminal.slave, other);
	{
		struct pspawn_cmd cmd = {
			PSPAWN_ATTRS(pspawn_attr_pgroup(0), pspawn_attr_foreground(7)),
			PSPAWN_FDS(pspawn_fd_dup(7, terminal.slave))
		};

		CHANGES(&cmd, { "pgroup", "own" }, { "foreground", "yes" });
	}
	helper_end(other);
}

CASE(L05, foreground_tty_from_the_background)
{
	need_real("terminals");
	suite_apart(come_from_background, NULL);
}

static void fail_in_foreground(const void *unused)
{
	struct terminal terminal;

	(void)unused;
	enter_terminal(&terminal);
	{
		struct pspawn_cmd cmd = {
			PSPAWN_CMD("./missing"),
			PSPAWN_ATTRS(pspawn_attr_pgroup(0), pspawn_attr_foreground(7)),
			PSPAWN_FDS(pspawn_fd_dup(7, terminal.slave))
		};

		by_table(&cmd);
		expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	}
	CHECK_INT(tcgetpgrp(terminal.slave), getpgrp());
}

CASE(L05, foreground_tty_is_given_back)
{
	need_real("terminals");
	suite_apart(fail_in_foreground, NULL);
}

/* All at once: what a terminal emulator asks for. */
CASE(N07, session_with_a_terminal_as_stdio)
{
	struct terminal terminal;

	need_real("terminals");
	open_terminal(&terminal);
	{
		struct pspawn_cmd cmd = {
			PSPAWN_ATTRS(pspawn_attr_foreground(0), pspawn_attr_ctty(0),
				     pspawn_attr_setsid(), pspawn_attr_no_tty()),
			PSPAWN_FDS(pspawn_fd_dup(0, terminal.slave), pspawn_fd_same(1, 0),
				   pspawn_fd_same(2, 0))
		};

		CHANGES(&cmd, { "session", "own" }, { "pgroup", "own" }, { "terminal", "yes" },
			{ "foreground", "yes" });
	}
	close_terminal(&terminal);
}
