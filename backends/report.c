/* SPDX-License-Identifier: ISC */
/* Small things that every backend needs on the parent's side. */
#include "backend.h"

#include <errno.h>

int report_failure(struct report *report, int code, int step, int index)
{
	report->code = code;
	report->step = step;
	report->index = index;
	report->what = 0;
	report->reason = NULL;
	return -code;
}

int is_out_of_numbers(long result)
{
	return result == -EMFILE || result == -ENFILE;
}

const struct plan_step *find_step(const struct plan *plan, int kind)
{
	for (size_t i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].kind == kind)
			return &plan->steps[i];
	return NULL;
}

/*
 * A number of ours that the plan reads would turn a descriptor which is not
 * open, and has to be an error, into one that leads to us.
 */
int reserve(int fd, const struct plan *plan)
{
	while (fd >= 0) {
		int least = fd < 3 ? 3 : fd;
		int lowest = plan ? plan_unused(plan, least) : least;
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

int reserve_both(int ends[2], const struct plan *plan)
{
	int result;

	ends[0] = reserve(ends[0], plan);
	ends[1] = reserve(ends[1], plan);
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	result = ends[0] < 0 ? ends[0] : ends[1];
	close_if(&ends[0]);
	close_if(&ends[1]);
	return result;
}
