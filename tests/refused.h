/* SPDX-License-Identifier: ISC */
/* What an error has to say of a refusal. */
#ifndef REFUSED_H
#define REFUSED_H

#include <pspawn.h>

struct refused_by {
	int code, step, what, index;
	const char *reason;
};

/* It is that, and the sentence ends with the reason, with and without `cmd`. */
void check_refusal(const struct pspawn_error *error, const struct pspawn_cmd *cmd,
		   struct refused_by by);

#endif
