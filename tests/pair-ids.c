/* SPDX-License-Identifier: ISC */
/* Ids, groups and capabilities of a child, by the whole row. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pair-model.h"
#include "suite.h"

enum { OVERFLOW_ID = 65534, NOROOT = 1 };

/* ---- identity */

/* How an id of ours looks in there: root maps all, an ordinary user has only itself. */
static unsigned seen_as(const struct model *m, unsigned id, unsigned own, int is_mapped)
{
	if (HAS(NAMESPACES) != NS_USER)
		return id;
	if (!is_mapped)
		return OVERFLOW_ID;
	if (m->world->privileged)
		return id;
	return id == own ? 0 : OVERFLOW_ID;
}

static void set_ids(struct model *m, const char *name, unsigned id)
{
	char text[64];

#ifdef __linux__
	snprintf(text, sizeof(text), "%u %u %u", id, id, id);
#else
	snprintf(text, sizeof(text), "%u %u", id, id);
#endif
	model_set(m, name, text);
}

static void expect_groups(struct model *m)
{
	char text[1024] = "";
	gid_t groups[64];
	int n = getgroups(64, groups);

	for (int i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u", i ? "," : "",
			 seen_as(m, groups[i], getgid(), HAS(MAP_GROUP)));
	if (!HAS(KEEP_GROUPS) && (HAS(USER) || HAS(GROUPS)))
		strcpy(text, HAS(GROUPS) == 1 ? "11,12" : "");
	model_set(m, "groups", text);
}

/* As the kernel prints it: root maps 65536 ids to themselves, an ordinary user its own to 0. */
static void expect_map(struct model *m, const char *name, unsigned own, int is_mapped)
{
	int privileged = m->world->privileged;
	char text[64] = "";

	if (is_mapped)
		snprintf(text, sizeof(text), "%10u %10u %10u", 0u, privileged ? 0 : own,
			 privileged ? 65536u : 1u);
	model_set(m, name, text);
}

static void expect_maps(struct model *m)
{
	if (HAS(NAMESPACES) != NS_USER)
		return;
	expect_map(m, "uid-map", getuid(), HAS(MAP_USER));
	expect_map(m, "gid-map", getgid(), HAS(MAP_GROUP));
	if (HAS(SETGROUPS) == SETGROUPS_DENY)
		model_set(m, "setgroups", "deny");
}

static unsigned expected_user(const struct model *m)
{
	return HAS(USER) ? 1234 : seen_as(m, getuid(), getuid(), HAS(MAP_USER));
}

void expect_identity(struct model *m)
{
	unsigned group = seen_as(m, getgid(), getgid(), HAS(MAP_GROUP));

	if (HAS(USER) == 2)
		group = 1235;
	/* It stands later in the list. */
	if (HAS(GROUP))
		group = 2345;
	set_ids(m, "user", expected_user(m));
	set_ids(m, "group", group);
	expect_groups(m);
	expect_maps(m);
}

/* ---- capabilities */

/* All that this kernel has, which is what a new user namespace begins with. */
static unsigned long long all_capabilities(void)
{
	FILE *file = fopen("/proc/sys/kernel/cap_last_cap", "re");
	int last = 0;

	CHECK(file && fscanf(file, "%d", &last) == 1);
	fclose(file);
	return (2ULL << last) - 1;
}

static void set_capabilities(struct model *m, const char *name, unsigned long long set_of)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%x%08x", (unsigned)(set_of >> 32), (unsigned)set_of);
	model_set(m, name, text);
}

/* What execve(2) makes of them: see capabilities(7), with a file that has none. */
void expect_capabilities(struct model *m)
{
	int fresh = HAS(NAMESPACES) == NS_USER;
	unsigned long long ambient = HAS(AMBIENT) ? LEVEL_OF(AMBIENT)->value[0] : 0;
	unsigned long long bits = HAS(SECUREBITS) ? LEVEL_OF(SECUREBITS)->value[0] : 0;
	unsigned long long bounding = fresh ? all_capabilities() : model_plain(m, "bounding");
	unsigned long long inheritable = (fresh ? 0 : model_plain(m, "inheritable")) | ambient;
	unsigned long long permitted = ambient;

	if (HAS(BOUNDING))
		bounding &= LEVEL_OF(BOUNDING)->value[0];
	if (expected_user(m) == 0 && !(bits & NOROOT))
		permitted = bounding | inheritable;
	model_set_hex(m, "ambient", ambient);
	model_set_hex(m, "bounding", bounding);
	set_capabilities(m, "inheritable", inheritable);
	set_capabilities(m, "permitted", permitted);
	set_capabilities(m, "effective", permitted);
	if (HAS(SECUREBITS) || fresh)
		model_set_hex(m, "securebits", bits);
	model_set(m, "no-new-privs", HAS(NO_NEW_PRIVS) ? "1" : fact(m->plain, "no-new-privs"));
}
