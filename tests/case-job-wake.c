/* SPDX-License-Identifier: ISC */
/* X13 to X19: functions that say "not now", and what cannot be watched or left alone. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>

#include "drive.h"
#include "filter.h"
#include "suite.h"

enum { QUIET_MS = 60 };

struct shy {
	int refusals; /* how often it is still to say "not now" */
	int asked;
	char seen[64];
};

static long shy_take(void *context, const void *bytes, size_t size)
{
	struct shy *shy = context;

	shy->asked++;
	if (shy->refusals > 0) {
		shy->refusals--;
		return -EAGAIN;
	}
	CHECK(strlen(shy->seen) + size < sizeof(shy->seen));
	strncat(shy->seen, bytes, size);
	return (long)size;
}

static long shy_give(void *context, void *bytes, size_t room)
{
	struct shy *shy = context;

	shy->asked++;
	if (shy->refusals > 0) {
		shy->refusals--;
		return -EAGAIN;
	}
	if (shy->seen[0])
		return 0;
	CHECK(room >= 5);
	memcpy(bytes, "word\n", 5);
	strcpy(shy->seen, "given");
	return 5;
}

/* Steps until each has been asked once, and has refused. */
static void step_until_both_refuse(struct pspawn_job *job, const struct shy *a, const struct shy *b)
{
	struct pollfd fds[4];
	int timeout_ms;

	while (a->asked == 0 || b->asked == 0) {
		int count = pspawn_job_poll(job, fds, 4, &timeout_ms);

		CHECK(poll(fds, (nfds_t)count, timeout_ms < 0 ? DRIVE_SOON_MS : timeout_ms) >= 0);
		CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	}
}

/* The child waits for its word, and so it will write nothing more that would tell us. */
static void refuse_and_wake(int by_fd)
{
	struct shy taker = { .refusals = 1 }, giver = { .refusals = 1 };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, shy_take, &taker),
					       pspawn_stream_feed_call(0, shy_give, &giver)) };
	struct pspawn_job *job = drive_start("echo what; read x; echo $x", &io);
	struct pollfd fds[4];
	int timeout_ms, is_told = drive_is_told(job);

	if (by_fd)
		drive_need_fd(job);
	step_until_both_refuse(job, &taker, &giver);
	/* Nobody is asked before the wake: waited for are the end of the child, and of who could read. */
	CHECK_INT(pspawn_job_poll(job, fds, 4, &timeout_ms), 1 + is_told);
	CHECK_INT(fds[0].events, POLLERR);
	CHECK(!by_fd || !drive_is_due(job, QUIET_MS));
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	CHECK_INT(taker.asked, 1);
	CHECK_INT(giver.asked, 1);
	pspawn_job_wake(job);
	pspawn_job_poll(job, fds, 4, &timeout_ms);
	CHECK_INT(timeout_ms, 0);
	CHECK(!by_fd || drive_is_due(job, DRIVE_SOON_MS));
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	CHECK_STR(taker.seen, "what\n");
	CHECK(giver.asked >= 2);
	CHECK_INT(drive(job, by_fd ? BY_FD : BY_POLL, NULL), 0);
	CHECK_STR(taker.seen, "what\nword\n");
	pspawn_job_free(job);
}

CASE(X13, not_now_is_asked_again_after_a_wake)
{
	refuse_and_wake(0);
}

CASE(X14, a_wake_makes_the_descriptor_ready)
{
	refuse_and_wake(1);
}

CASE(X15, who_waits_asks_again_by_itself)
{
	struct shy taker = { .refusals = 20 }, giver = { .refusals = 3 };
	struct pspawn_transfer got;
	struct pspawn_io io = { .size = sizeof(io),
				.drain_idle_ms = 1,
				.drain_max_ms = AN_HOUR_MS,
				PSPAWN_STREAMS(
				    pspawn_stream_report(
					pspawn_stream_collect_call(1, shy_take, &taker), &got),
				    pspawn_stream_feed_call(0, shy_give, &giver)) };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "read x; echo $x") };

	/* The child has ended, and drain_idle_ms is over, long before what it wrote is taken. */
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), 0);
	CHECK_STR(taker.seen, "word\n");
	CHECK_INT(got.end, PSPAWN_END_DONE);
	CHECK(taker.asked >= 21);
}

