/* SPDX-License-Identifier: ISC */
/* P2x: ids and capabilities that the kernel does not give. */
#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#endif

#include "attr-fail.h"
#include "facts.h"
#include "suite.h"

/* An ordinary user's attempts. Failing to give up groups is never ignored. */
static void ordinary_ids(const void *unused)
{
	const gid_t groups[] = { 1, 2 };
	uid_t me;

	(void)unused;
	become_ordinary();
	me = getuid();
	FAILS(EPERM, PSPAWN_STEP_GROUPS, pspawn_attr_user(0, 0));
	FAILS(EPERM, PSPAWN_STEP_GROUPS, pspawn_attr_user(me, (gid_t)-1));
	FAILS(EPERM, PSPAWN_STEP_GROUPS, pspawn_attr_groups(groups, 2));
	FAILS(EPERM, PSPAWN_STEP_GROUPS, pspawn_attr_groups(NULL, 0));
	/* It is GROUPS that fails, and not USER, which says the same. */
	FAILS_ONLY(EPERM, PSPAWN_STEP_GROUPS, pspawn_attr_groups(groups, 1), pspawn_attr_user(me, me));
	FAILS(EPERM, PSPAWN_STEP_GROUP, pspawn_attr_user(me, 0), pspawn_attr_keep_groups());
	FAILS(EPERM, PSPAWN_STEP_GROUP, pspawn_attr_group(0));
	FAILS(EPERM, PSPAWN_STEP_USER, pspawn_attr_user(0, (gid_t)-1), pspawn_attr_keep_groups());
}

CASE(P20, ids_as_an_ordinary_user)
{
	suite_apart(ordinary_ids, NULL);
}

/* USER is at work in three steps; each names what it was about. */
static void sentences_of_ids(const void *unused)
{
	uid_t me;

	(void)unused;
	become_ordinary();
	me = getuid();
	SAYS("set the supplementary groups (attribute 1): Operation not permitted", EPERM,
	     PSPAWN_STEP_GROUPS, pspawn_attr_user(me, 7));
	SAYS("set the group 7 (attribute 1): Operation not permitted", EPERM, PSPAWN_STEP_GROUP,
	     pspawn_attr_user(me, 7), pspawn_attr_keep_groups());
	SAYS("set the user 0 (attribute 1): Operation not permitted", EPERM, PSPAWN_STEP_USER,
	     pspawn_attr_user(0, (gid_t)-1), pspawn_attr_keep_groups());
	SAYS("set the group 7 (attribute 1): Operation not permitted", EPERM, PSPAWN_STEP_GROUP,
	     pspawn_attr_group(7));
}

CASE(P20, sentences_of_ids)
{
	suite_apart(sentences_of_ids, NULL);
}

static void ordinary_root(const void *unused)
{
	(void)unused;
	become_ordinary();
	FAILS(EPERM, PSPAWN_STEP_ROOT, pspawn_attr_root("/"));
	SAYS("change the root \"/\" (attribute 1): Operation not permitted", EPERM, PSPAWN_STEP_ROOT,
	     pspawn_attr_root("/"));
}

CASE(P21, chroot_as_an_ordinary_user)
{
	suite_apart(ordinary_root, NULL);
}

static void ordinary_capabilities(const void *unused)
{
	(void)unused;
	become_ordinary();
	FAILS(EPERM, PSPAWN_STEP_BOUNDING, pspawn_attr_bounding(0));
	FAILS(EPERM, PSPAWN_STEP_SECUREBITS, pspawn_attr_securebits(1));
	FAILS(EPERM, PSPAWN_STEP_AMBIENT, pspawn_attr_ambient(PSPAWN_CAPABILITY(10)));
	SAYS("limit the bounding set 0x400 (attribute 1): Operation not permitted", EPERM,
	     PSPAWN_STEP_BOUNDING, pspawn_attr_bounding(PSPAWN_CAPABILITY(10)));
}

CASE(P22, capabilities_as_an_ordinary_user)
{
	suite_apart(ordinary_capabilities, NULL);
}

CASE(P22, securebits_that_do_not_exist)
{
	FAILS(EPERM, PSPAWN_STEP_SECUREBITS, pspawn_attr_securebits(1u << 20));
}

/* ---- root's own, after it has bound its hands */

#ifdef __linux__

static int lock_keep_caps(const void *unused)
{
	(void)unused;
	return prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED, 0, 0, 0);
}

static void with_locked_keep_caps(const void *unused)
{
	const struct pspawn_attr ambient = pspawn_attr_ambient(PSPAWN_CAPABILITY(CAP_KILL));

	if (lock_keep_caps(unused) < 0)
		SKIP("no securebits here: %s", strerror(errno));
	public_probe();
	FAILS(EPERM, PSPAWN_STEP_KEEP_CAPS, pspawn_attr_keep_caps());
	/* Over a change of user AMBIENT needs them kept, and it is the one that fails. */
	FAILS(EPERM, PSPAWN_STEP_KEEP_CAPS, ambient,
	      pspawn_attr_user(ORDINARY, ORDINARY));
	SAYS("keep capabilities (attribute 1): Operation not permitted", EPERM,
	     PSPAWN_STEP_KEEP_CAPS, ambient, pspawn_attr_user(ORDINARY, ORDINARY));
}

static void with_locked_ambient(const void *unused)
{
	(void)unused;
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE, 0, 0, 0) < 0)
		SKIP("no securebits here: %s", strerror(errno));
	/* Not FAILS(): the set has become inheritable by then, and that part stays. */
	FAILS_ONLY(EPERM, PSPAWN_STEP_AMBIENT, pspawn_attr_ambient(PSPAWN_CAPABILITY(CAP_KILL)));
}

/* The set has become inheritable by then, as far as there is one of that number. */
static void with_unknown_capability(const void *unused)
{
	(void)unused;
	FAILS(EINVAL, PSPAWN_STEP_AMBIENT, pspawn_attr_ambient(PSPAWN_CAPABILITY(63)));
}

#else

static void with_locked_keep_caps(const void *unused)
{
	(void)unused;
}

#define with_locked_ambient with_locked_keep_caps
#define with_unknown_capability with_locked_keep_caps

#endif

CASE(P23, keep_caps_where_they_are_locked)
{
	need_linux();
	need_power_to_be(ORDINARY);
	suite_apart(with_locked_keep_caps, NULL);
}

CASE(P23, ambient_where_it_is_locked)
{
	need_linux();
	need_root();
	suite_apart(with_locked_ambient, NULL);
}

CASE(P23, capability_that_does_not_exist)
{
	need_linux();
	need_root();
	suite_apart(with_unknown_capability, NULL);
}
