/* SPDX-License-Identifier: ISC */
/* Many runs in one thread, and pipelines of many stages. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "run-large.h"

enum { RUNS = 64, STAGES = 50 };

int open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 4096; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* ---- many at a time */

/* One of them, with what goes in and comes out. */
struct run {
	struct pspawn_job *job;
	struct place in, out;
};

static int start_run(struct run *run, const struct filter *filter, size_t size)
{
	struct pspawn_stream in = pspawn_stream_feed_call(0, give_bytes, &run->in);
	struct pspawn_stream out = pspawn_stream_collect_call(1, check_bytes, &run->out);

	run->in.total = run->in.at + size;
	run->out.at = run->in.at;
	run->out.is_upper = filter->is_upper;
	if (filter->is_sorted) {
		in = pspawn_stream_feed_call(0, give_lines, &run->in);
		out = pspawn_stream_collect_lines(1, check_line, &run->out);
		run->in.at = run->out.at = 0;
		run->in.total = size / LINE;
	}
	struct pspawn_io io = { PSPAWN_IO(in, out), .flags = PSPAWN_FAIL_IF_ANY };

	return pspawn_job_start(&run->job, filter->cmds, filter->count, &io, NULL);
}

static int start_runs(struct run *runs, struct pspawn_job **jobs, const struct filter *filter,
		      size_t size)
{
	for (int i = 0; i < RUNS; i++) {
		memset(&runs[i], 0, sizeof(runs[i]));
		/* Each has other bytes. */
		runs[i].in.at = 997ULL * (unsigned)i;
		if (is_wrong("the start", start_run(&runs[i], filter, size), 0))
			return 0;
		jobs[i] = runs[i].job;
	}
	return 1;
}

static int end_run(struct run *run)
{
	struct pspawn_result result;
	int is_good = !is_wrong("the run", pspawn_job_result(run->job, &result, NULL), 0) &&
		      !is_wrong("its bytes", (long long)run->out.at, (long long)run->in.total) &&
		      !is_wrong("its status", pspawn_succeeded(&result.status), 1);

	pspawn_job_free(run->job);
	return is_good;
}

static int by_wait_any(struct run *runs, struct pspawn_job **jobs)
{
	int is_good = 1;

	for (int left = RUNS; left > 0; left--) {
		int i = pspawn_job_wait_any(jobs, RUNS, -1);

		if (i < 0)
			return is_wrong("the wait", i, 0);
		is_good &= end_run(&runs[i]);
		jobs[i] = NULL;
	}
	return is_good;
}

/* All that there is to poll for, of all of them. */
static int by_poll(struct run *runs, struct pspawn_job **jobs)
{
	int is_good = 1;

	for (int left = RUNS; left > 0;) {
		struct pollfd fds[RUNS * 3];
		size_t count = 0;
		int soonest = -1;

		for (int i = 0; i < RUNS; i++) {
			int timeout;

			if (!jobs[i])
				continue;
			count += (size_t)pspawn_job_poll(jobs[i], fds + count, 3, &timeout);
			if (timeout >= 0 && (soonest < 0 || timeout < soonest))
				soonest = timeout;
		}
		poll(fds, (nfds_t)count, soonest);
		for (int i = 0; i < RUNS; i++) {
			if (!jobs[i] || pspawn_job_step(jobs[i]) == -EINPROGRESS)
				continue;
			is_good &= end_run(&runs[i]);
			jobs[i] = NULL;
			left--;
		}
	}
	return is_good;
}

/* One descriptor each; a step for those alone that ask for one. */
static int by_descriptor(struct run *runs, struct pspawn_job **jobs)
{
	struct pollfd fds[RUNS];
	int is_good = 1;

	for (int i = 0; i < RUNS; i++) {
		fds[i].fd = pspawn_job_fd(jobs[i]);
		fds[i].events = POLLIN;
		/* Where there is none, by the other way. */
		if (fds[i].fd < 0)
			return by_poll(runs, jobs);
	}
	for (int left = RUNS; left > 0;) {
		poll(fds, RUNS, -1);
		for (int i = 0; i < RUNS; i++) {
			if (fds[i].fd < 0 || !fds[i].revents ||
			    pspawn_job_step(jobs[i]) == -EINPROGRESS)
				continue;
			is_good &= end_run(&runs[i]);
			fds[i].fd = -1;
			left--;
		}
	}
	return is_good;
}

static void many(const char *way, int (*by)(struct run *, struct pspawn_job **), size_t size)
{
	static const char *const argv[] = { "cat", NULL };
	const struct pspawn_cmd cat = { .size = sizeof(cat), .argv = (char *const *)(size_t)argv };
	const struct filter filter = { .cmds = &cat, .count = 1 };
	static struct run runs[RUNS];
	static struct pspawn_job *jobs[RUNS];
	int descriptors = open_descriptors();

	begin();
	verdict(start_runs(runs, jobs, &filter, size) && by(runs, jobs) && !is_left(descriptors),
		"T53 %d runs at a time by %s, %zu MiB in all", RUNS, way,
		(size >> 10) * RUNS >> 10);
}

