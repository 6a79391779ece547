/* SPDX-License-Identifier: ISC */
/* C: what is listed survives, and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <netdb.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "suite.h"
#include "table.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define DUP pspawn_fd_dup

static void files(int from, int to)
{
	for (int number = from; number <= to; number++)
		file_at(number, number % 2 ? O_RDWR : O_RDWR | O_CLOEXEC);
}

CASE(C01, only_listed_survive)
{
	files(3, 102);
	EXPECT(DUP(20, 20), DUP(50, 50), DUP(3, 90));
}

CASE(C02, each_of_ten_alone)
{
	files(3, 12);
	for (int number = 3; number <= 12; number++)
		EXPECT(DUP(number, number));
}

CASE(C03, none_listed)
{
	/* The probe opens its record itself, so that it needs no descriptor. */
	files(3, 12);
	EXPECT(pspawn_fd_close(0), pspawn_fd_close(1), pspawn_fd_close(2));
}

CASE(C04, gaps_everywhere)
{
	struct pspawn_fd fds[31];
	size_t n = 0;

	files(3, 63);
	for (int number = 3; number <= 63; number += 2)
		fds[n++] = DUP(number, number);
	expect_map(fds, n);
}

CASE(C05, all_but_one)
{
	files(3, 12);
	for (int skipped = 3; skipped <= 12; skipped++) {
		struct pspawn_fd fds[9];
		size_t n = 0;

		for (int number = 3; number <= 12; number++)
			if (number != skipped)
				fds[n++] = DUP(number, number);
		expect_map(fds, n);
	}
}

CASE(C05, only_last)
{
	files(3, 63);
	EXPECT(DUP(63, 63));
}

CASE(C05, only_first)
{
	files(3, 63);
	EXPECT(DUP(3, 3));
}

CASE(C06, five_thousand_fds_random_keep)
{
	static struct pspawn_fd fds[5000];
	unsigned seed = (unsigned)getpid() * 2654435761u;
	size_t n = 0;
	int file = file_at(3, O_RDWR);
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < 5200 && limit.rlim_max >= 5200) {
		limit.rlim_cur = 5200;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	suite_note("seed %u", seed);
	srand(seed);
	for (int number = 4; number < 5003 && number < (int)limit.rlim_cur; number++) {
		fcntl(file, rand() % 2 ? F_DUPFD : F_DUPFD_CLOEXEC, number);
		if (rand() % 3 == 0)
			fds[n++] = DUP(number, number);
	}
	expect_map(fds, n);
	close_all_from(4);
}

CASE(C07, fds_above_lowered_limit)
{
	struct rlimit limit;

	files(3, 5);
	files(60, 70);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 29;
	setrlimit(RLIMIT_NOFILE, &limit);
	EXPECT(DUP(3, 4), DUP(4, 3));
	EXPECT(DUP(3, 65));
}

CASE(C08, limit_huge)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max = 1 << 20;
	setrlimit(RLIMIT_NOFILE, &limit);
	files(3, 5);
	/* A loop over all legal numbers would make this last for minutes. */
	for (int i = 0; i < 50; i++)
		EXPECT(DUP(3, 4), DUP(4, 3));
}

CASE(C09, fd_beyond_1024)
{
	file_at(2048, O_RDWR);
	EXPECT(DUP(0, 0));
}

/* ---- without close_range, without /proc */

static void without_close_range(int code)
{
	if (!filter_syscall(SYS_close_range, code))
		SKIP("no system call filters here");
	files(3, 80);
	EXPECT(DUP(3, 4), DUP(4, 3), DUP(60, 5), DUP(0, 1), DUP(1, 0));
	EXPECT(pspawn_fd_close(0), pspawn_fd_close(1), pspawn_fd_close(2));
}

CASE(C10, close_range_enosys)
{
	without_close_range(ENOSYS);
}

CASE(C10, close_range_eperm)
{
	without_close_range(EPERM);
}

static void hide_proc(void)
{
	if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0)
		SKIP("no mount namespaces here");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		SKIP("no mounts here");
}

/* The runner's own look at descriptors needs /proc, so the scene is in a further process. */
static void in_a_process(void (*scene)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		scene();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		_exit(2);
	CHECK_INT(status, 0);
}

static void map_without_proc(void)
{
	hide_proc();
	files(3, 80);
	EXPECT(DUP(3, 4), DUP(4, 3), DUP(60, 5));
}

CASE(C11, no_proc)
{
	in_a_process(map_without_proc);
}

/* Correct, or refused with the right name: a leak would be found by the probe. */
static void map_without_both(void)
{
	static struct table expected, ours;
	struct pspawn_fd fds[] = { DUP(3, 4), DUP(4, 3) };
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "record"), .fds = fds, .nfds = 2 };
	struct pspawn_child child;
	struct pspawn_error error;
	static struct record record;

	hide_proc();
	if (!filter_syscall(SYS_close_range, ENOSYS))
		SKIP("no system call filters here");
	files(3, 80);
	if (pspawn_start(&child, &cmd, &error) < 0) {
#ifdef SYS_IS_RAW
		CHECK_INT(error.step, PSPAWN_STEP_CLOSE);
		CHECK(error.code == ENOSYS || error.code == ENOENT);
#else
		/* Libc may end the child, with a line of its own, rather than return from closefrom(). */
		lseek(2, 0, SEEK_SET);
#endif
		return;
	}
	pspawn_wait(&child, NULL, -1);
	table_of_self(&ours);
	expected_table(&expected, &ours, fds, 2);
	record_read(&record, "record");
	CHECK(table_same(&expected, &record.table));
}

