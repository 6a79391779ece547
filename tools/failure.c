/* SPDX-License-Identifier: ISC */
#include "failure.h"

#include <errno.h>

#include "json.h"
#include "print.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

static int is_about_the_program(const struct pspawn_error *error)
{
	return error->step == PSPAWN_STEP_SEARCH || error->step == PSPAWN_STEP_EXEC;
}

int failure(const struct options *options, const struct pspawn_cmd *cmd,
	    const struct pspawn_error *error)
{
	static char sentence[PRINT_ROOM];

	pspawn_strerror(error, cmd, sentence, sizeof(sentence));
	if (options->json)
		json_error(options, error, sentence);
	else
		print_sentence(sentence);
	if (!is_about_the_program(error))
		return OWN_ERROR;
	return error->code == ENOENT || error->code == ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE;
}
