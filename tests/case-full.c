/* SPDX-License-Identifier: ISC */
/* I12 to I20: a caller without a free number starts programs all the same. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "fault.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

enum { FULL = 40 };

static struct rlimit before;

static void set_limit(rlim_t most)
{
	struct rlimit limit = before;

	limit.rlim_cur = most;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Every number below the limit is open; of those above 2 every second one is close-on-exec. */
static void fill_table(void)
{
	getrlimit(RLIMIT_NOFILE, &before);
	files(3, FULL - 1);
	set_limit(FULL);
}

static void expect_nobody(void)
{
	errno = 0;
	CHECK_INT(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	CHECK_INT(errno, ECHILD);
}

/* Without a way to watch it; then its status. */
static int start_and_wait(const struct pspawn_cmd *cmd)
{
	unsigned long long numbers = open_numbers();
	struct pspawn_status status;
	struct pspawn_child child;
	struct pspawn_error error;
	int result = pspawn_start(&child, cmd, &error);

	if (result < 0) {
		char sentence[512];

		pspawn_strerror(&error, cmd, sentence, sizeof(sentence));
		FAIL("in a full table: %s", sentence);
	}
	if (!cmd->backend)
		suite_check_backend(pspawn_child_backend(&child));
	CHECK_INT(child.pollfd, -1);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK(open_numbers() == numbers);
	return status.exited ? status.code : 128 + status.signal;
}

static void fails(const struct pspawn_cmd *cmd, int code, int step, int index)
{
	unsigned long long numbers = open_numbers();
	struct pspawn_child child;
	struct pspawn_error error;

	CHECK_INT(pspawn_start(&child, cmd, &error), -code);
	CHECK_STR(pspawn_step_name(error.step), pspawn_step_name(step));
	CHECK_INT(error.index, index);
	CHECK(open_numbers() == numbers);
	expect_nobody();
}

/* ---- in each of these worlds */

struct world {
	const char *name;
	int no_clone3;
	int is_first; /* the first start of the process is in a full table */
};

static const struct world worlds[] = { { "as it is", 0, 0 },
				       { "first start", 0, 1 },
				       { "without clone3", 1, 0 } };
enum { WORLDS = sizeof(worlds) / sizeof(worlds[0]) };

static void enter(const struct world *world)
{
	struct pspawn_cmd first = { PSPAWN_CMD("/bin/true") };

	suite_note("%s:", world->name);
	if (world->no_clone3) {
		/* Libc's posix_spawn steps down for ENOSYS. */
		if (!filter_syscall(SYS_clone3, ENOSYS))
			SKIP("no system call filters here");
	}
	if (!world->is_first)
		CHECK_INT(run_cmd(&first), 0);
	fill_table();
}

static void for_every_world(void (*scene)(const void *))
{
	for (int i = 0; i < WORLDS; i++)
		suite_apart(scene, &worlds[i]);
}

/* ---- starts */

static void start_all_kinds(const void *world)
{
	struct pspawn_cmd plain = { PSPAWN_CMD("/bin/sh", "-c", "exit 7") };
	struct pspawn_cmd killed = { PSPAWN_CMD("/bin/sh", "-c", "kill -9 $$") };
	struct pspawn_cmd searched = { PSPAWN_CMD("sh", "-c", "test \"$PWD\" = / && exit 8"),
				       .dir = "/" };

	enter(world);
	for (int i = 0; i < 3; i++)
		CHECK_INT(start_and_wait(&plain), 7);
	CHECK_INT(start_and_wait(&killed), 128 + SIGKILL);
	CHECK_INT(start_and_wait(&searched), 8);
}

CASE(I12, full_table_starts)
{
	for_every_world(start_all_kinds);
}

static void fail_all_kinds(const void *world)
{
	struct pspawn_cmd program = { PSPAWN_CMD("/nonexistent") };
	struct pspawn_cmd directory = { PSPAWN_CMD("/bin/true"), .dir = "/nonexistent" };
	struct pspawn_cmd file = { PSPAWN_CMD("/bin/true"),
				   PSPAWN_FDS(DUP(1, 1),
					      pspawn_fd_open(5, "/nonexistent", O_RDONLY, 0)) };
	struct pspawn_cmd source = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(5, FULL)) };
	struct pspawn_cmd group = { PSPAWN_CMD("/bin/true"), PSPAWN_ATTRS(pspawn_attr_pgroup(1)) };

	enter(world);
	fails(&program, ENOENT, PSPAWN_STEP_EXEC, -1);
	fails(&directory, ENOENT, PSPAWN_STEP_CHDIR, -1);
	fails(&file, ENOENT, PSPAWN_STEP_OPEN, 1);
	fails(&group, EPERM, PSPAWN_STEP_PGROUP, 0);
	/* Libc's actions do not take a number that is not below the limit. */
	suite_accept_fallback();
	fails(&source, EBADF, PSPAWN_STEP_PLACE, 0);
}

