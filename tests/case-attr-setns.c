/* SPDX-License-Identifier: ISC */
/* N64, N94: namespaces that exist. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"

static int leave(const void *flag)
{
	return unshare((int)*(const unsigned *)flag);
}

static void need_namespaces(unsigned flags)
{
	need_real("namespaces");
	need("namespaces", leave, &flags);
}

struct exit {
	unsigned flag;
	const char *name, *fact;
};

/*
 * setns(2) takes a process to the root of a mount namespace. Where we are in a chroot, that is not
 * ours, and the probe is not there: so ours is mounted on it first. Private, or it would come to be
 * the root of the namespace that we have left.
 */
static int leave_with_our_root(const void *unused)
{
#ifdef SYS_move_mount
	enum { CLONE_TREE = 1, RECURSIVE = 0x8000, FROM_FD = 4 };
	int root, own;

	(void)unused;
	if (unshare(CLONE_NEWNS) < 0)
		return -1;
	root = (int)syscall(SYS_open_tree, AT_FDCWD, "/", CLONE_TREE | RECURSIVE | O_CLOEXEC);
	own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (root < 0 || setns(own, CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	if (syscall(SYS_move_mount, root, "", AT_FDCWD, "/", FROM_FD) < 0 ||
	    setns(own, CLONE_NEWNS) < 0)
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
#else
	(void)unused;
	errno = ENOSYS;
	return -1;
#endif
}

static void expect_entered(const struct exit *exit)
{
	int mounts = exit->flag == PSPAWN_NS_MOUNT;
	pid_t helper = helper_start(mounts ? leave_with_our_root : leave, &exit->flag);
	char path[64], target[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)helper, exit->name);
	length = readlink(path, target, sizeof(target) - 1);
	CHECK(length > 0);
	target[length] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	{
		struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_setns(fd, exit->flag)) };
		const struct fact changes[] = { { exit->fact, target },
						{ "directory", "/" },
						{ "shared-mounts", "none" },
						{ "root-mount", "own" } };

		expect_changes(&cmd, changes, mounts ? 4 : 1);
	}
	close(fd);
	helper_end(helper);
}

CASE(N64, setns)
{
	static const struct exit exits[] = { { PSPAWN_NS_UTS, "uts", "ns-uts" },
					     { PSPAWN_NS_IPC, "ipc", "ns-ipc" },
					     { PSPAWN_NS_NET, "net", "ns-net" } };

	need_namespaces(PSPAWN_NS_UTS | PSPAWN_NS_IPC | PSPAWN_NS_NET);
	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		expect_entered(&exits[i]);
}

static const struct exit mounts = { PSPAWN_NS_MOUNT, "mnt", "ns-mnt" };

CASE(N64, setns_of_mounts)
{
	need_namespaces(PSPAWN_NS_MOUNT);
	need("a mount namespace with our root", leave_with_our_root, NULL);
	expect_entered(&mounts);
}

/* As packages are built. */
static void in_chroot(const void *unused)
{
	char home[PATH_MAX];
	int root;

	(void)unused;
	CHECK(getcwd(home, sizeof(home)) != NULL);
	CHECK_INT(leave_with_our_root(NULL), 0);
	CHECK_INT(chdir(home), 0);
	CHECK_INT(mkdir("root", 0755), 0);
	CHECK_INT(mount("/", "root", NULL, MS_BIND | MS_REC, NULL), 0);
	root = open("root", O_RDONLY | O_DIRECTORY);
	/* Outside there is no probe. */
	CHECK_INT(mount("none", home, "tmpfs", 0, NULL), 0);
	CHECK_INT(fchdir(root), 0);
	CHECK_INT(chroot("."), 0);
	CHECK_INT(chdir(home), 0);
	close(root);
	expect_entered(&mounts);
}

CASE(N94, setns_of_mounts_in_a_chroot)
{
	need_namespaces(PSPAWN_NS_MOUNT);
	need("a mount namespace with our root", leave_with_our_root, NULL);
	suite_apart(in_chroot, NULL);
}

/* Two at once, one of them twice: the last one is where the child is. */
CASE(N64, several_setns)
{
	static const unsigned both = PSPAWN_NS_UTS | PSPAWN_NS_IPC;
	pid_t helper;
	int uts, ipc, ours;
	char path[64];

	need_namespaces(both);
	helper = helper_start(leave, &both);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", (int)helper);
	uts = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", (int)helper);
	ipc = open(path, O_RDONLY | O_CLOEXEC);
	ours = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	{
		struct pspawn_cmd cmd = ATTR(pspawn_attr_setns(uts, PSPAWN_NS_UTS),
					     pspawn_attr_setns(ipc, PSPAWN_NS_IPC));
		struct pspawn_cmd back = ATTR(pspawn_attr_setns(uts, PSPAWN_NS_UTS),
					      pspawn_attr_setns(ours, PSPAWN_NS_UTS));

		CHANGES(&cmd, { "ns-uts", FACT_CHANGED }, { "ns-ipc", FACT_CHANGED });
		SAME(&back);
	}
	close(uts);
	close(ipc);
	close(ours);
	helper_end(helper);
}

#endif
