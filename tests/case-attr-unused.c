/* SPDX-License-Identifier: ISC */
/* P02 to P05: members that a kind does not use, flags, preference, and what has to go together. */
#include <errno.h>
#include <string.h>

#include "attr-refuse.h"
#include "suite.h"
#include "table.h"


enum { N = 1, A = 2, B = 4, DATA = 8, COUNT = 16, SURE = 32 };

struct shape {
	struct pspawn_attr attr;
	int uses;
};

static const gid_t group[] = { 1 };

#define NOTHING(which) { { .kind = which }, 0 }
#define SET(which, set) { { .kind = which, .value = { set, 0 } }, A }
#define NUMBER(which) { { .kind = which, .number = 1 }, N }

/* One right attribute of every kind, and the members that it may use. */
static const struct shape shapes[] = {
	NUMBER(PSPAWN_ATTR_DIR_FD),
	NUMBER(PSPAWN_ATTR_CTTY),
	NUMBER(PSPAWN_ATTR_FOREGROUND),
	NUMBER(PSPAWN_ATTR_ROOT_FD),
	NUMBER(PSPAWN_ATTR_CGROUP),
	NOTHING(PSPAWN_ATTR_SETSID),
	NOTHING(PSPAWN_ATTR_NO_TTY),
	NOTHING(PSPAWN_ATTR_SIGINHERIT),
	NOTHING(PSPAWN_ATTR_KEEP_GROUPS),
	NOTHING(PSPAWN_ATTR_NO_NEW_PRIVS),
	NOTHING(PSPAWN_ATTR_KEEP_CAPS),
	NOTHING(PSPAWN_ATTR_TRACE_ME),
	SET(PSPAWN_ATTR_SIGMASK, 1),
	SET(PSPAWN_ATTR_SIGDEFAULT, 1),
	SET(PSPAWN_ATTR_SIGIGNORE, 1),
	SET(PSPAWN_ATTR_GROUP, 1),
	SET(PSPAWN_ATTR_AMBIENT, 1),
	SET(PSPAWN_ATTR_BOUNDING, 1),
	SET(PSPAWN_ATTR_SECUREBITS, 1),
	SET(PSPAWN_ATTR_PERSONALITY, 1),
	SET(PSPAWN_ATTR_NAMESPACES, PSPAWN_NS_NET),
	SET(PSPAWN_ATTR_UNSHARE, PSPAWN_NS_NET),
	NUMBER(PSPAWN_ATTR_PGROUP),
	NUMBER(PSPAWN_ATTR_PDEATHSIG),
	NUMBER(PSPAWN_ATTR_NICE),
	NUMBER(PSPAWN_ATTR_UMASK),
	NUMBER(PSPAWN_ATTR_OOM_SCORE),
	NUMBER(PSPAWN_ATTR_SETGROUPS),
	{ { .kind = PSPAWN_ATTR_USER, .value = { 1, 1 } }, A | B },
	{ { .kind = PSPAWN_ATTR_GROUPS, .data = group, .count = 1 }, DATA | COUNT },
	{ { .kind = PSPAWN_ATTR_RLIMIT, .number = 1, .value = { 1, 1 } }, N | A | B },
	{ { .kind = PSPAWN_ATTR_SCHED, .number = 1, .value = { 1, 0 } }, N | A },
	{ { .kind = PSPAWN_ATTR_AFFINITY, .data = group, .count = 1 }, DATA | COUNT },
	{ { .kind = PSPAWN_ATTR_IOPRIO, .number = 1, .value = { 1, 0 } }, N | A },
	{ { .kind = PSPAWN_ATTR_ROOT, .data = "/" }, DATA },
	{ { .kind = PSPAWN_ATTR_SETNS, .number = 1, .value = { PSPAWN_NS_NET, 0 } }, N | A },
	{ { .kind = PSPAWN_ATTR_MAP_USER, .value = { 1, 1 }, .count = 1 }, A | B | COUNT },
	{ { .kind = PSPAWN_ATTR_MAP_GROUP, .value = { 1, 1 }, .count = 1 }, A | B | COUNT },
	{ { .kind = PSPAWN_ATTR_ENV_CLEAR }, SURE },
	{ { .kind = PSPAWN_ATTR_ENV_SET, .data = "A=b" }, DATA | SURE },
	{ { .kind = PSPAWN_ATTR_ENV_UNSET, .data = "A" }, DATA | SURE },
	{ { .kind = PSPAWN_ATTR_PROGRAM_FD, .number = 1 }, N | SURE },
	{ { .kind = PSPAWN_ATTR_RETRY_BUSY, .number = 1 }, N | SURE },
	{ { .kind = PSPAWN_ATTR_SHELL_FALLBACK }, SURE },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

#define WITH(member, wrong)                       \
	do {                                      \
		struct pspawn_attr odd = s->attr; \
                                                  \
		odd.member = wrong;               \
		refuse(odd, EINVAL);              \
	} while (0)

static void refuse_unused(const struct shape *s)
{
	if (!(s->uses & N)) {
		WITH(number, 1);
		WITH(number, -1);
	}
	if (!(s->uses & A))
		WITH(value[0], 1);
	if (!(s->uses & B))
		WITH(value[1], 1ULL << 63);
	if (!(s->uses & DATA))
		WITH(data, "x");
	if (!(s->uses & COUNT))
		WITH(count, 1);
	WITH(reserved, 1);
	WITH(spare[0], 1ULL << 63);
	WITH(spare[1], 1);
}

static void every_unused_member(void)
{
	for (int i = 0; i < SHAPES; i++)
		refuse_unused(&shapes[i]);
}

static void every_unknown_flag(void)
{
	for (const struct shape *s = shapes; s < shapes + SHAPES; s++) {
		WITH(flags, 2);
		WITH(flags, 1u << 31 | PSPAWN_PREFER);
	}
}

CASE(P02, unused_members)
{
	every_unused_member();
}

CASE(P02, unknown_flags)
{
	every_unknown_flag();
}

/* Nothing above may be red for another reason. */
CASE(P02, right_ones_are_taken)
{
	struct pspawn_attr users = pspawn_attr_namespaces(PSPAWN_NS_USER);

	for (int i = 0; i < SHAPES; i++)
		TAKE(shapes[i].attr, users);
	CHECK_INT(SHAPES, PSPAWN_ATTR_SHELL_FALLBACK);
}

/* ---- preference */

static void every_sure_preferred(void)
{
	for (int i = 0; i < SHAPES; i++)
		if (shapes[i].uses & SURE)
			refuse(pspawn_attr_prefer(shapes[i].attr), EINVAL);
}

CASE(P03, preferring_what_cannot_fail)
{
	every_sure_preferred();
}

CASE(P03, preferring_what_can)
{
	struct pspawn_attr users = pspawn_attr_namespaces(PSPAWN_NS_USER);

	for (int i = 0; i < SHAPES; i++)
		if (!(shapes[i].uses & SURE))
			TAKE(pspawn_attr_prefer(shapes[i].attr), users);
}

CASE(P03, preferring_beyond_entry_63)
{
	struct pspawn_attr attrs[70];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = 70 };

	for (int i = 0; i < 70; i++)
		attrs[i] = pspawn_attr_umask(022);
	attrs[63] = pspawn_attr_prefer(attrs[63]);
	take(attrs, 70);
	attrs[64] = pspawn_attr_prefer(attrs[64]);
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK_ATTR, 64);
	attrs[64] = attrs[0];
	attrs[69] = pspawn_attr_prefer(attrs[69]);
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK_ATTR, 69);
}

