/* SPDX-License-Identifier: ISC */
/* What the command says and returns at the end. */
#ifndef FAILURE_H
#define FAILURE_H

#include <pspawn.h>

#include "options.h"
#include "values.h"

/* Say what went wrong, of the program that `cmd` describes. Returns our exit status. */
int failure(const struct options *options, const struct pspawn_cmd *cmd,
	    const struct pspawn_error *error);

#endif
