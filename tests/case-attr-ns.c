/* SPDX-License-Identifier: ISC */
/* N60 to N63: new namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

struct kind {
	unsigned flag;
	const char *fact;
};

/* Those in which nothing changes but where one is. */
static const struct kind plain_kinds[] = {
	{ PSPAWN_NS_CGROUP, "ns-cgroup" }, { PSPAWN_NS_UTS, "ns-uts" },
	{ PSPAWN_NS_IPC, "ns-ipc" },	   { PSPAWN_NS_NET, "ns-net" },
};

enum { PLAIN_KINDS = sizeof(plain_kinds) / sizeof(plain_kinds[0]) };

static int leave(const void *flag)
{
	return unshare((int)*(const unsigned *)flag);
}

static void need_namespaces(unsigned flags)
{
	need_real("namespaces");
	need("namespaces", leave, &flags);
}

/* All of our own cgroups are where a new namespace of them begins. */
static const char *cgroups_at_their_root(void)
{
	static char text[4096];
	char line[4096];
	char *rest = line, *element;

	text[0] = '\0';
	snprintf(line, sizeof(line), "%s", line_of("/proc/self/cgroup"));
	while ((element = strsep(&rest, " "))) {
		char *path = strrchr(element, ':');

		if (path)
			path[1] = '\0';
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s/",
			 text[0] ? " " : "", element);
	}
	return text;
}

static void expect_namespace(struct pspawn_attr attr, const struct kind *kind)
{
	struct pspawn_cmd cmd = { .attrs = &attr, .nattrs = 1 };
	const struct fact changes[] = { { kind->fact, FACT_CHANGED },
					{ "cgroup", cgroups_at_their_root() } };

	expect_changes(&cmd, changes, kind->flag == PSPAWN_NS_CGROUP ? 2 : 1);
}

CASE(N60, namespaces)
{
	need_namespaces(PSPAWN_NS_CGROUP | PSPAWN_NS_UTS | PSPAWN_NS_IPC | PSPAWN_NS_NET);
	for (size_t i = 0; i < PLAIN_KINDS; i++)
		expect_namespace(pspawn_attr_namespaces(plain_kinds[i].flag), &plain_kinds[i]);
}

CASE(N60, several_namespaces)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_namespaces(PSPAWN_NS_NET),
				     pspawn_attr_namespaces(PSPAWN_NS_UTS | PSPAWN_NS_IPC));

	need_namespaces(PSPAWN_NS_UTS | PSPAWN_NS_IPC);
	CHANGES(&cmd, { "ns-uts", FACT_CHANGED }, { "ns-ipc", FACT_CHANGED });
}

CASE(N61, unshare)
{
	need_namespaces(PSPAWN_NS_CGROUP | PSPAWN_NS_UTS | PSPAWN_NS_IPC | PSPAWN_NS_NET);
	for (size_t i = 0; i < PLAIN_KINDS; i++)
		expect_namespace(pspawn_attr_unshare(plain_kinds[i].flag), &plain_kinds[i]);
}

/* Its session and its group are outside, where it cannot see them. */
CASE(N62, pid_namespace)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_namespaces(PSPAWN_NS_PID));
	struct pspawn_cmd leader = ATTR(pspawn_attr_setsid(), pspawn_attr_pdeathsig(SIGTERM),
					pspawn_attr_namespaces(PSPAWN_NS_PID));

	need_namespaces(PSPAWN_NS_PID);
	CHANGES(&cmd, { "process-1", "yes" }, { "session", "0" }, { "pgroup", "0" },
		{ "ns-pid", FACT_CHANGED }, { "ns-pid_for_children", FACT_CHANGED });
	CHANGES(&leader, { "process-1", "yes" }, { "session", "own" }, { "pgroup", "own" },
		{ "ns-pid", FACT_CHANGED }, { "ns-pid_for_children", FACT_CHANGED },
		{ "death-signal", "15" });
}

/* The pid in the handle is ours to wait for and to signal. */
CASE(N62, process_1_is_our_child)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause"),
				  PSPAWN_ATTRS(pspawn_attr_namespaces(PSPAWN_NS_PID)) };
	struct pspawn_child child;
	struct pspawn_status status;

	need_namespaces(PSPAWN_NS_PID);
	by_table(&cmd);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK(child.pid > 1);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.signal, SIGKILL);
}

/* There is none before the program has a child. */
CASE(N62, pid_namespace_for_its_children)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_unshare(PSPAWN_NS_PID));

	need_namespaces(PSPAWN_NS_PID);
	CHANGES(&cmd, { "ns-pid_for_children", FACT_CHANGED });
}

/* ---- mounts */

static int is_mounted(const char *name)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[4096];
	int found = 0;

	CHECK(mounts != NULL);
	while (fgets(line, sizeof(line), mounts))
		found |= strstr(line, name) != NULL;
	fclose(mounts);
	return found;
}

/* In a namespace of our own whose mounts are shared, as they are under systemd. */
static void share_mounts(void)
{
	CHECK_INT(unshare(CLONE_NEWNS), 0);
	CHECK_INT(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	CHECK_INT(mount("none", "/", NULL, MS_REC | MS_SHARED, NULL), 0);
	CHECK_INT(mkdir("point", 0755), 0);
}

static void mount_in(const void *given)
{
	const struct pspawn_attr *attr = given;
	struct pspawn_cmd cmd = { .attrs = attr, .nattrs = 1 };
	struct pspawn_cmd mounts = { PSPAWN_CMD(suite_probe(), "-", "mount", "point"),
				     .attrs = attr, .nattrs = 1 };

	share_mounts();
	CHANGES(&cmd, { "ns-mnt", FACT_CHANGED }, { "shared-mounts", "none" });
	CHECK_INT(run_cmd(&mounts), 0);
	CHECK(!is_mounted("/point "));
	/* Which is to say something: without it, it would be here. */
	mounts.nattrs = 0;
	CHECK_INT(run_cmd(&mounts), 0);
	CHECK(is_mounted("/point "));
}

static int share_and_mount(const void *unused)
{
	(void)unused;
	if (unshare(CLONE_NEWNS) < 0)
		return -1;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
		return -1;
	return mount("none", ".", "tmpfs", 0, NULL);
}

CASE(N63, mount_namespace)
{
	const struct pspawn_attr attr = pspawn_attr_namespaces(PSPAWN_NS_MOUNT);

	need_real("namespaces");
	need("mount", share_and_mount, NULL);
	suite_apart(mount_in, &attr);
}

CASE(N63, mount_namespace_unshared)
{
	const struct pspawn_attr attr = pspawn_attr_unshare(PSPAWN_NS_MOUNT);

	need_real("namespaces");
	need("mount", share_and_mount, NULL);
	suite_apart(mount_in, &attr);
}

#endif
