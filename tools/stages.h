/* SPDX-License-Identifier: ISC */
/* The programs of a pipeline: one description each, made of the one that the options are. */
#ifndef STAGES_H
#define STAGES_H

#include <pspawn.h>

#include "options.h"

/* For as long as we run. Without --pipeline it is one. A missing program ends the command. */
struct pspawn_cmd *stages_of(const struct options *options, size_t *count);

#endif
