/* SPDX-License-Identifier: ISC */
/* N40 to N45: limits. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

enum { LIMITS = 16, SOME_LIMIT = 1 << 30 };

static const char *limit_name(int resource)
{
	static char name[32];

	snprintf(name, sizeof(name), "limit-%d", resource);
	return name;
}

static const char *limit_text(rlim_t soft, rlim_t hard)
{
	static char text[64];

	snprintf(text, sizeof(text), "%lld %lld", (long long)soft, (long long)hard);
	return text;
}

/* Something that is allowed, lives, and differs if it can. */
static rlim_t lower(const struct rlimit *limit)
{
	if (limit->rlim_max == RLIM_INFINITY || limit->rlim_max > 2 * (rlim_t)SOME_LIMIT)
		return SOME_LIMIT;
	return limit->rlim_max / 2;
}

CASE(N40, every_limit)
{
	need_real("limits");
	for (int resource = 0; resource < LIMITS; resource++) {
		struct pspawn_cmd cmd = { .nattrs = 1 };
		struct pspawn_attr attr;
		struct rlimit limit;

		if (getrlimit(resource, &limit) < 0)
			continue;
		attr = pspawn_attr_rlimit(resource, lower(&limit), limit.rlim_max);
		cmd.attrs = &attr;
		CHANGES(&cmd, { limit_name(resource), limit_text(lower(&limit), limit.rlim_max) });
		/* The hard one too, which no one can take back. */
		attr = pspawn_attr_rlimit(resource, lower(&limit), lower(&limit));
		CHANGES(&cmd, { limit_name(resource), limit_text(lower(&limit), lower(&limit)) });
	}
}

CASE(N41, several_limits)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_rlimit(RLIMIT_CORE, 5000, 5000),
				     pspawn_attr_rlimit(RLIMIT_CPU, 1000, 2000),
				     pspawn_attr_rlimit(RLIMIT_CORE, 0, 0));
	char core[16], cpu[16];

	need_real("limits");
	snprintf(core, sizeof(core), "limit-%d", RLIMIT_CORE);
	snprintf(cpu, sizeof(cpu), "limit-%d", RLIMIT_CPU);
	CHANGES(&cmd, { core, "0 0" }, { cpu, "1000 2000" });
}

static int raise_limit(const void *unused)
{
	struct rlimit none = { 0, 0 }, all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)unused;
	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
	return setrlimit(RLIMIT_CORE, &all);
}

/* Root's power is still there, though the program will not have it. */
static void raise_for_user(const void *unused)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(SOME_USER, SOME_GROUP),
				     pspawn_attr_rlimit(RLIMIT_CORE, 700, RLIM_INFINITY),
				     pspawn_attr_rlimit(RLIMIT_FSIZE, RLIM_INFINITY,
							RLIM_INFINITY));
	struct rlimit none = { 0, 0 }, some = { SOME_LIMIT, SOME_LIMIT };
	char core[16], fsize[16];

	(void)unused;
	CHECK_INT(setrlimit(RLIMIT_CORE, &none), 0);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &some), 0);
	snprintf(core, sizeof(core), "limit-%d", RLIMIT_CORE);
	snprintf(fsize, sizeof(fsize), "limit-%d", RLIMIT_FSIZE);
	CHANGES(&cmd, { core, "700 -1" }, { fsize, "-1 -1" }, { "user", FACT_CHANGED },
		{ "group", FACT_CHANGED }, { "groups", "" }, { "effective", FACT_CHANGED },
		{ "permitted", FACT_CHANGED });
}

CASE(N42, limits_raised_for_a_user)
{
	need_root();
	need_real("limits");
	need_ids();
	need("raise limits", raise_limit, NULL);
	suite_apart(raise_for_user, NULL);
}

/* ---- descriptors: a limit below what is being placed */

#define NOFILE(soft, hard) pspawn_attr_rlimit(RLIMIT_NOFILE, soft, hard)
#define HIGH_MAP PSPAWN_FDS(pspawn_fd_dup(60, 10), pspawn_fd_null(61), pspawn_fd_same(62, 60))