/* ---- maps belong to a new user namespace */

static void refuse_together(const struct pspawn_attr *attrs, size_t n, int index)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = n };

	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK_ATTR, index);
}

#define TOGETHER(index, ...) \
	refuse_together((const struct pspawn_attr[]) { __VA_ARGS__ }, \
			sizeof((const struct pspawn_attr[]) { __VA_ARGS__ }) / \
				sizeof(struct pspawn_attr), index)

static void maps_without_namespace(void)
{
	const struct pspawn_attr maps[] = { pspawn_attr_map_user(0, 0, 1), pspawn_attr_map_group(0, 0, 1),
					    pspawn_attr_setgroups(0) };

	for (size_t i = 0; i < 3; i++) {
		struct pspawn_attr map = maps[i];

		TOGETHER(0, map);
		TOGETHER(1, pspawn_attr_setsid(), map);
		TOGETHER(1, pspawn_attr_namespaces(PSPAWN_NS_NET), map);
		/* It is the parent that maps, and it cannot know when the child unshares. */
		TOGETHER(1, pspawn_attr_unshare(PSPAWN_NS_USER), map);
		TOGETHER(0, map, pspawn_attr_setns(0, PSPAWN_NS_USER));
		/* The last NAMESPACES is the one that counts. */
		TOGETHER(1, pspawn_attr_namespaces(PSPAWN_NS_USER), map,
			 pspawn_attr_namespaces(PSPAWN_NS_NET));
		/* Preferring it does not make it mean anything. */
		TOGETHER(0, pspawn_attr_prefer(map));
	}
	TOGETHER(1, pspawn_attr_setsid(), maps[2], maps[1], maps[0]);
	/* A wrong value is said first. */
	TOGETHER(1, maps[0], pspawn_attr_nice(99));
}

CASE(P04, maps_without_a_new_user_namespace)
{
	maps_without_namespace();
	TAKE(pspawn_attr_map_user(0, 0, 1), pspawn_attr_namespaces(PSPAWN_NS_USER));
	TAKE(pspawn_attr_setgroups(0), pspawn_attr_namespaces(PSPAWN_NS_NET),
	     pspawn_attr_map_group(0, 0, 1),
	     pspawn_attr_namespaces(PSPAWN_NS_USER | PSPAWN_NS_NET));
}

static void silently(const void *unused)
{
	(void)unused;
	forbid_side_effects();
	every_unused_member();
	every_unknown_flag();
	every_sure_preferred();
	maps_without_namespace();
}

CASE(P05, refused_before_anything_is_tried)
{
	suite_apart(silently, NULL);
}