CASE(C12, neither)
{
	in_a_process(map_without_both);
}

#ifdef SYS_IS_RAW
/* A directory that is not the system's listing shows nothing: that must not pass for "none". */
static void map_with_false_proc(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };
	struct pspawn_child child;
	struct pspawn_error error;

	/* The closing that posix_spawn does is libc's, which believes what it is shown. */
	if (strcmp(suite_backend(), "posix_spawn") == 0)
		cmd.backend = "fork";
	hide_proc();
	CHECK_INT(mkdir("/proc/self", 0755), 0);
	CHECK_INT(mkdir("/proc/self/fd", 0755), 0);
	if (!filter_syscall(SYS_close_range, EPERM))
		SKIP("no system call filters here");
	files(3, 80);
	CHECK_INT(pspawn_start(&child, &cmd, &error), -EPERM);
	CHECK_INT(error.step, PSPAWN_STEP_CLOSE);
}
#endif

CASE(C12, neither_and_a_false_listing)
{
#ifdef SYS_IS_RAW
	in_a_process(map_with_false_proc);
#else
	SKIP("the listing is libc's to choose here");
#endif
}

CASE(C13, o_path_fd_closed)
{
	int opened[] = { open(".", O_PATH), open(".", O_RDONLY | O_DIRECTORY), epoll_create1(0),
			 inotify_init1(0) };

	EXPECT(DUP(0, 0));
	EXPECT(DUP(9, opened[2]), DUP(10, opened[0]));
	for (int i = 0; i < 4; i++)
		close(opened[i]);
}

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
	int starts = suite_emulated() ? 100 : 1500;
	int killed = 0;
	pid_t killer, parent = getpid();

	files(3, 60);
	table_of_self(&before);
	killer = fork();
	if (killer == 0)
		kill_children(parent);
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

CASE(C15, fds_opened_by_atfork_or_libc)
{
	struct addrinfo *found = NULL;
	int poller = epoll_create1(0);

	setlocale(LC_ALL, "");
	/* The resolver may keep descriptors of its own. */
	if (getaddrinfo("localhost", "1", NULL, &found) == 0)
		freeaddrinfo(found);
	EXPECT(DUP(0, 0));
	close(poller);
}

CASE(C16, close_of_closed_is_harmless)
{
	file_at(40, O_RDWR);
	EXPECT(DUP(9, 40), DUP(20, 40), pspawn_fd_close(13), pspawn_fd_close(1));
}

CASE(C17, std_not_listed_is_inherited)
{
	EXPECT(DUP(5, 0));
	EXPECT(DUP(0, 1));
	EXPECT(pspawn_fd_close(2));
	EXPECT(pspawn_fd_close(0), DUP(3, 2));
}

CASE(C18, sibling_does_not_hold_pipe)
{
	struct pspawn_child reader, sibling;
	struct pspawn_status status;
	struct pspawn_error error;
	int to_reader = -1, to_sibling = -1;
	struct pspawn_cmd read_cmd = { PSPAWN_CMD(suite_probe(), "-", "sleep", "0"),
				       PSPAWN_FDS(pspawn_fd_pipe_in(0, &to_reader)) };
	struct pspawn_cmd sleep_cmd = { PSPAWN_CMD(suite_probe(), "-", "sleep", "0"),
					PSPAWN_FDS(pspawn_fd_pipe_in(0, &to_sibling)) };

	CHECK_INT(pspawn_start(&reader, &read_cmd, &error), 0);
	CHECK_INT(pspawn_start(&sibling, &sleep_cmd, &error), 0);
	close(to_reader);
	CHECK_INT(pspawn_wait(&reader, &status, -1), 0);
	CHECK_INT(pspawn_wait(&sibling, &status, 0), -ETIMEDOUT);
	close(to_sibling);
	CHECK_INT(pspawn_wait(&sibling, &status, -1), 0);
}

CASE(C19, inherit_all_is_plain_exec)
{
	static struct table ours, expected;
	static struct record record;
	struct pspawn_fd fds[] = { DUP(3, 4), DUP(4, 3), DUP(7, 7), pspawn_fd_close(9) };
	struct pspawn_cmd cmd = { .fds = fds, .nfds = 4, .flags = PSPAWN_INHERIT_ALL };
	int count = 0;

	files(3, 12);
	table_of_self(&ours);
	expected_table(&expected, &ours, fds, 4);
	/* What is not mentioned and not close-on-exec, besides. */
	for (int i = 0; i < ours.count; i++) {
		const struct slot *slot = &ours.slots[i];
		int mentioned = slot->number == 9 || table_find(&expected, slot->number) != NULL;

		if (!mentioned && !slot->cloexec)
			expected.slots[expected.count + count++] = *slot;
	}
	expected.count += count;
	probe_start(&cmd, &record);
	CHECK_INT(record.table.count, expected.count);
	for (int i = 0; i < expected.count; i++) {
		const struct slot *found = table_find(&record.table, expected.slots[i].number);

		CHECK(found && found->ino == expected.slots[i].ino && !found->cloexec);
	}
}