/* Also where poll(2) would say so much as that nobody writes any more. */
CASE(X17, what_is_not_taken_is_no_reason_to_step)
{
	struct shy taker = { .refusals = 1 };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, shy_take, &taker)) };
	struct led led = drive_lead("echo what; exec >/dev/null; read x <&5", &io);
	struct pollfd fds[4];
	int timeout_ms, count;

	drive_need_fd(led.job);
	while (taker.asked == 0)
		pspawn_job_step(led.job);
	CHECK(!drive_is_due(led.job, QUIET_MS));
	count = pspawn_job_poll(led.job, fds, 4, &timeout_ms);
	CHECK_INT(timeout_ms, -1);
	CHECK_INT(poll(fds, (nfds_t)count, QUIET_MS), 0);
	pspawn_job_wake(led.job);
	drive_pull(&led);
	CHECK_INT(drive(led.job, BY_FD, NULL), 0);
	CHECK_STR(taker.seen, "what\n");
	drive_let_go(&led);
}

/* ---- what cannot be watched */

/* Words come from the child, whose output can be read but no more be watched. */
static void unwatched(const void *unused)
{
	struct shy taker = { .refusals = 1 };
	struct pspawn_transfer got;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_collect_call(1, shy_take, &taker), &got)) };
	struct led led = drive_lead("echo one; read x <&5; echo two; read x <&5", &io);
	struct pollfd fds[4];
	int timeout_ms;

	(void)unused;
	drive_need_fd(led.job);
	pspawn_job_poll(led.job, fds, 4, &timeout_ms);
	drive_until(led.job, &got, 4);
	CHECK_INT(taker.asked, 1);
	if (!filter_syscall_equal(SYS_epoll_ctl, 2, (unsigned)fds[0].fd, ENOSPC))
		SKIP("no filters");
	pspawn_job_wake(led.job);
	/* This step is due because of the wake; the next ones only if the pipe is asked. */
	CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	drive_pull(&led);
	drive_until(led.job, &got, 8);
	CHECK_STR(taker.seen, "one\ntwo\n");
	drive_let_go(&led);
}

CASE(X16, what_cannot_be_watched_is_asked_for)
{
	suite_apart(unwatched, NULL);
}

/* The status is taken when it is found, long before the run is over; then nothing is due. */
static void without_waitid(const void *unused)
{
	struct pspawn_io io = { .size = sizeof(io),
				.drain = PSPAWN_DRAIN_EOF,
				PSPAWN_STREAMS(pspawn_stream_collect_call(1, shy_take, NULL)) };
	struct pspawn_result result;
	struct pspawn_job *job;
	int steps;

	(void)unused;
	if (!filter_syscall(SYS_waitid, ENOSYS))
		SKIP("no filters");
	job = drive_start("sleep 0.3 & exit 4", &io);
	drive_need_fd(job);
	CHECK_INT(drive(job, BY_FD, &steps), 0);
	CHECK_INT(pspawn_job_result(job, &result, NULL), 0);
	CHECK_INT(result.status.code, 4);
	suite_note("%d steps", steps);
	CHECK(steps <= 8);
	pspawn_job_free(job);
}

CASE(X18, a_status_that_cannot_be_left_where_it_is)
{
	suite_apart(without_waitid, NULL);
}

/* Some systems refuse to watch a pipe that nobody reads any more. */
CASE(X19, nobody_reads_when_watching_begins)
{
	static const char much[200000];
	struct pspawn_transfer fed;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_report(
				    pspawn_stream_feed(0, much, sizeof(much)), &fed)) };
	struct led led = drive_lead("exec <&-; read x <&5; exit 4", &io);
	struct pspawn_result result;
	struct pollfd fds[4];
	int timeout_ms;

	pspawn_job_poll(led.job, fds, 4, &timeout_ms);
	fds[0].events = 0;
	CHECK_INT(poll(fds, 1, DRIVE_SOON_MS), 1);
	drive_need_fd(led.job);
	while (fed.end != PSPAWN_END_CLOSED) {
		CHECK(drive_is_due(led.job, DRIVE_SOON_MS));
		CHECK_INT(pspawn_job_step(led.job), -EINPROGRESS);
	}
	CHECK(!drive_is_due(led.job, QUIET_MS));
	drive_pull(&led);
	CHECK_INT(drive(led.job, BY_FD, NULL), 0);
	CHECK_INT(pspawn_job_result(led.job, &result, NULL), 0);
	CHECK_INT(result.status.code, 4);
	drive_let_go(&led);
}
