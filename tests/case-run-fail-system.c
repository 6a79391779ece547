/* SPDX-License-Identifier: ISC */
/* W6x: what the system does not have, or does not allow; and errno, which is the caller's. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "around-run.h"
#include "asleep.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

/* Install it, or skip. */
static void refuse_call(int number, int code)
{
	if (!filter_syscall(number, code))
		SKIP("no system call filters here");
}

/* ---- poll(2) */

struct blind {
	int call, code; /* -1: under a limit of no descriptors */
};

static void run_blindly(const void *argument)
{
	const struct blind *blind = argument;
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/cat") }, { PSPAWN_CMD("/bin/cat") } };
	size_t size = 1 << 20;
	char *data = calloc(1, size);
	struct pspawn_buffer out;
	struct pspawn_transfer told[2];
	struct pspawn_io io = {
		.size = sizeof(io),
		PSPAWN_STREAMS(pspawn_stream_report(pspawn_stream_feed(0, data, size), &told[0]),
			       pspawn_stream_report(pspawn_stream_collect(1, &out), &told[1]))
	};
	struct rlimit none = { 0, 4096 };
	struct pspawn_result result;
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, cmds, 2, &io, NULL), 0);
	if (blind->call < 0)
		CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
	else
		refuse_call(blind->call, blind->code);
	errno = 12345;
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait(job, 0), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_INT(errno, 12345);
	CHECK_INT(pspawn_job_result(job, &result, NULL), 0);
	CHECK_INT(result.streams_held, 0);
	CHECK_INT(told[0].end, PSPAWN_END_DONE);
	CHECK_INT(told[1].end, PSPAWN_END_DONE);
	CHECK_INT(out.length, size);
	pspawn_job_free(job);
	free(out.data);
	free(data);
}

CASE(W60, runs_where_poll_fails)
{
	static const struct blind ways[] = { { -1, 0 },
#ifdef SYS_poll
					     { SYS_poll, EPERM },
#endif
					     { SYS_ppoll, ENOSYS } };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		suite_apart(run_blindly, &ways[i]);
}

/* The children end when a process that has the other end of their input has seen that we sleep. */
static void wait_blindly(const void *unused)
{
	int end, job_end;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "read x; exit 7"),
				  PSPAWN_FDS(pspawn_fd_pipe_in(0, &end)) };
	struct pspawn_cmd reads = { PSPAWN_CMD("/bin/cat"),
				    PSPAWN_FDS(pspawn_fd_pipe_in(0, &job_end)) };
	struct pspawn_cmd longer = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct rlimit none = { 0, 4096 };
	struct pspawn_child child, other;
	struct pspawn_child *children[] = { &other, &child };
	struct pspawn_status status;
	struct pspawn_job *job;
	pid_t watcher;

	(void)unused;
	CHECK_INT(pspawn_start(&other, &longer, NULL), 0);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	watcher = asleep_watch();
	close(end);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
	CHECK_INT(pspawn_wait_any(children, 2, &status, 20), -EINPROGRESS);
	CHECK_INT(pspawn_wait_any(children, 2, &status, -1), 1);
	CHECK_INT(status.code, 7);
	CHECK(asleep_told(watcher));
	none.rlim_cur = 4096;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
	CHECK_INT(pspawn_job_start(&job, &reads, 1, NULL, NULL), 0);
	watcher = asleep_watch();
	close(job_end);
	none.rlim_cur = 0;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
	CHECK_INT(pspawn_job_wait(job, 20), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK(asleep_told(watcher));
	pspawn_job_free(job);
	CHECK_INT(pspawn_kill(&other, SIGKILL), 0);
	CHECK_INT(pspawn_wait_any(children, 2, &status, -1), 0);
	CHECK_INT(status.signal, SIGKILL);
}

CASE(W60, waiting_for_any_where_poll_fails)
{
	suite_apart(wait_blindly, NULL);
}

/* ---- files in memory */

static void run_with_files(const char *directory)
{
	struct every_kind every;
	struct pspawn_io io = every_kind_io(&every);
	struct pspawn_cmd cmd = every_kind_cmd();
	struct stat file, place;

	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), 0);
	CHECK_INT(fstat(every.file, &file), 0);
	CHECK_INT(stat(directory, &place), 0);
	CHECK_INT(file.st_dev, place.st_dev);
	CHECK_INT(file.st_nlink, 0);
	CHECK_INT(fcntl(every.file, F_GETFD), FD_CLOEXEC);
	expect_every_kind(&every);
}

static void run_without_memfd(const void *code)
{
	char here[PATH_MAX], place[PATH_MAX + 8];

	CHECK(getcwd(here, sizeof(here)) != NULL);
	strcat(strcpy(place, here), "/place");
	CHECK_INT(mkdir(place, 0700), 0);
	refuse_call(SYS_memfd_create, *(const int *)code);
	setenv("TMPDIR", place, 1);
	run_with_files(place);
	/* There is nothing left in it. */
	CHECK_INT(rmdir(place), 0);
	/* Not from there, wherever "there" is. */
	setenv("TMPDIR", "relative", 1);
	run_with_files("/tmp");
	unsetenv("TMPDIR");
	run_with_files("/tmp");
}

CASE(W61, files_without_memfd)
{
	static const int codes[] = { ENOSYS, EPERM, EINVAL };

	for (int i = 0; i < 3; i++)
		suite_apart(run_without_memfd, &codes[i]);
}

