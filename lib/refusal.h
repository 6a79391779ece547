/* SPDX-License-Identifier: ISC */
/* Why a description is refused. Each check returns one, so that no refusal is without its reason. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <errno.h>

#include "pspawn.h"

struct refusal {
	int code;	    /* errno value, positive; 0: it is not refused */
	int what;	    /* enum pspawn_index: what `index` counts */
	int index;	    /* or -1 */
	const char *reason; /* static text, a clause that completes the sentence */
};

static inline struct refusal refuse_for(int code, const char *reason)
{
	struct refusal refusal = { code, PSPAWN_INDEX_NONE, -1, reason };

	return refusal;
}

static inline struct refusal not_refused(void)
{
	return refuse_for(0, NULL);
}

static inline struct refusal invalid(const char *reason)
{
	return refuse_for(EINVAL, reason);
}

static inline struct refusal invalid_if(int is_wrong, const char *reason)
{
	return is_wrong ? invalid(reason) : not_refused();
}

/* The same, as that of one entry of a list. */
static inline struct refusal refuse_entry(struct refusal refusal, int what, size_t index)
{
	refusal.what = what;
	refusal.index = (int)index;
	return refusal;
}

#endif