CASE(I12, full_table_reports)
{
	for_every_world(fail_all_kinds);
}

/* As EXPECT(), for which there are no numbers here. */
static void expect_table(struct pspawn_cmd *cmd)
{
	static struct table ours, expected;
	static struct record record;
	static char path[PATH_MAX + 16];
	char directory[PATH_MAX];
	const char *argv[] = { suite_probe(), path, NULL };

	CHECK(getcwd(directory, sizeof(directory)) != NULL);
	snprintf(path, sizeof(path), "%s/record", directory);
	set_limit(before.rlim_cur);
	table_of_self(&ours);
	expected_table(&expected, &ours, cmd->fds, cmd->nfds);
	set_limit(FULL);
	cmd->size = sizeof(*cmd);
	cmd->argv = (char *const *)argv;
	CHECK_INT(start_and_wait(cmd), 0);
	set_limit(before.rlim_cur);
	record_read(&record, path);
	CHECK(table_same(&expected, &record.table));
	set_limit(FULL);
}

static void map_open_numbers(const void *world)
{
	struct pspawn_cmd swapped = { PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };
	struct pspawn_cmd turned = { PSPAWN_FDS(DUP(0, 1), DUP(1, 2), DUP(2, 0), DUP(7, 7),
						DUP(8, 8), DUP(FULL - 2, 5)) };
	struct pspawn_cmd opened = { PSPAWN_FDS(pspawn_fd_null(0), pspawn_fd_same(9, 0),
						pspawn_fd_null(30)) };
	struct pspawn_cmd not_mentioned = { PSPAWN_FDS(DUP(5, 10)) };

	enter(world);
	expect_table(&swapped);
	expect_table(&turned);
	expect_table(&opened);
	/* What is closed here becomes /dev/null in a table that was full. */
	close(0);
	close(2);
	expect_table(&not_mentioned);
}

CASE(I12, full_table_maps)
{
	for_every_world(map_open_numbers);
}

/* The soft limit, and with it what is open below it, may be anything. */
static void start_below_limit(const void *limit)
{
	struct pspawn_cmd plain = { PSPAWN_CMD("/bin/sh", "-c", "exit 7") };
	struct pspawn_cmd missing = { PSPAWN_CMD("/nonexistent") };
	struct pspawn_cmd null = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_null(1)) };
	rlim_t most = *(const rlim_t *)limit;

	fill_table();
	set_limit(most);
	/* Libc's actions do not take a number that is not below the limit. */
	suite_accept_fallback();
	/* Where nothing can be opened, the program's loader ends it; it has been started. */
	CHECK_INT(start_and_wait(&plain), most > 3 ? 7 : 127);
	fails(&missing, ENOENT, PSPAWN_STEP_EXEC, -1);
	if (most == 0)
		fails(&null, EMFILE, PSPAWN_STEP_OPEN, 0);
}

