/* SPDX-License-Identifier: ISC */
/*
 * pspawn_run.h - run programs: feed them, collect them, bound them, chain them
 *
 * Included by pspawn.h. Two more nouns: struct pspawn_io says what goes into
 * and comes out of a run, and how long it may last; struct pspawn_job is a run
 * that goes on, for those who have an event loop. Everybody else calls
 * pspawn_output(), pspawn_run() or pspawn_pipeline() and gets the result.
 *
 * What holds for every run:
 *  - no deadlock, whatever the sizes and whoever blocks;
 *  - SIGPIPE never reaches the caller, and no disposition is touched;
 *  - a descendant that holds on to a pipe does not hold the run (enum pspawn_drain);
 *  - what is kept of output is bounded unless PSPAWN_UNLIMITED is asked for;
 *  - a status is the right one or told to be lost.
 */
#ifndef PSPAWN_RUN_H
#define PSPAWN_RUN_H

#include "pspawn.h"

#include <poll.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct termios;

/* ---- streams: what is fed and collected ---------------------------------- */

#define PSPAWN_UNLIMITED SIZE_MAX

/* How much is kept of a stream, and how long a line may be, where no limit is given. */
#define PSPAWN_LIMIT_DEFAULT (PSPAWN_CAST(size_t, 16) << 20)
#define PSPAWN_LINE_DEFAULT (PSPAWN_CAST(size_t, 64) << 10)

/*
 * The caller's functions. They are called in the thread that runs or steps, never in the
 * child, and never by pspawn_job_start(). A function may do anything but step, wait for or free
 * its own job, or free another one that the same pspawn_job_wait_any() waits for.
 *
 * give: put at most `room` bytes at `data`, and return how many.
 * take: `size` bytes (at least 1) have come out of the child. Return how many of them you
 *	 took. The rest is offered again at once.
 * line: one line without its newline, and a NUL after it. `whole` is 0 where the line is longer
 *	 than the limit and goes on in the next call, or where the output ended without a
 *	 newline. Return 1: you took it.
 *
 * All three return values mean the same:
 *   > 0      so many bytes were given or taken; of lines: one;
 *   0	      this stream is at its end, and the run goes on. give: the child reads an end of
 *	      file. take, line: enough; what the function was offered counts as taken. The child
 *	      gets SIGPIPE if it writes on; a terminal is hung up (SIGHUP);
 *   -EAGAIN  not now. The function is called again after pspawn_job_wake(); functions that
 *	      wait call it again after 10 ms. Until then nothing more is read from the child. The
 *	      same bytes, and perhaps more after them, are offered again; the same line, which is
 *	      longer only if it was not whole. The run is not over before they are taken;
 *   another negative errno: the run is stopped (see stops) and fails with it.
 * More than `room`, `size` or 1, and what is no errno, is -EINVAL.
 */
typedef long pspawn_give(void *context, void *data, size_t room);
typedef long pspawn_take(void *context, const void *data, size_t size);
typedef int pspawn_line(void *context, const char *line, size_t length, int whole);

/* What is kept of output that is longer than the limit. */
enum pspawn_keep {
	PSPAWN_KEEP_HEAD = 0,	/* the first bytes */
	PSPAWN_KEEP_TAIL = 1,	/* the last bytes */
	PSPAWN_KEEP_BOTH = 2	/* half of the limit each of the first and the last */
};

/*
 * Output in memory. Initialise it (PSPAWN_BUFFER_INIT), and end with pspawn_buffer_free(),
 * whatever the call in between has returned. The run empties the buffer first, without freeing
 * what is in there, and fills it at its end, whatever became of it. `data` ends with a NUL that
 * `length` does not count; it comes from malloc(3), and is NULL after a failed start or where there
 * was no memory for it. Buffers of streams are left as they are where struct pspawn_io is not
 * looked into: its `size` is wrong, a member that this library does not know is set, or `nstreams`
 * is too large. pspawn_output() and pspawn_combined_output() empty theirs in any case.
 */
struct pspawn_buffer {
	char *data;
	size_t length;
	size_t head;		    /* the gap is after this many bytes of `data` */
	unsigned long long gap;	    /* bytes left out there; 0: all is here */
	size_t reserved[2];
};

