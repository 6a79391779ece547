/* SPDX-License-Identifier: ISC */
/* Results and errors as one JSON object each, on a line of standard error. */
#ifndef JSON_H
#define JSON_H

#include <pspawn.h>

void json_result(const char *backend, pid_t pid, const struct pspawn_status *status);
void json_error(const struct pspawn_error *error, const char *sentence);

#endif
