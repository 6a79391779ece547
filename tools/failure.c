/* SPDX-License-Identifier: ISC */
#include "failure.h"

#include <errno.h>
#include <stdio.h>

#include "json.h"
#include "values.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, BY_SIGNAL = 128 };

static int is_about_the_program(const struct pspawn_error *error)
{
	return error->step == PSPAWN_STEP_SEARCH || error->step == PSPAWN_STEP_EXEC;
}

int failure(const struct options *options, const struct pspawn_cmd *cmd,
	    const struct pspawn_error *error)
{
	static char sentence[16384];

	pspawn_strerror(error, cmd, sentence, sizeof(sentence));
	if (options->json)
		json_error(options, error, sentence);
	else
		fprintf(stderr, "pspawn: %s\n", sentence);
	if (!is_about_the_program(error))
		return OWN_ERROR;
	return error->code == ENOENT || error->code == ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE;
}

int exit_status_of(const struct pspawn_status *status)
{
	return status->exited ? status->code : BY_SIGNAL + status->signal;
}