#define PSPAWN_BUFFER_INIT                                                                         \
	{                                                                                          \
		NULL, 0, 0, 0,                                                                     \
		{                                                                                  \
			0, 0                                                                       \
		}                                                                                  \
	}

/* Free the data and make the buffer empty again. NULL and an empty buffer are harmless. */
PSPAWN_API void pspawn_buffer_free(struct pspawn_buffer *buffer);

/* What became of a stream. */
enum pspawn_end {
	PSPAWN_END_NONE = 0,	/* it has not begun */
	PSPAWN_END_DONE = 1,	/* all was fed; the end of the output was reached */
	PSPAWN_END_HELD = 2,	/* given up while a descendant held it (enum pspawn_drain) */
	PSPAWN_END_CLOSED = 3,	/* fed: all readers have closed it before all was fed */
	PSPAWN_END_CUT = 4	/* by a limit, or because a callback said so; fed: a terminal has
				   cut a line, of which Linux keeps 4095 bytes */
};
struct pspawn_transfer {
	unsigned long long bytes; /* fed to the child, or written by it and read by us */
	int end;		  /* enum pspawn_end */
	int reserved;
};

enum pspawn_stream_kind {
	PSPAWN_FEED_DATA = 1,	/* `size` bytes at `data`, through a pipe */
	PSPAWN_FEED_CALL = 2,	/* what give() gives, through a pipe */
	PSPAWN_FEED_FILE = 3,	/* `size` bytes at `data`, as a file in memory */
	PSPAWN_COLLECT_BUFFER = 4,	/* into *buffer, through a pipe */
	PSPAWN_COLLECT_CALL = 5,	/* to take(), through a pipe */
	PSPAWN_COLLECT_LINES = 6,	/* to line(), through a pipe */
	PSPAWN_COLLECT_FILE = 7	/* as a file in memory, handed over as *file */
};

/* Flags of struct pspawn_stream. */
#define PSPAWN_STREAM_STOP_AT_LIMIT 1u	/* more than the limit stops the run: -EFBIG */
#define PSPAWN_STREAM_AFTER 2u	/* fed when the program waits for it: pspawn_stream_after() */

/* For the stage of a stream, besides its index from 0. */
#define PSPAWN_LAST_STAGE (-1)
#define PSPAWN_EVERY_STAGE (-2)	/* collected only: one pipe for the output of all stages */

/*
 * One stream of a run. Use the constructors; languages without them zero what
 * a kind does not use. Everything that it points to is the caller's and has to
 * stay where it is until the run is over. The data of a FILE is copied by the start.
 */
struct pspawn_stream {
	int child;		/* the number in the child, which its map must not mention */
	int kind;		/* enum pspawn_stream_kind */
	int stage;		/* of a pipeline, from 0, or as above */
	int keep;		/* BUFFER: enum pspawn_keep */
	unsigned flags;
	int also;               /* collected: another number that leads to it; 0: none */
	size_t limit;		/* BUFFER, CALL, LINES: see pspawn_stream_limit() */
	const void *data;
	size_t size;
	void *context;
	pspawn_give *give;
	pspawn_take *take;
	pspawn_line *line;
	struct pspawn_buffer *buffer;
	int *file;
	struct pspawn_transfer *transfer; /* may be NULL; is up to date after every step */
	const char *after;	/* see pspawn_stream_after() */
	const void *spare[1];	/* NULL */
};

PSPAWN_INLINE struct pspawn_stream pspawn_stream_make(int child, int kind)
{
	struct pspawn_stream stream = { child, kind, 0, 0, 0, 0, 0, NULL, 0,
					NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { NULL } };
	return stream;
}

/*
 * Feed the child's `child` from memory through a pipe. The child reads an end
 * of file afterwards. A child that ends or closes it before has not read all;
 * that is no error of the run (PSPAWN_END_CLOSED).
 */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_feed(int child, const void *data, size_t size)
{
	struct pspawn_stream stream = pspawn_stream_make(child, PSPAWN_FEED_DATA);

	stream.data = data;
	stream.size = size;
	return stream;
}

/* The same with a text that ends with a NUL, which is not fed. */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_feed_text(int child, const char *text)
{
	return pspawn_stream_feed(child, text, strlen(text));
}

