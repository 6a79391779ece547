/* SPDX-License-Identifier: ISC */
/* Users and groups of the system's database, by name or number. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pspawn.h>

enum { FIRST_ROOM = 1024, MOST_ROOM = 1 << 24, FIRST_GROUPS = 64, MOST_GROUPS = 65536 };

/* What is found, and the memory that it lies in. */
struct found_user {
	struct pspawn_user user;
	void *strings, *groups;
	char env[];
};

/* Only digits are a number, which is never looked up as a name. */
static int is_number(const char *name, unsigned long *number)
{
	char *end;

	if (*name == '\0' || strspn(name, "0123456789") != strlen(name))
		return 0;
	*number = strtoul(name, &end, 10);
	return 1;
}

static int ask_user(const char *name, struct passwd *entry, char *room, size_t size)
{
	struct passwd *found = NULL;
	unsigned long number;
	int code = is_number(name, &number)
			   ? getpwuid_r((uid_t)number, entry, room, size, &found)
			   : getpwnam_r(name, entry, room, size, &found);

	return code ? -code : found ? 0 : -ENOENT;
}

static int ask_group(const char *name, struct group *entry, char *room, size_t size)
{
	struct group *found = NULL;
	int code = getgrnam_r(name, entry, room, size, &found);

	return code ? -code : found ? 0 : -ENOENT;
}

/* The strings of an entry need room of a size that nobody knows before. */
static int read_user(const char *name, struct passwd *entry, void **room)
{
	for (size_t size = FIRST_ROOM; size <= MOST_ROOM; size *= 2) {
		int result;

		*room = malloc(size);
		result = *room ? ask_user(name, entry, *room, size) : -ENOMEM;
		if (result == 0)
			return 0;
		free(*room);
		if (result != -ERANGE)
			return result;
	}
	return -ENOMEM;
}

#ifdef HAVE_GETGROUPLIST
/* Not every system says how many there are; macOS has them as plain int. */
static gid_t *read_groups(const struct passwd *entry, size_t *count)
{
	for (int size = FIRST_GROUPS; size <= MOST_GROUPS; size *= 2) {
		gid_t *groups = malloc((size_t)size * sizeof(*groups));
		int n = size;

		if (!groups)
			return NULL;
		if (getgrouplist(entry->pw_name, entry->pw_gid, (void *)groups, &n) >= 0) {
			*count = (size_t)n;
			return groups;
		}
		free(groups);
	}
	return NULL;
}
#else
static gid_t *read_groups(const struct passwd *entry, size_t *count)
{
	gid_t *groups = malloc(sizeof(*groups));

	if (groups)
		*groups = entry->pw_gid;
	*count = 1;
	return groups;
}
#endif

static void write_env(struct found_user *found)
{
	struct pspawn_user *user = &found->user;
	const char *const words[][2] = { { "HOME", user->home },
					 { "USER", user->name },
					 { "LOGNAME", user->name },
					 { "SHELL", user->shell } };
	char *at = found->env;

	for (int i = 0; i < 4; i++) {
		user->env[i] = at;
		at += sprintf(at, "%s=%s", words[i][0], words[i][1]) + 1;
	}
}

static struct found_user *make_user(const struct passwd *entry, void *strings)
{
	size_t size = strlen(entry->pw_dir) + 2 * strlen(entry->pw_name) + strlen(entry->pw_shell) +
		      sizeof("HOME=USER=LOGNAME=SHELL=") + 4;
	struct found_user *found = calloc(1, sizeof(*found) + size);
	gid_t *groups = read_groups(entry, found ? &found->user.ngroups : &(size_t){ 0 });

	if (!found || !groups) {
		free(found);
		free(groups);
		return NULL;
	}
	found->strings = strings;
	found->groups = groups;
	found->user.uid = entry->pw_uid;
	found->user.gid = entry->pw_gid;
	found->user.name = entry->pw_name;
	found->user.home = entry->pw_dir;
	/* An empty shell is this one (passwd(5)). */
	found->user.shell = *entry->pw_shell ? entry->pw_shell : "/bin/sh";
	found->user.groups = groups;
	return found;
}

static int find_user(struct pspawn_user **user, const char *name)
{
	struct found_user *found;
	struct passwd entry;
	void *strings;
	int result = read_user(name, &entry, &strings);

	if (result < 0)
		return result;
	found = make_user(&entry, strings);
	if (!found) {
		free(strings);
		return -ENOMEM;
	}
	write_env(found);
	*user = &found->user;
	return 0;
}

int pspawn_user_find(struct pspawn_user **user, const char *name)
{
	int saved = errno;
	int result = find_user(user, name);

	errno = saved;
	return result;
}

void pspawn_user_free(struct pspawn_user *user)
{
	struct found_user *found = (struct found_user *)user;

	if (!found)
		return;
	free(found->strings);
	free(found->groups);
	free(found);
}

static int find_group(gid_t *gid, const char *name)
{
	int result = -ERANGE;

	for (size_t size = FIRST_ROOM; size <= MOST_ROOM && result == -ERANGE; size *= 2) {
		struct group entry;
		char *room = malloc(size);

		result = room ? ask_group(name, &entry, room, size) : -ENOMEM;
		if (result == 0)
			*gid = entry.gr_gid;
		free(room);
	}
	return result;
}

int pspawn_group_find(gid_t *gid, const char *name)
{
	int saved = errno;
	unsigned long number;
	int result = 0;

	if (is_number(name, &number))
		*gid = (gid_t)number;
	else
		result = find_group(gid, name);
	errno = saved;
	return result;
}

int pspawn_attrs_add_user(struct pspawn_attrs *attrs, const struct pspawn_user *user)
{
	int result = pspawn_attrs_add(attrs, pspawn_attr_user(user->uid, user->gid));

	if (result == 0)
		result = pspawn_attrs_add(attrs,
					  pspawn_attr_groups(user->groups, user->ngroups));
	for (int i = 0; i < 4 && result == 0; i++)
		result = pspawn_attrs_add(attrs, pspawn_attr_env_set(user->env[i]));
	return result;
}
