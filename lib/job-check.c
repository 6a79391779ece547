/* SPDX-License-Identifier: ISC */
/* Refuse what cannot be meant, before anything happens. */
#include <signal.h>
#include <string.h>

#include "job.h"

enum {
	/* The first version ended with `reserved`; this stays when the structure grows. */
	OLDEST_SIZE = offsetof(struct pspawn_io, reserved) + 4 * sizeof(unsigned),
	ALL_FLAGS = PSPAWN_ON_TERMINAL | PSPAWN_ONE_GROUP | PSPAWN_FAIL_IF_ANY,
};

static struct refusal check_times(const struct pspawn_io *io)
{
	if (io->timeout_ms < -1)
		return invalid("timeout_ms is below -1");
	if (io->silent_ms < -1)
		return invalid("silent_ms is below -1");
	if (io->drain_idle_ms < -1)
		return invalid("drain_idle_ms is below -1");
	if (io->drain_max_ms < -1)
		return invalid("drain_max_ms is below -1");
	return invalid_if(io->drain < PSPAWN_DRAIN_IDLE || io->drain > PSPAWN_DRAIN_EXIT,
			  "an unknown drain policy");
}

static struct refusal check_stops(const struct pspawn_io *io)
{
	if (io->reach < 0 || io->reach > PSPAWN_REACH_CGROUP)
		return invalid("an unknown reach");
	if (io->nstops && !io->stops)
		return invalid("stops is NULL, and nstops is not 0");
	if (io->nstops > PSPAWN_MAX_ENTRIES)
		return refuse_for(E2BIG, "nstops is above PSPAWN_MAX_ENTRIES");
	for (size_t i = 0; i < io->nstops; i++) {
		if (io->stops[i].signal <= 0 || io->stops[i].signal >= NSIG)
			return refuse_entry(invalid("its signal is none"), PSPAWN_INDEX_STOP, i);
		if (io->stops[i].wait_ms < -1)
			return refuse_entry(invalid("its wait_ms is below -1"), PSPAWN_INDEX_STOP,
					    i);
	}
	return not_refused();
}

static struct refusal check_counts(const struct pspawn_io *io, size_t nstages)
{
	if (io->nstreams && !io->streams)
		return invalid("streams is NULL, and nstreams is not 0");
	if (io->nstreams > PSPAWN_MAX_ENTRIES)
		return refuse_for(E2BIG, "nstreams is above PSPAWN_MAX_ENTRIES");
	if (nstages > PSPAWN_MAX_ENTRIES)
		return refuse_for(E2BIG, "more than PSPAWN_MAX_ENTRIES programs");
	if (nstages == 0)
		return invalid("there is no program");
	return invalid_if(io->flags & PSPAWN_ON_TERMINAL && nstages > 1,
			  "PSPAWN_ON_TERMINAL is for one program");
}

static struct refusal check_whole(const struct pspawn_io *io, size_t nstages)
{
	struct refusal refusal;

	if (io->flags & ~(unsigned)ALL_FLAGS)
		return invalid("an unknown flag of struct pspawn_io");
	for (size_t i = 0; i < sizeof(io->reserved) / sizeof(io->reserved[0]); i++)
		if (io->reserved[i])
			return invalid("`reserved` of struct pspawn_io is not 0");
	refusal = check_counts(io, nstages);
	if (!refusal.code)
		refusal = check_times(io);
	return refusal.code ? refusal : check_stops(io);
}

/* What moves by poll(2) can be the terminal's: 0 is typed, 1 is shown, and 2 is 1. */
static struct refusal check_on_terminal(const struct pspawn_io *io,
					const struct pspawn_stream *stream)
{
	int wanted = flow_kind_of(stream->kind)->is_feed ? 0 : 1;

	if (!(io->flags & PSPAWN_ON_TERMINAL) || stream->child > 2)
		return not_refused();
	/* The map does not see these, and two would share what is shown at random. */
	for (const struct pspawn_stream *other = io->streams; other < stream; other++)
		if (other->child == stream->child)
			return invalid("two streams have this number");
	if (flow_is_file(stream))
		return invalid("a terminal is no file");
	return invalid_if(stream->child != wanted, "of a terminal, 0 is fed and 1 is collected");
}

