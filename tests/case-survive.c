/* SPDX-License-Identifier: ISC */
/* C: what is listed survives, and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

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

enum { FILES = 16 };

CASE(C06, five_thousand_fds_random_keep)
{
	static struct pspawn_fd fds[5000];
	const char *given = getenv("PSPAWN_TEST_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)getpid() * 2654435761u;
	size_t n = 0;
	suite_need_numbers(5010);
	suite_accept_fallback();
	suite_note("seed %u", seed);
	srand(seed);
	/* Several files, so that one in another's place is seen. */
	files(3, FILES + 2);
	for (int number = FILES + 3; number < 5003; number++) {
		int file = 3 + rand() % FILES;

		fcntl(file, rand() % 2 ? F_DUPFD : F_DUPFD_CLOEXEC, number);
		if (rand() % 3 == 0)
			fds[n++] = DUP(number, number);
	}
	expect_map(fds, n);
	close_all_from(3);
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
	suite_accept_fallback(); /* libc's file actions do not take a number above the limit */
	EXPECT(DUP(3, 65));
}

/* No case has a descriptor so high; and whether there are some, some numbers up to here may tell. */
enum { BUSY = 200, LOOKED_AT = 65536 };

CASE(C08, limit_huge)
{
	struct rlimit limit;

	/* As high as it goes: the superuser's goes to what the kernel allows. */
	limit.rlim_cur = limit.rlim_max = 1 << 20;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
		getrlimit(RLIMIT_NOFILE, &limit);
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	suite_need_numbers(BUSY + 1);
	files(3, 5);
	/* Time says little on a loaded machine: a loop over all legal numbers dies of this. */
	if (!filter_syscall_above(SYS_close, 0, BUSY, FILTER_KILL) ||
	    !filter_syscall_above(SYS_fcntl, 0, LOOKED_AT + 1, FILTER_KILL))
		SKIP("no system call filters here");
	EXPECT(DUP(3, 4), DUP(4, 3));
	/* The same where ranges are missing. */
	CHECK(filter_syscall(SYS_close_range, ENOSYS));
	EXPECT(DUP(3, 4), DUP(4, 3));
}

CASE(C09, fd_beyond_1024)
{
	suite_need_numbers(2050);
	file_at(2048, O_RDWR);
	EXPECT(DUP(0, 0));
}

CASE(C13, o_path_fd_closed)
{
	int opened[] = { open(".", O_PATH), open(".", O_RDONLY | O_DIRECTORY), epoll_create1(0),
			 inotify_init1(0) };

	for (int i = 0; i < 4; i++)
		CHECK(opened[i] >= 0);
	EXPECT(DUP(0, 0));
	EXPECT(DUP(9, opened[2]), DUP(10, opened[0]));
	for (int i = 0; i < 4; i++)
		close(opened[i]);
}

static void open_in_child(void)
{
	(void)!open("/dev/null", O_RDWR);
}

CASE(C15, fds_opened_by_atfork_or_libc)
{
	struct addrinfo *found = NULL;
	int poller = epoll_create1(0);

	CHECK_INT(pthread_atfork(NULL, NULL, open_in_child), 0);
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
	CHECK_INT(pspawn_wait(&sibling, &status, 0), -EINPROGRESS);
	close(to_sibling);
	CHECK_INT(pspawn_wait(&sibling, &status, -1), 0);
}

/* Room for how many numbers the probe's table has, when ours holds 700. */
static int room_of_child(void)
{
	static struct record record;
	struct pspawn_cmd cmd = { PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };

	for (int number = 3; number < 700; number++)
		if (number < 5)
			file_at(number, O_RDWR);
		else
			CHECK_INT(fcntl(3, F_DUPFD_CLOEXEC, number), number);
	probe_start(&cmd, &record);
	close_all_from(3);
	return record.room;
}

static void with_an_old_kernel(const void *unused)
{
	struct utsname name;

	(void)unused;
	/* The kernel then says that it is 2.6: see CVE-2024-45025. */
	if (personality(UNAME26) < 0 || uname(&name) < 0 || strncmp(name.release, "2.6", 3) != 0)
		SKIP("this kernel says which one it is");
	CHECK(room_of_child() >= 700);
}

CASE(C20, childs_table_is_small_where_that_is_safe)
{
	struct utsname name;
	int major = 0, minor = 0;

	suite_need_numbers(701);
	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	suite_apart(with_an_old_kernel, NULL);
	/* What the child does not get is not even copied: the price is the same with 100,000. */
	if (strcmp(suite_runs_by(), "linux") == 0 && major * 100 + minor >= 611)
		CHECK_INT(room_of_child(), 64);
}

CASE(C19, inherit_all_is_plain_exec)
{
	static struct table ours, expected;
	static struct record record;
	struct pspawn_fd fds[] = { DUP(3, 4), DUP(4, 3), DUP(7, 7), pspawn_fd_close(9) };
	struct pspawn_cmd cmd = { .fds = fds, .nfds = 4, .flags = PSPAWN_INHERIT_ALL };
	int count = 0;

	files(3, 12);
	/* Above every number that the plan speaks of: a table cut off there would lose it. */
	file_at(41, O_RDWR);
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
