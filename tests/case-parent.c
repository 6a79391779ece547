/* SPDX-License-Identifier: ISC */
/* I: the parent afterwards. The runner checks most of it after every case. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

/* Signals 32 to 34, which libc uses and hides. */
#define LIBCS_OWN (7ull << 31)

static int some_fd;

/* A start for each step at which one can fail, and one that does not. */
static void start_everything(void)
{
	struct pspawn_cmd good = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(1, 2), DUP(2, 1)) };
	struct pspawn_cmd check = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(-1, 2)) };
	struct pspawn_cmd search = { PSPAWN_CMD("pspawn-no-such-program") };
	struct pspawn_cmd place = { PSPAWN_CMD("/bin/true"),
				    PSPAWN_FDS(DUP(5, 99), pspawn_fd_pipe_in(0, &some_fd)) };
	struct pspawn_cmd chdir = { PSPAWN_CMD("/bin/true"), .dir = "/nonexistent",
				    PSPAWN_FDS(pspawn_fd_socketpair(0, &some_fd)) };
	struct pspawn_cmd open = { PSPAWN_CMD("/bin/true"),
				   PSPAWN_FDS(pspawn_fd_open(3, "/nonexistent", O_RDONLY, 0),
					      pspawn_fd_pipe_out(0, &some_fd)) };
	struct pspawn_cmd exec = { PSPAWN_CMD("/nonexistent"),
				   PSPAWN_FDS(pspawn_fd_pipe_out(0, &some_fd)) };

	CHECK_INT(run_cmd(&good), 0);
	expect_failure(&check, EBADF, PSPAWN_STEP_CHECK, 0);
	expect_failure(&search, ENOENT, PSPAWN_STEP_SEARCH, -1);
	expect_failure(&place, EBADF, PSPAWN_STEP_PLACE, 0);
	expect_failure(&chdir, ENOENT, PSPAWN_STEP_CHDIR, -1);
	expect_failure(&open, ENOENT, PSPAWN_STEP_OPEN, 0);
	expect_failure(&exec, ENOENT, PSPAWN_STEP_EXEC, -1);
}

CASE(I01, no_fd_leak_success_or_failure_at_each_stage)
{
	some_fd = -77;
	start_everything();
	CHECK_INT(some_fd, -77);
}

static void start_with_failing_signals(const void *unused)
{
	int end = -77;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &end)) };

	(void)unused;
	/* Libc's child does not look whether sigaction() has worked. */
	if (strcmp(suite_backend(), "posix_spawn") == 0)
		cmd.backend = "fork";
	if (!filter_syscall(SYS_rt_sigaction, EPERM))
		SKIP("no system call filters here");
	expect_failure(&cmd, EPERM, PSPAWN_STEP_SIGNALS, -1);
	CHECK_INT(end, -77);
}

CASE(I01, no_fd_leak_failure_at_signals)
{
	suite_apart(start_with_failing_signals, NULL);
}

CASE(I02, sources_stay_open)
{
	static struct table before, after;

	file_at(7, O_RDWR);
	file_at(8, O_RDWR | O_CLOEXEC);
	table_of_self(&before);
	EXPECT(DUP(3, 7), DUP(4, 8), DUP(7, 8), DUP(8, 7));
	table_of_self(&after);
	CHECK(table_same(&before, &after));
}

static void handler(int number)
{
	(void)number;
}

CASE(I03, mask_and_dispositions_restored)
{
	sigset_t set, now;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGRTMIN + 3);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGUSR2, handler);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	start_everything();
	sigprocmask(SIG_SETMASK, NULL, &now);
	for (int number = 1; number < SIGRTMAX; number++)
		CHECK_INT(sigismember(&now, number), sigismember(&set, number));
	CHECK(signal(SIGUSR2, SIG_DFL) == handler);
	CHECK(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
	CHECK(signal(SIGHUP, SIG_DFL) == SIG_IGN);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

CASE(I03, child_has_the_clean_signals)
{
	static struct record record;
	struct pspawn_cmd cmd = { .nfds = 0 };
	unsigned long long hup = 1ull << (SIGHUP - 1);
	sigset_t set, none;

	sigfillset(&set);
	sigemptyset(&none);
	signal(SIGUSR2, handler);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, &set, NULL);
	probe_start(&cmd, &record);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGUSR2, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	CHECK_INT(record.blocked, 0);
	CHECK_INT(record.caught, 0);
	CHECK_INT(record.ignored & ~LIBCS_OWN, hup);
}

