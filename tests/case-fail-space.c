/* SPDX-License-Identifier: ISC */
/* P4x: namespaces that cannot be made or entered, and maps that are refused. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

#include "attr-fail.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

#define IN_NEW pspawn_attr_namespaces(PSPAWN_NS_USER)

static void need_births_in_namespaces(void)
{
	if (suite_emulated())
		SKIP("an emulator's clone knows no namespaces");
}

static void ordinary_namespaces(const void *unused)
{
	static const unsigned kinds[] = { PSPAWN_NS_MOUNT, PSPAWN_NS_CGROUP, PSPAWN_NS_UTS,
					  PSPAWN_NS_IPC, PSPAWN_NS_PID, PSPAWN_NS_NET };

	(void)unused;
	become_ordinary();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		FAILS(EPERM, PSPAWN_STEP_NAMESPACES, pspawn_attr_namespaces(kinds[i]));
		FAILS(EPERM, PSPAWN_STEP_NAMESPACES, pspawn_attr_unshare(kinds[i]));
	}
	SAYS("create namespaces 0x44000000 (attribute 1): Operation not permitted", EPERM,
	     PSPAWN_STEP_NAMESPACES, pspawn_attr_namespaces(PSPAWN_NS_NET | PSPAWN_NS_UTS));
}

CASE(P40, namespaces_as_an_ordinary_user)
{
	need_births_in_namespaces();
	suite_apart(ordinary_namespaces, NULL);
}

/* ---- setns */

static void setns_of_what_is_none(void)
{
	int file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	CHECK(file >= 0);
	FAILS(EINVAL, PSPAWN_STEP_SETNS, pspawn_attr_setns(file, PSPAWN_NS_NET));
	/* Of another kind than is said. */
	if (net >= 0)
		FAILS(EINVAL, PSPAWN_STEP_SETNS, pspawn_attr_setns(net, PSPAWN_NS_UTS));
	SAYS("enter the namespace descriptor 3 (attribute 1): Invalid argument", EINVAL,
	     PSPAWN_STEP_SETNS, pspawn_attr_setns(file, PSPAWN_NS_NET));
	close(file);
	close(net);
}

CASE(P41, setns_of_what_is_no_namespace)
{
	setns_of_what_is_none();
}

static int enter_own_net(const void *fd)
{
#ifdef __linux__
	return setns(*(const int *)fd, CLONE_NEWNET);
#else
	(void)fd;
	errno = ENOSYS;
	return -1;
#endif
}

/* Several: each is tried in its order, and the one that fails is named. */
CASE(P41, setns_of_several)
{
	int file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_setns(net, PSPAWN_NS_NET),
					       pspawn_attr_umask(022),
					       pspawn_attr_setns(file, PSPAWN_NS_NET),
					       pspawn_attr_setns(77, PSPAWN_NS_NET)) };

	need_linux();
	if (net < 0 || kernel_gives(enter_own_net, &net) != 0)
		SKIP("no namespace can be entered here");
	CHECK(file >= 0);
	by_whom(&cmd);
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_SETNS, 2);
	close(file);
	close(net);
}

static void ordinary_setns(const void *unused)
{
	int uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	(void)unused;
	become_ordinary();
	if (uts >= 0)
		FAILS(EPERM, PSPAWN_STEP_SETNS, pspawn_attr_setns(uts, PSPAWN_NS_UTS));
}

CASE(P41, setns_as_an_ordinary_user)
{
	suite_apart(ordinary_setns, NULL);
}

/* ---- mounts */

/* In a root that is no mount point there is nothing that could be made private. */
static void in_a_plain_root(const void *unused)
{
	(void)unused;
	if (mkdir("root", 0755) < 0 || chroot("root") < 0 || chdir("/") < 0)
		SKIP("no chroot here: %s", strerror(errno));
	FAILS_ONLY(EINVAL, PSPAWN_STEP_MOUNTS, pspawn_attr_namespaces(PSPAWN_NS_MOUNT));
	FAILS_ONLY(EINVAL, PSPAWN_STEP_MOUNTS, pspawn_attr_unshare(PSPAWN_NS_MOUNT));
	SAYS("make mounts private (attribute 1): Invalid argument", EINVAL,
	     PSPAWN_STEP_MOUNTS, pspawn_attr_unshare(PSPAWN_NS_MOUNT));
}

static int unshare_mounts(const void *unused)
{
	(void)unused;
#ifdef __linux__
	return unshare(CLONE_NEWNS);
#else
	errno = ENOSYS;
	return -1;
#endif
}

CASE(P42, mounts_where_the_root_is_no_mount_point)
{
	int code = kernel_gives(unshare_mounts, NULL);

	need_births_in_namespaces();
	if (code)
		SKIP("no mount namespaces here: %s", strerror(code));
	suite_apart(in_a_plain_root, NULL);
}

/* ---- maps */

