/* SPDX-License-Identifier: ISC */
/* X26, X27: the end of the object, whatever it is at; jobs in threads. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "fault.h"
#include "suite.h"

enum { THREADS = 6 };

/* FULL: no more can be fed. STOPPING: by a signal that it does not heed. HELD: by descendants alone. */
enum state { NEW, WATCHED, FULL, STOPPING, HELD, PAUSED, STATES };

static long not_now(void *context, const void *data, size_t size)
{
	(void)data;
	(void)size;
	*(int *)context = 1;
	return -EAGAIN;
}

static void wait_until_ended(struct pspawn_job *job)
{
	siginfo_t info;

	for (size_t i = 0; i < 2; i++) {
		id_t pid = (id_t)pspawn_job_child(job, i)->pid;

		CHECK_INT(waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL), 0);
	}
	CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
}

static const char *last_line(enum state state)
{
	if (state == PAUSED)
		return "echo >&6; exec sleep 10000";
	return state == HELD ? "sleep 10000 & exit 0" : "exec sleep 10000";
}

static void bring_to(struct pspawn_job *job, enum state state, const int *was_asked,
		     const struct pspawn_transfer *fed)
{
	if (state >= WATCHED)
		pspawn_job_fd(job);
	if (state == STOPPING)
		CHECK_INT(pspawn_job_stop(job), 0);
	/* A program that is held by descendants alone may have ended before it was fed. */
	while (state >= FULL && state != HELD && fed->bytes == 0)
		CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
	if (state == HELD)
		wait_until_ended(job);
	while (state == PAUSED && !*was_asked)
		CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
}

static void free_in(enum state state)
{
	static const char much[1 << 20];
	static const struct pspawn_stop gentle = { SIGWINCH, -1 };
	struct pspawn_status status[2];
	struct pspawn_buffer out;
	struct pspawn_transfer fed;
	int was_asked = 0, file;
	struct pspawn_io io = { .size = sizeof(io),
				.drain = PSPAWN_DRAIN_EOF,
				.stops = &gentle,
				.nstops = 1,
				.statuses = status,
				.flags = PSPAWN_ONE_GROUP,
				PSPAWN_STREAMS(
				    pspawn_stream_report(pspawn_stream_feed(0, much, sizeof(much)),
							 &fed),
				    pspawn_stream_of_stage(pspawn_stream_collect(1, &out), 1),
				    pspawn_stream_collect_call(6, not_now, &was_asked),
				    pspawn_stream_collect_file(7, &file)) };
	const char *first = state == HELD ? "sleep 10000 & exit 0" : "exec sleep 10000";
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/sh", "-c", first) },
				     { PSPAWN_CMD("/bin/sh", "-c", last_line(state)) } };
	struct pspawn_job *job;
	pid_t group;

	CHECK_INT(pspawn_job_start(&job, cmds, 2, &io, NULL), 0);
	group = pspawn_child_group(pspawn_job_child(job, 0));
	bring_to(job, state, &was_asked, &fed);
	pspawn_job_free(job);
	/* Freeing ends the programs. What they have left is in a group that the runner does not know. */
	if (state == HELD)
		CHECK_INT(kill(-group, SIGKILL), 0);
	CHECK(out.data != NULL);
	CHECK_INT(out.data[out.length], 0);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(status[i].lost, 0);
		CHECK_INT(status[i].signal, state == HELD ? 0 : SIGKILL);
	}
	CHECK(file > 2);
	free(out.data);
	close(file);
}

CASE(X26, freed_in_every_state)
{
	int held = fault_malloc_held();

	pspawn_job_free(NULL);
	for (enum state state = NEW; state < STATES; state++) {
		suite_note("state %d", (int)state);
		free_in(state);
	}
	CHECK_INT(fault_malloc_held(), held);
}

/* ---- threads */

static void *run_some(void *argument)
{
	enum drive_way way = (enum drive_way)((long)argument % DRIVE_WAYS);
	long wrong = 0;

	for (int i = 0; i < 8; i++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "cat; exit 6") };
		struct pspawn_buffer out;
		struct pspawn_io io = { .size = sizeof(io),
					PSPAWN_STREAMS(pspawn_stream_feed(0, "mine", 4),
						       pspawn_stream_collect(1, &out)) };
		struct pspawn_result result;
		struct pspawn_job *job;

		if (pspawn_job_start(&job, &cmd, 1, &io, NULL) < 0)
			return (void *)-1L;
		wrong += drive(job, way, NULL) != 0;
		pspawn_job_result(job, &result, NULL);
		wrong += result.status.code != 6 || strcmp(out.data, "mine") != 0;
		free(out.data);
		pspawn_job_free(job);
	}
	return (void *)wrong;
}

CASE(X27, jobs_of_several_threads)
{
	pthread_t threads[THREADS];
	void *wrong;

	for (long i = 0; i < THREADS; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, run_some, (void *)i), 0);
	for (int i = 0; i < THREADS; i++) {
		CHECK_INT(pthread_join(threads[i], &wrong), 0);
		CHECK(wrong == NULL);
	}
}
