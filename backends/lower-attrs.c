/* SPDX-License-Identifier: ISC */
/* What of the plan the attributes of posix_spawn(3) can express here. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#include "lower.h"

#if defined(HAVE_DECL_POSIX_SPAWN_SETSID) && HAVE_DECL_POSIX_SPAWN_SETSID
#define LOWER_HAS_SETSID 1
#else
#define LOWER_HAS_SETSID 0
#define POSIX_SPAWN_SETSID 0
#endif

/* Libc's own signals, which its sigaddset() refuses, go into the set by hand. */
static void set_of(unsigned long long signals, sigset_t *set)
{
	sigemptyset(set);
	for (; signals; signals &= signals - 1) {
		int number = __builtin_ctzll(signals) + 1;
#ifdef __linux__
		if (number >= 32 && number <= 34) {
			unsigned bit = (unsigned)number - 1;

			((unsigned char *)set)[bit / 8] |= (unsigned char)(1u << bit % 8);
			continue;
		}
#endif
		sigaddset(set, number);
	}
}

static int set_signals(const struct plan_step *step, posix_spawnattr_t *attributes)
{
	sigset_t set;

	set_of(step->value[0], &set);
	return step->kind == STEP_MASK ? posix_spawnattr_setsigmask(attributes, &set)
				       : posix_spawnattr_setsigdefault(attributes, &set);
}

#ifdef HAVE_POSIX_SPAWNATTR_SETSCHEDPOLICY

static int set_policy(const struct plan_step *step, posix_spawnattr_t *attributes)
{
	struct sched_param param = { .sched_priority = (int)step->value[0] };
	int result = posix_spawnattr_setschedpolicy(attributes, step->number);

	return result ? result : posix_spawnattr_setschedparam(attributes, &param);
}

/* Some libcs declare it and say ENOSYS; others know some policies and not all. */
static int can_set_policy(int policy)
{
	posix_spawnattr_t attributes;
	int result;

	if (posix_spawnattr_init(&attributes))
		return 0;
	result = posix_spawnattr_setschedpolicy(&attributes, policy);
	posix_spawnattr_destroy(&attributes);
	return result == 0;
}

#else
#define POSIX_SPAWN_SETSCHEDULER 0

static int set_policy(const struct plan_step *step, posix_spawnattr_t *attributes)
{
	(void)step;
	(void)attributes;
	return ENOSYS;
}

static int can_set_policy(int policy)
{
	(void)policy;
	return 0;
}

#endif

int lower_can(const struct plan_step *step)
{
	switch (step->kind) {
	case STEP_CHDIR:
	case STEP_FCHDIR:
		return LOWER_HAS_CHDIR;
	case STEP_SETSID:
		return LOWER_HAS_SETSID;
	case STEP_FOREGROUND:
		return LOWER_HAS_FOREGROUND;
	case STEP_SCHED:
		return can_set_policy(step->number);
	case STEP_EXEC: /* by one path; other negative numbers are descriptors to come */
		return step->to == -1 && !step->number;
	case STEP_SIGNALS:
	case STEP_MASK:
	case STEP_PGROUP:
	case STEP_CLOSE_REST:
	case STEP_CLOSE:
	case STEP_SHELL:
		return 1;
	case STEP_MOVE: /* file actions clear close-on-exec, and cannot set it */
	case STEP_CLEAR:
	case STEP_OPEN:
		return !(step->flags & O_CLOEXEC);
	default:
		return 0;
	}
}

int lower_attribute(const struct plan_step *step, posix_spawnattr_t *attributes, short *flags)
{
	switch (step->kind) {
	case STEP_SIGNALS:
		*flags |= POSIX_SPAWN_SETSIGDEF;
		return set_signals(step, attributes);
	case STEP_MASK:
		/* Without the flag it is the caller's. */
		*flags |= step->number ? 0 : POSIX_SPAWN_SETSIGMASK;
		return set_signals(step, attributes);
	case STEP_SETSID:
		*flags |= POSIX_SPAWN_SETSID;
		return 0;
	case STEP_PGROUP:
		*flags |= POSIX_SPAWN_SETPGROUP;
		return posix_spawnattr_setpgroup(attributes, step->number);
	case STEP_SCHED:
		*flags |= POSIX_SPAWN_SETSCHEDULER;
		return set_policy(step, attributes);
	default:
		return 0;
	}
}
