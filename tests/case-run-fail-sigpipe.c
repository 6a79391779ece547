/* SPDX-License-Identifier: ISC */
/* W5x: SIGPIPE of a child that closes its input never reaches the caller; nor does errno change. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

static volatile sig_atomic_t delivered;

static void count(int number)
{
	(void)number;
	delivered++;
}

static int is_pending(void)
{
	sigset_t pending;

	sigemptyset(&pending);
	CHECK_INT(sigpending(&pending), 0);
	return sigismember(&pending, SIGPIPE);
}

static void block_sigpipe(int how)
{
	sigset_t sigpipe;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	CHECK_INT(pthread_sigmask(how, &sigpipe, NULL), 0);
}

/* How many there are. Each that is taken uncovers the next. */
static int take_pending(void)
{
	struct timespec at_once = { 0, 0 };
	sigset_t sigpipe;
	int taken = 0;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	while (sigtimedwait(&sigpipe, NULL, &at_once) == SIGPIPE)
		taken++;
	return taken;
}

/* For the second time when it has ended, so that the write fails, and poll(2) did not say so. */
static long give_too_late(void *context, void *data, size_t room)
{
	int *calls = context;
	siginfo_t info;

	if ((*calls)++ == 0) {
		*(char *)data = 'x';
		return 1;
	}
	CHECK_INT(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
	memset(data, 'x', room);
	return (long)room;
}

/* Feed one who reads nothing, or a little: at least one write(2) is to a pipe without a reader. */
static void feed_the_unwilling(void)
{
	struct pspawn_cmd closes = { PSPAWN_CMD("/bin/sh", "-c", "exec <&-; sleep 0.03; exit 7") };
	struct pspawn_cmd reads = { PSPAWN_CMD("/bin/sh", "-c",
					       "head -c 1 >/dev/null; exit 7") };
	size_t size = 1 << 20;
	int calls = 0;
	char *data = calloc(1, size);
	struct pspawn_transfer told[2];
	struct pspawn_io by_data = { .size = sizeof(by_data),
				     PSPAWN_STREAMS(pspawn_stream_report(
					 pspawn_stream_feed(0, data, size), &told[0])) };
	struct pspawn_io by_call = { .size = sizeof(by_call),
				     PSPAWN_STREAMS(pspawn_stream_report(
					 pspawn_stream_feed_call(0, give_too_late, &calls),
					 &told[1])) };
	struct pspawn_result result;

	errno = 12345;
	CHECK_INT(pspawn_run(&closes, &by_data, &result, NULL), 0);
	CHECK_INT(result.status.code, 7);
	CHECK_INT(told[0].end, PSPAWN_END_CLOSED);
	CHECK_INT(pspawn_run(&reads, &by_call, &result, NULL), 0);
	CHECK_INT(errno, 12345);
	CHECK_INT(result.status.code, 7);
	CHECK_INT(calls, 2);
	CHECK_INT(told[1].end, PSPAWN_END_CLOSED);
	CHECK_INT(told[1].bytes, 1);
	free(data);
}

static void *feed_in_a_thread(void *unused)
{
	feed_the_unwilling();
	return unused;
}

/* With this disposition; the runner would notice if it, or the mask, were another afterwards. */
static void feed_with(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler }, after;
	pthread_t thread;

	delivered = 0;
	CHECK_INT(sigaction(SIGPIPE, &action, NULL), 0);
	feed_the_unwilling();
	CHECK_INT(pthread_create(&thread, NULL, feed_in_a_thread, NULL), 0);
	CHECK_INT(pthread_join(thread, NULL), 0);
	CHECK_INT(sigaction(SIGPIPE, NULL, &after), 0);
	CHECK(after.sa_handler == handler);
	CHECK_INT(delivered, 0);
	CHECK_INT(is_pending(), 0);
	signal(SIGPIPE, SIG_DFL);
}

CASE(W50, sigpipe_by_default)
{
	feed_with(SIG_DFL);
}

CASE(W50, sigpipe_ignored)
{
	feed_with(SIG_IGN);
}

CASE(W50, sigpipe_handled)
{
	feed_with(count);
}

CASE(W50, sigpipe_blocked)
{
	block_sigpipe(SIG_BLOCK);
	feed_with(count);
	CHECK_INT(is_pending(), 0);
	block_sigpipe(SIG_UNBLOCK);
}

/* What others have sent is still there afterwards, once. */
static void feed_while_pending(int to_thread)
{
	struct sigaction action = { .sa_handler = count };

	sigaction(SIGPIPE, &action, NULL);
	block_sigpipe(SIG_BLOCK);
	if (to_thread)
		CHECK_INT(pthread_kill(pthread_self(), SIGPIPE), 0);
	else
		CHECK_INT(kill(getpid(), SIGPIPE), 0);
	feed_the_unwilling();
	CHECK_INT(is_pending(), 1);
	CHECK_INT(delivered, 0);
	CHECK_INT(take_pending(), 1);
	block_sigpipe(SIG_UNBLOCK);
	CHECK_INT(delivered, 0);
	signal(SIGPIPE, SIG_DFL);
}

CASE(W51, sigpipe_pending)
{
	feed_while_pending(1);
	feed_while_pending(0);
}
