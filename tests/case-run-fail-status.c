/* SPDX-License-Identifier: ISC */
/* W3x: interrupted without end, and statuses that somebody else takes. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "suite.h"
#include "table.h"

static void interrupted(int number)
{
	(void)number;
}

/* From here on everything that waits is interrupted every millisecond, and not started again. */
static void begin_storm(void)
{
	struct sigaction action = { .sa_handler = interrupted };
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void end_storm(void)
{
	struct itimerval never = { { 0, 0 }, { 0, 0 } };

	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
}

CASE(W30, a_storm_of_interruptions)
{
	size_t size = 8 << 20;
	char *data = malloc(size);
	struct pspawn_buffer out;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/cat") };
	struct pspawn_cmd later = { PSPAWN_CMD("/bin/sleep", "0.2") };
	struct pspawn_child child;
	struct pspawn_child *children[] = { &child };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, data, size),
					       pspawn_stream_collect(1, &out)) };

	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * 31 >> 3);
	begin_storm();
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), 0);
	CHECK_INT(pspawn_run(&later, NULL, NULL, NULL), 0);
	CHECK_INT(pspawn_start(&child, &later, NULL), 0);
	CHECK_INT(pspawn_wait_any(children, 1, NULL, -1), 0);
	end_storm();
	CHECK_INT(out.length, size);
	CHECK_INT(memcmp(out.data, data, size), 0);
	free(out.data);
	free(data);
}

/* ---- statuses that are taken */

/* The right status, or told to be lost: never another. Returns which. */
static int right_or_lost(int code, const struct pspawn_result *result,
			 const struct pspawn_error *error)
{
	if (code == 0) {
		CHECK_INT(result->statuses_lost, 0);
		CHECK_INT(result->status.lost, 0);
		CHECK_INT(result->status.exited, 1);
		CHECK_INT(result->status.code, 7);
		return 0;
	}
	CHECK_INT(code, -ECHILD);
	CHECK_INT(error->code, ECHILD);
	CHECK_INT(error->step, PSPAWN_STEP_WAIT);
	CHECK_INT(result->statuses_lost, 1);
	CHECK_INT(result->status.lost, 1);
	CHECK_INT(result->status.exited, 0);
	CHECK_INT(result->status.signal, 0);
	CHECK_INT(result->stop_reason, PSPAWN_STOP_NONE);
	return 1;
}

/* Returns whether its status was lost; its output never is. */
static int run_seven(const char *line)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed(0, "\n", 1),
					       pspawn_stream_collect(1, &out)) };
	struct pspawn_result result;
	struct pspawn_error error;
	int code = pspawn_run(&cmd, &io, &result, &error);

	CHECK_STR(out.data, "words\n");
	free(out.data);
	return right_or_lost(code, &result, &error);
}

/* What is fed comes when the start is over, and with it the child's descriptor. */
static const char at_once[] = "echo words; exit 7", later[] = "read x; echo words; exit 7";

CASE(W31, sigchld_ignored)
{
	int lost;

	signal(SIGCHLD, SIG_IGN);
	/* Who ends at once may be gone before its descriptor was taken. */
	lost = run_seven(at_once);
	CHECK(run_seven(later) <= lost);
	signal(SIGCHLD, SIG_DFL);
}

/* PIDFD_GET_INFO, which older kernels do not know, and pidfds at all. */
static void forget_afterwards(void)
{
	if (!filter_syscall_equal(SYS_ioctl, 1, 0xc040ff0b, ENOTTY))
		SKIP("no system call filters here");
}

static void lose_all(const void *unused)
{
	(void)unused;
	forget_afterwards();
	signal(SIGCHLD, SIG_IGN);
	CHECK_INT(run_seven(at_once), 1);
	CHECK_INT(run_seven(later), 1);
}

static void lose_all_without_pidfds(const void *unused)
{
	suite_accept_fallback();
	if (!filter_syscall(SYS_pidfd_open, ENOSYS))
		SKIP("no system call filters here");
	lose_all(unused);
}

CASE(W31, sigchld_ignored_on_older_kernels)
{
	suite_apart(lose_all, NULL);
	suite_apart(lose_all_without_pidfds, NULL);
}

/* ---- by a thread that waits for everybody */

static atomic_int is_over, stolen;

static void *steal(void *unused)
{
	while (!atomic_load(&is_over))
		if (waitpid(-1, NULL, __WALL) > 0)
			atomic_fetch_add(&stolen, 1);
		else
			usleep(200);
	return unused;
}

static pthread_t begin_to_steal(void)
{
	pthread_t thread;

	atomic_store(&is_over, 0);
	CHECK_INT(pthread_create(&thread, NULL, steal, NULL), 0);
	return thread;
}

static void stop_stealing(pthread_t thread)
{
	atomic_store(&is_over, 1);
	pthread_join(thread, NULL);
}

static int run_many(void)
{
	pthread_t thread = begin_to_steal();
	int lost = 0;

	for (int i = 0; i < 12; i++)
		lost += run_seven(i % 6 ? at_once : later);
	stop_stealing(thread);
	return lost;
}

/* Who is first is a matter of luck, so there are more of them until the thief has some. */
enum { MOST_ROUNDS = 50 };

CASE(W32, a_thief)
{
	for (int i = 0; i < MOST_ROUNDS && atomic_load(&stolen) == 0; i++)
		run_many();
	CHECK(atomic_load(&stolen) > 0);
}

