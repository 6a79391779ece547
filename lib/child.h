/* SPDX-License-Identifier: ISC */
/* What runs need of a handle beyond what callers do. */
#ifndef CHILD_H
#define CHILD_H

#include <assert.h>

#include "names.h"
#include "pspawn.h"

/* What a handle is. Callers see its first two members, and room for the others. */
struct handle {
	int pid;
	int pollfd;
	const char *backend;		/* static; NULL: it was adopted */
	const char *fallback_reason;	/* static, or NULL */
	unsigned long long left_out;	/* bit n: entry n of the attributes */
	unsigned long long otherwise;	/* bit n: as above */
	struct pspawn_begun *begun;	/* its start, where that goes on */
	int group;			/* its process group, where it got one of its own; else 0 */
	int cgroup;			/* its cgroup's directory, or -1 */
	int startfd;			/* readable when its start is complete, or -1 */
	int start_code;			/* why its start has failed */
	int start_step;
	int start_index;
	int start_what;
	const char *start_reason;
} __attribute__((__may_alias__));

static_assert(sizeof(struct handle) <= sizeof(struct pspawn_child), "room for the handle");

static inline struct handle *handle_of(struct pspawn_child *child)
{
	return (struct handle *)child;
}

static inline const struct handle *handle_in(const struct pspawn_child *child)
{
	return (const struct handle *)child;
}

/* pspawn_kill_all(), but the child alone for a reach of PSPAWN_REACH_CHILD. */
int kill_within(const struct pspawn_child *child, int signal, int reach);

/*
 * The child itself has ended: is anyone left alive whom pspawn_kill_all(child, SIGKILL) would reach?
 * 1, 0; -ENOSYS: that cannot be found out.
 */
int is_survived(const struct pspawn_child *child);

#endif