/* The same from a function. */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_feed_call(int child, pspawn_give *give,
							   void *context)
{
	struct pspawn_stream stream = pspawn_stream_make(child, PSPAWN_FEED_CALL);

	stream.give = give;
	stream.context = context;
	return stream;
}

/*
 * Feed from a file in memory: memfd_create(2), sealed against every change, where the
 * system has it; else a temporary file without a name in TMPDIR or /tmp. In favour:
 * nothing can block, the child can seek and map, and it may still read when we
 * have gone. Against: all of it is copied before the start, and it is no pipe.
 */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_feed_file(int child, const void *data, size_t size)
{
	struct pspawn_stream stream = pspawn_stream_make(child, PSPAWN_FEED_FILE);

	stream.data = data;
	stream.size = size;
	return stream;
}

/* Collect what the child writes to its `child` into memory. */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_collect(int child, struct pspawn_buffer *buffer)
{
	struct pspawn_stream stream = pspawn_stream_make(child, PSPAWN_COLLECT_BUFFER);

	stream.stage = PSPAWN_LAST_STAGE;
	stream.buffer = buffer;
	return stream;
}

/* Hand it to a function as it comes. */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_collect_call(int child, pspawn_take *take,
							      void *context)
{
	struct pspawn_stream stream = pspawn_stream_make(child, PSPAWN_COLLECT_CALL);

	stream.stage = PSPAWN_LAST_STAGE;
	stream.take = take;
	stream.context = context;
	return stream;
}

/* Hand it to a function line by line. */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_collect_lines(int child, pspawn_line *line,
							       void *context)
{
	struct pspawn_stream stream = pspawn_stream_make(child, PSPAWN_COLLECT_LINES);

	stream.stage = PSPAWN_LAST_STAGE;
	stream.line = line;
	stream.context = context;
	return stream;
}

/*
 * Collect into a file in memory (as for pspawn_stream_feed_file(), not sealed), handed over
 * as *file when the run is over: close-on-exec, above 2, at offset 0, the caller's
 * to close; -1 after a failed start. In favour: the run depends on the child's
 * end alone, and descendants that write on hold nobody. Against: there is no
 * limit but RLIMIT_FSIZE of the child's (pspawn_attr_rlimit()), and nothing is seen before the end.
 */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_collect_file(int child, int *file)
{
	struct pspawn_stream stream = pspawn_stream_make(child, PSPAWN_COLLECT_FILE);

	stream.stage = PSPAWN_LAST_STAGE;
	stream.file = file;
	return stream;
}

/*
 * The same stream with a limit in bytes. BUFFER keeps no more than `limit`; the rest is
 * read and thrown away. LINES: the longest line, not less than 1. CALL: what is taken.
 * 0: PSPAWN_LIMIT_DEFAULT, PSPAWN_LINE_DEFAULT, for CALL no limit.
 */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_limit(struct pspawn_stream stream, size_t limit,
						       int keep)
{
	stream.limit = limit;
	stream.keep = keep;
	return stream;
}

/* The same stream; one byte more than `limit` stops the run (BUFFER and CALL). */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_stop_at(struct pspawn_stream stream, size_t limit)
{
	stream.limit = limit;
	stream.flags |= PSPAWN_STREAM_STOP_AT_LIMIT;
	return stream;
}

/*
 * The same stream, fed to a terminal (PSPAWN_ON_TERMINAL), typed as a person would: after `text` was
 * shown (NULL: at once), a line whenever the program is seen to read and has read all that was
 * typed before; also the end. Programs that ask for a password throw away what was typed
 * before they ask (TCSAFLUSH, as getpass(3), ssh(1) and sudo(8) do). Linux shows who is asleep in
 * read(2); elsewhere, and for programs that wait by poll(2), all that is left is typed when no
 * byte has moved for 2 s, or for 10 s before the terminal has shown any. After 100 lines the rest is
 * typed at once. A signal's key in it waits, too.
 */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_after(struct pspawn_stream stream,
						       const char *text)
{
	stream.flags |= PSPAWN_STREAM_AFTER;
	stream.after = text;
	return stream;
}