static void be_robbed(const void *unused)
{
	int lost = 0;

	(void)unused;
	forget_afterwards();
	for (int i = 0; i < MOST_ROUNDS && lost == 0; i++)
		lost = run_many();
	CHECK(lost > 0);
}

CASE(W32, a_thief_on_older_kernels)
{
	suite_apart(be_robbed, NULL);
}

/* One stage's is stolen by name, when it has ended. */
static void rob_one_stage(const void *argument)
{
	int forgets = *(const int *)argument;
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD(suite_probe(), "-", "exit", "5") },
				     { PSPAWN_CMD(suite_probe(), "-", "exit", "6") },
				     { PSPAWN_CMD("/bin/sh", "-c", "cat >&3; exit 7") } };
	struct pspawn_status statuses[3];
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.statuses = statuses,
				PSPAWN_STREAMS(pspawn_stream_collect(3, &out)) };
	struct pspawn_result result;
	struct pspawn_error error;
	struct pspawn_job *job;
	pid_t robbed;
	int code;

	if (forgets)
		forget_afterwards();
	CHECK_INT(pspawn_job_start(&job, cmds, 3, &io, NULL), 0);
	robbed = pspawn_job_child(job, 1)->pid;
	CHECK_INT(waitpid(robbed, NULL, __WALL), robbed);
	code = pspawn_job_wait(job, -1);
	CHECK_INT(pspawn_job_result(job, &result, &error), code);
	CHECK_INT(statuses[0].code, 5);
	CHECK_INT(statuses[1].lost, code < 0);
	CHECK_INT(statuses[1].code, code < 0 ? -1 : 6);
	CHECK_INT(statuses[2].code, 7);
	CHECK_INT(result.status.code, 7);
	CHECK_INT(result.statuses_lost, code < 0);
	if (forgets)
		CHECK_INT(code, -ECHILD);
	if (code < 0) {
		CHECK_INT(error.step, PSPAWN_STEP_WAIT);
		CHECK_INT(error.stage, 1);
	}
	free(out.data);
	pspawn_job_free(job);
}

CASE(W33, one_stage_of_three_is_robbed)
{
	static const int ways[] = { 0, 1 };

	suite_apart(rob_one_stage, &ways[0]);
	suite_apart(rob_one_stage, &ways[1]);
}

static void rob_one_of_any(const void *argument)
{
	int forgets = *(const int *)argument;
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "7") };
	struct pspawn_cmd lasts = { PSPAWN_CMD(suite_probe(), "-", "pause") };
	struct pspawn_child lasting, robbed;
	struct pspawn_child *children[] = { &lasting, NULL, &robbed };
	struct pspawn_status status;

	if (forgets)
		forget_afterwards();
	CHECK_INT(pspawn_start(&lasting, &lasts, NULL), 0);
	CHECK_INT(pspawn_start(&robbed, &cmd, NULL), 0);
	CHECK_INT(waitpid(robbed.pid, NULL, __WALL), robbed.pid);
	memset(&status, 0x55, sizeof(status));
	CHECK_INT(pspawn_wait_any(children, 3, &status, AN_HOUR_MS), 2);
	if (forgets)
		CHECK_INT(status.lost, 1);
	CHECK_INT(status.exited, !status.lost);
	CHECK_INT(status.code, status.lost ? -1 : 7);
	CHECK_INT(robbed.pid, 0);
	CHECK_INT(pspawn_wait_any(children, 3, &status, 0), -EINPROGRESS);
	CHECK_INT(pspawn_kill(&lasting, SIGKILL), 0);
	CHECK_INT(pspawn_wait_any(children, 3, NULL, -1), 0);
	CHECK_INT(pspawn_wait_any(children, 3, &status, -1), -ESRCH);
}

CASE(W33, one_of_any_is_robbed)
{
	static const int ways[] = { 0, 1 };

	suite_apart(rob_one_of_any, &ways[0]);
	suite_apart(rob_one_of_any, &ways[1]);
}

/*
 * The number of a child that nobody keeps may be somebody else's: where there is no
 * pidfd to tell, nothing is sent to it or to its group any more.
 */
static void stop_after_a_robbery(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "sleep 10000 & exit 7") };
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STOPS({ SIGTERM, AN_HOUR_MS }),
				.drain = PSPAWN_DRAIN_EOF,
				.reach = PSPAWN_REACH_GROUP,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct pspawn_result result;
	struct pspawn_job *job;

	(void)unused;
	suite_accept_fallback();
	if (!filter_syscall(SYS_pidfd_open, ENOSYS))
		SKIP("no system call filters here");
	signal(SIGCHLD, SIG_IGN);
	filter_syscall(SYS_kill, FILTER_KILL);
	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	while (pspawn_job_child(job, 0)->pid != 0)
		CHECK_INT(pspawn_job_wait(job, 1), -EINPROGRESS);
	CHECK_INT(pspawn_job_stop(job), 0);
	CHECK_INT(pspawn_job_wait(job, -1), -ECANCELED);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -ECANCELED);
	CHECK_INT(result.stop_signal, 0);
	CHECK_INT(result.stop_reach, 0);
	/* Nor is there anybody to be given time. */
	CHECK_INT(result.streams_held, 1);
	pspawn_job_free(job);
	free(out.data);
}

CASE(W34, nobody_is_signalled_after_a_robbery)
{
	suite_apart(stop_after_a_robbery, NULL);
}
