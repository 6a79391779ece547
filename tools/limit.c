/* SPDX-License-Identifier: ISC */
#include "limit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "values.h"

static int limit; /* in milliseconds; 0: none */
static long long set_at;
static long long spent; /* of it, where we may have been blocked */

static int is_armed;
static long long armed_at;
static struct itimerval found;
static struct sigaction action_before;
static sigset_t mask_before;
static char words[256]; /* what is said then */
static size_t words_length;

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long long ms_of(const struct timeval *time)
{
	return (long long)time->tv_sec * 1000 + time->tv_usec / 1000;
}

static struct itimerval timer_of(long long ms)
{
	const struct itimerval timer = { { 0, 0 }, { ms / 1000, ms % 1000 * 1000 } };

	return timer;
}

/* Only what may be done in a handler; and a reader that does not read must not hold us here. */
static void end(int number)
{
	struct pollfd polled = { json_is_wanted() ? to_json.fd : STDERR_FILENO, POLLOUT, 0 };

	(void)number;
	if (poll(&polled, 1, 0) == 1 && write(polled.fd, words, words_length) < 0)
		_exit(OWN_ERROR);
	_exit(TIMED_OUT);
}

static void find_words(void)
{
	static const char late[] = "it has taken too long, before there was a program";
	const char *step = pspawn_step_name(PSPAWN_STEP_PREPARE);

	if (json_is_wanted())
		snprintf(words, sizeof(words),
			 "{\"error\":{\"errno\":%d,\"step\":\"%s\",\"index\":-1,"
			 "\"index_of\":null,\"reason\":null,\"message\":\"%s\"}}\n",
			 ETIMEDOUT, step, late);
	else
		snprintf(words, sizeof(words), "pspawn: %s: %s\n", step, late);
	words_length = strlen(words);
}

void limit_set(int ms)
{
	limit = ms;
	set_at = now_ms();
	find_words();
}

int limit_for_program(void)
{
	return limit == 0 ? 0 : spent < limit ? (int)(limit - spent) : 1;
}

/*
 * A signal, since nothing else ends a look-up of libc's that is blocked. Somebody may have set an
 * alarm and become this command, which keeps it: the earlier one counts.
 */
void limit_enter(void)
{
	struct itimerval timer = timer_of(limit_for_program());
	struct sigaction action;
	sigset_t alarm;

	armed_at = now_ms();
	getitimer(ITIMER_REAL, &found);
	is_armed = limit > 0 && (ms_of(&found.it_value) == 0 ||
				 ms_of(&found.it_value) > limit_for_program());
	if (!is_armed)
		return;
	memset(&action, 0, sizeof(action));
	action.sa_handler = end;
	sigaction(SIGALRM, &action, &action_before);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm, &mask_before);
	setitimer(ITIMER_REAL, &timer, NULL);
}

void limit_leave(void)
{
	long long elapsed = now_ms() - armed_at;
	long long left = ms_of(&found.it_value) - elapsed;
	struct itimerval timer = found;

	spent += elapsed;
	if (!is_armed)
		return;
	if (ms_of(&found.it_value) > 0)
		timer.it_value = timer_of(left > 0 ? left : 1).it_value;
	setitimer(ITIMER_REAL, &timer, NULL);
	sigaction(SIGALRM, &action_before, NULL);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

int limit_left(int least)
{
	long long left = set_at + limit - now_ms();

	if (limit == 0)
		return -1;
	return left < least ? least : (int)left;
}
