/* SPDX-License-Identifier: ISC */
/* N20 to N27, L09: users and groups. All of it is root's to give. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

#define USER_FACTS { "user", "12345 12345 12345" }
#define GROUP_FACTS { "group", "12346 12346 12346" }
#ifdef __linux__
#define NO_POWER { "effective", "0x000000000" }, { "permitted", "0x000000000" }
#else
#define NO_POWER { "user", "12345 12345" }
#endif

static const gid_t some_groups[] = { 5, 70000, 7 };

/* Root with supplementary groups, which are not to go to anybody. */
static void be_root_with_groups(void)
{
	static const gid_t ours[] = { 4, 24, 4000000000 };

	need_root();
	need_real("ids");
	need_ids();
	CHECK_INT(setgroups(3, ours), 0);
}

CASE(N20, user)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(SOME_USER, SOME_GROUP));

	be_root_with_groups();
	CHANGES(&cmd, USER_FACTS, GROUP_FACTS, { "groups", "" }, NO_POWER);
}

CASE(N20, user_alone)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(SOME_USER, (gid_t)-1));

	be_root_with_groups();
	CHANGES(&cmd, USER_FACTS, { "groups", "" }, NO_POWER);
}

/* Nothing of root's is left that would bring it back. */
CASE(N20, last_user_wins)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(1, 1),
				     pspawn_attr_user(SOME_USER, SOME_GROUP));

	be_root_with_groups();
	CHANGES(&cmd, USER_FACTS, GROUP_FACTS, { "groups", "" }, NO_POWER);
}

CASE(N21, group_alone)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_group(SOME_GROUP));

	be_root_with_groups();
	CHANGES(&cmd, GROUP_FACTS);
}

CASE(N21, last_group_wins)
{
	struct pspawn_cmd user_last = ATTR(pspawn_attr_group(OTHER_GROUP),
					   pspawn_attr_user(SOME_USER, SOME_GROUP));
	struct pspawn_cmd group_last = ATTR(pspawn_attr_user(SOME_USER, OTHER_GROUP),
					    pspawn_attr_group(SOME_GROUP));
	struct pspawn_cmd user_names_none = ATTR(pspawn_attr_group(SOME_GROUP),
						 pspawn_attr_user(SOME_USER, (gid_t)-1));

	be_root_with_groups();
	CHANGES(&user_last, USER_FACTS, GROUP_FACTS, { "groups", "" }, NO_POWER);
	CHANGES(&group_last, USER_FACTS, GROUP_FACTS, { "groups", "" }, NO_POWER);
	CHANGES(&user_names_none, USER_FACTS, GROUP_FACTS, { "groups", "" }, NO_POWER);
}

CASE(N22, groups)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_groups(some_groups, 3));
	struct pspawn_cmd none = ATTR(pspawn_attr_groups(NULL, 0));

	be_root_with_groups();
	/* As the kernel has them, sorted. */
	CHANGES(&cmd, { "groups", "5,7,70000" });
	CHANGES(&none, { "groups", "" });
}

CASE(N22, groups_of_a_user)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_groups(some_groups, 3),
				     pspawn_attr_user(SOME_USER, SOME_GROUP));

	be_root_with_groups();
	CHANGES(&cmd, USER_FACTS, GROUP_FACTS, { "groups", "5,7,70000" }, NO_POWER);
}

CASE(N23, keep_groups)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_user(SOME_USER, SOME_GROUP),
				     pspawn_attr_keep_groups());
	struct pspawn_cmd alone = ATTR(pspawn_attr_keep_groups());

	be_root_with_groups();
	CHANGES(&cmd, USER_FACTS, GROUP_FACTS, NO_POWER);
	SAME(&alone);
}

