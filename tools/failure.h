/* SPDX-License-Identifier: ISC */
/* What the command says and returns at the end. */
#ifndef FAILURE_H
#define FAILURE_H

#include <pspawn.h>

#include "options.h"

enum { TIMED_OUT = 124 };

/* Say what went wrong, of the program that `cmd` describes. Returns our exit status. */
int failure(const struct options *options, const struct pspawn_cmd *cmd,
	    const struct pspawn_error *error);

/* The program's is ours. */
int exit_status_of(const struct pspawn_status *status);

#endif