/* Some libcs leave these ignored in what they start, out of reach of sigaction(3). */
CASE(I03, child_has_libcs_own_signals_default)
{
#ifdef SYS_IS_RAW
	static struct record record;
	struct pspawn_cmd cmd = { .nfds = 0 };
	unsigned long action[4] = { (unsigned long)SIG_IGN, 0, 0, 0 };

	for (int number = 32; number <= 34; number++)
		CHECK_INT(syscall(SYS_rt_sigaction, number, action, NULL, 8), 0);
	/* The second as well: what one child has set right is still as it was here. */
	probe_start(&cmd, &record);
	CHECK_INT(record.ignored >> 31 & 7, 0);
	probe_start(&cmd, &record);
	action[0] = (unsigned long)SIG_DFL;
	for (int number = 32; number <= 34; number++)
		CHECK_INT(syscall(SYS_rt_sigaction, number, action, NULL, 8), 0);
	CHECK_INT(record.ignored & LIBCS_OWN, 0);
#else
	SKIP("libc keeps them to itself here");
#endif
}

CASE(I04, cwd_umask_unchanged)
{
	static struct record record;
	struct pspawn_cmd cmd = { .dir = "/" };

	umask(031);
	probe_start(&cmd, &record);
	CHECK_STR(record.directory, "/");
	CHECK_INT(record.umask, 031);
	CHECK_INT(umask(022), 031);
}

CASE(I05, memory_unchanged)
{
	size_t size = 1 << 20;
	unsigned char *canary = mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; i < size; i++)
		canary[i] = (unsigned char)(i * 31);
	start_everything();
	for (size_t i = 0; i < size; i++)
		if (canary[i] != (unsigned char)(i * 31))
			FAIL("byte %zu has changed", i);
	munmap(canary, size);
}

CASE(I06, spec_not_modified)
{
	struct pspawn_fd fds[] = { DUP(3, 4), DUP(4, 3), pspawn_fd_same(5, 3), pspawn_fd_null(6) };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .fds = fds, .nfds = 4 };
	struct pspawn_fd fds_before[4];
	struct pspawn_cmd cmd_before = cmd;

	memcpy(fds_before, fds, sizeof(fds));
	file_at(3, O_RDWR);
	file_at(4, O_RDWR);
	CHECK_INT(run_cmd(&cmd), 0);
	CHECK(memcmp(fds_before, fds, sizeof(fds)) == 0);
	CHECK(memcmp(&cmd_before, &cmd, sizeof(cmd)) == 0);
}

static long mappings(void)
{
	char buffer[4096];
	ssize_t size;
	long lines = 0;
	int fd = open("/proc/self/maps", O_RDONLY);

	while (fd >= 0 && (size = read(fd, buffer, sizeof(buffer))) > 0)
		for (ssize_t i = 0; i < size; i++)
			lines += buffer[i] == '\n';
	close(fd);
	return lines;
}

CASE(I07, ten_thousand_starts)
{
	struct pspawn_cmd good = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(1, 2), DUP(2, 1)) };
	struct pspawn_cmd bad = { PSPAWN_CMD("/nonexistent"), PSPAWN_FDS(DUP(1, 2), DUP(2, 1)) };
	int rounds = suite_rounds(5000);
	int held = fault_malloc_held();
	long before;

	CHECK_INT(run_cmd(&good), 0);
	expect_failure(&bad, ENOENT, PSPAWN_STEP_EXEC, -1);
	before = mappings();
	for (int i = 0; i < rounds; i++) {
		struct pspawn_child child;
		struct pspawn_error error;

		CHECK_INT(run_cmd(&good), 0);
		CHECK_INT(pspawn_start(&child, &bad, &error), -ENOENT);
	}
	/* Allocators come to further regions, sanitizers' above all; two leaks a round are far more. */
	CHECK(mappings() <= before + rounds / 50 + 2);
	CHECK_INT(fault_malloc_held(), held);
}
