/* SPDX-License-Identifier: ISC */
/* Which attributes there are, what they may be, and which go together. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "pairs.h"
#include "suite.h"

/* Those of Linux, by their numbers: some libcs do not have all of them. */
enum { BATCH = 3, IDLE = 5, BIND_SERVICE = 10, NET_RAW = 13, CHOWN = 0, KILL = 5 };
enum { NOROOT = 1, NO_SETUID_FIXUP = 4, NO_RANDOMIZATION = 0x0040000, CPU = 0, FILES = 7 };

/* A row of everything at once would say little when it is red, and hide one thing by another. */
enum { WIDTH = 13 };

static const gid_t two_groups[] = { 11, 12 };

#define NUMBER(KIND, n) { PSPAWN_ATTR_##KIND, (n), 0, 0, { 0, 0 }, NULL, 0, { 0, 0 } }
#define VALUE(KIND, n) { PSPAWN_ATTR_##KIND, 0, 0, 0, { (n), 0 }, NULL, 0, { 0, 0 } }
#define VALUES(KIND, a, b) { PSPAWN_ATTR_##KIND, 0, 0, 0, { (a), (b) }, NULL, 0, { 0, 0 } }
#define BOTH(KIND, n, v) { PSPAWN_ATTR_##KIND, (n), 0, 0, { (v), 0 }, NULL, 0, { 0, 0 } }
#define LIMIT(n, a, b) { PSPAWN_ATTR_RLIMIT, (n), 0, 0, { (a), (b) }, NULL, 0, { 0, 0 } }
#define POINTER(KIND, p, n) { PSPAWN_ATTR_##KIND, 0, 0, 0, { 0, 0 }, (p), (n), { 0, 0 } }
#define IDS(KIND, n) { PSPAWN_ATTR_##KIND, 0, 0, 0, { 0, 0 }, NULL, (n), { 0, 0 } }

#define PLAIN (PSPAWN_NS_UTS | PSPAWN_NS_IPC | PSPAWN_NS_NET | PSPAWN_NS_MOUNT)
#define ROOTS ANY_LEVEL
#define CAP(n) PSPAWN_CAPABILITY(n)

