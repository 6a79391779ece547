/* SPDX-License-Identifier: ISC */
/*
 * The numbers that are kept for starts. No lock: who has changed a berth's state from
 * free to taken owns it, and the rest of it. One that shall go while a start has it is marked
 * as leaving, and closed by that start.
 */
#include "berth.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "lib.h"

enum state { EMPTY, FREE, TAKEN, LEAVING, CLOSING };

struct berth {
	atomic_int state;
	atomic_int number;
	/* Of who has taken it: */
	struct sys_file file; /* what lies there */
	int source;           /* whose copy that is */
};

static struct berth berths[BERTHS];
static atomic_int count;   /* that are not empty */
static atomic_int process; /* whose threads take them */

static int becomes(struct berth *berth, int from, int to)
{
	return atomic_compare_exchange_strong(&berth->state, &from, to);
}

/* Is it still ours? A program may close every number that it does not know. */
static int is_intact(const struct berth *berth)
{
	struct sys_file found;

	return sys_identify(atomic_load(&berth->number), &found) == 0 &&
	       found.device == berth->file.device && found.inode == berth->file.inode;
}

static void vacate(struct berth *berth)
{
	atomic_store(&berth->number, -1);
	atomic_store(&berth->state, EMPTY);
	atomic_fetch_sub(&count, 1);
}

/* The number is anybody's as soon as it is closed, so it must not be called ours any more. */
static void close_and_vacate(struct berth *berth)
{
	int is_ours = is_intact(berth);
	int number = atomic_exchange(&berth->number, -1);

	if (is_ours)
		sys_release(number);
	vacate(berth);
}

int berths_count(void)
{
	return atomic_load(&count);
}

int berth_number(int i)
{
	return atomic_load(&berths[i].state) == EMPTY ? -1 : atomic_load(&berths[i].number);
}

int berth_take(int i, int source)
{
	struct berth *berth = &berths[i];

	if (!becomes(berth, FREE, TAKEN))
		return 0;
	berth->source = source;
	if (is_intact(berth))
		return 1;
	vacate(berth);
	return 0;
}

int berth_source(int i)
{
	return berths[i].source;
}

/*
 * Afterwards the copy is closed, and when any copy of a file is closed the process loses its
 * record locks on it (fcntl(2), F_SETLK): only pipes and sockets, which nobody locks. And
 * those are what a server has thousands of.
 */
int berth_fill(int i)
{
	struct berth *berth = &berths[i];
	struct sys_file file;
	int result = sys_identify(berth->source, &file);

	if (result < 0)
		return result;
	if (!file.is_stream)
		return -EINVAL;
	result = sys_replace(atomic_load(&berth->number), berth->source);
	if (result < 0)
		return result;
	berth->file = file;
	return 0;
}

/* ---- after a start */

static void leave(struct berth *berth)
{
	while (!becomes(berth, TAKEN, FREE))
		if (becomes(berth, LEAVING, CLOSING)) {
			close_and_vacate(berth);
			return;
		}
}

/* What lies there is the source, or the pipe still. */
static void restore(struct berth *berth, const struct berth *spare)
{
	if (!is_intact(berth)) {
		vacate(berth);
	} else if (!spare ||
		   sys_replace(atomic_load(&berth->number), atomic_load(&spare->number)) < 0) {
		close_and_vacate(berth);
	} else {
		berth->file = spare->file;
		leave(berth);
	}
}

void berths_return(uint64_t taken, int spare)
{
	struct berth *last = spare >= 0 && is_intact(&berths[spare]) ? &berths[spare] : NULL;

	for (int i = 0; i < BERTHS; i++) {
		if (!(taken >> i & 1) || i == spare)
			continue;
		/* Without a spare one nothing has been put anywhere. */
		if (spare < 0)
			leave(&berths[i]);
		else
			restore(&berths[i], last);
	}
	if (last)
		leave(last);
	else if (spare >= 0)
		vacate(&berths[spare]);
}

/*
 * Their numbers are open in the child of a fork() too, with what lies there. Nobody takes
 * one before he has been here, so those that are taken are of threads that are not here.
 */
void berths_adopt(void)
{
	pid_t pid = getpid();
	int before = atomic_load(&process);
	uint64_t taken = 0;

	if (before == pid)
		return;
	for (int i = 0; i < BERTHS; i++) {
		int state = atomic_load(&berths[i].state);

		if (state != EMPTY && state != FREE)
			taken |= UINT64_C(1) << i;
	}
	if (!atomic_compare_exchange_strong(&process, &before, pid))
		return;
	for (int i = 0; i < BERTHS; i++)
		if (taken >> i & 1)
			close_and_vacate(&berths[i]);
}

/* A free one is looked at: the program may have closed it, and opened that number itself. */
static int lies_here(int i, int number)
{
	int is_number;

	if (!berth_take(i, -1))
		return berth_number(i) == number;
	is_number = berth_number(i) == number;
	leave(&berths[i]);
	return is_number;
}

int is_berth(int number)
{
	for (int i = 0; i < BERTHS && atomic_load(&count) > 0; i++)
		if (berth_number(i) == number) {
			berths_adopt();
			return lies_here(i, number);
		}
	return 0;
}

/* ---- more, or fewer */

int berth_is_kept(int i)
{
	int state = atomic_load(&berths[i].state);

	return state == FREE || state == TAKEN;
}

void berth_retire(int i)
{
	struct berth *berth = &berths[i];

	while (berth_is_kept(i)) {
		if (berth_take(i, -1)) {
			close_and_vacate(berth);
			return;
		}
		if (becomes(berth, TAKEN, LEAVING))
			return;
	}
}

int berth_keep(int i, int placeholder)
{
	struct berth *berth = &berths[i];
	int number;

	/* One that was about to go may stay. */
	if (becomes(berth, LEAVING, TAKEN))
		return 0;
	if (atomic_load(&berth->state) != EMPTY)
		return -EAGAIN;
	number = sys_dup_from(placeholder, 3);
	/* EINVAL: every number below the limit is one of 0, 1 and 2. */
	if (number < 0)
		return number == -EINVAL ? -EMFILE : number;
	sys_identify(number, &berth->file);
	atomic_store(&berth->number, number);
	atomic_fetch_add(&count, 1);
	atomic_store(&berth->state, FREE);
	return 0;
}
