/* SPDX-License-Identifier: ISC */
/* Refuse what cannot be meant, before anything happens. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "job.h"

enum {
	/* The first version ended with `reserved`; this stays when the structure grows. */
	OLDEST_SIZE = offsetof(struct pspawn_io, reserved) + 4 * sizeof(unsigned),
	ALL_FLAGS = PSPAWN_ON_TERMINAL | PSPAWN_ONE_GROUP | PSPAWN_FAIL_IF_ANY,
};

static int check_times(const struct pspawn_io *io)
{
	if (io->timeout_ms < -1 || io->silent_ms < -1 || io->drain_idle_ms < -1 ||
	    io->drain_max_ms < -1)
		return -EINVAL;
	return io->drain < PSPAWN_DRAIN_IDLE || io->drain > PSPAWN_DRAIN_EXIT ? -EINVAL : 0;
}

static int check_stops(const struct pspawn_io *io)
{
	if (io->reach < 0 || io->reach > PSPAWN_REACH_CGROUP || (io->nstops && !io->stops))
		return -EINVAL;
	if (io->nstops > PSPAWN_MAX_ENTRIES)
		return -E2BIG;
	for (size_t i = 0; i < io->nstops; i++)
		if (io->stops[i].signal <= 0 || io->stops[i].signal >= NSIG ||
		    io->stops[i].wait_ms < -1)
			return -EINVAL;
	return 0;
}

static int check_whole(const struct pspawn_io *io, size_t nstages)
{
	int result;

	if (io->flags & ~(unsigned)ALL_FLAGS || (io->nstreams && !io->streams))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(io->reserved) / sizeof(io->reserved[0]); i++)
		if (io->reserved[i])
			return -EINVAL;
	if (io->nstreams > PSPAWN_MAX_ENTRIES || nstages > PSPAWN_MAX_ENTRIES)
		return -E2BIG;
	if (nstages == 0 || (io->flags & PSPAWN_ON_TERMINAL && nstages > 1))
		return -EINVAL;
	result = check_times(io);
	return result < 0 ? result : check_stops(io);
}

/* What moves by poll(2) can be the terminal's: 0 is typed, 1 is shown, and 2 is 1. */
static int check_on_terminal(const struct pspawn_io *io, const struct pspawn_stream *stream)
{
	int wanted = flow_kind_of(stream->kind)->is_feed ? 0 : 1;

	if (stream->child > 2)
		return 0;
	/* The map does not see these, and two would share what is shown at random. */
	for (const struct pspawn_stream *other = io->streams; other < stream; other++)
		if (other->child == stream->child)
			return -EINVAL;
	return stream->child == wanted && !flow_is_file(stream) ? 0 : -EINVAL;
}

/* A second number. On a terminal 0, 1 and 2 are one already, and are no pipe. */
static int check_also(const struct pspawn_io *io, const struct pspawn_stream *stream)
{
	int is_pipe = !(io->flags & PSPAWN_ON_TERMINAL) || (stream->child > 2 && stream->also > 2);

	if (stream->also == 0)
		return 0;
	if (stream->also < 0)
		return -EBADF;
	return is_pipe && !flow_goes_in(stream) ? 0 : -EINVAL;
}

static int is_typed(const struct pspawn_io *io, const struct pspawn_stream *stream)
{
	return io->flags & PSPAWN_ON_TERMINAL && stream->child == 0 &&
	       flow_kind_of(stream->kind)->is_feed;
}

static int check_stream(const struct pspawn_io *io, const struct pspawn_stream *stream,
			size_t nstages)
{
	const struct flow_kind *kind = flow_kind_of(stream->kind);
	int result;

	if (!kind || stream->spare[0] ||
	    stream->flags & ~(PSPAWN_STREAM_STOP_AT_LIMIT | PSPAWN_STREAM_AFTER))
		return -EINVAL;
	if (stream->flags & PSPAWN_STREAM_AFTER ? !is_typed(io, stream) : stream->after != NULL)
		return -EINVAL;
	if (stream->child < 0)
		return -EBADF;
	if (stream->stage < PSPAWN_EVERY_STAGE || stream->stage >= (long long)nstages)
		return -EINVAL;
	/* Every stage would want to read all of it; a file has one offset for all. */
	if (stream->stage == PSPAWN_EVERY_STAGE && flow_goes_in(stream))
		return -EINVAL;
	if (io->flags & PSPAWN_ON_TERMINAL && check_on_terminal(io, stream) < 0)
		return -EINVAL;
	result = check_also(io, stream);
	return result < 0 ? result : kind->check(stream);
}

/* Nobody would read what is shown, and the child would wait for that. */
static int check_terminal_is_read(const struct pspawn_io *io)
{
	if (!(io->flags & PSPAWN_ON_TERMINAL))
		return 0;
	for (size_t i = 0; i < io->nstreams; i++)
		if (io->streams[i].child == 1)
			return 0;
	return -EINVAL;
}

/* Nothing would ever be heard. */
static int check_can_be_heard(const struct pspawn_io *io)
{
	if (io->silent_ms <= 0)
		return 0;
	for (size_t i = 0; i < io->nstreams; i++)
		if (!flow_goes_in(&io->streams[i]) && !flow_is_file(&io->streams[i]))
			return 0;
	return -EINVAL;
}

/*
 * What the caller finds after a failed start, and until the run is over. Before anything is
 * refused but the array itself, since the caller gives a buffer to free(3) after that too.
 */
static void clear_results(const struct pspawn_io *io, size_t nstages)
{
	if (io->statuses && nstages <= PSPAWN_MAX_ENTRIES)
		for (size_t i = 0; i < nstages; i++)
			status_clear(&io->statuses[i]);
	if (!io->streams || io->nstreams > PSPAWN_MAX_ENTRIES)
		return;
	for (size_t i = 0; i < io->nstreams; i++) {
		const struct pspawn_stream *stream = &io->streams[i];

		if (stream->kind == PSPAWN_COLLECT_BUFFER && stream->buffer)
			memset(stream->buffer, 0, sizeof(*stream->buffer));
		if (stream->kind == PSPAWN_COLLECT_FILE && stream->file)
			*stream->file = -1;
		if (stream->transfer)
			memset(stream->transfer, 0, sizeof(*stream->transfer));
	}
}

int job_check(struct pspawn_io *io, const struct pspawn_io *given, size_t nstages,
	      struct pspawn_error *error)
{
	static const struct pspawn_io none = { .size = sizeof(none) };
	int result = copy_versioned(io, sizeof(*io), given ? given : &none, OLDEST_SIZE);
	int index = -1;

	if (result == 0) {
		clear_results(io, nstages);
		result = check_whole(io, nstages);
	}
	for (size_t i = 0; result == 0 && i < io->nstreams; i++) {
		result = check_stream(io, &io->streams[i], nstages);
		index = result < 0 ? (int)i : -1;
	}
	if (result == 0)
		result = check_terminal_is_read(io);
	if (result == 0)
		result = check_can_be_heard(io);
	return result ? job_fail(error, result, PSPAWN_STEP_CHECK, index) : 0;
}
