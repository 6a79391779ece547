/* SPDX-License-Identifier: ISC */
/* What a report remembers besides a failure. Written by the child too: the law of replay.c holds. */
#include "backend.h"

/* Attributes beyond these are never preferred, and nobody asks how they were applied. */
enum { REMEMBERED = 64, LONGEST_NAP_MS = 32 };

CHILD_SIDE static unsigned long long bit(int index)
{
	return index >= 0 && index < REMEMBERED ? 1ULL << index : 0;
}

CHILD_SIDE void leave_out(struct report *report, int index)
{
	report->left_out |= bit(index);
}

CHILD_SIDE int is_left_out(const struct report *report, int index)
{
	return (report->left_out & bit(index)) != 0;
}

CHILD_SIDE void apply_otherwise(struct report *report, int index)
{
	report->otherwise |= bit(index);
}

CHILD_SIDE int busy_again(const struct plan *plan, int *waited)
{
	int nap = *waited == 0 ? 1 : *waited < LONGEST_NAP_MS ? *waited : LONGEST_NAP_MS;

	if (*waited >= plan->retry_ms)
		return 0;
	if (nap > plan->retry_ms - *waited)
		nap = plan->retry_ms - *waited;
	sys_nap(nap);
	*waited += nap;
	return 1;
}