CASE(I13, limit_below_what_is_open)
{
	static const rlim_t limits[] = { 10, 4, 3, 0 };

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		suite_apart(start_below_limit, &limits[i]);
	/* What the loader has said. */
	lseek(2, 0, SEEK_SET);
}

static void start_with_closed_stdio(const void *world)
{
	struct pspawn_cmd plain = { PSPAWN_CMD("/bin/sh", "-c",
					       "test -c /dev/fd/0 && test -c /dev/fd/2 && exit 7"),
				    PSPAWN_FDS(DUP(1, 1)) };

	enter(world);
	/* Nothing is free but these two, and nothing of ours may stay there. */
	close(0);
	close(2);
	for (int i = 0; i < 2; i++) {
		struct pspawn_child child;
		struct pspawn_status status;

		CHECK_INT(pspawn_start(&child, &plain, NULL), 0);
		CHECK(child.pollfd == -1 || child.pollfd > 2);
		CHECK_INT(pspawn_wait(&child, &status, -1), 0);
		CHECK_INT(status.code, 7);
		CHECK(!(open_numbers() & 5));
	}
}

CASE(I13, closed_stdio_in_a_full_table)
{
	for_every_world(start_with_closed_stdio);
}

static void start_with_attributes(const void *world)
{
	struct pspawn_cmd cmd = {
		PSPAWN_CMD("/bin/sh", "-c", "test $(umask) = 0027 && test $A = b && exit 7"),
		PSPAWN_ATTRS(pspawn_attr_pgroup(0), pspawn_attr_umask(027),
			     pspawn_attr_env_set("A=b"), pspawn_attr_sigmask(PSPAWN_SIGNAL(SIGHUP)))
	};
	struct pspawn_cmd leads = { PSPAWN_CMD(suite_probe(), "-", "pause"),
				    PSPAWN_ATTRS(pspawn_attr_pgroup(0)) };
	struct pspawn_child child;
	struct pspawn_status status;

	enter(world);
	suite_accept_fallback();
	CHECK_INT(start_and_wait(&cmd), 7);
	CHECK_INT(pspawn_start(&child, &leads, NULL), 0);
	CHECK_INT(pspawn_child_group(&child), child.pid);
	CHECK_INT(getpgid(child.pid), child.pid);
	CHECK_INT(kill_all(&child, SIGTERM), PSPAWN_REACH_GROUP);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.signal, SIGTERM);
}

CASE(I13, attributes_in_a_full_table)
{
	for_every_world(start_with_attributes);
}

static int has_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0) == 0 || errno != ENOSYS;
}

/* Without clone3, nothing says that a session's leader of the fork backend has executed. */
static void start_a_session(const void *world)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 7"),
				  PSPAWN_ATTRS(pspawn_attr_setsid()) };
	struct pspawn_cmd missing = cmd;

	missing.file = "/nonexistent";
	enter(world);
	if (strcmp(suite_runs_by(), "fork") == 0 && !has_clone3()) {
		fails(&cmd, EMFILE, PSPAWN_STEP_PREPARE, -1);
	} else {
		CHECK_INT(start_and_wait(&cmd), 7);
		fails(&missing, ENOENT, PSPAWN_STEP_EXEC, -1);
	}
}

CASE(I13, session_in_a_full_table)
{
#ifndef SYS_IS_RAW
	SKIP("nothing says here that a session's leader has executed");
#endif
	for_every_world(start_a_session);
}

/* ---- other ways of a start */

static void start_in_other_ways(const void *world)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 7"),
				  PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };
	struct pspawn_cmd async = cmd, limited = cmd;
	struct pspawn_status status;
	struct pspawn_child child;

	enter(world);
	/* That a start is over is said by a pipe, of which the handle has an end. */
	suite_accept_fallback();
	async.flags = PSPAWN_ASYNC;
	fails(&async, EMFILE, PSPAWN_STEP_PREPARE, -1);
	limited.start_ms = 60000;
	fails(&limited, EMFILE, PSPAWN_STEP_PREPARE, -1);
	/* With numbers for that and no more, it goes on, and is not watched. */
	close(FULL - 1);
	close(FULL - 2);
	CHECK_INT(pspawn_start(&child, &async, NULL), 0);
	CHECK(pspawn_child_startfd(&child) >= 0);
	CHECK_INT(pspawn_wait_started(&child, NULL, -1), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, 7);
}

