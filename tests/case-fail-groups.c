/* SPDX-License-Identifier: ISC */
/* P85: no supplementary groups, if that is allowed. */
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "attr-fail.h"
#include "facts.h"
#include "suite.h"

static const struct pspawn_attr none_if_allowed = { .kind = PSPAWN_ATTR_GROUPS,
						    .flags = PSPAWN_PREFER };

/* In both orders. */
static void expect_groups(const char *groups, int outcome)
{
	struct pspawn_attr user = pspawn_attr_user(getuid() ? getuid() : ORDINARY, (gid_t)-1);

	for (size_t at = 0; at < 2; at++) {
		const struct pspawn_attr attrs[] = { at ? user : none_if_allowed,
						     at ? none_if_allowed : user };
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = 2 };
		static struct facts facts;
		struct pspawn_child child;

		by_whom(&cmd);
		facts_of(&cmd, &facts);
		CHECK_STR(fact(&facts, "groups"), groups);
		CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
		CHECK_INT(pspawn_child_outcome(&child, at), outcome);
		CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	}
}

static void none_without_power(const void *power)
{
	const gid_t two[] = { 7, 11 };
	const int has_power = *(const int *)power;
	static struct facts plain;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };

	public_probe();
	if (geteuid() == 0 && (chmod(".", 0777) < 0 || setgroups(2, two) < 0))
		SKIP("no groups to be had here");
	if (has_power) {
		expect_groups("", PSPAWN_APPLIED);
		return;
	}
	if (geteuid() == 0 && setresuid(ORDINARY, ORDINARY, ORDINARY) < 0)
		SKIP("no other user here");
#ifdef __linux__
	/* Else our own files in /proc would be root's. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
	by_whom(&cmd);
	facts_of(&cmd, &plain);
	expect_groups(fact(&plain, "groups"), PSPAWN_LEFT_OUT);
}

CASE(P85, no_groups_where_that_is_allowed)
{
	const int power = 1;

	need_power_to_be(ORDINARY);
	suite_apart(none_without_power, &power);
}

CASE(P85, no_groups_where_that_is_not_allowed)
{
	const int power = 0;

	suite_apart(none_without_power, &power);
}
