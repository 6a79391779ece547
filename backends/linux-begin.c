/* SPDX-License-Identifier: ISC */
/*
 * A child that shares our memory and does not hold us: we go on while it makes its way to its
 * program. What it reads and writes, its stack included, lies in a nursery that stays until
 * then.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "linux.h"

struct nursery {
	struct cradle cradle;
	struct bed bed;
};

/* Above this a table is too large to be copied while the caller waits for it. */
enum { SMALL_TABLE = 256 };

/*
 * How many descriptors there are nobody says. But whoever has thousands has one of these, or
 * has gaps, and then pays for the copy.
 */
static int is_large_table(void)
{
	for (int number = SMALL_TABLE; number <= 65536; number *= 4)
		if (sys_getfd(number) >= 0)
			return 1;
	return 0;
}

static struct nursery *make_nursery(const struct plan *plan, int tellfd)
{
	struct nursery *nursery = malloc(sizeof(*nursery));
	int top = plan->top > tellfd ? plan->top : tellfd;

	if (!nursery)
		return NULL;
	memset(nursery, 0, offsetof(struct nursery, bed.stack));
	nursery->cradle.plan = plan;
	nursery->cradle.pidfd = -1;
	nursery->cradle.stage.channel = tellfd;
	nursery->cradle.bed = &nursery->bed;
	nursery->cradle.cut = cut_above(top);
	nursery->cradle.copies_files = top >= SMALL_TABLE || !is_large_table();
	return nursery;
}

static int begin(struct birth *birth, struct nursery *nursery)
{
	long pid = honest();

	if (pid > 0)
		pid = cradle_birth(&nursery->cradle);
	if (pid < 0)
		return failed_birth(birth, &nursery->cradle, pid);
	birth->pid = (pid_t)pid;
	birth->watch = watch_of(&nursery->cradle, birth->pid);
	birth->under_way = &nursery->cradle.report;
	birth->nursery = nursery;
	return 0;
}

int linux_begin(const struct plan *plan, struct birth *birth)
{
	struct nursery *nursery = make_nursery(plan, birth->tellfd);
	int result;

	if (!nursery)
		return report_failure(&birth->report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	result = begin(birth, nursery);
	if (result != 0)
		free(nursery);
	return result;
}

void linux_end(struct birth *birth)
{
	struct nursery *nursery = birth->nursery;

	birth->report = nursery->cradle.report;
	free(nursery);
}