/*
 * The same stream of another stage of the pipeline: from 0, PSPAWN_LAST_STAGE or, collected,
 * PSPAWN_EVERY_STAGE. Without it stage 0 is fed, and the last stage collected from.
 */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_of_stage(struct pspawn_stream stream, int stage)
{
	stream.stage = stage;
	return stream;
}

/*
 * The same stream, with the child's `also` leading to it as well: pspawn_stream_and(stream of 1, 2)
 * is all that the child writes to 1 and 2, in the order of writing. Collected ones only, of every
 * kind. `also` is above 0, the map mentions neither number, and no other stream has it. A
 * terminal shows 1 and 2 together in any case, so that none of its numbers can be named here.
 */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_and(struct pspawn_stream stream, int also)
{
	stream.also = also;
	return stream;
}

/* The same stream, telling how far it is and what has become of it. */
PSPAWN_INLINE struct pspawn_stream pspawn_stream_report(struct pspawn_stream stream,
					       struct pspawn_transfer *transfer)
{
	stream.transfer = transfer;
	return stream;
}

/* Streams one after another, as struct pspawn_fds and its functions (pspawn.h). */
struct pspawn_streams {
	struct pspawn_stream *items;
	size_t count;
	size_t capacity;
};
PSPAWN_API int pspawn_streams_add(struct pspawn_streams *streams, struct pspawn_stream stream);
PSPAWN_API void pspawn_streams_free(struct pspawn_streams *streams);

/* ---- how a run goes, and how it ends ------------------------------------- */

/*
 * When a run is over. A child can leave descendants that hold its pipes open
 * (`sh -c 'daemon & echo ready'`): waiting for the end of the output is waiting for them.
 */
enum pspawn_drain {
	PSPAWN_DRAIN_IDLE = 0,	/* after the exit, until drain_idle_ms without a byte; most: MAX */
	PSPAWN_DRAIN_EOF = 1,	/* until every stream has ended, however long that takes */
	PSPAWN_DRAIN_MAX = 2,	/* after the exit, at most for drain_max_ms */
	PSPAWN_DRAIN_EXIT = 3	/* until the exit; what lies in the pipes then is read */
};

/* One step of an escalation: send `signal`, and wait for `wait_ms` before the next step. */
struct pspawn_stop {
	int signal;
	int wait_ms; /* 0: 2000 ms; PSPAWN_FOREVER: until all stages have ended */
};

/* Flags of struct pspawn_io. */
#define PSPAWN_ON_TERMINAL 1u	/* a terminal for the child; see `rows` */
#define PSPAWN_ONE_GROUP 2u	/* all stages in one new process group */
#define PSPAWN_FAIL_IF_ANY 4u	/* the result's status is that of the last stage that failed */

/*
 * What goes into and comes out of a run. Zero means default, as in struct
 * pspawn_cmd; `size` is its version. It is copied; what it points to is not,
 * except `stops` and the array of streams itself.
 */
