/* SPDX-License-Identifier: ISC */
/* X41 to X43: a wake says that a step is due. */
#include <errno.h>
#include <string.h>

#include "drive.h"
#include "pour.h"
#include "suite.h"

enum { QUIET_MS = 60 };

static int is_due_by_poll(struct pspawn_job *job)
{
	int timeout_ms;

	pspawn_job_poll(job, NULL, 0, &timeout_ms);
	return timeout_ms == 0;
}

static long fill(void *context, void *bytes, size_t room)
{
	if (++*(int *)context > 1)
		return -EAGAIN;
	memset(bytes, 'x', room);
	return (long)room;
}

/* The pipe is full, so that no descriptor says so. */
CASE(X41, a_wake_is_due_where_nothing_can_move)
{
	int asked = 0;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed_call(0, fill, &asked)) };
	struct led led = drive_lead("read x <&5", &io);

	drive_need_fd(led.job);
	while (asked < 2)
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	CHECK(!is_due_by_poll(led.job));
	CHECK(!drive_is_due(led.job, QUIET_MS));
	pspawn_job_wake(led.job);
	CHECK(is_due_by_poll(led.job));
	CHECK(drive_is_due(led.job, DRIVE_SOON_MS));
	CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	CHECK(!is_due_by_poll(led.job));
	CHECK(!drive_is_due(led.job, QUIET_MS));
	/* It waits for room now, and another wake has nothing to ask again. */
	pspawn_job_wake(led.job);
	CHECK(!is_due_by_poll(led.job));
	CHECK(!drive_is_due(led.job, QUIET_MS));
	drive_let_go(&led);
}

CASE(X42, a_wake_without_anyone_to_ask)
{
	struct heap heap = { 0 };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, heap_take, &heap)) };
	struct led led = drive_lead("read x <&5", &io);

	drive_need_fd(led.job);
	pspawn_job_step(led.job);
	pspawn_job_wake(led.job);
	CHECK(!is_due_by_poll(led.job));
	CHECK(!drive_is_due(led.job, QUIET_MS));
	drive_let_go(&led);
}

/* What one function has taken, another one may give; it was asked before in this step. */
struct relay {
	struct pspawn_job *job;
	int has_taken, is_over;
};

static long relay_give(void *context, void *bytes, size_t room)
{
	struct relay *relay = context;

	CHECK(room >= 3);
	if (relay->is_over)
		return 0;
	if (!relay->has_taken)
		return -EAGAIN;
	relay->is_over = 1;
	memcpy(bytes, "go\n", 3);
	return 3;
}

static long relay_take(void *context, const void *bytes, size_t size)
{
	struct relay *relay = context;

	(void)bytes;
	relay->has_taken = 1;
	pspawn_job_wake(relay->job);
	return (long)size;
}

CASE(X43, a_function_wakes_its_own_job)
{
	struct relay relay = { .has_taken = 0 };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed_call(0, relay_give, &relay),
					       pspawn_stream_collect_call(1, relay_take, &relay)) };

	relay.job = drive_start("echo what; exec >/dev/null; read x; exit 4", &io);
	while (!relay.has_taken)
		CHECK_INT(pspawn_job_step(relay.job), -EINPROGRESS);
	CHECK(is_due_by_poll(relay.job));
	CHECK_INT(drive(relay.job, BY_POLL, NULL), 0);
	CHECK(relay.is_over);
	pspawn_job_free(relay.job);
}
