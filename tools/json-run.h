/* SPDX-License-Identifier: ISC */
#ifndef JSON_RUN_H
#define JSON_RUN_H

#include "run.h"

/* What became of a run, as one JSON object on a line of its own. */
void json_run(const struct run *run, const struct pspawn_result *result,
	      const struct pspawn_error *error);

#endif
