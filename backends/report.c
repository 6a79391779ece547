/* SPDX-License-Identifier: ISC */
/* Small things that every backend needs on the parent's side. */
#include "backend.h"

#include <errno.h>
#include <stdint.h>

int report_failure(struct report *report, int code, int step, int index)
{
	report->code = code;
	report->step = step;
	report->index = index;
	return -code;
}

/* Which of the 64 numbers from `base` on the steps read or write, as bits. */
static uint64_t used_from(const struct plan *plan, int base)
{
	uint64_t used = 0;

	for (size_t i = 0; plan && i < plan->nsteps; i++) {
		int both[2] = { plan->steps[i].from, plan->steps[i].to };

		for (int k = 0; k < 2; k++)
			if (both[k] >= base && both[k] - base < 64)
				used |= UINT64_C(1) << (both[k] - base);
	}
	return used;
}

static int lowest_unused(const struct plan *plan, int from)
{
	uint64_t used;

	while ((used = used_from(plan, from)) == UINT64_MAX)
		from += 64;
	while (used & 1) {
		used >>= 1;
		from++;
	}
	return from;
}

/*
 * A number of ours that the plan reads would turn a descriptor which is not
 * open, and has to be an error, into one that leads to us.
 */
int reserve(int fd, const struct plan *plan)
{
	while (fd >= 0) {
		int lowest = lowest_unused(plan, fd < 3 ? 3 : fd);
		int moved;

		if (lowest == fd)
			return fd;
		moved = sys_dup_from(fd, lowest);
		sys_release(fd);
		/* EINVAL: every number below the limit is spoken for. */
		fd = moved == -EINVAL ? -EMFILE : moved;
	}
	return fd;
}
