/* SPDX-License-Identifier: ISC */
/* The id maps of a new user namespace, written by the parent while the child waits. */
#include "idmap.h"

#include <errno.h>
#include <stdio.h>

/* The kernel takes a map in one piece, of less than a page. */
enum { MAP_SIZE = 4096, PATH_SIZE = 40 };

/* 0, or -EINVAL when it is too long. */
static int format_map(const struct plan *plan, int kind, char *text)
{
	size_t length = 0;

	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct plan_step *step = &plan->steps[i];
		int added;

		if (step->kind != kind)
			continue;
		added = snprintf(text + length, MAP_SIZE - length, "%u %u %u\n",
				 (unsigned)step->value[0], (unsigned)(step->value[0] >> 32),
				 (unsigned)step->value[1]);
		length += (size_t)added;
		if (length >= MAP_SIZE)
			return -EINVAL;
	}
	return 0;
}

static int write_to_child(pid_t pid, const char *file, const char *text)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return sys_write_at(-1, path, text);
}

static int map(const struct plan *plan, int kind, pid_t pid)
{
	char text[MAP_SIZE];
	int result;

	if (kind == STEP_SETGROUPS)
		return write_to_child(pid, "setgroups",
				      find_step(plan, kind)->number ? "allow" : "deny");
	result = format_map(plan, kind, text);
	if (result < 0)
		return result;
	return write_to_child(pid, kind == STEP_MAP_USER ? "uid_map" : "gid_map", text);
}

/* It is one map, whoever asks for its parts: it may be left out if all of them say so. */
static int is_preferred(const struct plan *plan, int kind)
{
	for (size_t i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].kind == kind && !plan->steps[i].prefer)
			return 0;
	return 1;
}

static void leave_all_out(const struct plan *plan, int kind, struct report *report)
{
	for (size_t i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].kind == kind)
			leave_out(report, plan->steps[i].index);
}

/* Without a namespace of its own, the child's maps would be ours. */
static int is_in_its_own(const struct plan *plan, const struct report *report)
{
	return !is_left_out(report, find_step(plan, STEP_NAMESPACES)->index);
}

int map_ids(const struct plan *plan, pid_t pid, struct report *report)
{
	static const int kinds[] = { STEP_MAP_USER, STEP_SETGROUPS, STEP_MAP_GROUP };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct plan_step *step = find_step(plan, kinds[i]);
		int result = 0;

		if (step)
			result = is_in_its_own(plan, report) ? map(plan, kinds[i], pid) : -EPERM;

		if (result < 0 && is_preferred(plan, kinds[i]))
			leave_all_out(plan, kinds[i], report);
		else if (result < 0)
			return report_failure(report, -result, PSPAWN_STEP_MAP_IDS, step->index);
	}
	return 0;
}
