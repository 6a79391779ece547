/* SPDX-License-Identifier: ISC */
#include "backend.h"

const struct backend *const ladder[] = { &backend_posix_spawn, &backend_fork, NULL };
