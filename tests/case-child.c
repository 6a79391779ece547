/* SPDX-License-Identifier: ISC */
/* I21 and on: handles that are empty, adopted or released, and what else they can be asked for. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static void expect_empty(struct pspawn_child *child)
{
	CHECK_INT(child->pid, 0);
	CHECK_INT(pspawn_child_group(child), 0);
	CHECK_INT(pspawn_child_cgroup(child), -1);
	CHECK_INT(pspawn_child_startfd(child), -1);
	CHECK_INT(pspawn_child_outcome(child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_kill(child, 0), -ESRCH);
	CHECK_INT(kill_all(child, 0), -ESRCH);
	CHECK_INT(pspawn_wait(child, NULL, 0), -ESRCH);
	CHECK_INT(pspawn_wait_started(child, NULL, 0), -ESRCH);
	pspawn_forget(child);
}

CASE(I21, handle_that_is_all_zero)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_child child;

	memset(&child, 0, sizeof(child));
	CHECK(!pspawn_child_backend(&child) && !pspawn_child_fallback_reason(&child));
	/* 0 is the case's own, which must not be closed. */
	expect_empty(&child);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	expect_empty(&child);
}

CASE(I21, handle_that_was_copied)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 3") };
	struct pspawn_child child, copy;
	struct pspawn_status status;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	copy = child;
	CHECK_STR(pspawn_child_backend(&copy), pspawn_child_backend(&child));
	CHECK_INT(pspawn_wait(&copy, &status, -1), 0);
	CHECK_INT(status.code, 3);
}

CASE(I22, backends_of_this_build)
{
	size_t count = 0;

	while (pspawn_backend_name(count))
		count++;
	CHECK(count >= 1 && count <= 3);
	CHECK_STR(pspawn_backend_name(0), suite_backend());
	CHECK_STR(pspawn_backend_name(count - 1), "fork");
	CHECK(!pspawn_backend_name((size_t)-1));
}

/* ---- without a descriptor */

CASE(I23, handle_without_a_descriptor)
{
	static struct table before, after;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 5"), PSPAWN_FDS(DUP(1, 2)) };
	struct pspawn_cmd stays = { PSPAWN_CMD("/bin/sleep", "10000") };
	struct pspawn_status status;
	struct pspawn_child child;
	struct pspawn_error error;

	cmd.flags = stays.flags = PSPAWN_NO_POLLFD;
	table_of_self(&before);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	suite_check_backend(pspawn_child_backend(&child));
	CHECK_INT(child.pollfd, -1);
	table_of_self(&after);
	CHECK(table_same(&before, &after));
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 5);
	CHECK_INT(pspawn_start(&child, &stays, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, 0), -EINPROGRESS);
	CHECK_INT(pspawn_wait(&child, &status, 3), -EINPROGRESS);
	CHECK_INT(pspawn_kill(&child, SIGTERM), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.signal, SIGTERM);
	/* A run could not be told of an end. */
	CHECK_INT(pspawn_run(&cmd, NULL, NULL, &error), -EINVAL);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
}

CASE(I23, async_without_a_descriptor)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 5"),
				  .flags = PSPAWN_NO_POLLFD | PSPAWN_ASYNC };
	struct pspawn_status status;
	struct pspawn_child child;

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(child.pollfd, -1);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 5);
}

/* ---- a descriptor that the caller takes */

static void expect_readable(int fd)
{
	struct pollfd ended = { .fd = fd, .events = POLLIN };

	CHECK_INT(poll(&ended, 1, -1), 1);
}

CASE(I24, descriptor_that_is_released)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 6") };
	struct pspawn_status status;
	struct pspawn_child child;
	int fd;

	suite_accept_fallback();
	for (int way = 0; way < 2; way++) {
		cmd.flags = way ? PSPAWN_ASYNC : 0;
		CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
		if (child.pollfd < 0)
			SKIP("no descriptor for a child here");
		fd = child.pollfd;
		CHECK_INT(pspawn_release_pollfd(&child), fd);
		CHECK_INT(child.pollfd, -1);
		CHECK_INT(pspawn_release_pollfd(&child), -EBADF);
		expect_readable(fd);
		CHECK_INT(pspawn_wait(&child, &status, -1), 0);
		CHECK_INT(status.code, 6);
		CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
		close(fd);
	}
	CHECK_INT(pspawn_release_pollfd(&child), -EBADF);
}

/* What has that number afterwards is not asked about a start that goes on. */
CASE(I24, descriptor_that_is_somebody_elses_then)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_open(7, "held", O_RDONLY, 0)),
				  .flags = PSPAWN_ASYNC };
	struct pspawn_child child;
	int fd, other = open("/dev/null", O_RDONLY), writer;

	suite_accept_fallback();
	CHECK_INT(mkfifo("held", 0600), 0);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	fd = pspawn_release_pollfd(&child);
	if (fd >= 0)
		CHECK_INT(dup2(other, fd), fd);
	CHECK_INT(pspawn_wait_started(&child, NULL, 20), -EINPROGRESS);
	writer = open("held", O_WRONLY);
	CHECK_INT(pspawn_wait_started(&child, NULL, -1), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	close(writer);
	close(other);
	close(fd);
}

/* ---- children of others' making */

static pid_t fork_exiting(int code)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(code);
	return pid;
}

