/* SPDX-License-Identifier: ISC */
/* For the tree's own command, which reaches every backend by its name. */
#include "backend.h"

const struct backend *const ladder[] = { &backend_linux, &backend_fork, &backend_posix_spawn,
					 NULL };
