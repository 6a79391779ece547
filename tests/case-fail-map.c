/* SPDX-License-Identifier: ISC */
/* P44: maps of ids for a namespace that there is not. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attr-fail.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#ifdef __linux__

static void read_map(char *text, size_t size)
{
	int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	CHECK(length >= 0);
	text[length] = '\0';
	close(fd);
}

/* We are in a new namespace whose maps nobody has written yet; the child's would be ours. */
static void map_without_namespace(const void *unused)
{
	struct pspawn_cmd cmd = {
		PSPAWN_CMD("/bin/true"),
		PSPAWN_ATTRS(pspawn_attr_prefer(pspawn_attr_namespaces(PSPAWN_NS_USER)),
			     pspawn_attr_map_user(0, geteuid(), 1)),
	};
	char before[256], after[256];

	(void)unused;
	if (unshare(CLONE_NEWUSER) < 0)
		SKIP("no user namespaces here");
	if (!filter_syscall_bits(SYS_clone, 0, CLONE_NEWUSER, EPERM))
		SKIP("no system call filters here");
	read_map(before, sizeof(before));
	by_whom(&cmd);
	expect_failure(&cmd, EPERM, PSPAWN_STEP_MAP_IDS, 1);
	read_map(after, sizeof(after));
	CHECK_STR(after, before);
}

CASE(P44, map_for_a_namespace_that_is_left_out)
{
	need_linux();
	need_user_namespaces();
	suite_apart(map_without_namespace, NULL);
}

#endif
