/* SPDX-License-Identifier: ISC */
/* What the two kinds of a start by fork have in common. */
#ifndef FORK_H
#define FORK_H

#include "backend.h"

/* What parent and child are connected by. */
struct line {
	int channel[2]; /* the child reports; -1: it does so in `shared` */
	int tellfd;	/* what it keeps until it executes: of the channel, or somebody else's */
	int gate[2];	/* the child waits until its ids are mapped; -1: it need not */
	int watch;	/* what watch_prepare() and watch_attach() return; -ENOSYS: nobody asks */
	int by_clone3;	/* its handlers are default already */
	int has_pidfd;	/* `watch` is its pidfd */
	int is_held;	/* the parent was suspended until the child executed or ended */
	struct report *shared; /* memory that both have, for the child's report; NULL: it tells */
	pid_t parent;
	struct sys_mask mask; /* the caller's */
};

/* Nothing is there yet. With `tellfd` and `shared` set after this, no channel is made. */
void line_clear(struct line *line);

/* Memory for a report that is shared with children, empty. NULL: there is none. */
struct report *line_share(void);
void line_unshare(struct report *shared);

/*
 * Make it, for a child that is not watched. Where there is no number for a channel, the report is
 * in shared memory. Returns 0 or -errno.
 */
int line_make(const struct plan *plan, struct line *line);

/* Make it with what watching the child will need. Returns 0, or -errno with the report filled. */
int line_prepare(const struct plan *plan, struct line *line, struct report *report);

/* Close all of it but `watch`. */
void line_drop(struct line *line);

/* A child on its way through the plan, and nothing more. Returns its pid or -errno. */
pid_t line_fork(const struct plan *plan, struct line *line, unsigned namespaces,
		struct report *report);

/*
 * A child on its way, watched, in the namespaces and with the ids that it wants. Returns its pid,
 * with a code in the report if its ids could not be mapped: then it waits at the gate for ever. Or
 * -errno with the report filled.
 */
pid_t line_begin(const struct plan *plan, struct line *line, struct report *report);

int fork_begin(const struct plan *plan, struct birth *birth);
void fork_end(struct birth *birth);

#endif