static void fail_in(const char *directory, int code)
{
	struct before_run before = before_run();
	struct every_kind every;
	struct pspawn_io io = every_kind_io(&every);
	struct pspawn_cmd cmd = every_kind_cmd();
	struct pspawn_error error;

	setenv("TMPDIR", directory, 1);
	errno = 12345;
	CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -code);
	CHECK_INT(pspawn_memory_file("x", 1), -code);
	CHECK_INT(pspawn_memory_file(NULL, 0), -code);
	CHECK_INT(errno, 12345);
	CHECK_INT(error.code, code);
	CHECK_INT(error.step, PSPAWN_STEP_PREPARE);
	CHECK_INT(error.stream, 2);
	expect_no_kind(&every);
	expect_as_before(&before);
}

static void run_without_place(const void *unused)
{
	char longest[5000];

	(void)unused;
	refuse_call(SYS_memfd_create, ENOSYS);
	memset(longest, '/', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	fail_in("/nowhere", ENOENT);
	fail_in("/dev/null", ENOTDIR);
	fail_in(longest, ENAMETOOLONG);
}

CASE(W61, files_without_a_place)
{
	suite_apart(run_without_place, NULL);
}

/* A shortage is none of the reasons to look for another way. */
static void run_short_of_memfd(const void *unused)
{
	(void)unused;
	refuse_call(SYS_memfd_create, ENFILE);
	fail_in("/tmp", ENFILE);
}

CASE(W61, files_where_memfd_is_short)
{
	suite_apart(run_short_of_memfd, NULL);
}

static void run_without_proc(const void *unused)
{
	struct every_kind every;
	struct pspawn_io io = every_kind_io(&every);
	struct pspawn_cmd cmd = every_kind_cmd();

	(void)unused;
	if (unshare(getuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0)
		SKIP("no mount namespaces here");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		SKIP("no mounts here");
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), 0);
	expect_every_kind(&every);
}

CASE(W62, files_without_proc)
{
	suite_apart(run_without_proc, NULL);
}

/* ---- one descriptor for all */

static void run_without_gatherer(const void *argument)
{
	const struct blind *refused = argument;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/cat") };
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, "words", 5),
					       pspawn_stream_collect(1, &out)) };
	unsigned long long numbers;
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	numbers = open_numbers();
	refuse_call(refused->call, refused->code);
	for (int i = 0; i < 2; i++) {
		int fd;

		errno = 12345;
		fd = pspawn_job_fd(job);
		CHECK_INT(errno, 12345);
		if (fd == -ENOSYS && refused->code != ENOSYS)
			SKIP("no such descriptors here");
		CHECK_INT(fd, -refused->code);
		CHECK_INT(open_numbers(), numbers);
	}
	errno = 12345;
	pspawn_job_wake(job);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_INT(errno, 12345);
	CHECK_STR(out.data, "words");
	pspawn_job_free(job);
	free(out.data);
}

CASE(W63, no_descriptor_for_a_job)
{
	static const struct blind ways[] = {
		{ SYS_epoll_create1, ENOSYS },  { SYS_epoll_create1, ENOMEM },
		{ SYS_timerfd_create, ENOSYS }, { SYS_timerfd_create, ENFILE },
		{ SYS_epoll_ctl, ENOMEM },
	};

#ifdef HAVE_KQUEUE
	SKIP("a kqueue is made by other calls");
#endif
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		suite_apart(run_without_gatherer, &ways[i]);
}

/* ---- errno */

static long not_now(void *context, const void *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	errno = 12345;
	return -EAGAIN;
}

CASE(W64, errno_is_the_callers)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "echo words; exec sleep 60") };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, not_now, NULL),
					       pspawn_stream_feed(3, "x", 1)) };
	struct pspawn_job *job;
	struct pollfd fds[3];
	int ends[2], file, timeout_ms;
	siginfo_t info;
	char buf[8];

	errno = 12345;
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	CHECK(pspawn_job_fd(job) != 0);
	CHECK_INT(errno, 12345);
	for (int i = 0; i < 5; i++) {
		CHECK_INT(pspawn_job_wait(job, 2), -EINPROGRESS);
		pspawn_job_wake(job);
		CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
		CHECK(pspawn_job_poll(job, fds, 3, &timeout_ms) >= 0);
	}
	CHECK_INT(errno, 12345);
	CHECK_INT(pspawn_job_resize(job, 1, 1), -ENOTTY);
	CHECK_INT(kill(pspawn_job_child(job, 0)->pid, SIGKILL), 0);
	CHECK_INT(waitid(P_PID, (id_t)pspawn_job_child(job, 0)->pid, &info, WEXITED | WNOWAIT), 0);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_stop(job), -ESRCH);
	CHECK_INT(pspawn_job_result(job, NULL, NULL), -ECANCELED);
	pspawn_job_free(job);
	pspawn_job_free(NULL);
	CHECK_INT(errno, 12345);
	CHECK_INT(pspawn_look_path("nothing-like-this", NULL, buf, sizeof(buf)), -ENOENT);
	CHECK_INT(pspawn_look_path("/nowhere/nothing", NULL, buf, sizeof(buf)), -ENOENT);
	CHECK(pspawn_look_path("sh", NULL, buf, sizeof(buf)) > 0);
	file = pspawn_memory_file("x", 1);
	CHECK(file > 2);
	CHECK_INT(pspawn_terminal(ends, 0, 0), 0);
	CHECK_INT(errno, 12345);
	close(file);
	close(ends[0]);
	close(ends[1]);
}
