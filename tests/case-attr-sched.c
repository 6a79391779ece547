/* SPDX-License-Identifier: ISC */
/* N46 to N53: priorities, processors, and what else a process has a number for. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

#define USER_FACTS                                                                             \
	{ "user", "12345 12345 12345" }, { "group", "12346 12346 12346" }, { "groups", "" }, \
		{ "effective", "0x000000000" }, { "permitted", "0x000000000" }

CASE(N46, nice)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_nice(3), pspawn_attr_nice(7));

	CHANGES(&cmd, { "nice", "7" });
}

static int be_less_nice(const void *unused)
{
	(void)unused;
	return setpriority(PRIO_PROCESS, 0, -5);
}

CASE(N46, less_nice_for_a_user)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(SOME_USER, SOME_GROUP),
				     pspawn_attr_nice(-5));

	need_root();
	need_real("ids");
	need_ids();
	need("a negative nice value", be_less_nice, NULL);
	CHANGES(&cmd, { "nice", "-5" }, USER_FACTS);
}

static void be_nice_from(const void *unused)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_nice(9));

	(void)unused;
	CHECK_INT(setpriority(PRIO_PROCESS, 0, 6), 0);
	CHANGES(&cmd, { "nice", "9" });
}

/* The value itself, not a change of it. */
CASE(N46, nice_is_no_difference)
{
	suite_apart(be_nice_from, NULL);
}

CASE(N47, umask)
{
	struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_umask(0), pspawn_attr_umask(027)),
				  PSPAWN_FDS(pspawn_fd_open(5, "made", O_WRONLY | O_CREAT, 0666)) };
	struct stat status;

	by_table(&cmd);
	CHANGES(&cmd, { "umask", "027" });
	CHECK_INT(unlink("made"), 0);
	{
		static struct facts facts;

		facts_of(&cmd, &facts);
	}
	/* And for what the child opens on its way. */
	CHECK_INT(stat("made", &status), 0);
	CHECK_INT(status.st_mode & 0777, 0640);
}

#ifdef __linux__

CASE(N48, policy)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sched(SCHED_BATCH, 0));

	need_real("scheduling");
	/* Which policies libc's posix_spawn knows is its own affair. */
	suite_accept_fallback();
	CHANGES(&cmd, { "policy", "3 0" });
}

static int be_first(const void *unused)
{
	int priority = 10;

	(void)unused;
	return (int)syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &priority);
}

CASE(N48, policy_of_real_time)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_sched(SCHED_FIFO, 10));
	struct pspawn_cmd user = ATTR(pspawn_attr_user(SOME_USER, SOME_GROUP),
				      pspawn_attr_sched(SCHED_FIFO, 10));

	need_root();
	need_real("scheduling");
	need_ids();
	need("real-time scheduling", be_first, NULL);
	CHANGES(&cmd, { "policy", "1 10" });
	CHANGES(&user, { "policy", "1 10" }, USER_FACTS);
}

/* The last one that we may run on, alone. */
CASE(N49, affinity)
{
	cpu_set_t ours, one;
	int last = 0;
	char text[16];

	need_real("processors");
	CHECK_INT(sched_getaffinity(0, sizeof(ours), &ours), 0);
	for (int cpu = 0; cpu < 128; cpu++)
		if (CPU_ISSET(cpu, &ours))
			last = cpu;
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	snprintf(text, sizeof(text), "%d", last);
	{
		struct pspawn_cmd cmd = ATTR(pspawn_attr_affinity(&one, sizeof(one)));
		struct pspawn_cmd small = ATTR(pspawn_attr_affinity(&ours, sizeof(ours)),
					       pspawn_attr_affinity(&one, 16));

		CHANGES(&cmd, { "cpus", text });
		CHANGES(&small, { "cpus", text });
	}
}

/* Nothing is behind it: what is read is what was given. 32-bit systems read words. */
CASE(N49, affinity_in_a_byte)
{
	const size_t size = sizeof(long) == 8 ? 1 : sizeof(long);
	unsigned char *memory = suite_before_a_hole(size);
	cpu_set_t ours;

	need_real("processors");
	CHECK_INT(sched_getaffinity(0, sizeof(ours), &ours), 0);
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || !CPU_ISSET(0, &ours))
		SKIP("the first byte has not the first processor");
	memory[0] = 1;
	{
		struct pspawn_cmd cmd = ATTR(pspawn_attr_affinity(memory, size));

		CHANGES(&cmd, { "cpus", "0" });
	}
}

CASE(N50, io_priority)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_ioprio(2, 5));
	struct pspawn_cmd idle = ATTR(pspawn_attr_ioprio(3, 0));
	char text[2][16];

	need_real("I/O priorities");
	snprintf(text[0], sizeof(text[0]), "%d", 2 << 13 | 5);
	snprintf(text[1], sizeof(text[1]), "%d", 3 << 13);
	CHANGES(&cmd, { "ioprio", text[0] });
	CHANGES(&idle, { "ioprio", text[1] });
}

/* The kernel's own default is no number of ours. */
static int score_now(void)
{
	return atoi(line_of("/proc/self/oom_score_adj"));
}

CASE(N51, oom_score)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_oom_score(1000), pspawn_attr_oom_score(708));

	need_real("the OOM score");
	if (score_now() > 700)
		SKIP("the OOM score is %d already", score_now());
	CHANGES(&cmd, { "oom-score", "708" });
}

static int write_score(const void *text)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -1 : (int)write(fd, text, strlen(text));
}

CASE(N51, lower_oom_score_for_a_user)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(SOME_USER, SOME_GROUP),
				     pspawn_attr_oom_score(-907));

	need_root();
	need_real("the OOM score");
	need_ids();
	need("a lower OOM score", write_score, "-907");
	CHANGES(&cmd, { "oom-score", "-907" }, USER_FACTS);
}

CASE(N52, personality)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_personality(0x0040000));

	need_real("personalities");
	CHANGES(&cmd, { "personality", "0x40000" });
}

/* As many as there are, in one start. */
CASE(N53, all_of_them)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_umask(077), pspawn_attr_personality(0x0040000),
				     pspawn_attr_oom_score(709), pspawn_attr_ioprio(2, 6),
				     pspawn_attr_nice(4), pspawn_attr_sched(SCHED_BATCH, 0),
				     pspawn_attr_rlimit(RLIMIT_CPU, 900, 1000),
				     pspawn_attr_pgroup(0));
	char ioprio[16], limit[16];

	need_real("most of these");
	if (score_now() > 700)
		SKIP("the OOM score is %d already", score_now());
	snprintf(ioprio, sizeof(ioprio), "%d", 2 << 13 | 6);
	snprintf(limit, sizeof(limit), "limit-%d", RLIMIT_CPU);
	CHANGES(&cmd, { "umask", "077" }, { "personality", "0x40000" }, { "oom-score", "709" },
		{ "ioprio", ioprio }, { "nice", "4" }, { "policy", "3 0" }, { limit, "900 1000" },
		{ "pgroup", "own" });
}

#endif