struct pspawn_io {
	size_t size;			/* sizeof(struct pspawn_io) */
	const struct pspawn_stream *streams;
	size_t nstreams;
	int timeout_ms;			/* for the whole run; 0: none */
	int silent_ms;                  /* without a byte of output; 0: none; see below */
	int drain;			/* enum pspawn_drain */
	int drain_idle_ms;		/* 0: 100 ms */
	int drain_max_ms;		/* 0: 5000 ms */
	int reach;			/* enum pspawn_reach: how far stops go; 0: as they can */
	const struct pspawn_stop *stops; /* NULL: SIGTERM, 2000 ms, SIGKILL */
	size_t nstops;
	struct pspawn_status *statuses;	/* of each stage, as many as there are; may be NULL */
	unsigned flags;
	unsigned short rows, columns;   /* of the terminal; 0: 24 x 80 */
	const struct termios *modes;	/* of the terminal, tcsetattr(3); NULL: the system's */
	void *user;                     /* for the caller's functions: pspawn_job_user() */
	unsigned reserved[4];           /* zero */
};
/*
 * `silent_ms` stops a run, as timeout_ms does, when no byte has come of any stream that is
 * collected for so long, the draining included (PSPAWN_STOP_SILENT). A byte of one stream counts
 * for all; a stream that has come to its end is silent. While a function of the caller's has said
 * -EAGAIN to what came, nothing is read, and that time does not count. Files in memory are not
 * looked at: without a stream of another kind silent_ms is -EINVAL.
 *
 * `stops` is what happens to a run that is to be stopped: each step's signal is
 * sent, to the child alone (PSPAWN_REACH_CHILD), or to what pspawn_kill_all() reaches.
 * With PSPAWN_REACH_GROUP a child that gets no session or group by its description gets
 * a group, so that there is one to be reached. If the last step is not SIGKILL, SIGKILL
 * comes after it. Every signal but SIGKILL, SIGCONT and those that suspend is followed by
 * SIGCONT, as by timeout(1), so that a program that is suspended gets it too.
 *
 * Where stops go beyond the child, whatever is left of its group
 * or cgroup at the end of a run that was stopped gets SIGKILL too. When all stages have ended
 * while streams are open, the next step is waited for only if someone is alive whom it would
 * reach; for at most 5000 ms where its wait_ms is PSPAWN_FOREVER, or where the system does not
 * say who is alive (a Linux without /proc, other systems). Descendants that no stop
 * reaches hold a run that was stopped no longer than the default of enum pspawn_drain,
 * whatever its policy is.
 *
 * PSPAWN_ON_TERMINAL: the child's 0, 1 and 2 are a new terminal, which is the
 * controlling terminal of its new session. 1 has to be collected (BUFFER, CALL or
 * LINES) and is everything that is shown on it; 0 may be fed (DATA or CALL), as if typed:
 * afterwards the end-of-file character is typed. Of one program only. What is shown is at its end
 * when the program has ended and no descendant has the terminal open. A program that closes
 * it, or hangs it up (vhangup(2)), and opens it again later is shown and fed on; only systems
 * with revoke(2) end the streams at a hang-up. `modes` is read by the start, as openpty(3) does:
 * give what tcgetattr(3) says of your own terminal where a person types, so that keys mean the
 * same.
 */

#ifndef __cplusplus
/*
 * In C, as an initialiser: PSPAWN_IO(pspawn_stream_feed_text(0, "x"), ...): size and streams.
 * Lifetime: the array of streams lives until the end of the enclosing block.
 */
#define PSPAWN_IO(...) .size = sizeof(struct pspawn_io), PSPAWN_STREAMS(__VA_ARGS__)

/* Sets streams and nstreams. Lifetime: the array lives until the end of the enclosing block. */
#define PSPAWN_STREAMS(...)                                        \
	.streams = (const struct pspawn_stream[]) { __VA_ARGS__ }, \
	.nstreams = sizeof((const struct pspawn_stream[]) { __VA_ARGS__ }) / sizeof(struct pspawn_stream)

/* Sets stops and nstops. Lifetime: the array lives until the end of the enclosing block. */
#define PSPAWN_STOPS(...)                                      \
	.stops = (const struct pspawn_stop[]) { __VA_ARGS__ }, \
	.nstops = sizeof((const struct pspawn_stop[]) { __VA_ARGS__ }) / sizeof(struct pspawn_stop)
#endif

/* Why a run was stopped. */
enum pspawn_stop_reason {
	PSPAWN_STOP_NONE = 0,      /* it was not: it ended by itself */
	PSPAWN_STOP_TIMEOUT = 1,   /* timeout_ms has passed */
	PSPAWN_STOP_LIMIT = 2,     /* a stream with PSPAWN_STREAM_STOP_AT_LIMIT */
	PSPAWN_STOP_CALLBACK = 3,  /* a function of the caller's returned an error */
	PSPAWN_STOP_REQUESTED = 4, /* pspawn_job_stop() */
	PSPAWN_STOP_FAILURE = 5,   /* of us: no memory for output, a read(2) that failed */
	PSPAWN_STOP_SILENT = 6     /* silent_ms have passed without output */
};

/* What became of a run. All zero after a failed start. */
struct pspawn_result {
	struct pspawn_status status; /* of the stage `stage` */
	int stage;		/* from 0: the last; with PSPAWN_FAIL_IF_ANY the last that failed */
	int stop_reason;	/* enum pspawn_stop_reason */
	int stop_signal;	/* the last that a stop has sent; 0: none */
	int stop_reach;		/* enum pspawn_reach: whom that reached; 0: nobody */
	int statuses_lost;	/* how many stages' statuses are lost */
	int streams_held;	/* how many streams a descendant still holds, after all stops */
	long long elapsed_us;	/* from the first start to the end */
	long long reserved[6];
};

