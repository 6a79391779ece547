/* SPDX-License-Identifier: ISC */
/* X20 to X25: jobs among other jobs, and in functions of theirs. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "fault.h"
#include "suite.h"

enum { MANY_JOBS = 40 };

/* ---- several at once */

struct fed {
	struct pspawn_buffer out, err;
	struct pspawn_job *job;
	char word[16];
};

static void start_fed(struct fed *fed, int number)
{
	char line[64];
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, fed->word, strlen("word N\n")),
					       pspawn_stream_collect(1, &fed->out),
					       pspawn_stream_collect(2, &fed->err)) };

	snprintf(fed->word, sizeof(fed->word), "word %c\n", 'A' + number);
	snprintf(line, sizeof(line), "tee /dev/fd/2; exit %d", number);
	fed->job = drive_start(line, &io);
}

static void end_fed(struct fed *fed, int number)
{
	struct pspawn_result result;

	CHECK_INT(pspawn_job_result(fed->job, &result, NULL), 0);
	CHECK_INT(result.status.code, number);
	CHECK_STR(fed->out.data, fed->word);
	CHECK_STR(fed->err.data, fed->word);
	free(fed->out.data);
	free(fed->err.data);
	pspawn_job_free(fed->job);
}

CASE(X20, wait_any_over_many_jobs)
{
	static struct fed fed[MANY_JOBS];
	struct pspawn_job *jobs[MANY_JOBS + 1] = { NULL };
	int held = fault_malloc_held();
	int index;

	for (int i = 0; i < MANY_JOBS; i++) {
		start_fed(&fed[i], i);
		jobs[i + 1] = fed[i].job;
	}
	/* More than 64 descriptors: memory of its own. */
	fault_malloc(1);
	CHECK_INT(pspawn_job_wait_any(jobs, MANY_JOBS + 1, -1), -ENOMEM);
	fault_malloc(0);
	for (int left = MANY_JOBS; left > 0; left--) {
		index = pspawn_job_wait_any(jobs, MANY_JOBS + 1, -1);
		CHECK(index >= 1 && index <= MANY_JOBS);
		CHECK(jobs[index] != NULL);
		/* It is over, and so it is the first again, without waiting. */
		CHECK_INT(pspawn_job_wait_any(jobs, MANY_JOBS + 1, -1), index);
		CHECK_INT(pspawn_job_wait_any(jobs, MANY_JOBS + 1, 0), index);
		end_fed(&fed[index - 1], index - 1);
		jobs[index] = NULL;
	}
	CHECK_INT(pspawn_job_wait_any(jobs, MANY_JOBS + 1, -1), -EINVAL);
	CHECK_INT(pspawn_job_wait_any(jobs, 0, -1), -EINVAL);
	CHECK_INT(fault_malloc_held(), held);
}

CASE(X21, waits_that_end_before_the_run)
{
	struct pspawn_io io = { .size = sizeof(io), PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }) };
	struct pspawn_job *job = drive_start("exec sleep 60", &io);
	struct pspawn_result result;

	CHECK_INT(pspawn_job_wait(job, 0), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait(job, 20), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait_any(&job, 1, 0), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait_any(&job, 1, 20), -EINPROGRESS);
	CHECK_INT(pspawn_job_wait(job, -2), -EINVAL);
	CHECK_INT(pspawn_job_wait_any(&job, 1, -2), -EINVAL);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_stop(job), -EALREADY);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_stop(job), -ESRCH);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.status.signal, SIGTERM);
	CHECK_INT(result.stop_reason, PSPAWN_STOP_REQUESTED);
	CHECK_INT(pspawn_job_child(job, 0)->pid, 0);
	/* Made now, it says so too. */
	CHECK(pspawn_job_fd(job) == -ENOSYS || drive_is_due(job, DRIVE_SOON_MS));
	CHECK(pspawn_job_child(job, 1) == NULL);
	CHECK_INT(pspawn_job_resize(job, 1, 1), -ENOTTY);
	pspawn_job_free(job);
}

