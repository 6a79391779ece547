/* SPDX-License-Identifier: ISC */
/* One step of a plan as file actions of posix_spawn(3), and what they can do here. */
#ifndef LOWER_H
#define LOWER_H

#include <spawn.h>

#include "plan.h"

/* macOS: everything that no action names is closed. */
#if defined(HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDINHERIT_NP) && \
	defined(HAVE_DECL_POSIX_SPAWN_CLOEXEC_DEFAULT) && HAVE_DECL_POSIX_SPAWN_CLOEXEC_DEFAULT
#define LOWER_CLOSES_BY_DEFAULT 1
#else
#define LOWER_CLOSES_BY_DEFAULT 0
#endif

#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
#define LOWER_HAS_CLOSEFROM 1
#else
#define LOWER_HAS_CLOSEFROM 0
#endif

#if defined(HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCHDIR) && \
	defined(HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR)
#define lower_chdir posix_spawn_file_actions_addchdir
#define lower_fchdir posix_spawn_file_actions_addfchdir
#define LOWER_HAS_CHDIR 1
#elif defined(HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCHDIR_NP) && \
	defined(HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR_NP)
#define lower_chdir posix_spawn_file_actions_addchdir_np
#define lower_fchdir posix_spawn_file_actions_addfchdir_np
#define LOWER_HAS_CHDIR 1
#else
#define LOWER_HAS_CHDIR 0
#endif

#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDTCSETPGRP_NP
#define LOWER_HAS_FOREGROUND 1
#else
#define LOWER_HAS_FOREGROUND 0
#endif

/* Can posix_spawn(3) do the step here at all? */
int lower_can(const struct plan_step *step);

/* Set what the step needs of the attributes, and its flag. Returns 0 or an errno value. */
int lower_attribute(const struct plan_step *step, posix_spawnattr_t *attributes, short *flags);

/* Append what the step needs. Returns 0 or an errno value, as the functions it calls. */
int lower(const struct plan *plan, const struct plan_step *step,
	  posix_spawn_file_actions_t *actions);

#endif
