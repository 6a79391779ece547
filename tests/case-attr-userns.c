/* SPDX-License-Identifier: ISC */
/* N65 to N67: user namespaces, and the ids in them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

/* Every capability that this kernel knows, as the new namespace gives them. */
static unsigned long long all_capabilities(void)
{
	unsigned long long set = 0;

	for (int number = 0; number < 64; number++)
		if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0)
			set |= 1ULL << number;
	return set;
}

static const char *full_set(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "0x%x%08x", (unsigned)(all_capabilities() >> 32),
		 (unsigned)all_capabilities());
	return text;
}

static const char *full_bounding_set(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "0x%llx", all_capabilities());
	return text;
}

/* One line of a map as the kernel shows it. */
static const char *map_line(unsigned inside, unsigned outside, unsigned count)
{
	static char text[4][64];
	static int next;

	next = (next + 1) % 4;
	snprintf(text[next], sizeof(text[next]), "%10u %10u %10u", inside, outside, count);
	return text[next];
}

static int new_user_namespace(const void *unused)
{
	(void)unused;
	return unshare(CLONE_NEWUSER);
}

static void need_user_namespaces(void)
{
	need_real("namespaces");
	need("user namespaces", new_user_namespace, NULL);
}

/* An id that is not mapped. */
#define NOBODY "65534 65534 65534"

/* Facts of a process that has power in its namespace, and whom it sees itself as. */
#define POWERFUL                                                                         \
	{ "ns-user", FACT_CHANGED }, { "effective", full_set() }, { "permitted", full_set() }, \
		{ "bounding", full_bounding_set() }
#define POWERLESS                                                                      \
	{ "ns-user", FACT_CHANGED }, { "effective", "0x000000000" },                     \
		{ "permitted", "0x000000000" }, { "bounding", full_bounding_set() }

/* Without any map everybody is nobody in there. */
CASE(N65, user_namespace_without_maps)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_namespaces(PSPAWN_NS_USER));
	struct pspawn_cmd later = ATTR(pspawn_attr_unshare(PSPAWN_NS_USER));

	need_user_namespaces();
	need_root();
	need_ids();
	CHECK_INT(setgroups(0, NULL), 0);
	CHANGES(&cmd, POWERLESS, { "user", "65534 65534 65534" },
		{ "group", "65534 65534 65534" }, { "uid-map", "" }, { "gid-map", "" });
	CHANGES(&later, POWERLESS, { "user", "65534 65534 65534" },
		{ "group", "65534 65534 65534" }, { "uid-map", "" }, { "gid-map", "" });
}

/* An ordinary user, whom the surroundings let look at itself. */
static void be_ordinary(void)
{
	if (geteuid() != 0)
		return;
	public_probe();
	chmod(".", 0777);
	CHECK_INT(setgroups(0, NULL), 0);
	CHECK_INT(setgid(SOME_GROUP), 0);
	CHECK_INT(setuid(SOME_USER), 0);
	CHECK_INT(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
}

static int ordinary_namespace(const void *unused)
{
	(void)unused;
	if (geteuid() == 0 && (setgid(SOME_GROUP) < 0 || setuid(SOME_USER) < 0))
		return -1;
	return unshare(CLONE_NEWUSER);
}

static void map_oneself(const void *unused)
{
	(void)unused;
	be_ordinary();
	{
		struct pspawn_cmd cmd = ATTR(pspawn_attr_map_group(0, getegid(), 1),
					     pspawn_attr_setgroups(0),
					     pspawn_attr_map_user(0, geteuid(), 1),
					     pspawn_attr_namespaces(PSPAWN_NS_USER));

		CHANGES(&cmd, POWERFUL, { "user", "0 0 0" }, { "group", "0 0 0" },
			{ "uid-map", map_line(0, geteuid(), 1) },
			{ "gid-map", map_line(0, getegid(), 1) }, { "setgroups", "deny" });
	}
}

CASE(N66, user_namespace_of_an_ordinary_user)
{
	need_real("namespaces");
	need("user namespaces", ordinary_namespace, NULL);
	suite_apart(map_oneself, NULL);
}

/* By which it has power over more of them: the door of rootless containers. */
static void have_more_namespaces(const void *unused)
{
	(void)unused;
	be_ordinary();
	{
		struct pspawn_cmd cmd = ATTR(
			pspawn_attr_map_user(7, geteuid(), 1), pspawn_attr_unshare(PSPAWN_NS_UTS),
			pspawn_attr_namespaces(PSPAWN_NS_USER | PSPAWN_NS_MOUNT | PSPAWN_NS_PID));

		CHANGES(&cmd, POWERLESS, { "user", "7 7 7" }, { "group", NOBODY },
			{ "uid-map", map_line(7, geteuid(), 1) }, { "gid-map", "" },
			{ "ns-uts", FACT_CHANGED }, { "ns-mnt", FACT_CHANGED },
			{ "ns-pid", FACT_CHANGED }, { "ns-pid_for_children", FACT_CHANGED },
			{ "shared-mounts", "none" }, { "process-1", "yes" }, { "session", "0" },
			{ "pgroup", "0" });
	}
}

CASE(N66, more_namespaces_of_an_ordinary_user)
{
	need_real("namespaces");
	need("user namespaces", ordinary_namespace, NULL);
	suite_apart(have_more_namespaces, NULL);
}

/* Root may map whom it likes, in several pieces. */
CASE(N67, several_maps)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_map_user(0, 100000, 1000),
				     pspawn_attr_map_user(1000, 0, 1),
				     pspawn_attr_map_user(4000000000, 200000, 2),
				     pspawn_attr_map_group(0, 300000, 500),
				     pspawn_attr_map_group(500, 0, 7),
				     pspawn_attr_namespaces(PSPAWN_NS_USER));
	char users[256], groups[256];

	need_user_namespaces();
	need_root();
	need_ids();
	CHECK_INT(setgroups(0, NULL), 0);
	snprintf(users, sizeof(users), "%s %s %s", map_line(0, 100000, 1000), map_line(1000, 0, 1),
		 map_line(4000000000, 200000, 2));
	snprintf(groups, sizeof(groups), "%s %s", map_line(0, 300000, 500), map_line(500, 0, 7));
	CHANGES(&cmd, POWERLESS, { "user", "1000 1000 1000" }, { "group", "500 500 500" },
		{ "uid-map", users }, { "gid-map", groups });
}