CASE(X22, too_little_room_to_poll)
{
	struct fed fed;
	struct pollfd fds[4];
	int timeout_ms, told;

	start_fed(&fed, 1);
	told = 3 + drive_is_told(fed.job);
	for (int room = 0; room <= 4; room++) {
		memset(fds, 0x55, sizeof(fds));
		CHECK_INT(pspawn_job_poll(fed.job, fds, (size_t)room, &timeout_ms), told);
		for (int i = 0; i < 4; i++)
			CHECK_INT(fds[i].fd != 0x55555555, i < room && i < told);
	}
	/* No more than this is needed to go on. */
	CHECK_INT(drive(fed.job, BY_WAIT, NULL), 0);
	end_fed(&fed, 1);
}

/* ---- functions that run programs */

static long run_another(void *context, const void *data, size_t size)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("tr", "a-z", "A-Z") };
	struct pspawn_buffer *all = context;
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, data, size),
					       pspawn_stream_collect(1, &out)) };

	free(all->data);
	if (pspawn_run(&cmd, &io, NULL, NULL) < 0)
		return -EPROTO;
	*all = out;
	return (long)size;
}

CASE(X23, a_function_that_runs_another_program)
{
	for (enum drive_way way = BY_POLL; way < DRIVE_WAYS; way++) {
		struct pspawn_buffer all = { 0 };
		struct pspawn_io io = { .size = sizeof(io),
					PSPAWN_STREAMS(
					    pspawn_stream_collect_call(1, run_another, &all)) };
		struct pspawn_job *job = drive_start("echo shout", &io);

		CHECK_INT(drive(job, way, NULL), 0);
		CHECK_STR(all.data, "SHOUT\n");
		free(all.data);
		pspawn_job_free(job);
	}
}

/* Brings another job to its end. */
static long drive_another(void *context, const void *data, size_t size)
{
	struct pspawn_job *const *other = context;

	(void)data;
	return drive(*other, BY_POLL, NULL) == 0 ? (long)size : -EPROTO;
}

/* Until what it waits for is there, all of it, without a step. */
static void let_all_be_ready(struct pspawn_job *job)
{
	struct pollfd fds[4];
	int timeout_ms;
	int count = pspawn_job_poll(job, fds, 4, &timeout_ms);

	for (int i = 0; i < count; i++)
		CHECK_INT(poll(&fds[i], 1, DRIVE_SOON_MS), 1);
}

CASE(X24, a_function_that_steps_a_job_of_the_same_wait)
{
	static char much[200000];
	struct pspawn_job *jobs[3];
	struct pspawn_buffer none, all;
	struct pspawn_io first = { .size = sizeof(first),
				   PSPAWN_STREAMS(
				       pspawn_stream_collect_call(1, drive_another, &jobs[1])) };
	struct pspawn_io second = { .size = sizeof(second),
				    PSPAWN_STREAMS(pspawn_stream_collect(1, &none)) };
	struct pspawn_io third = { .size = sizeof(third),
				   PSPAWN_STREAMS(pspawn_stream_feed(0, much, sizeof(much)),
						  pspawn_stream_collect(1, &all)) };

	jobs[0] = drive_start("echo; exit 0", &first);
	jobs[1] = drive_start("exit 0", &second);
	jobs[2] = drive_start("sleep 0.05; cat", &third);
	let_all_be_ready(jobs[0]);
	let_all_be_ready(jobs[1]);
	/* The third is not taken for the second, which is over before its turn comes. */
	CHECK_INT(pspawn_job_wait_any(jobs, 3, 0), 1);
	CHECK_INT(pspawn_job_wait(jobs[0], -1), 0);
	CHECK_INT(pspawn_job_wait(jobs[2], -1), 0);
	CHECK_INT(all.length, sizeof(much));
	for (int i = 0; i < 3; i++)
		pspawn_job_free(jobs[i]);
	free(none.data);
	free(all.data);
}

static long stop_own(void *context, const void *data, size_t size)
{
	(void)data;
	return pspawn_job_stop(*(struct pspawn_job **)context) == 0 ? (long)size : -EPROTO;
}

CASE(X25, a_function_that_stops_its_own_run)
{
	for (enum drive_way way = BY_POLL; way < DRIVE_WAYS; way++) {
		struct pspawn_job *job;
		struct pspawn_io io = { .size = sizeof(io),
					PSPAWN_STREAMS(
					    pspawn_stream_collect_call(1, stop_own, &job)) };

		job = drive_start("echo; exec sleep 60", &io);
		CHECK_INT(drive(job, way, NULL), -ECANCELED);
		pspawn_job_free(job);
	}
}