/* A second number. On a terminal 0, 1 and 2 are one already, and are no pipe. */
static struct refusal check_also(const struct pspawn_io *io, const struct pspawn_stream *stream)
{
	int is_pipe = !(io->flags & PSPAWN_ON_TERMINAL) || (stream->child > 2 && stream->also > 2);

	if (stream->also == 0)
		return not_refused();
	if (stream->also < 0)
		return refuse_for(EBADF, "its second number is negative");
	return invalid_if(!(is_pipe && !flow_goes_in(stream)),
			  "a second number is for what is collected through a pipe");
}

static int is_typed(const struct pspawn_io *io, const struct pspawn_stream *stream)
{
	return io->flags & PSPAWN_ON_TERMINAL && stream->child == 0 &&
	       flow_kind_of(stream->kind)->is_feed;
}

static struct refusal check_members(const struct pspawn_io *io, const struct pspawn_stream *stream)
{
	if (stream->spare[0])
		return invalid("its `spare` is not zero");
	if (stream->flags & ~(PSPAWN_STREAM_STOP_AT_LIMIT | PSPAWN_STREAM_AFTER))
		return invalid("an unknown flag");
	if (stream->flags & PSPAWN_STREAM_AFTER && !is_typed(io, stream))
		return invalid("PSPAWN_STREAM_AFTER is for what is typed on a terminal");
	return invalid_if(stream->after && !(stream->flags & PSPAWN_STREAM_AFTER),
			  "`after` is there without PSPAWN_STREAM_AFTER");
}

static struct refusal check_stage(const struct pspawn_stream *stream, size_t nstages)
{
	if (stream->stage < PSPAWN_EVERY_STAGE || stream->stage >= (long long)nstages)
		return invalid("there is no such stage");
	/* Every stage would want to read all of it; a file has one offset for all. */
	return invalid_if(stream->stage == PSPAWN_EVERY_STAGE && flow_goes_in(stream),
			  "what is fed is for one stage");
}

static struct refusal check_stream(const struct pspawn_io *io, const struct pspawn_stream *stream,
				   size_t nstages)
{
	const struct flow_kind *kind = flow_kind_of(stream->kind);
	struct refusal refusal;

	if (!kind)
		return invalid("an unknown kind");
	refusal = check_members(io, stream);
	if (!refusal.code && stream->child < 0)
		refusal = refuse_for(EBADF, "the number in the child is negative");
	if (!refusal.code)
		refusal = check_stage(stream, nstages);
	if (!refusal.code)
		refusal = check_on_terminal(io, stream);
	if (!refusal.code)
		refusal = check_also(io, stream);
	return refusal.code ? refusal : kind->check(stream);
}

/* Nobody would read what is shown, and the child would wait for that. */
static struct refusal check_terminal_is_read(const struct pspawn_io *io)
{
	if (!(io->flags & PSPAWN_ON_TERMINAL))
		return not_refused();
	for (size_t i = 0; i < io->nstreams; i++)
		if (io->streams[i].child == 1)
			return not_refused();
	return invalid("1 of a terminal has to be collected");
}

/* Nothing would ever be heard. */
static struct refusal check_can_be_heard(const struct pspawn_io *io)
{
	if (io->silent_ms <= 0)
		return not_refused();
	for (size_t i = 0; i < io->nstreams; i++)
		if (!flow_goes_in(&io->streams[i]) && !flow_is_file(&io->streams[i]))
			return not_refused();
	return invalid("silent_ms needs a stream that is collected through a pipe");
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
	struct refusal refusal =
	    copy_versioned(io, sizeof(*io), given ? given : &none, OLDEST_SIZE);

	if (!refusal.code) {
		clear_results(io, nstages);
		refusal = check_whole(io, nstages);
	}
	for (size_t i = 0; !refusal.code && i < io->nstreams; i++) {
		refusal = check_stream(io, &io->streams[i], nstages);
		if (refusal.code)
			refusal = refuse_entry(refusal, PSPAWN_INDEX_STREAM, i);
	}
	if (!refusal.code)
		refusal = check_terminal_is_read(io);
	if (!refusal.code)
		refusal = check_can_be_heard(io);
	return refusal.code ? job_refuse(error, refusal) : 0;
}
