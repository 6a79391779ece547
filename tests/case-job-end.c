/* SPDX-License-Identifier: ISC */
/* X26, X27: the end of the object, whatever it is at; jobs in threads. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "fault.h"
#include "suite.h"

enum { THREADS = 6 };

/* STOPPING: by a signal that it does not heed. HELD: by descendants alone. */
enum state { NEW, WATCHED, FULL, STOPPING, HELD, PAUSED, STATES };

static int not_now(void *context, const void *data, size_t size)
{
	(void)data;
	(void)size;
	*(int *)context = 1;
	return -EAGAIN;
}

static const char *last_line(enum state state)
{
	if (state == PAUSED)
		return "echo >&6; exec sleep 60";
	return state == HELD ? "sleep 60 & exit 0" : "exec sleep 60";
}

static void bring_to(struct pspawn_job *job, enum state state, const int *was_asked)
{
	if (state >= WATCHED)
		pspawn_job_fd(job);
	if (state == STOPPING)
		CHECK_INT(pspawn_job_stop(job), 0);
	for (int i = 0; i < 5 && state >= FULL; i++)
		CHECK_INT(pspawn_job_wait(job, state == HELD ? 20 : 2), -EAGAIN);
	while (state == PAUSED && !*was_asked)
		CHECK_INT(pspawn_job_wait(job, 1), -EAGAIN);
}

static void free_in(enum state state)
{
	static const char much[1 << 20];
	static const struct pspawn_stop gentle = { SIGWINCH, -1 };
	struct pspawn_status status[2];
	struct pspawn_buffer out;
	int was_asked = 0, file;
	struct pspawn_io io = { .size = sizeof(io),
				.drain = PSPAWN_DRAIN_EOF,
				.stops = &gentle,
				.nstops = 1,
				.statuses = status,
				.flags = PSPAWN_ONE_GROUP,
				PSPAWN_STREAMS(pspawn_feed(0, much, sizeof(much)),
					       pspawn_of_stage(pspawn_collect(1, &out), 2),
					       pspawn_collect_call(6, not_now, &was_asked),
					       pspawn_collect_file(7, &file)) };
	const char *first = state == HELD ? "sleep 60 & exit 0" : "exec sleep 60";
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/sh", "-c", first) },
				     { PSPAWN_CMD("/bin/sh", "-c", last_line(state)) } };
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, cmds, 2, &io, NULL), 0);
	bring_to(job, state, &was_asked);
	pspawn_job_free(job);
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
					PSPAWN_STREAMS(pspawn_feed(0, "mine", 4),
						       pspawn_collect(1, &out)) };
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
