/* SPDX-License-Identifier: ISC */
/* A stream at work: our end of it, how far it is, and what is kept of it. */
#ifndef FLOW_H
#define FLOW_H

#include <stdint.h>

#include "gather.h"
#include "names.h"
#include "pty.h"
#include "pspawn.h"
#include "refusal.h"
#include "store.h"

/* Of a flow that is typed on a terminal. */
struct typing {
	const int *peer;  /* the child's side, as the parent holds it */
	size_t matched;   /* with pspawn_stream_after(): bytes of the text that what is shown ends
			     with */
	int has_shown;    /* the terminal has shown something */
	int lines;        /* that were waited for */
	int is_free;      /* no line is waited for any more */
	int is_complete;  /* only the end is still to be typed */
	char last;        /* byte */
	struct pty_line line;
};

struct flow {
	struct pspawn_stream stream;
	int fd;     /* our end, which does not block; -1: closed, or none */
	int end;    /* enum pspawn_end */
	int why; /* enum pspawn_stop_reason, of what flow_move() returns; 0: it is our own failure
		  */
	int paused; /* the caller's function has said "not now" */
	int is_owed;     /* ... to what has come, and is to be offered it again */
	int on_terminal; /* fd is our side of a terminal */
	int is_wide;     /* its pipe has been made larger, or could not be */
	int file;        /* FILE: ours, to be handed over; -1 */
	short polled;    /* what the gatherer waits for on fd; 0: nothing */
	struct gather *gather;
	unsigned long long bytes; /* fed, or read */
	unsigned long long taken; /* CALL: by the caller's function */
	struct store store;       /* BUFFER */
	/* CALL, LINES: bytes between pipe and function; DATA: the caller's. */
	char *hold;
	size_t room, filled, at;
	struct typing typing;
	struct flow *typed; /* what is typed on the terminal that this one shows, or NULL */
};

/* One kind of stream, for those that move bytes. */
struct flow_kind {
	int is_feed;
	struct refusal (*check)(const struct pspawn_stream *stream);
	/* Memory for it. 0 or -ENOMEM. */
	int (*prepare)(struct flow *flow);
	/* Feeding: the next bytes to hold..filled. 1: there are, 0: the end, -EAGAIN, -errno. */
	int (*refill)(struct flow *flow);
	/*
	 * Collecting: room for what comes; what to do with it, and with what was refused before. 0,
	 * 1 (enough), -EAGAIN, -errno.
	 */
	char *(*space)(struct flow *flow, size_t *room);
	int (*came)(struct flow *flow, size_t size);
	/* No more will come. As `came`. */
	int (*over)(struct flow *flow);
};

/* NULL for a kind that there is not. */
const struct flow_kind *flow_kind_of(int kind);

/*
 * Move at most `budget` bytes without waiting. Returns 0, or why the run has to be
 * stopped; the flow is closed then.
 */
int flow_move(struct flow *flow, size_t budget);
int flow_feed(struct flow *flow, size_t budget);
int flow_collect(struct flow *flow, size_t budget);

/* Its pipe is made larger, once, where what has come and is known `to_come` is much. */
void flow_widen(struct flow *flow, size_t to_come);

/* Does it move bytes to the child? A file does not: it is there before the child is. */
int flow_is_feed(const struct flow *flow);

/* Does it go to the child, in whatever way? Is it a file? */
int flow_goes_in(const struct pspawn_stream *stream);
int flow_is_file(const struct pspawn_stream *stream);

/* What to poll(2) for; 0: nothing now. */
short flow_wants(const struct flow *flow);

/* What a function of the caller's has returned: 0 to `most`, or an errno; else -EINVAL. */
long flow_said(long result, size_t most);

/* Is there what the caller's function has not taken, and may it be asked again? */
int flow_is_owed(const struct flow *flow);

/* ---- a terminal: flow-type.c */

/* Is it typed only when it is waited for? */
int flow_waits(const struct flow *flow);

/* Is it waited for now? `silent_us`: for how long no byte has moved. */
int flow_is_awaited(struct flow *flow, int64_t silent_us);

/* May it be waited for without the terminal showing more? */
int flow_is_prompted(const struct flow *flow);

/* The terminal has shown this. */
void flow_has_shown(struct flow *typed, const char *data, size_t size);

/* How it ends when all was fed. */
int flow_end_of_feed(const struct flow *flow);

/* Has all been typed, but for the end, when those who could read have gone? */
int flow_all_fed(const struct flow *flow);

/* Type the end, so that a reader of lines gets one. 0, or -EAGAIN. */
int flow_type_end(struct flow *flow);

/* Close our end, and remember why. */
void flow_close(struct flow *flow, int end);

/*
 * Nobody will wait for more: read what lies in it, and close it. With `may_wait` it stays open
 * while the caller's function says "not now". As flow_move().
 */
int flow_give_up(struct flow *flow, int may_wait);

/* ... when that is read: what is left of a line is told. */
int flow_end_now(struct flow *flow, int may_wait);

/* Hand over what was collected, give back memory. */
void flow_hand_over(struct flow *flow);
void flow_drop(struct flow *flow);

extern const struct flow_kind flow_data, flow_give, flow_buffer, flow_take, flow_lines, flow_file;

#endif
