/* SPDX-License-Identifier: ISC */
/* Systems without a descriptor for descriptors: there is the set to poll. */
#include "gather.h"

#include <errno.h>

int gather_open(struct gather *gather)
{
	(void)gather;
	return -ENOSYS;
}

void gather_close(struct gather *gather)
{
	(void)gather;
}

int gather_watch(struct gather *gather, int fd, short before, short now)
{
	(void)gather;
	(void)fd;
	(void)before;
	(void)now;
	return 0;
}

int gather_time(struct gather *gather, int timeout_ms)
{
	(void)gather;
	(void)timeout_ms;
	return 0;
}