#define FACTOR(KIND, name, power, ...) \
	[PSPAWN_ATTR_##KIND] = { name, { { 0 }, __VA_ARGS__ }, power }

/* Index 0 is not used. Descriptors, and what depends on them, are put in by row_attributes(). */
const struct factor factors[COVERING_FACTORS] = {
	FACTOR(ENV_CLEAR, "env_clear", 0, NUMBER(ENV_CLEAR, 0)),
	FACTOR(ENV_SET, "env_set", 0, POINTER(ENV_SET, "PSPAWN_PAIR=1", 0)),
	FACTOR(ENV_UNSET, "env_unset", 0, POINTER(ENV_UNSET, "PATH", 0)),
	FACTOR(DIR_FD, "dir_fd", 0, NUMBER(DIR_FD, 0)),
	FACTOR(SETSID, "setsid", 0, NUMBER(SETSID, 0)),
	FACTOR(PGROUP, "pgroup", 0, NUMBER(PGROUP, 0)),
	FACTOR(NO_TTY, "no_tty", 0, NUMBER(NO_TTY, 0)),
	FACTOR(CTTY, "ctty", 0, NUMBER(CTTY, TTY_FRESH)),
	FACTOR(FOREGROUND, "foreground", 0, NUMBER(FOREGROUND, 0)),
	FACTOR(SIGMASK, "sigmask", 0, VALUE(SIGMASK, PSPAWN_SIGNAL(SIGTERM)), VALUE(SIGMASK, 0)),
	FACTOR(SIGDEFAULT, "sigdefault", 0, VALUE(SIGDEFAULT, PSPAWN_SIGNAL(SIGHUP)),
	       VALUE(SIGDEFAULT, PSPAWN_SIGNAL(SIGPIPE))),
	FACTOR(SIGIGNORE, "sigignore", 0, VALUE(SIGIGNORE, PSPAWN_SIGNAL(SIGINT)),
	       VALUE(SIGIGNORE, PSPAWN_SIGNAL(SIGPIPE))),
	FACTOR(SIGINHERIT, "siginherit", 0, NUMBER(SIGINHERIT, 0)),
	FACTOR(USER, "user", ROOTS, VALUES(USER, 1234, 0xffffffff), VALUES(USER, 1234, 1235)),
	FACTOR(GROUP, "group", ROOTS, VALUE(GROUP, 2345)),
	FACTOR(GROUPS, "groups", ROOTS, POINTER(GROUPS, two_groups, 2), POINTER(GROUPS, NULL, 0)),
	FACTOR(KEEP_GROUPS, "keep_groups", 0, NUMBER(KEEP_GROUPS, 0)),
	FACTOR(RLIMIT, "rlimit", 0, LIMIT(CPU, 1000, 2000), LIMIT(FILES, 50, 0)),
	FACTOR(NICE, "nice", 0, NUMBER(NICE, 19)),
	FACTOR(SCHED, "sched", 0, BOTH(SCHED, BATCH, 0), BOTH(SCHED, IDLE, 0)),
	FACTOR(UMASK, "umask", 0, NUMBER(UMASK, 077)),
	FACTOR(ROOT, "root", ROOTS, POINTER(ROOT, "", 0), POINTER(ROOT, "/", 0)),
	FACTOR(ROOT_FD, "root_fd", ROOTS, NUMBER(ROOT_FD, 0), NUMBER(ROOT_FD, 0)),
	FACTOR(PROGRAM_FD, "program_fd", 0, NUMBER(PROGRAM_FD, 0)),
	FACTOR(RETRY_BUSY, "retry_busy", 0, NUMBER(RETRY_BUSY, 100)),
	FACTOR(SHELL_FALLBACK, "shell_fallback", 0, NUMBER(SHELL_FALLBACK, 0)),
#ifdef SYS_IS_RAW
	FACTOR(NO_NEW_PRIVS, "no_new_privs", 0, NUMBER(NO_NEW_PRIVS, 0)),
	FACTOR(AMBIENT, "ambient", ROOTS, VALUE(AMBIENT, CAP(BIND_SERVICE))),
	FACTOR(BOUNDING, "bounding", ROOTS, VALUE(BOUNDING, ~CAP(NET_RAW)),
	       VALUE(BOUNDING, CAP(CHOWN) | CAP(KILL) | CAP(BIND_SERVICE))),
	FACTOR(KEEP_CAPS, "keep_caps", 0, NUMBER(KEEP_CAPS, 0)),
	FACTOR(SECUREBITS, "securebits", ROOTS, VALUE(SECUREBITS, NOROOT),
	       VALUE(SECUREBITS, NO_SETUID_FIXUP)),
	FACTOR(PDEATHSIG, "pdeathsig", 0, NUMBER(PDEATHSIG, SIGUSR1)),
	FACTOR(AFFINITY, "affinity", 0, POINTER(AFFINITY, NULL, 0)),
	FACTOR(IOPRIO, "ioprio", 0, BOTH(IOPRIO, 2, 6), BOTH(IOPRIO, 3, 0)),
	FACTOR(OOM_SCORE, "oom_score", 0, NUMBER(OOM_SCORE, 300)),
	FACTOR(PERSONALITY, "personality", 0, VALUE(PERSONALITY, NO_RANDOMIZATION)),
	FACTOR(CGROUP, "cgroup", ROOTS, NUMBER(CGROUP, 0)),
	/* As NS_PLAIN, NS_PID and NS_USER say. */
	FACTOR(NAMESPACES, "namespaces", LEVEL(NS_PLAIN) | LEVEL(NS_PID), VALUE(NAMESPACES, PLAIN),
	       VALUE(NAMESPACES, PSPAWN_NS_PID),
	       VALUE(NAMESPACES, PSPAWN_NS_USER | PSPAWN_NS_UTS)),
	FACTOR(UNSHARE, "unshare", ROOTS, VALUE(UNSHARE, PSPAWN_NS_UTS | PSPAWN_NS_MOUNT),
	       VALUE(UNSHARE, PSPAWN_NS_IPC | PSPAWN_NS_PID | PSPAWN_NS_CGROUP)),
	FACTOR(SETNS, "setns", ROOTS, VALUE(SETNS, PSPAWN_NS_UTS)),
	FACTOR(MAP_USER, "map_user", 0, IDS(MAP_USER, 1)),
	FACTOR(MAP_GROUP, "map_group", 0, IDS(MAP_GROUP, 1)),
	/* As SETGROUPS_DENY and SETGROUPS_ALLOW say. */
	FACTOR(SETGROUPS, "setgroups", LEVEL(SETGROUPS_ALLOW), NUMBER(SETGROUPS, 0),
	       NUMBER(SETGROUPS, 1)),
	FACTOR(TRACE_ME, "trace_me", 0, NUMBER(TRACE_ME, 0)),
#endif
};

/* ---- what cannot be together */

#define OTHER_NS (LEVEL(NS_PLAIN) | LEVEL(NS_PID))
#define NEVER(A, la, B, lb, why) { PSPAWN_ATTR_##A, la, PSPAWN_ATTR_##B, lb, why }

const struct covering_exclusion pair_exclusions[] = {
	NEVER(SETSID, ANY_LEVEL, PGROUP, ANY_LEVEL, "a session leader cannot change its group"),
	NEVER(PGROUP, ANY_LEVEL, CTTY, ANY_LEVEL, "only a session leader can have one, as above"),
	NEVER(SETNS, ANY_LEVEL, NAMESPACES, LEVEL(NS_USER), "no power over what is outside"),
	NEVER(SETNS, ANY_LEVEL, MAP_USER, ANY_LEVEL, "maps are of a user namespace, as above"),
	NEVER(SETNS, ANY_LEVEL, MAP_GROUP, ANY_LEVEL, "maps are of a user namespace, as above"),
	NEVER(SETNS, ANY_LEVEL, SETGROUPS, ANY_LEVEL, "maps are of a user namespace, as above"),
	NEVER(NAMESPACES, OTHER_NS, MAP_USER, ANY_LEVEL, "no user namespace"),
	NEVER(NAMESPACES, OTHER_NS, MAP_GROUP, ANY_LEVEL, "no user namespace"),
	NEVER(NAMESPACES, OTHER_NS, SETGROUPS, ANY_LEVEL, "no user namespace"),
	NEVER(PROGRAM_FD, ANY_LEVEL, SHELL_FALLBACK, ANY_LEVEL, "a shell wants a path"),
	{ 0, 0, 0, 0, NULL },
};

/* ---- what needs something else */

#define NS PSPAWN_ATTR_NAMESPACES, LEVEL(NS_USER)
#define IN_NS PSPAWN_ATTR_NAMESPACES, LEVEL(NS_USER), 0, 0
#define ALWAYS 0, 0, 0, 0
#define ONE(KIND) PSPAWN_ATTR_##KIND, ANY_LEVEL
#define DENIED PSPAWN_ATTR_SETGROUPS, LEVEL(SETGROUPS_DENY)

const struct covering_need pair_needs[] = {
	/* The first one is for an ordinary user only. */
	{ ONE(MAP_GROUP), ALWAYS, DENIED, SETGROUPS_DENY, "else he may not map groups" },
	{ ONE(CTTY), ALWAYS, ONE(SETSID), 1, "only a session leader can have one" },
	{ ONE(FOREGROUND), ONE(SETSID), 0, 0, ONE(CTTY), 1, "a new session has no terminal" },
	{ ONE(FOREGROUND), ONE(NO_TTY), 0, 0, ONE(CTTY), 1, "it has given up its terminal" },
	{ ONE(FOREGROUND), PSPAWN_ATTR_NAMESPACES, LEVEL(NS_PID), ONE(SETSID), ONE(PGROUP), 1,
	  "a group outside of the pid namespace has no number in there" },
	{ ONE(MAP_USER), ALWAYS, NS, NS_USER, "a map is of a user namespace" },
	{ ONE(MAP_GROUP), ALWAYS, NS, NS_USER, "a map is of a user namespace" },
	{ ONE(SETGROUPS), ALWAYS, NS, NS_USER, "it is of a user namespace" },
	{ ONE(USER), IN_NS, ONE(MAP_USER), 1, "an id that is not mapped cannot be had" },
	{ PSPAWN_ATTR_USER, LEVEL(2), IN_NS, ONE(MAP_GROUP), 1, "nor can a group" },
	{ ONE(GROUP), IN_NS, ONE(MAP_GROUP), 1, "nor can a group" },
	{ ONE(USER), NS, ONE(KEEP_GROUPS), ONE(MAP_GROUP), 1, "setgroups(2) wants a map" },
	{ ONE(GROUPS), NS, ONE(KEEP_GROUPS), ONE(MAP_GROUP), 1, "setgroups(2) wants a map" },
	{ ONE(USER), DENIED, 0, 0, ONE(KEEP_GROUPS), 1, "setgroups(2) is denied" },
	{ ONE(GROUPS), DENIED, 0, 0, ONE(KEEP_GROUPS), 1, "setgroups(2) is denied" },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL },
};

void levels_of_all(struct covering_model *model)
{
	memset(model, 0, sizeof(*model));
	model->width = WIDTH;
	model->exclusions = pair_exclusions;
	model->needs = pair_needs + 1;
	for (int f = 0; f < COVERING_FACTORS; f++)
		for (int level = 1; level < COVERING_LEVELS; level++)
			if (factors[f].level[level].kind)
				model->levels[f] |= LEVEL(level);
}

void name_row(const int *row, char *text, size_t size)
{
	for (int f = 0; f < COVERING_FACTORS; f++) {
		size_t length = strlen(text);

		if (row[f] && factors[f].level[2].kind)
			snprintf(text + length, size - length, " %s=%d", factors[f].name, row[f]);
		else if (row[f])
			snprintf(text + length, size - length, " %s", factors[f].name);
	}
}
