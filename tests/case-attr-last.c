/* SPDX-License-Identifier: ISC */
/* Q: of two entries of different kinds that set the same thing the last one wins. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "pairs.h"
#include "suite.h"

/* The fact, when the first of them comes last, and when the second does. */
struct duo {
	int one, other;
	const char *fact, *one_last, *other_last;
};

static const struct duo duos[] = {
#ifdef __linux__ /* elsewhere the probe has other words */
	{ PSPAWN_ATTR_USER, PSPAWN_ATTR_GROUP, "group", "1235 1235 1235", "2345 2345 2345" },
	/* SIGHUP and SIGUSR2 are ignored as it is. */
	{ PSPAWN_ATTR_SIGDEFAULT, PSPAWN_ATTR_SIGIGNORE, "ignored", "0x801", "0x1801" },
#endif
	{ PSPAWN_ATTR_GROUPS, PSPAWN_ATTR_KEEP_GROUPS, "groups", "11,12", "55,66" },
	{ PSPAWN_ATTR_ENV_CLEAR, PSPAWN_ATTR_ENV_SET, "env.PSPAWN_PAIR", NULL, "1" },
	{ PSPAWN_ATTR_ROOT, PSPAWN_ATTR_ROOT_FD, "root", "0", "1" },
};

/* The level that is not like doing nothing in the presence of the other. */
static int level_of(int kind)
{
	int second = kind == PSPAWN_ATTR_USER || kind == PSPAWN_ATTR_SIGDEFAULT ||
		     kind == PSPAWN_ATTR_SIGIGNORE;

	return second ? 2 : 1;
}

/* A root is told by its number, which the world knows. */
static const char *wanted(const struct world *world, const struct duo *duo, int swapped,
			  char *text, size_t size)
{
	const char *value = swapped ? duo->one_last : duo->other_last;

	if (duo->one != PSPAWN_ATTR_ROOT)
		return value;
	world_name_root(world, value[0] - '0', text, size);
	return text;
}

static void try_duo(struct world *world, const struct duo *duo, int swapped)
{
	static struct facts found;
	int row[COVERING_FACTORS] = { 0 };
	struct pspawn_attr attrs[2], first;
	struct pspawn_cmd cmd = { .attrs = attrs, .nattrs = 2 };
	const char *value, *is;
	char text[64];

	row[duo->one] = level_of(duo->one);
	row[duo->other] = level_of(duo->other);
	CHECK_INT(row_attributes(world, row, attrs), 2);
	first = attrs[0];
	if (swapped) {
		attrs[0] = attrs[1];
		attrs[1] = first;
	}
	snprintf(world->doing, sizeof(world->doing), "%s:%s", duo->fact, swapped ? " swapped" : "");
	start_with(world, row, &cmd, &found);
	value = wanted(world, duo, swapped, text, sizeof(text));
	is = fact(&found, duo->fact);
	if (!value || !is)
		CHECK(value == is);
	else
		CHECK_STR(is, value);
}

static void all_duos(struct world *world)
{
	struct covering_model model;

	levels_of_here(&model, world);
	for (size_t i = 0; i < sizeof(duos) / sizeof(duos[0]); i++) {
		const struct duo *duo = &duos[i];

		if (!(model.levels[duo->one] >> level_of(duo->one) & 1) ||
		    !(model.levels[duo->other] >> level_of(duo->other) & 1))
			continue;
		try_duo(world, duo, 0);
		try_duo(world, duo, 1);
	}
}

/* ---- what is left out leaves nothing of itself */

/* Of a process, so that no new root can be had. As root it comes back with the program. */
static int drop_chroot(void)
{
	int result = -1;
#ifdef __linux__
	unsigned header[2] = { 0x20080522, 0 }, sets[6];

	if (syscall(SYS_capget, header, sets) == 0) {
		sets[0] &= ~(1u << 18);
		result = (int)syscall(SYS_capset, header, sets);
	}
#endif
	return geteuid() == 0 ? result : 0;
}

static void root_left_out(struct world *world)
{
	static struct facts found;
	static const int nothing[COVERING_FACTORS];
	struct pspawn_attr attr = pspawn_attr_root_fd(world->root_fd[0]);
	struct pspawn_cmd cmd = { .attrs = &attr, .nattrs = 1 };

	attr.flags = PSPAWN_PREFER;
	start_with(world, nothing, &cmd, &found);
	CHECK_STR(fact(&found, "directory"), world->home);
}

CASE(Q06, root_that_is_left_out_leaves_the_directory)
{
	if (drop_chroot() < 0)
		SKIP("no way to be without the power to change roots");
	in_world(root_left_out);
}

CASE(Q05, last_of_two_kinds_wins)
{
	in_world(all_duos);
}