CASE(I25, adopted_by_pid)
{
	struct pspawn_status status;
	struct pspawn_child child, untouched;
	pid_t pid = fork_exiting(9);

	CHECK_INT(pspawn_adopt(&child, pid), 0);
	CHECK_INT(child.pid, pid);
	CHECK(!pspawn_child_backend(&child));
	CHECK_INT(pspawn_child_cgroup(&child), -1);
	if (child.pollfd >= 0)
		expect_readable(child.pollfd);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 9);
	memset(&child, 0x55, sizeof(child));
	untouched = child;
	CHECK_INT(pspawn_adopt(&child, pid), -ECHILD);
	CHECK_INT(pspawn_adopt(&child, getppid()), -ECHILD);
	CHECK_INT(pspawn_adopt(&child, 0), -EINVAL);
	CHECK_INT(pspawn_adopt(&child, -1), -EINVAL);
	CHECK_INT(pspawn_adopt_pidfd(&child, -1), -EBADF);
	CHECK(pspawn_adopt_pidfd(&child, 1000) < 0);
	CHECK(memcmp(&child, &untouched, sizeof(child)) == 0);
}

/* One that runs is signalled, and it may be of a group that we cannot know. */
CASE(I25, adopted_while_it_runs)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sleep", "10000") };
	struct pspawn_status status;
	struct pspawn_child child, again;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_adopt(&again, child.pid), 0);
	pspawn_forget(&child);
	CHECK_INT(pspawn_wait(&again, &status, 0), -EINPROGRESS);
	CHECK_INT(kill_all(&again, SIGTERM), PSPAWN_REACH_CHILD);
	CHECK_INT(pspawn_wait(&again, &status, -1), 0);
	CHECK_INT(status.signal, SIGTERM);
}

CASE(I26, adopted_by_pidfd)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 4") };
	struct pspawn_status status;
	struct pspawn_child child, again;
	int fd, pid;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	pid = child.pid;
	fd = pspawn_release_pollfd(&child);
	if (fd < 0 || pspawn_adopt_pidfd(&again, fd) == -ENOSYS) {
		pspawn_wait(&child, NULL, -1);
		SKIP("no pidfd here");
	}
	CHECK_INT(again.pid, pid);
	CHECK_INT(again.pollfd, fd);
	CHECK_INT(pspawn_wait(&again, &status, -1), 0);
	CHECK_INT(status.code, 4);
	CHECK_INT(fcntl(fd, F_GETFD), -1);
	/* Something else, and one of nobody's any more. */
	CHECK_INT(pspawn_adopt_pidfd(&again, 0), -EBADF);
	CHECK_INT(pspawn_wait(&child, NULL, -1), -ECHILD);
}

CASE(I26, inode_of_a_child)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_child children[3];
	unsigned long long inodes[3];

	for (int i = 0; i < 3; i++) {
		CHECK_INT(pspawn_start(&children[i], &cmd, NULL), 0);
		inodes[i] = pspawn_child_inode(&children[i]);
		CHECK_INT(pspawn_child_inode(&children[i]) == inodes[i], 1);
	}
	for (int i = 0; i < 3; i++) {
		CHECK_INT(pspawn_wait(&children[i], NULL, -1), 0);
		CHECK(pspawn_child_inode(&children[i]) == 0);
	}
	if (!inodes[0])
		SKIP("pidfds have no inodes of their own here");
	CHECK(inodes[0] != inodes[1] && inodes[1] != inodes[2] && inodes[0] != inodes[2]);
}

/* ---- stops and continuations */

static int changed(struct pspawn_child *child, struct pspawn_status *status)
{
	return pspawn_wait_change(child, status, -1);
}

static void change_all(const void *flags)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "kill -STOP $$; exit 7"),
				  .flags = *(const unsigned *)flags };
	struct pspawn_status status;
	struct pspawn_child child;
	char words[64];

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(changed(&child, &status), 1);
	CHECK_INT(status.stopped, SIGSTOP);
	CHECK(!status.continued && !status.exited && status.signal == 0);
	CHECK_INT(status.code, -1);
	CHECK_INT(pspawn_exit_code(&status), -1);
	pspawn_strstatus(&status, words, sizeof(words));
	CHECK(strncmp(words, "stopped by signal ", 18) == 0 && strstr(words, "(STOP)"));
	/* Once, and nobody else hears of it. */
	CHECK_INT(pspawn_wait_change(&child, &status, 0), -EINPROGRESS);
	CHECK_INT(pspawn_wait_change(&child, NULL, 3), -EINPROGRESS);
	CHECK_INT(pspawn_wait(&child, &status, 0), -EINPROGRESS);
	CHECK_INT(pspawn_kill(&child, SIGCONT), 0);
	CHECK_INT(changed(&child, &status), 1);
	CHECK(status.continued && !status.stopped);
	pspawn_strstatus(&status, words, sizeof(words));
	CHECK_STR(words, "continued");
	CHECK_INT(changed(&child, &status), 0);
	CHECK_INT(status.code, 7);
	CHECK(!status.continued && !status.stopped);
	expect_empty(&child);
}

CASE(I27, stops_are_reported)
{
	static const unsigned flags[] = { 0, PSPAWN_NO_POLLFD, PSPAWN_ASYNC };
	struct pspawn_child none;

	memset(&none, 0, sizeof(none));
	CHECK_INT(pspawn_wait_change(&none, NULL, -1), -ESRCH);
	CHECK_INT(pspawn_wait_change(&none, NULL, -2), -EINVAL);
	for (int i = 0; i < 3; i++)
		suite_apart(change_all, &flags[i]);
}

/* With a limit, and killed while it is stopped. */
CASE(I27, stops_are_reported_in_time)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "kill -STOP $$; exit 7") };
	struct pspawn_status status;
	struct pspawn_child child;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait_change(&child, &status, AN_HOUR_MS), 1);
	CHECK_INT(status.stopped, SIGSTOP);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	do
		CHECK(pspawn_wait_change(&child, &status, AN_HOUR_MS) >= 0);
	while (child.pid);
	CHECK_INT(status.signal, SIGKILL);
}