void many_at_a_time(size_t size)
{
	many("pspawn_job_wait_any", by_wait_any, size);
	many("pspawn_job_poll", by_poll, size);
	many("pspawn_job_fd", by_descriptor, size);
}

void many_through(const struct filter *filter, unsigned long long total)
{
	static struct run runs[RUNS];
	static struct pspawn_job *jobs[RUNS];
	int descriptors = open_descriptors();

	begin();
	verdict(start_runs(runs, jobs, filter, (size_t)(total / RUNS)) && by_wait_any(runs, jobs) &&
		    !is_left(descriptors),
		"T54 %d runs at a time through %s, %llu MiB in all", RUNS, filter->name,
		total >> 20);
}

/* ---- long pipelines */

static void fill_with_cats(struct pspawn_cmd *cmds)
{
	static const char *const argv[] = { "cat", NULL };

	memset(cmds, 0, STAGES * sizeof(*cmds));
	for (int i = 0; i < STAGES; i++) {
		cmds[i].size = sizeof(cmds[i]);
		cmds[i].argv = (char *const *)(size_t)argv;
	}
}

/* A line; then nothing before `may_go_on`; then a line more. */
struct speech {
	int lines, may_go_on;
};

static long say(void *context, void *data, size_t room)
{
	struct speech *speech = context;

	(void)room;
	if (speech->lines == 2)
		return 0;
	if (speech->lines == 1 && !speech->may_go_on)
		return -EAGAIN;
	memcpy(data, speech->lines++ ? "b\n" : "a\n", 2);
	return 2;
}

/* When it is dead, nobody reads what is written to it. */
static void kill_for_good(const struct pspawn_child *child)
{
	siginfo_t end;

	pspawn_kill(child, SIGKILL);
	waitid(P_PID, (id_t)child->pid, &end, WEXITED | WNOWAIT);
}

/*
 * The first line goes through all before the stage is killed. The second comes to the one
 * before it, which gets SIGPIPE, and no further: all others see an end and exit.
 */
static int kill_stage(const struct pspawn_cmd *cmds, int stage)
{
	struct pspawn_status statuses[STAGES];
	struct speech speech = { 0, 0 };
	struct pspawn_buffer out;
	struct pspawn_transfer told = { 0, 0, 0 };
	struct pspawn_io io = { .size = sizeof(io),
				.statuses = statuses,
				PSPAWN_STREAMS(
				    pspawn_stream_feed_call(0, say, &speech),
				    pspawn_stream_report(pspawn_stream_collect(1, &out), &told)) };
	struct pspawn_job *job;
	int bad = 0;

	if (is_wrong("the start", pspawn_job_start(&job, cmds, STAGES, &io, NULL), 0))
		return 0;
	while (told.bytes < 2)
		if (pspawn_job_wait(job, 10) != -EINPROGRESS)
			break;
	kill_for_good(pspawn_job_child(job, (size_t)stage));
	speech.may_go_on = 1;
	bad |= is_wrong("the run", pspawn_job_wait(job, -1), 0);
	pspawn_job_free(job);
	for (int i = 0; i < STAGES; i++) {
		int wanted = i == stage ? SIGKILL : i == stage - 1 ? SIGPIPE : 0;

		bad |= is_wrong("a signal", statuses[i].signal, wanted);
		bad |= is_wrong("an exit", statuses[i].exited, !wanted);
		bad |= is_wrong("a code", statuses[i].code, wanted ? -1 : 0);
		bad |= is_wrong("lost", statuses[i].lost, 0);
	}
	bad |= is_wrong("the output", strcmp(out.data, "a\n"), 0);
	free(out.data);
	if (bad)
		printf("# stage %d of %d\n", stage, STAGES);
	return !bad;
}

void long_pipelines(unsigned long long total)
{
	static struct pspawn_cmd cmds[STAGES];
	struct place in = { .total = total };
	struct place out = { 0 };
	int descriptors = open_descriptors();
	int is_good = 1;

	fill_with_cats(cmds);
	begin();
	verdict(through(cmds, STAGES, pspawn_stream_feed_call(0, give_bytes, &in),
			pspawn_stream_collect_call(1, check_bytes, &out)) &&
		    !is_wrong("bytes", (long long)out.at, (long long)total) &&
		    !is_left(descriptors),
		"U20 %llu MiB through a pipeline of %d", total >> 20, STAGES);
	begin();
	for (int i = 0; i < STAGES; i++)
		is_good &= kill_stage(cmds, i) && !is_left(descriptors);
	verdict(is_good, "U21 each of %d stages killed in turn", STAGES);
}