static void wrong_maps(const void *unused)
{
	struct pspawn_attr one = pspawn_attr_map_user(0, getuid(), 1);

	(void)unused;
	public_probe();
	/* Twice the same inside, and twice the same outside. */
	FAILS_ONLY(EINVAL, PSPAWN_STEP_MAP_IDS, one, IN_NEW, one);
	FAILS_ONLY(EINVAL, PSPAWN_STEP_MAP_IDS, one, IN_NEW, pspawn_attr_map_user(1, getuid(), 1));
	/* Beyond the last id. */
	FAILS(EINVAL, PSPAWN_STEP_MAP_IDS, pspawn_attr_map_user(4294967290u, getuid(), 100),
	      IN_NEW);
	FAILS(EINVAL, PSPAWN_STEP_MAP_IDS, pspawn_attr_map_group(4294967290u, getgid(), 100),
	      IN_NEW, one);
	SAYS("map ids 4294967290:4294967290:100 (attribute 1): Invalid argument", EINVAL,
	     PSPAWN_STEP_MAP_IDS, pspawn_attr_map_user(4294967290u, 4294967290u, 100), IN_NEW);
}

CASE(P43, maps_that_are_none)
{
	need_user_namespaces();
	suite_apart(wrong_maps, NULL);
}

static void foreign_maps(const void *unused)
{
	(void)unused;
	become_ordinary();
	need_user_namespaces();
	FAILS(EPERM, PSPAWN_STEP_MAP_IDS, pspawn_attr_map_user(0, 0, 1), IN_NEW);
	FAILS(EPERM, PSPAWN_STEP_MAP_IDS, pspawn_attr_map_user(0, getuid(), 2), IN_NEW);
	FAILS(EPERM, PSPAWN_STEP_MAP_IDS, pspawn_attr_map_group(0, 0, 1), IN_NEW,
	      pspawn_attr_map_user(0, getuid(), 1), pspawn_attr_setgroups(0));
	/* An ordinary user has to deny setgroups first. */
	FAILS(EPERM, PSPAWN_STEP_MAP_IDS, pspawn_attr_map_group(0, getgid(), 1), IN_NEW,
	      pspawn_attr_map_user(0, getuid(), 1));
	FAILS(EPERM, PSPAWN_STEP_MAP_IDS, pspawn_attr_map_group(0, getgid(), 1), IN_NEW,
	      pspawn_attr_map_user(0, getuid(), 1), pspawn_attr_setgroups(1));
}

CASE(P43, maps_of_what_is_not_ours)
{
	suite_apart(foreign_maps, NULL);
}

static void write_own(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		SKIP("%s cannot be written here: %s", path, strerror(errno));
	close(fd);
}

/* What has been denied outside cannot be allowed inside. */
static void setgroups_denied(const void *unused)
{
	char users[40], groups[40];

	(void)unused;
	become_ordinary();
	need_user_namespaces();
	snprintf(users, sizeof(users), "0 %u 1", (unsigned)getuid());
	snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)getgid());
#ifdef __linux__
	CHECK_INT(unshare(CLONE_NEWUSER), 0);
#endif
	write_own("/proc/self/uid_map", users);
	write_own("/proc/self/setgroups", "deny");
	write_own("/proc/self/gid_map", groups);
	FAILS(EPERM, PSPAWN_STEP_MAP_IDS, pspawn_attr_setgroups(1), IN_NEW);
	SAYS("map ids (attribute 1): Operation not permitted", EPERM, PSPAWN_STEP_MAP_IDS,
	     pspawn_attr_setgroups(1), IN_NEW);
}

CASE(P43, setgroups_that_is_denied_already)
{
	suite_apart(setgroups_denied, NULL);
}

/* Two entries make one map: it is left out if both of them may be. */
static void half_preferred(const void *unused)
{
	struct pspawn_attr first = pspawn_attr_map_user(0, getuid(), 1);
	struct pspawn_attr second = pspawn_attr_map_user(1, getuid(), 1);
	struct pspawn_attr attrs[] = { IN_NEW, first, second };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = 3 };
	struct pspawn_child child;

	(void)unused;
	by_whom(&cmd);
	attrs[1] = pspawn_attr_prefer(first);
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_MAP_IDS, 1);
	attrs[1] = first;
	attrs[2] = pspawn_attr_prefer(second);
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_MAP_IDS, 1);
	attrs[1] = pspawn_attr_prefer(first);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_outcome(&child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_child_outcome(&child, 1), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_child_outcome(&child, 2), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(P43, map_of_which_a_half_is_preferred)
{
	need_linux();
	need_user_namespaces();
	suite_apart(half_preferred, NULL);
}

/* The kernel takes a map in one piece of less than a page. */
static void long_map(const void *unused)
{
	static struct pspawn_attr attrs[402];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = 402 };

	(void)unused;
	attrs[0] = pspawn_attr_umask(022);
	attrs[1] = IN_NEW;
	for (unsigned i = 2; i < 402; i++)
		attrs[i] = pspawn_attr_map_user(1000000 + i, 1000000 + i, 1);
	by_whom(&cmd);
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_MAP_IDS, 2);
}

CASE(P43, map_that_is_too_long)
{
	need_linux();
	need_user_namespaces();
	suite_apart(long_map, NULL);
}