/* In there ids are changed by the power that the namespace gives. */
CASE(N67, user_in_a_user_namespace)
{
	static const gid_t groups[] = { 3, 4 };
	struct pspawn_cmd cmd = ATTR(pspawn_attr_namespaces(PSPAWN_NS_USER),
				     pspawn_attr_map_user(0, 0, 1000),
				     pspawn_attr_map_group(0, 0, 1000), pspawn_attr_setgroups(1),
				     pspawn_attr_groups(groups, 2), pspawn_attr_user(11, 12));

	need_user_namespaces();
	need_root();
	need_ids();
	CHANGES(&cmd, POWERLESS, { "user", "11 11 11" }, { "group", "12 12 12" },
		{ "groups", "3,4" }, { "uid-map", map_line(0, 0, 1000) },
		{ "gid-map", map_line(0, 0, 1000) });
}

/* setns(2) into one gives the power to enter another that belongs to it. */
static int leave_with_both(const void *unused)
{
	(void)unused;
	return unshare(CLONE_NEWUSER | CLONE_NEWUTS);
}

static void enter_both(const void *unused)
{
	pid_t helper;
	int user, uts;
	char path[64];

	(void)unused;
	be_ordinary();
	helper = helper_start(leave_with_both, NULL);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)helper);
	user = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", (int)helper);
	uts = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(user >= 0 && uts >= 0);
	{
		struct pspawn_cmd cmd = ATTR(pspawn_attr_setns(user, PSPAWN_NS_USER),
					     pspawn_attr_setns(uts, PSPAWN_NS_UTS));
		int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);

		CHANGES(&cmd, POWERLESS, { "ns-uts", FACT_CHANGED }, { "user", NOBODY },
			{ "group", NOBODY }, { "uid-map", "" }, { "gid-map", "" });
		CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), dumpable);
	}
	helper_end(helper);
}

static int leave_as_ordinary_user(const void *unused)
{
	(void)unused;
	if (setgid(SOME_GROUP) < 0 || setuid(SOME_USER) < 0)
		return -1;
	return unshare(CLONE_NEWUSER);
}

static int enter(const void *fd)
{
	return setns(*(const int *)fd, CLONE_NEWUSER);
}

/* Its capabilities in there are none that we have, so that the kernel hides what is our memory. */
CASE(N68, setns_by_root_leaves_us_dumpable)
{
	pid_t helper;
	char path[64];
	int fd;

	need_root();
	need_real("namespaces");
	need_ids();
	need("user namespaces", leave_as_ordinary_user, NULL);
	helper = helper_start(leave_as_ordinary_user, NULL);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)helper);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	need("enter a user namespace", enter, &fd);
	{
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
					  PSPAWN_ATTRS(pspawn_attr_setns(fd, PSPAWN_NS_USER)) };

		by_table(&cmd);
		CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
		CHECK_INT(run_cmd(&cmd), 0);
		CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
	}
	close(fd);
	helper_end(helper);
}

CASE(N68, setns_of_an_ordinary_user)
{
	need_real("namespaces");
	need("user namespaces", ordinary_namespace, NULL);
	suite_apart(enter_both, NULL);
}

#endif
