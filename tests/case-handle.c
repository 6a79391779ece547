/* SPDX-License-Identifier: ISC */
/* I08 to I11: the handle: wait, signal, forget; and descriptors born close-on-exec. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"
#include "calls.h"
#include "filter.h"
#include "pspawn_cloexec.h"
#include "suite.h"
#include "sys.h"
#include "table.h"

CASE(I08, double_wait)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "7") };
	struct pspawn_child child;
	struct pspawn_status status;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -2), -EINVAL);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.exited, 1);
	CHECK_INT(status.code, 7);
	CHECK_INT(child.pid, 0);
	CHECK_INT(child.pollfd, -1);
	CHECK_INT(pspawn_wait(&child, &status, -1), -ESRCH);
	CHECK_INT(pspawn_kill(&child, SIGTERM), -ESRCH);
	pspawn_forget(&child);
}

CASE(I08, forget)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "7") };
	struct pspawn_child child;
	int status;
	pid_t pid;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	pid = child.pid;
	pspawn_forget(&child);
	pspawn_forget(&child);
	CHECK_INT(pspawn_wait(&child, NULL, -1), -ESRCH);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(WEXITSTATUS(status), 7);
}

CASE(I09, status_of_a_signal)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_child child;
	struct pspawn_status status;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, 0), -EINPROGRESS);
	CHECK_INT(pspawn_wait(&child, &status, 20), -EINPROGRESS);
	if (child.pollfd >= 0) {
		struct pollfd ended = { .fd = child.pollfd, .events = POLLIN };

		CHECK_INT(poll(&ended, 1, 0), 0);
		CHECK_INT(pspawn_kill(&child, SIGTERM), 0);
		CHECK_INT(poll(&ended, 1, -1), 1);
	} else {
		CHECK_INT(pspawn_kill(&child, SIGTERM), 0);
	}
	CHECK_INT(pspawn_wait(&child, &status, AN_HOUR_MS), 0);
	CHECK_INT(status.exited, 0);
	CHECK_INT(status.signal, SIGTERM);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_kill(&child, 1000), -EINVAL);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.signal, SIGKILL);
}

CASE(I09, status_of_a_core)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "kill", "3") };
	struct pspawn_child child;
	struct pspawn_status status;
	struct rlimit limit;
	int raw;
	pid_t pid;

	getrlimit(RLIMIT_CORE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_CORE, &limit);
	/* Whether there is a core is the system's affair: as of a child that we know nothing of. */
	pid = fork();
	if (pid == 0)
		_exit(raise(SIGQUIT));
	CHECK_INT(waitpid(pid, &raw, 0), pid);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.exited, 0);
	CHECK_INT(status.signal, SIGQUIT);
	CHECK_INT(status.core, WCOREDUMP(raw) != 0);
}

/* Which call is refused, and how. */
struct refusal {
	int call, code;
};

static const struct refusal refusals[] = {
	{ SYS_waitid, EPERM },
	{ SYS_waitid, ENOSYS },
	{ SYS_pidfd_open, EPERM },
#ifdef SYS_poll
	{ SYS_poll, EPERM },
#endif
	{ SYS_ppoll, EPERM },
	{ -1, 0 }, /* a limit of no descriptors, which poll(2) takes amiss */
};

/* How long the last wait may take. */
static int last_wait_ms;

/* The child ends when it has been seen that we sleep meanwhile. */
static void wait_with_refusal(const void *argument)
{
	const struct refusal *refusal = argument;
	int end = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "sleep", "0"),
				  PSPAWN_FDS(pspawn_fd_pipe_in(0, &end)) };
	struct pspawn_status status;
	struct pspawn_child child;
	struct rlimit none;
	pid_t watcher;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	watcher = asleep_watch();
	getrlimit(RLIMIT_NOFILE, &none);
	none.rlim_cur = 0;
	if (refusal->call < 0)
		setrlimit(RLIMIT_NOFILE, &none);
	else if (!filter_syscall(refusal->call, refusal->code))
		SKIP("no system call filters here");
	CHECK_INT(pspawn_wait(&child, &status, 20), -EINPROGRESS);
	close(end);
	CHECK_INT(pspawn_wait(&child, &status, last_wait_ms), 0);
	CHECK_INT(status.exited, 1);
	CHECK(asleep_told(watcher));
}

static void refuse_each(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		suite_apart(wait_with_refusal, &refusals[i]);
}

CASE(I09, status_where_calls_are_refused)
{
	last_wait_ms = -1;
	refuse_each();
}

CASE(I09, status_in_time_where_calls_are_refused)
{
	last_wait_ms = AN_HOUR_MS;
	refuse_each();
}

CASE(I09, what_this_child_has_used)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "i=0; while test $i -lt 100000; do i=$((i+1)); done") };
	struct pspawn_child child;
	struct pspawn_status status;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	/* Within reason: not nothing, and not an hour. */
	CHECK(status.user_us > 0 && status.user_us < 3600 * 1000000LL);
	CHECK(status.system_us >= 0 && status.system_us < 3600 * 1000000LL);
	CHECK(status.max_rss_kib > 100 && status.max_rss_kib < 1 << 24);
	CHECK(status.minor_faults > 0 && status.major_faults >= 0);
}

