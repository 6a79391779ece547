/* SPDX-License-Identifier: ISC */
/*
 * Close everything but a sorted keep-list. By ranges where the system has
 * them; else by the system's own directory of open descriptors, until it shows
 * nothing more. Never by counting up to a limit: descriptors can lie above
 * every limit, and a leak is worse than a refusal.
 */
#include "backend.h"

#include <errno.h>
#include <limits.h>

CHILD_SIDE static int kept(const struct closing *closing, int number)
{
	size_t low = 0, high = closing->nkeep;

	if (number == closing->also)
		return 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (closing->keep[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < closing->nkeep && closing->keep[low] == number;
}

/* One range, which `also` may cut in two. */
CHILD_SIDE static int close_gap(const struct closing *closing, int first, int last)
{
	int also = closing->also;
	int result = 0;

	if (last > closing->upto)
		last = closing->upto;
	if (also < first || also > last)
		return first <= last ? sys_close_range(first, last) : 0;
	if (first < also)
		result = sys_close_range(first, also - 1);
	if (result == 0 && also < last)
		result = sys_close_range(also + 1, last);
	return result;
}

CHILD_SIDE static int close_ranges(const struct closing *closing)
{
	int first = 0;

	for (size_t i = 0; i < closing->nkeep; i++) {
		int result = close_gap(closing, first, closing->keep[i] - 1);

		if (result < 0)
			return result;
		first = closing->keep[i] + 1;
	}
	return close_gap(closing, first, INT_MAX);
}

/* In a full table there is no number for the listing: give it one that goes anyway. */
CHILD_SIDE static int open_listing(const struct closing *closing, struct sys_fds *fds)
{
	int result = sys_fds_open(fds);
	int number = 0;

	if (result != -EMFILE)
		return result;
	while (kept(closing, number))
		number++;
	sys_close(number);
	return sys_fds_open(fds);
}

/* What one pass through the listing came upon. */
struct pass {
	int itself; /* the listing's own descriptor: without it, it is not ours that are listed */
	int closed;
};

CHILD_SIDE static int close_pass(const struct closing *closing, struct sys_fds *fds,
				 struct pass *pass)
{
	int numbers[32];
	int count;

	pass->itself = pass->closed = 0;
	while ((count = sys_fds_next(fds, numbers, 32)) > 0)
		for (int i = 0; i < count; i++)
			if (numbers[i] == fds->fd) {
				pass->itself = 1;
			} else if (!kept(closing, numbers[i])) {
				/* Valgrind lists its own, which nobody can close: no reason to go on. */
				pass->closed += sys_close(numbers[i]) != -EBADF;
			}
	return count;
}

/* Closing while listing may hide entries from the listing: go on until one finds none. */
CHILD_SIDE static int close_listed(const struct closing *closing)
{
	struct sys_fds fds;
	struct pass pass;
	int result = open_listing(closing, &fds);

	if (result < 0)
		return result;
	do {
		result = close_pass(closing, &fds, &pass);
		if (result == 0)
			result = sys_fds_rewind(&fds);
	} while (result == 0 && pass.closed);
	sys_close(fds.fd);
	return result == 0 && !pass.itself ? -ENOENT : result;
}

CHILD_SIDE int close_rest(const struct closing *closing)
{
	int refused = close_ranges(closing);

	/* Whatever the errno: filters answer with any of ENOSYS, EPERM and EINVAL. */
	if (refused == 0 || close_listed(closing) == 0)
		return 0;
	return refused;
}
