/* SPDX-License-Identifier: ISC */
/* C10 to C12: closing the rest where close_range or /proc is missing, or both. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

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

CASE(C10, close_range_enosys_table_full)
{
	struct pspawn_fd fds[] = { DUP(3, 4), DUP(4, 3) };
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "record"), .fds = fds, .nfds = 2 };
	struct pspawn_child child;
	static struct record record;

	/* A pidfd from birth on is a number that the parent needs and the child has left. */
	if (!filter_syscall(SYS_close_range, ENOSYS) || !filter_syscall(SYS_clone3, ENOSYS))
		SKIP("no system call filters here");
	files(3, 23);
	/* With just enough for the parent there is nothing left for a listing. */
	start_with_just_enough(&child, &cmd, 24);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	record_read(&record, "record");
	CHECK_INT(record.table.count, 5);
}

CASE(C10, listed_but_not_there)
{
#ifdef SYS_IS_RAW
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };

	/* The closing that posix_spawn does is libc's, which would go on for ever. */
	if (strcmp(suite_backend(), "posix_spawn") == 0)
		cmd.backend = "fork";
	/* As in valgrind, which lists descriptors of its own and lets nobody close them. */
	if (!filter_syscall(SYS_close_range, EPERM) ||
	    !filter_syscall_above(SYS_close, 0, 190, EBADF))
		SKIP("no system call filters here");
	files(3, 8);
	CHECK_INT(fcntl(3, F_DUPFD_CLOEXEC, 190), 190);
	CHECK_INT(run_cmd(&cmd), 0);
	/* The runner could not close it either, and would take it for a leak. */
	_exit(0);
#else
	SKIP("the closing is libc's here");
#endif
}

static void put(const char *path, const char *format, unsigned id)
{
	char text[32];
	int length = snprintf(text, sizeof(text), format, id);
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, (size_t)length) != length)
		SKIP("no user namespaces here");
	close(fd);
}

/* Root as before, or root of a user namespace: who is nobody there may make no file. */
static void enter_mount_namespace(void)
{
	uid_t user = geteuid();
	gid_t group = getegid();

	if (unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0)
		SKIP("no mount namespaces here");
	if (user == 0)
		return;
	put("/proc/self/setgroups", "deny", 0);
	put("/proc/self/uid_map", "0 %u 1", user);
	put("/proc/self/gid_map", "0 %u 1", group);
}

static void hide_proc(void)
{
	enter_mount_namespace();
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		SKIP("no mounts here");
}

static void map_without_proc(const void *unused)
{
	(void)unused;
	hide_proc();
	files(3, 80);
	EXPECT(DUP(3, 4), DUP(4, 3), DUP(60, 5));
}

CASE(C11, no_proc)
{
	suite_apart(map_without_proc, NULL);
}

/* Correct, or refused with the right name: a leak would be found by the probe. */
static void map_without_both(const void *unused)
{
	static struct table expected, ours;
	struct pspawn_fd fds[] = { DUP(3, 4), DUP(4, 3) };
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "record"), .fds = fds, .nfds = 2 };
	struct pspawn_child child;
	struct pspawn_error error;
	static struct record record;

	(void)unused;
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
	suite_apart(map_without_both, NULL);
}

#ifdef SYS_IS_RAW
/* A directory that is not the system's listing shows nothing: that must not pass for "none". */
static void map_with_false_proc(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };
	struct pspawn_child child;
	struct pspawn_error error;

	(void)unused;
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
	suite_apart(map_with_false_proc, NULL);
#else
	SKIP("the listing is libc's to choose here");
#endif
}