CASE(I14, other_ways_of_a_start_in_a_full_table)
{
	for_every_world(start_in_other_ways);
}

/* Of what a child inherits, half is closed when it executes its program. */
static void inherit_all(const void *world)
{
	struct pspawn_cmd plain = { PSPAWN_CMD("/bin/sh", "-c", "test -e /dev/fd/5 && exit 7"),
				    .flags = PSPAWN_INHERIT_ALL };
	struct pspawn_cmd same = plain, reused = plain, cycle = plain, opened = plain, null = plain;
	struct pspawn_fd identity = DUP(4, 4), one = DUP(4, 5), null_at[] = { pspawn_fd_null(4) };
	struct pspawn_fd two[] = { DUP(4, 5), DUP(5, 4) };
	struct pspawn_fd file[] = { DUP(3, 3), pspawn_fd_open(6, "/dev/null", O_RDONLY, 0) };

	same.fds = &identity;
	reused.fds = &one;
	same.nfds = reused.nfds = null.nfds = 1;
	cycle.fds = two;
	opened.fds = file;
	null.fds = null_at;
	cycle.nfds = opened.nfds = 2;
	enter(world);
	CHECK_INT(start_and_wait(&plain), 7);
	CHECK_INT(start_and_wait(&reused), 7);
	/* The number on which something is opened is closed before. */
	CHECK_INT(start_and_wait(&null), 7);
	suite_accept_fallback();
	CHECK_INT(start_and_wait(&same), 7);
	CHECK_INT(start_and_wait(&opened), 7);
	/* In turn they pass through a free number, and there is none. */
	fails(&cycle, EMFILE, PSPAWN_STEP_PREPARE, -1);
}

CASE(I15, inherit_all_in_a_full_table)
{
	for_every_world(inherit_all);
}

/* ---- waiting for whom nothing watches */

static void wait_by_pid(const void *world)
{
	struct pspawn_cmd ends = { PSPAWN_CMD("/bin/sh", "-c", "exit 7") };
	struct pspawn_fd in = DUP(0, 0);
	struct pspawn_cmd stays = { PSPAWN_CMD(suite_probe(), "-", "sleep", "0"), .nfds = 1 };
	int end[2];
	struct pspawn_child children[2], *both[] = { &children[0], &children[1] };
	struct pspawn_status status;

	enter(world);
	close(FULL - 1);
	close(FULL - 2);
	CHECK_INT(pipe(end), 0);
	stays.fds = &in;
	in.number = end[0];
	CHECK_INT(pspawn_start(&children[0], &stays, NULL), 0);
	CHECK_INT(pspawn_wait(&children[0], &status, 0), -EINPROGRESS);
	CHECK_INT(pspawn_wait(&children[0], &status, 5), -EINPROGRESS);
	CHECK_INT(pspawn_start(&children[1], &ends, NULL), 0);
	CHECK_INT(children[0].pollfd, -1);
	CHECK_INT(children[1].pollfd, -1);
	CHECK_INT(pspawn_wait_any(both, 2, &status, -1), 1);
	CHECK_INT(status.code, 7);
	CHECK_INT(pspawn_wait_any(both, 2, &status, 5), -EINPROGRESS);
	close(end[1]);
	CHECK_INT(pspawn_wait(&children[0], &status, -1), 0);
	CHECK_INT(status.exited, 1);
}

CASE(I16, waiting_without_a_pidfd)
{
	for_every_world(wait_by_pid);
}