/*
 * Run one program: start, feed, collect, wait. `io` may be NULL: just wait for it. `result`
 * and `error` may be NULL. On failure to start there is nothing left of it, as for
 * pspawn_start(); else `result`, buffers and files are filled, whatever is returned.
 *
 * Returns 0 when the program ran and ended by itself: success is for the caller to read
 * from the status. Else a negative errno with the error's step:
 *   those of pspawn_start(), with its steps
 *   -EINVAL, -EBADF, -E2BIG, -ENOMEM, -EMFILE, -ENFILE of a stream or of `io` (CHECK, PREPARE)
 *   -ETIMEDOUT  it was stopped because timeout_ms has passed, or silent_ms without output (STOP)
 *   -ECANCELED  it was stopped by pspawn_job_stop() (STOP)
 *   -EFBIG	 it was stopped at a limit (COLLECT)
 *   -ENOMEM	 and what read(2) and write(2) give: it was stopped by us (FEED, COLLECT)
 *   what a function of the caller's returned (FEED, COLLECT); -EINVAL for what it may not return
 *   -ECHILD	 a status is lost: SIGCHLD is ignored or somebody else has waited for
 *		 the child, and the system cannot tell otherwise (WAIT). Linux 6.15 can
 * Of several failures the first is reported. error->stream says which stream it was about, if any;
 * error->what and error->index name the entry at fault, and error->reason says why a stream or
 * `io` was refused.
 *
 * A cancellation point nowhere: whoever wants out has timeouts. A child that may not be
 * signalled, because it is a set-user-id program and we are not root, is left behind at the end
 * of the escalation: it loses its pipes, and its status is lost. One that SIGKILL does not end,
 * because it is stuck in a dead file system, holds the call.
 */
PSPAWN_API int pspawn_run(const struct pspawn_cmd *cmd, const struct pspawn_io *io,
			  struct pspawn_result *result, struct pspawn_error *error);

/*
 * Run `count` programs, the output of each (1) being the input (0) of the next, as
 * `a | b | c` does but without a shell. A stage whose map mentions one of these numbers redirects
 * it, as in a shell: in `a >file | b` b reads an end of file, in `a | b <file` nobody reads what
 * a writes (SIGPIPE). The first one's 0 and the last one's 1 are as in pspawn_run(), so that they
 * can be fed, collected or mapped. All run at once; nobody holds an end that is not his. Where one
 * cannot be started, those before it are killed, and error->stage says which. In a job's
 * life pids are never given back before its end, so that signals go to nobody else.
 * With PSPAWN_ONE_GROUP the first stage leads the group. That needs a caller who does not
 * ignore SIGCHLD: a leader that ended at once would be gone with its group (-EPERM, PGROUP).
 *
 * Returns as pspawn_run().
 */
PSPAWN_API int pspawn_pipeline(const struct pspawn_cmd *cmds, size_t count,
			       const struct pspawn_io *io, struct pspawn_result *result,
			       struct pspawn_error *error);

/*
 * Run and collect what it writes to 1 (combined: to 1 and 2, in the order of writing).
 * `status` may be NULL. Default limit and drain policy: with more than PSPAWN_LIMIT_DEFAULT
 * bytes of output these return -EOVERFLOW (COLLECT), with the first of them in `out`.
 * Otherwise as pspawn_run(). `out` is made empty first, whatever is wrong with the rest of the
 * call, and filled if the program was started: pspawn_buffer_free(out) is right in any case.
 */
PSPAWN_API int pspawn_output(const struct pspawn_cmd *cmd, struct pspawn_buffer *out,
			     struct pspawn_status *status, struct pspawn_error *error);
PSPAWN_API int pspawn_combined_output(const struct pspawn_cmd *cmd, struct pspawn_buffer *out,
				      struct pspawn_status *status, struct pspawn_error *error);

