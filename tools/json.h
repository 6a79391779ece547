/* SPDX-License-Identifier: ISC */
/* Results and errors as one JSON object each, on a line of standard error. */
#ifndef JSON_H
#define JSON_H

#include <pspawn.h>

#include "options.h"

/* The handle as it was before the wait that gave the status. */
void json_result(const struct options *options, const struct pspawn_child *child,
		 const struct pspawn_status *status);
void json_stopped(const struct pspawn_child *child);
void json_error(const struct options *options, const struct pspawn_error *error,
		const char *sentence);

/* Members of such an object, without a comma at either end; and a string with its quotes. */
void json_program(const struct options *options, const struct pspawn_child *child,
		  const struct pspawn_status *status);
void json_error_member(const struct options *options, const struct pspawn_error *error,
		       const char *sentence);
void json_string(const char *text);

#endif