static void run_a_job(const void *world)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 7") };
	struct pspawn_cmd stays = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_status status;
	struct pspawn_io io = { .size = sizeof(io), .statuses = &status };
	struct pspawn_job *job;

	enter(world);
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), 0);
	CHECK_INT(status.code, 7);
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_INT(status.code, 7);
	pspawn_job_free(job);
	io.timeout_ms = 20;
	CHECK_INT(pspawn_run(&stays, &io, NULL, NULL), -ETIMEDOUT);
	CHECK(!status.exited);
}

CASE(I16, jobs_in_a_full_table)
{
	for_every_world(run_a_job);
}

/* Two pipes have four ends; what watches the child is not needed. */
static void collect_output(const void *world)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/echo", "words") };
	int spare = 0, result;

	enter(world);
	for (;; spare++) {
		unsigned long long numbers = open_numbers();
		struct pspawn_error error;
		struct pspawn_buffer out = { 0 };

		result = pspawn_output(&cmd, &out, NULL, &error);
		CHECK(open_numbers() == numbers);
		expect_nobody();
		if (result == 0) {
			CHECK_STR(out.data, "words\n");
			free(out.data);
			break;
		}
		CHECK(out.data == NULL);
		CHECK_INT(result, -EMFILE);
		CHECK_INT(error.code, EMFILE);
		CHECK_INT(error.step, PSPAWN_STEP_PREPARE);
		CHECK(error.stream >= 0);
		expect_explained(&error);
		close(FULL - 1 - spare);
	}
	CHECK(spare >= 2);
}

CASE(I17, output_wants_numbers_and_says_so)
{
	for_every_world(collect_output);
}

/* ---- shortages of other kinds */

/* So that what could open something says it: the system's table is full. */
static void run_short(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 7") };
	struct pspawn_cmd missing = { PSPAWN_CMD("/nonexistent") };

	(void)unused;
	if (!filter_syscall(SYS_clone3, ENOSYS) ||
	    !filter_syscall_bits(SYS_clone, 0, CLONE_PIDFD, ENFILE) ||
	    !filter_syscall(SYS_pipe2, ENFILE) || !filter_syscall(SYS_pidfd_open, ENFILE))
		SKIP("no system call filters here");
	/* The fork backend's child is watched by what has a number already. */
	CHECK_INT(start_and_wait(&cmd), 7);
	fails(&missing, ENOENT, PSPAWN_STEP_EXEC, -1);
}

CASE(I18, system_without_a_free_file)
{
	suite_apart(run_short, NULL);
}

/* A listing of what is to be closed wants a number, in the child. */
static void close_by_listing(const void *world)
{
	struct pspawn_cmd swapped = { PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };
	struct pspawn_cmd nothing = { .nfds = 0 };
	struct pspawn_cmd low = { PSPAWN_CMD("/bin/true") };

	enter(world);
	if (!filter_syscall(SYS_close_range, ENOSYS))
		SKIP("no system call filters here");
	suite_accept_fallback();
	expect_table(&swapped);
	expect_table(&nothing);
#ifdef SYS_IS_RAW
	/*
	 * All below the limit is the child's to keep, and so there is no number for a listing. The
	 * closefrom(3) of glibc, which other systems' code calls, writes a message and aborts there.
	 */
	set_limit(3);
	fails(&low, ENOSYS, PSPAWN_STEP_CLOSE, -1);
#else
	(void)low;
#endif
}

CASE(I19, listing_in_a_full_table)
{
	if (access("/proc/self/fd", R_OK) < 0)
		SKIP("no listing here");
	for_every_world(close_by_listing);
}

/* ---- the last number goes to another thread meanwhile */

static void take_all(void)
{
	while (dup(0) >= 0)
		;
}

CASE(I20, number_to_watch_by_is_kept)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_child child;
	int is_watched;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	is_watched = child.pollfd >= 0;
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	fill_table();
	close(FULL - 1);
	fault_spawn(take_all);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(child.pollfd >= 0, is_watched);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}