/* A wait that comes too late. Returns what it returns, and checks that a status is the right one. */
static int late_wait(struct pspawn_child *child)
{
	struct pspawn_status status;
	int result = pspawn_wait(child, &status, AN_HOUR_MS);

	CHECK_INT(child->pid, 0);
	if (result == 0) {
		CHECK_INT(status.exited, 1);
		CHECK_INT(status.code, 7);
	} else {
		CHECK_INT(result, -ECHILD);
	}
	return result;
}

/* A pidfd keeps it since Linux 6.15. Both ways have the same result, whichever that is. */
CASE(I10, status_lost)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "7") };
	int end;
	struct pspawn_cmd slow = { PSPAWN_CMD("/bin/sh", "-c", "read x; exit 7"),
				   PSPAWN_FDS(pspawn_fd_pipe_in(0, &end)) };
	struct pspawn_child child;
	int result;

	/* Not before we have its descriptor, which not every backend takes at its birth. */
	signal(SIGCHLD, SIG_IGN);
	CHECK_INT(pspawn_start(&child, &slow, NULL), 0);
	close(end);
	result = late_wait(&child);
	signal(SIGCHLD, SIG_DFL);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(waitpid(child.pid, NULL, 0), child.pid);
	CHECK_INT(late_wait(&child), result);
}

#ifdef HAVE_KQUEUE

static int is_pidfd(int fd)
{
	(void)fd;
	return 0;
}

#else

static int is_pidfd(int fd)
{
	char path[64], name[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, name, sizeof(name) - 1) > 0 && strstr(name, "pidfd") != NULL;
}

#endif

/* The kernel that can tell has to be asked. */
CASE(I10, status_kept_by_the_kernel)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "7") };
	struct pspawn_child child;

	if (suite_emulated() || !sys_kernel_is_at_least(6, 15))
		SKIP("needs Linux 6.15");
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(waitpid(child.pid, NULL, 0), child.pid);
	if (is_pidfd(child.pollfd)) {
		CHECK_INT(late_wait(&child), 0);
		return;
	}
	pspawn_forget(&child);
	SKIP("no pidfds in this build");
}

static void wait_too_late(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "7") };
	struct pspawn_child child;

	(void)unused;
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(waitpid(child.pid, NULL, 0), child.pid);
	/* PIDFD_GET_INFO, which older kernels do not know. */
	if (filter_syscall_equal(SYS_ioctl, 1, 0xc040ff0b, ENOTTY) < 0)
		SKIP("no filters here");
	CHECK_INT(late_wait(&child), -ECHILD);
}

CASE(I10, status_lost_on_older_kernels)
{
	suite_apart(wait_too_late, NULL);
}

static int interruptions[2];

static void interrupted(int number)
{
	(void)number;
	(void)!write(interruptions[1], "", 1);
}

/* While the other one sleeps in what is to be interrupted. */
static void wait_for_interruptions(void)
{
	char byte;

	CHECK(is_asleep(getppid()));
	for (int i = 0; i < 20; i++)
		CHECK_INT(read(interruptions[0], &byte, 1), 1);
}

/* Who opens a FIFO or waits for a connection is interrupted many times before it comes. */
CASE(I11, interrupted_calls_go_on)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "listener" };
	struct sigaction action = { .sa_handler = interrupted };
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = { { 0, 0 }, { 0, 0 } };
	int listener = pspawn_socket(AF_UNIX, SOCK_STREAM, 0);
	int fifo, peer;
	pid_t pid;

	CHECK_INT(pipe(interruptions), 0);
	CHECK_INT(bind(listener, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_INT(listen(listener, 1), 0);
	CHECK_INT(mkfifo("fifo", 0600), 0);
	pid = fork();
	if (pid == 0) {
		wait_for_interruptions();
		fifo = open("fifo", O_WRONLY);
		wait_for_interruptions();
		peer = socket(AF_UNIX, SOCK_STREAM, 0);
		_exit(fifo < 0 || connect(peer, (struct sockaddr *)&name, sizeof(name)) < 0);
	}
	CHECK(pid > 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	fifo = pspawn_open("fifo", O_RDONLY, 0);
	peer = pspawn_accept(listener, NULL, NULL);
	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
	CHECK(fifo >= 0);
	CHECK(peer >= 0);
	CHECK_INT(fcntl(peer, F_GETFD), FD_CLOEXEC);
	close(fifo);
	close(peer);
	close(listener);
	close(interruptions[0]);
	close(interruptions[1]);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
}

CASE(I11, born_close_on_exec)
{
	int ends[2], pair[2];
	int file = pspawn_open("file", O_RDWR | O_CREAT, 0600);
	int copy = pspawn_dup(file, 20);
	int sock = pspawn_socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK_INT(pspawn_pipe(ends), 0);
	CHECK_INT(pspawn_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_INT(copy, 20);
	{
		int all[] = { file, copy, sock, ends[0], ends[1], pair[0], pair[1] };

		for (int i = 0; i < 7; i++) {
			CHECK_INT(fcntl(all[i], F_GETFD), FD_CLOEXEC);
			close(all[i]);
		}
	}
	CHECK_INT(pspawn_accept(0, NULL, NULL), -ENOTSOCK);
	CHECK_INT(pspawn_socket(-1, 0, 0), -EAFNOSUPPORT);
}
