/* SPDX-License-Identifier: ISC */
/* Results and errors as one JSON object each, on a line of standard error or of --json-to. */
#ifndef JSON_H
#define JSON_H

#include <pspawn.h>

#include "options.h"
#include "print.h"

/* Its result says whether all of them could be written. */
extern struct printer to_json;

/* From now on; on standard error, until json_open() has another descriptor or path for it. */
void json_want(void);
int json_is_wanted(void);
void json_open(const char *where);

/* When all options are known: what we have opened gets a number that means nothing to the program. */
void json_settle(const struct options *options);

/* The handle as it was before the wait that gave the status. */
void json_result(const struct options *options, const struct pspawn_child *child,
		 const struct pspawn_status *status);
void json_stopped(const struct pspawn_child *child);
void json_error(const struct options *options, const struct pspawn_error *error,
		const char *sentence);

/* What is wrong with the command line, or was in the way before there was a program. */
void json_own_error(int code, const char *step, const char *sentence);

/* The end of an object and of its line, which is written now. */
void json_end(void);

/* Members of such an object, without a comma at either end; and a string with its quotes. */
void json_program(const struct options *options, const struct pspawn_child *child,
		  const struct pspawn_status *status);
void json_error_member(const struct options *options, const struct pspawn_error *error,
		       const char *sentence);
void json_string(const char *text);

/* One more member, with a comma before it: a string, or null. */
void json_word(const char *name, const char *word);

#endif