/*
 * Run it, and want it to exit with 0. `text` receives a sentence of what went wrong, such as
 * `execute "mke": No such file or directory` or `run "make": exit status 2`; it is empty
 * after success. At most `size` bytes with the NUL that ends them; `text` may be NULL when it is 0.
 *
 * Returns 0; 1 to 255, the status as pspawn_exit_code() says it, where the program ran and ended
 * otherwise; or a negative errno as pspawn_run().
 */
PSPAWN_API int pspawn_check(const struct pspawn_cmd *cmd, char *text, size_t size);

/* Did it end by itself, with 0? */
PSPAWN_INLINE int pspawn_succeeded(const struct pspawn_status *status)
{
	return pspawn_exit_code(status) == 0;
}

/*
 * A status in words, such as `exit status 3`, `signal 11 (SEGV), core dumped` or `status lost`;
 * `no status` where there is none: the start has failed, or there was no wait yet. Buffer and
 * return value as for pspawn_strerror().
 */
PSPAWN_API int pspawn_strstatus(const struct pspawn_status *status, char *buf, size_t size);

/* ---- a run that goes on -------------------------------------------------- */

/*
 * A run as an object: nothing below waits, unless it says so. A loop around it:
 *
 *	pspawn_job_start(&job, &cmd, 1, &io, &error);
 *	do {
 *		count = pspawn_job_poll(job, fds, room, &timeout_ms);
 *		poll(fds, count, timeout_ms); // and others' descriptors
 *	} while (pspawn_job_step(job) == -EINPROGRESS);
 *	code = pspawn_job_result(job, &result, &error);
 *	pspawn_job_free(job);
 *
 * or, where pspawn_job_fd() gives one, that single descriptor in the loop at hand.
 * A job belongs to one thread at a time, pspawn_job_wake() and pspawn_job_stop() included;
 * different jobs are independent.
 */
struct pspawn_job;

/*
 * Start `count` programs (1: no pipeline) and go on. `cmds` is no longer needed
 * afterwards. On success *job is the caller's until pspawn_job_free(). Returns 0, or as
 * pspawn_run() for what can happen until all programs are started.
 */
PSPAWN_API int pspawn_job_start(struct pspawn_job **job, const struct pspawn_cmd *cmds,
				size_t count, const struct pspawn_io *io,
				struct pspawn_error *error);

/*
 * Do what can be done without waiting: move data, notice ends and deadlines, send
 * signals. At most 1 MiB for each stream, so that many jobs can share a thread.
 * Returns -EINPROGRESS while the run goes on, then what pspawn_run() returns, again and again.
 */
PSPAWN_API int pspawn_job_step(struct pspawn_job *job);

/*
 * What to poll(2) for before the next step: fills at most `room` entries and returns how
 * many there are, which is never more than streams and stages together. *timeout_ms is when a
 * step is due in any case; -1: when something happens. An entry or a time
 * that is there says that pspawn_job_step() is to be asked, and only that says whether it is over.
 */
PSPAWN_API int pspawn_job_poll(struct pspawn_job *job, struct pollfd *fds, size_t room,
			       int *timeout_ms);

/*
 * One descriptor that is readable when a step is due: an epoll(7) on Linux, a kqueue on BSD and
 * macOS; made by the first call, and the job's. Returns it, or -ENOSYS where there is
 * nothing of the kind, -EMFILE, -ENFILE, -ENOMEM.
 */
PSPAWN_API int pspawn_job_fd(struct pspawn_job *job);

/*
 * Step until the run is over, at most timeout_ms (PSPAWN_FOREVER: no limit). Returns as
 * pspawn_job_step(), -EINPROGRESS when it is not over; -EINVAL for a timeout below -1.
 */
PSPAWN_API int pspawn_job_wait(struct pspawn_job *job, int timeout_ms);

/*
 * The same for several: until one that was not over is, or one is over already. Returns the
 * index of the first that is over; -EINPROGRESS after timeout_ms; -EINVAL (no jobs, timeout below
 * -1), -ENOMEM. Entries that are NULL are skipped.
 */
PSPAWN_API int pspawn_job_wait_any(struct pspawn_job *const *jobs, size_t count, int timeout_ms);

/* Begin to stop it, as its `stops` say. Returns 0; -ESRCH: it is over; -EALREADY: it is stopped. */
PSPAWN_API int pspawn_job_stop(struct pspawn_job *job);

