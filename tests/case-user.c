/* SPDX-License-Identifier: ISC */
/* T60 and on: what everybody writes himself: users by name, and "run it and want 0". */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

CASE(T60, user_by_name_and_number)
{
	struct pspawn_user *user = NULL, *again = NULL;
	char number[32];

	CHECK_INT(pspawn_user_find(&user, "root"), 0);
	CHECK_INT(user->uid, 0);
	CHECK_STR(user->name, "root");
	CHECK(user->home[0] == '/' && user->shell[0] == '/');
	CHECK(strncmp(user->env[0], "HOME=", 5) == 0 && strcmp(user->env[0] + 5, user->home) == 0);
	CHECK_STR(user->env[1], "USER=root");
	CHECK_STR(user->env[2], "LOGNAME=root");
	CHECK(strncmp(user->env[3], "SHELL=", 6) == 0 &&
	      strcmp(user->env[3] + 6, user->shell) == 0);
	CHECK(user->ngroups >= 1);
	snprintf(number, sizeof(number), "%u", (unsigned)user->uid);
	CHECK_INT(pspawn_user_find(&again, number), 0);
	CHECK_STR(again->name, "root");
	pspawn_user_free(user);
	pspawn_user_free(again);
	pspawn_user_free(NULL);
}

CASE(T60, user_who_is_not_there)
{
	struct pspawn_user *user = NULL;
	gid_t gid = 77;

	errno = 5;
	CHECK_INT(pspawn_user_find(&user, "no such user"), -ENOENT);
	CHECK_INT(pspawn_user_find(&user, "4000000001"), -ENOENT);
	CHECK_INT(pspawn_user_find(&user, ""), -ENOENT);
	CHECK(!user);
	CHECK_INT(pspawn_group_find(&gid, "no such group"), -ENOENT);
	CHECK_INT(gid, 77);
	CHECK_INT(pspawn_group_find(&gid, "4000000001"), 0);
	CHECK(gid == (gid_t)4000000001u);
	CHECK_INT(errno, 5);
}

CASE(T60, group_by_name)
{
	const struct group *entry = getgrgid(0);
	gid_t gid = 77;

	if (!entry)
		SKIP("group 0 has no name here");
	CHECK_INT(pspawn_group_find(&gid, entry->gr_name), 0);
	CHECK_INT(gid, 0);
}

CASE(T60, start_as_a_user)
{
	struct pspawn_attrs attrs = { 0 };
	struct pspawn_user *user = NULL;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "test $(id -u) = 0 && test $USER = root && "
					     "test $LOGNAME = root && test -n $HOME$SHELL") };

	if (geteuid() != 0)
		SKIP("only root becomes a user");
	suite_accept_fallback();
	CHECK_INT(pspawn_user_find(&user, "root"), 0);
	CHECK_INT(pspawn_attrs_add_user(&attrs, user), 0);
	CHECK_INT((int)attrs.count, 6);
	cmd.attrs = attrs.items;
	cmd.nattrs = attrs.count;
	CHECK_INT(run_cmd(&cmd), 0);
	pspawn_attrs_free(&attrs);
	pspawn_user_free(user);
}

static void expect_check(const char *line, int code, const char *words)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sh", "-c", line), .path = "/bin" };
	char text[128];

	CHECK_INT(pspawn_check(&cmd, text, sizeof(text)), code);
	CHECK_STR(text, words);
	CHECK_INT(pspawn_check(&cmd, NULL, 0), code);
}

CASE(T61, checked_runs)
{
	struct pspawn_cmd missing = { PSPAWN_CMD("/nonexistent") };
	char text[64], little[8];

	expect_check("exit 0", 0, "");
	expect_check("exit 2", 2, "run \"sh\": exit status 2");
	expect_check("kill -TERM $$", 143, "run \"sh\": signal 15 (TERM)");
	CHECK_INT(pspawn_check(&missing, text, sizeof(text)), -ENOENT);
	CHECK_STR(text, "execute \"/nonexistent\": No such file or directory");
	CHECK_INT(pspawn_check(&missing, little, sizeof(little)), -ENOENT);
	CHECK_STR(little, "execute");
}
