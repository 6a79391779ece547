/* SPDX-License-Identifier: ISC */
/* P24 to P26: what a new user may not do, and what it must not keep. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attr-fail.h"
#include "facts.h"
#include "suite.h"
#include "table.h"

CASE(P24, directory_that_the_new_user_may_not_enter)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022),
					       pspawn_attr_user(ORDINARY, ORDINARY)),
				  .dir = "closed" };

	need_power_to_be(ORDINARY);
	public_probe();
	CHECK_INT(mkdir("closed", 0700), 0);
	by_whom(&cmd);
	expect_failure(&cmd, EACCES, PSPAWN_STEP_CHDIR, -1);
	cmd.nattrs = 1;
	CHECK_INT(run_cmd(&cmd), 0);
}

CASE(P24, directory_by_descriptor_that_the_new_user_may_not_enter)
{
	int fd;

	need_power_to_be(ORDINARY);
	public_probe();
	CHECK_INT(mkdir("closed", 0700), 0);
	fd = open("closed", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(fd >= 0);
	FAILS(EACCES, PSPAWN_STEP_CHDIR, pspawn_attr_dir_fd(fd),
	      pspawn_attr_user(ORDINARY, ORDINARY));
	close(fd);
}

CASE(P24, file_that_the_new_user_may_not_open)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022),
					       pspawn_attr_user(ORDINARY, ORDINARY)),
				  PSPAWN_FDS(pspawn_fd_null(5), pspawn_fd_open(6, "mine", O_RDONLY, 0)) };
	int fd = open("mine", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	need_power_to_be(ORDINARY);
	public_probe();
	close(fd);
	by_whom(&cmd);
	expect_failure(&cmd, EACCES, PSPAWN_STEP_OPEN, 1);
	cmd.nattrs = 1;
	CHECK_INT(run_cmd(&cmd), 0);
}

CASE(P24, program_that_the_new_user_may_not_execute)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./probe"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022),
					       pspawn_attr_user(ORDINARY, ORDINARY)) };

	need_power_to_be(ORDINARY);
	CHECK_INT(chmod(public_probe(), 0700), 0);
	by_whom(&cmd);
	expect_failure(&cmd, EACCES, PSPAWN_STEP_EXEC, -1);
	cmd.nattrs = 1;
	CHECK_INT(run_cmd(&cmd), 0);
}

/* ---- a preference never leaves the caller's groups to another user */

/* As full root, so that only what is preferred fails: a group that cannot be. */
CASE(P25, preferred_groups_fail_and_the_new_user_has_none)
{
	const gid_t impossible[] = { (gid_t)-1 };
	const gid_t ours[] = { 1, 2 };
	static struct facts facts;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_user(ORDINARY, ORDINARY),
					       pspawn_attr_prefer(
						       pspawn_attr_groups(impossible, 1))) };

	need_power_to_be(ORDINARY);
	CHECK_INT(chmod(".", 0777), 0);
	CHECK_INT(setgroups(2, ours), 0);
	by_whom(&cmd);
	facts_of(&cmd, &facts);
	CHECK_STR(fact(&facts, "groups"), "");
	FAILS(EINVAL, PSPAWN_STEP_GROUPS, pspawn_attr_groups(impossible, 1),
	      pspawn_attr_user(ORDINARY, ORDINARY));
}

#ifdef __linux__

/* CAP_SETGID is the 6th. */
static void lose_power_over_groups(void)
{
	struct {
		unsigned version;
		int pid;
	} header = { 0x20080522, 0 };
	unsigned sets[6];

	public_probe();
	if (syscall(SYS_capget, &header, sets) < 0)
		SKIP("no capabilities here");
	sets[0] &= ~(1u << 6);
	sets[1] &= ~(1u << 6);
	if (syscall(SYS_capset, &header, sets) < 0)
		SKIP("no capabilities here");
}

static void without_power_over_groups(const void *unused)
{
	const gid_t one[] = { 1 };

	(void)unused;
	lose_power_over_groups();
	FAILS_ONLY(EPERM, PSPAWN_STEP_GROUPS, pspawn_attr_user(ORDINARY, (gid_t)-1),
		   pspawn_attr_prefer(pspawn_attr_groups(one, 1)));
	FAILS_ONLY(EPERM, PSPAWN_STEP_GROUP, pspawn_attr_user(ORDINARY, ORDINARY),
		   pspawn_attr_prefer(pspawn_attr_group(1)), pspawn_attr_keep_groups());
	/* Who is preferred altogether stays who he is. */
	FAILS(EPERM, PSPAWN_STEP_GROUPS, pspawn_attr_user(ORDINARY, ORDINARY));
	FAILS(EPERM, PSPAWN_STEP_GROUP, pspawn_attr_user(ORDINARY, ORDINARY),
	      pspawn_attr_keep_groups());
}

#else

static void without_power_over_groups(const void *unused)
{
	(void)unused;
	SKIP("only Linux has this");
}

#endif

CASE(P25, without_power_over_groups_there_is_no_new_user)
{
	need_power_to_be(ORDINARY);
	suite_apart(without_power_over_groups, NULL);
}
