/* SPDX-License-Identifier: ISC */
/* The search for a program, in the parent. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib.h"

/* Where PATH is not set; what confstr(_CS_PATH) says on every system at hand. */
static const char default_path[] = "/usr/bin:/bin";

struct search {
	const char *name;
	size_t name_length;
	char *buf; /* room for the longest candidate */
	int denied;   /* somewhere it was found and may not be executed */
	int relative; /* it is in an element that is never used */
};

static void join(const struct search *search, const char *element, size_t length)
{
	memcpy(search->buf, element, length);
	if (length == 0)
		search->buf[length++] = '.';
	search->buf[length++] = '/';
	memcpy(search->buf + length, search->name, search->name_length + 1);
}

/* 1: this is it. */
static int try_element(struct search *search, const char *element, size_t length)
{
	int result;

	join(search, element, length);
	result = sys_executable(search->buf);
	if (length == 0 || element[0] != '/') {
		search->relative |= result == 0;
		return 0;
	}
	search->denied |= result == -EACCES;
	return result == 0;
}

static int walk(struct search *search, const char *path)
{
	for (;;) {
		size_t length = strcspn(path, ":");

		if (try_element(search, path, length))
			return 0;
		if (path[length] == '\0')
			break;
		path += length + 1;
	}
	return search->denied ? -EACCES : search->relative ? -EPERM : -ENOENT;
}

static const char *path_of(const char *path)
{
	if (!path)
		path = getenv("PATH");
	return path ? path : default_path;
}

int path_search(struct found *found, const char *name, const char *path)
{
	struct search search = { .name = name, .name_length = strlen(name), .buf = found->small };
	size_t room;

	if (search.name_length == 0)
		return -ENOENT;
	path = path_of(path);
	room = strlen(path) + search.name_length + 3;
	if (room > sizeof(found->small)) {
		search.buf = found->memory = malloc(room);
		if (!search.buf)
			return -ENOMEM;
	}
	found->text = search.buf;
	return walk(&search, path);
}

/* ---- all places, for a child that tries them */

static size_t count_elements(const char *path)
{
	size_t count = 1;

	while ((path = strchr(path, ':')) != NULL) {
		path++;
		count++;
	}
	return count;
}

/* A path that begins with '-' would be options to a shell. Returns how long it is, with its NUL. */
static size_t write_place(char *at, const char *element, size_t length, const char *name)
{
	const char *prefix = length == 0 || *element == '-' || *element == '+' ? "./" : "";

	return (size_t)sprintf(at, "%s%.*s%s%s", prefix, (int)length, element, length ? "/" : "",
			       name) +
	       1;
}

int path_places(struct found *found, const char *name, const char *path, char ***places)
{
	size_t count, n = 0;
	char **list;
	char *at;

	if (*name == '\0')
		return -ENOENT;
	path = path_of(path);
	count = count_elements(path);
	/* Of each: "./", "/", the name, and a NUL where the path has a colon or its own. */
	list = found->memory = malloc((count + 1) * sizeof(*list) + strlen(path) + 1 +
				      count * (strlen(name) + 4));
	if (!list)
		return -ENOMEM;
	at = (char *)(list + count + 1);
	while (n < count) {
		size_t length = strcspn(path, ":");

		list[n++] = at;
		at += write_place(at, path, length, name);
		path += length + 1;
	}
	list[n] = NULL;
	*places = list;
	return 0;
}

static int look(const char *name, const char *path, struct text *text)
{
	struct found found = { .memory = NULL };
	int result;

	if (strchr(name, '/')) {
		result = sys_executable(name);
		if (result == 0)
			text_add(text, "%s", name);
		return result;
	}
	result = path_search(&found, name, path);
	if (result == 0)
		text_add(text, "%s", found.text);
	free(found.memory);
	return result;
}

int pspawn_look_path(const char *name, const char *path, char *buf, size_t size)
{
	struct text text = { buf, size, 0 };
	int saved = errno;
	int result = look(name, path, &text);

	errno = saved;
	return result < 0 ? result : (int)text.length;
}