static void expect_nofile(rlim_t soft, rlim_t hard)
{
	struct pspawn_cmd cmd = { HIGH_MAP, PSPAWN_ATTRS(NOFILE(soft, hard)) };

	CHANGES(&cmd, { limit_name(RLIMIT_NOFILE), limit_text(soft, hard) });
}

/* The probe needs one number to be loaded, and does with one: 3. */
CASE(N43, fewer_descriptors_than_the_map_has)
{
	need_real("limits");
	file_at(10, O_RDWR);
	expect_nofile(4, 4);	/* hard below what is needed */
	expect_nofile(61, 61);	/* for the first, and not for the others */
	expect_nofile(90, 91);
	expect_nofile(4, 91);	/* for all, and not for two more */
	expect_nofile(4, 92);
	expect_nofile(4, 500);	/* hard above it */
	expect_nofile(91, 500); /* just enough */
	expect_nofile(500, 500);
}

/* A cycle passes through a number above all that are mapped, and all that they are from: 13. */
CASE(N43, limit_below_what_moves_pass_through)
{
	need_real("limits");
	for (int number = 3; number <= 12; number++)
		file_at(number, O_RDWR);
	for (rlim_t limit = 10; limit <= 15; limit++) {
		struct pspawn_cmd cmd = {
			PSPAWN_CMD("/bin/true"),
			PSPAWN_FDS(pspawn_fd_dup(4, 3), pspawn_fd_dup(3, 4), pspawn_fd_dup(5, 9),
				   pspawn_fd_dup(6, 10), pspawn_fd_dup(7, 11), pspawn_fd_dup(8, 12)),
			PSPAWN_ATTRS(NOFILE(limit, limit)),
		};

		by_table(&cmd);
		CHECK_INT(run_cmd(&cmd), 0);
	}
}

static int raise_numbers(const void *unused)
{
	struct rlimit low = { 200, 200 }, high = { 300, 300 };

	(void)unused;
	if (setrlimit(RLIMIT_NOFILE, &low) < 0)
		return -1;
	return setrlimit(RLIMIT_NOFILE, &high);
}

static void raise_numbers_for_user(const void *unused)
{
	struct pspawn_cmd cmd = { HIGH_MAP, PSPAWN_ATTRS(NOFILE(4, 400),
							 pspawn_attr_user(SOME_USER, SOME_GROUP)) };
	struct rlimit low = { 200, 200 };

	(void)unused;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &low), 0);
	CHANGES(&cmd, { limit_name(RLIMIT_NOFILE), limit_text(4, 400) },
		{ "user", FACT_CHANGED }, { "group", FACT_CHANGED }, { "groups", "" },
		{ "effective", FACT_CHANGED }, { "permitted", FACT_CHANGED });
}

CASE(N44, fewer_descriptors_for_a_user_with_more_to_come)
{
	need_root();
	need_real("limits");
	need_ids();
	need("raise limits", raise_numbers, NULL);
	file_at(10, O_RDWR);
	suite_apart(raise_numbers_for_user, NULL);
}

#ifdef __linux__

#include <sys/ptrace.h>

static int be_traced(const void *unused)
{
	(void)unused;
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

/* Such a program cannot even be loaded, so it is looked at before its first step. */
static void expect_stopped_with(rlim_t soft, rlim_t hard)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), HIGH_MAP,
				  PSPAWN_ATTRS(NOFILE(soft, hard), pspawn_attr_trace_me()) };
	struct pspawn_child child;
	struct rlimit limit;
	char path[64];
	int status;

	by_table(&cmd);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(waitpid(child.pid, &status, 0), child.pid);
	CHECK(WIFSTOPPED(status));
	CHECK_INT(prlimit(child.pid, RLIMIT_NOFILE, NULL, &limit), 0);
	CHECK_INT(limit.rlim_cur, soft);
	CHECK_INT(limit.rlim_max, hard);
	for (int number = 60; number <= 62; number++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)child.pid, number);
		CHECK_INT(faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW), 0);
	}
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(N45, no_descriptors_at_all)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_trace_me());

	need_real("tracing");
	by_table(&cmd);
	need("trace", be_traced, NULL);
	file_at(10, O_RDWR);
	expect_stopped_with(0, 0);
	expect_stopped_with(3, 3);
	expect_stopped_with(0, 500);
	expect_stopped_with(3, 500);
}

#endif