/* Of GROUPS and KEEP_GROUPS the last one wins. */
CASE(N23, last_word_on_groups)
{
	struct pspawn_cmd listed = ATTR(pspawn_attr_keep_groups(),
					pspawn_attr_groups(some_groups, 1));
	struct pspawn_cmd kept = ATTR(pspawn_attr_groups(some_groups, 1),
				      pspawn_attr_keep_groups());

	be_root_with_groups();
	CHANGES(&listed, { "groups", "5" });
	SAME(&kept);
}

/* Who is no root needs no power for what changes nothing, if the groups are kept. */
static void become_oneself(const void *unused)
{
	struct pspawn_attr attrs[2];
	struct pspawn_cmd cmd = { .attrs = attrs, .nattrs = 2 };

	(void)unused;
	if (geteuid() == 0) {
		public_probe();
		chmod(".", 0777);
		CHECK_INT(setgid(SOME_GROUP), 0);
		CHECK_INT(setuid(SOME_USER), 0);
	}
	attrs[0] = pspawn_attr_user(geteuid(), getegid());
	attrs[1] = pspawn_attr_keep_groups();
	SAME(&cmd);
}

CASE(N24, user_who_one_is)
{
	need_real("ids");
	if (geteuid() == 0)
		need_ids();
	suite_apart(become_oneself, NULL);
}

/* The umask, the directory and what is opened are those of the new user. */
CASE(N25, files_of_the_new_user)
{
	struct pspawn_cmd cmd = {
		PSPAWN_CMD("/bin/true"),
		PSPAWN_ATTRS(pspawn_attr_user(SOME_USER, SOME_GROUP)),
		PSPAWN_FDS(pspawn_fd_open(5, "made", O_WRONLY | O_CREAT | O_EXCL, 0666))
	};
	struct stat status;

	be_root_with_groups();
	by_table(&cmd);
	chmod(".", 0777);
	CHECK_INT(run_cmd(&cmd), 0);
	CHECK_INT(stat("made", &status), 0);
	CHECK_INT(status.st_uid, SOME_USER);
	CHECK_INT(status.st_gid, SOME_GROUP);
	/* What it may not enter it cannot be put into, whoever asked for it. */
	CHECK_INT(mkdir("closed", 0700), 0);
	cmd.dir = "closed";
	cmd.nfds = 0;
	expect_failure(&cmd, EACCES, PSPAWN_STEP_CHDIR, -1);
}

/* ---- a map that needs ordering arrives whole */

static void expect_permuted(const struct pspawn_attr *attrs, size_t n)
{
	static struct table ours, expected;
	static struct record record;
	const struct pspawn_fd fds[] = { pspawn_fd_dup(10, 11), pspawn_fd_dup(11, 12),
					 pspawn_fd_dup(12, 10), pspawn_fd_dup(0, 1),
					 pspawn_fd_dup(1, 0),	pspawn_fd_dup(20, 15),
					 pspawn_fd_null(13),	pspawn_fd_same(14, 10),
					 pspawn_fd_close(2) };
	struct pspawn_cmd cmd = { .file = public_probe(), .fds = fds, .nfds = 9 };

	cmd.attrs = attrs;
	cmd.nattrs = n;
	by_table(&cmd);
	table_of_self(&ours);
	expected_table(&expected, &ours, fds, 9);
	probe_start(&cmd, &record);
	CHECK(table_same(&expected, &record.table));
}

CASE(L09, setuid_or_chroot_keeps_map)
{
	const struct pspawn_attr user[] = { pspawn_attr_user(SOME_USER, SOME_GROUP) };
	const struct pspawn_attr root[] = { pspawn_attr_root("/") };
	const struct pspawn_attr both[] = { pspawn_attr_user(SOME_USER, SOME_GROUP),
					    pspawn_attr_root_fd(30) };
	int fd;

	be_root_with_groups();
	public_probe();
	chmod(".", 0777);
	files(10, 16);
	fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(dup2(fd, 30), 30);
	close(fd);
	expect_permuted(user, 1);
	expect_permuted(root, 1);
	expect_permuted(both, 2);
	close(30);
}
