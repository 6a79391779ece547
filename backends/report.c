/* SPDX-License-Identifier: ISC */
/* Small things that every backend needs on the parent's side. */
#include "backend.h"

#include <errno.h>

int report_failure(struct report *report, int code, int step, int index)
{
	report->code = code;
	report->step = step;
	report->index = index;
	return -code;
}

static int reads_or_writes(const struct fdmap_pair *pairs, size_t npairs, int number)
{
	for (size_t i = 0; i < npairs; i++)
		if (pairs[i].from == number || pairs[i].to == number)
			return 1;
	return 0;
}

/*
 * A number of ours that the plan reads would turn a descriptor which is not
 * open, and has to be an error, into one that leads to us.
 */
int reserve(int fd, const struct fdmap_pair *pairs, size_t npairs)
{
	while (fd >= 0 && (fd <= 2 || reads_or_writes(pairs, npairs, fd))) {
		int lowest = fdmap_unused(pairs, npairs, fd < 3 ? 3 : fd);
		int moved = sys_dup_from(fd, lowest);

		sys_close(fd);
		/* EINVAL: every number below the limit is spoken for. */
		fd = moved == -EINVAL ? -EMFILE : moved;
	}
	return fd;
}
