/* SPDX-License-Identifier: ISC */
#include "ids.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limit.h"
#include "values.h"

enum { GROUPS_MAX = 65536 };

#define LAST_ID 4294967294LL /* the one above means "none" */
#define NO_GROUP ((gid_t)-1)

/* The last --user. */
static struct {
	int given;
	char *name; /* NULL: a number that the password database does not have */
	gid_t group;
} user;

/* Stands for those that ids_complete() finds. */
static const gid_t all_groups[1];

static char *text_of(struct part part)
{
	char *text = values_keep((size_t)part.length + 1, 1);

	memcpy(text, part.text, (size_t)part.length);
	return text;
}

/* Only digits are a number, and a number is never looked up as a name. */
static int is_id(struct part part, long long *id)
{
	return part_to_number(part, 10, id) && *id >= 0 && *id <= LAST_ID;
}

static const struct passwd *user_of(struct part part)
{
	const struct passwd *entry;
	long long id;
	char *name;

	if (is_id(part, &id))
		return getpwuid((uid_t)id);
	name = text_of(part);
	entry = getpwnam(name);
	free(name);
	if (!entry)
		wrong("no such user: %.*s", part.length, part.text);
	return entry;
}

static gid_t group_of(struct part part)
{
	const struct group *entry;
	long long id;
	char *name;

	if (is_id(part, &id))
		return (gid_t)id;
	name = text_of(part);
	limit_enter();
	entry = getgrnam(name);
	limit_leave();
	free(name);
	if (!entry)
		wrong("no such group: %.*s", part.length, part.text);
	return entry->gr_gid;
}

/* A number that the password database does not have is a user all the same. */
struct pspawn_attr ids_user(const char *text)
{
	struct part group = part_of(text);
	struct part part = part_cut(&group, ':');
	const struct passwd *entry;
	long long id;

	limit_enter();
	entry = user_of(part);
	limit_leave();
	free(user.name);
	user.given = 1;
	user.name = entry ? text_of(part_of(entry->pw_name)) : NULL;
	user.group = entry ? entry->pw_gid : NO_GROUP;
	if (!is_id(part, &id))
		id = entry->pw_uid;
	return pspawn_attr_user((uid_t)id, group.text ? group_of(group) : user.group);
}

struct pspawn_attr ids_group(const char *text)
{
	return pspawn_attr_group(group_of(part_of(text)));
}

static size_t count_parts(const char *text)
{
	size_t count = 1;

	while ((text = strchr(text, ',')) != NULL) {
		text++;
		count++;
	}
	return count;
}

struct pspawn_attr ids_groups(const char *text)
{
	struct part rest = part_of(text);
	size_t count = 0;
	gid_t *groups;

	if (part_is(rest, "keep"))
		return pspawn_attr_keep_groups();
	if (part_is(rest, "none"))
		return pspawn_attr_groups(all_groups, 0);
	if (part_is(rest, "all"))
		return pspawn_attr_groups(all_groups, 1);
	groups = values_keep(count_parts(text), sizeof(*groups));
	while (rest.text)
		groups[count++] = group_of(part_cut(&rest, ','));
	return pspawn_attr_groups(groups, count);
}

#ifdef HAVE_GETGROUPLIST
/* Not every system says how many there are; macOS has them as plain int. */
static struct pspawn_attr groups_of(const char *name, gid_t group)
{
	for (int size = 64; size <= GROUPS_MAX; size *= 2) {
		gid_t *groups = values_keep((size_t)size, sizeof(*groups));
		int count = size;

		if (getgrouplist(name, group, (void *)groups, &count) >= 0)
			return pspawn_attr_groups(groups, (size_t)count);
		free(groups);
	}
	wrong("--groups all: too many of them: %s", name);
}
#else
static struct pspawn_attr groups_of(const char *name, gid_t group)
{
	(void)group;
	wrong("--groups all: this system does not list those of a user: %s", name);
}
#endif

void ids_complete(struct pspawn_attr *attr)
{
	unsigned flags = attr->flags;

	if (attr->kind != PSPAWN_ATTR_GROUPS || attr->data != all_groups || attr->count == 0)
		return;
	if (!user.given)
		wrong("--groups all needs --user");
	if (!user.name)
		wrong("--groups all: the password database does not have this user");
	limit_enter();
	*attr = groups_of(user.name, user.group);
	limit_leave();
	attr->flags = flags;
}