/*
 * Ask functions that have said -EAGAIN again, in the next step. If there are any, a step is due:
 * pspawn_job_fd() is readable, and pspawn_job_poll() says 0 ms. A function of the caller's may
 * call it, also for its own job. Like everything of a job it is for the thread that the job
 * belongs to: a wait in another thread does not end by it. Another thread, or a signal
 * handler, wakes that thread's loop, by a pipe for example, and the loop calls this.
 */
PSPAWN_API void pspawn_job_wake(struct pspawn_job *job);

/* The size of its terminal. Returns 0, -ENOTTY without one, or the errno of TIOCSWINSZ. */
PSPAWN_API int pspawn_job_resize(struct pspawn_job *job, unsigned short rows,
				 unsigned short columns);

/*
 * The handle of a stage, from 0, to look at and to signal, for as long as the job lives; it is
 * empty once the run is over. NULL for a stage that there is not. Never wait for it.
 */
PSPAWN_API const struct pspawn_child *pspawn_job_child(const struct pspawn_job *job, size_t stage);

/*
 * The `user` of its struct pspawn_io, NULL without one. A function of the caller's is given the
 * context of its stream. Let that be a structure of yours which holds the job: pspawn_job_start()
 * sets *job before any function is called. With `user` those who are only given the job, such as a
 * loop's callback, find the way back. A run of pspawn_run() or pspawn_pipeline() has no job that
 * the caller could reach.
 */
PSPAWN_API void *pspawn_job_user(const struct pspawn_job *job);

/* What became of it: the return value of pspawn_run(), or -EINPROGRESS. Both may be NULL. */
PSPAWN_API int pspawn_job_result(const struct pspawn_job *job, struct pspawn_result *result,
				 struct pspawn_error *error);

/*
 * The end of the object. A run that is not over is ended: SIGKILL as far as stops go,
 * and its children are waited for (which takes as long as they take to die); buffers and
 * files are handed over as they are. NULL is harmless.
 */
PSPAWN_API void pspawn_job_free(struct pspawn_job *job);

/* ---- the pieces it is made of -------------------------------------------- */

/*
 * Wait for any of several children, at most timeout_ms (PSPAWN_FOREVER: no limit). Entries that are
 * NULL or empty are skipped. Returns the index of one that has ended: its handle is empty,
 * and `status` (may be NULL) filled, with status->lost where the status is lost. Else
 * -EINPROGRESS; -ESRCH when there is none to wait for; -EINVAL for a timeout below -1; -ENOMEM
 * (only beyond 64 children). A cancellation point nowhere.
 */
PSPAWN_API int pspawn_wait_any(struct pspawn_child *const *children, size_t count,
			       struct pspawn_status *status, int timeout_ms);

/*
 * Where the program `name` would be found: with a '/' where it says, else in `path` (NULL: PATH of
 * our environment), by the rules of struct pspawn_cmd. Buffer and return value as for
 * pspawn_strerror(); or -ENOENT (not found), -EACCES (found, but not executable), -EPERM (only
 * through an empty or relative element), -ENOMEM, or what stat(2) gives for a name with a '/'.
 */
PSPAWN_API int pspawn_look_path(const char *name, const char *path, char *buf, size_t size);

/*
 * A file in memory with these bytes, sealed, or empty and not sealed for `data` NULL; see
 * pspawn_stream_feed_file(). Returns a descriptor at offset 0, above 2, close-on-exec, which
 * the caller closes; -EMFILE, -ENFILE, -ENOMEM, -ENOSPC, -EFBIG, or what making a temporary file gives.
 */
PSPAWN_API int pspawn_memory_file(const void *data, size_t size);

/*
 * A new terminal: ends[0] is ours, ends[1] the child's; both above 2, close-on-exec, the caller's.
 * For a child with pspawn_attr_setsid() and pspawn_attr_ctty(). 0 rows or columns: 24 x 80.
 * Returns 0, or -EMFILE, -ENFILE, -ENOENT, -ENOSPC, -EACCES: posix_openpt(3), and open(2) of its
 * other side.
 */
PSPAWN_API int pspawn_terminal(int ends[2], unsigned short rows, unsigned short columns);

#ifdef __cplusplus
}
#endif

#endif
