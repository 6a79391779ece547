/* SPDX-License-Identifier: ISC */
/* The words for each step. */
#include "pspawn.h"

static const char *const names[] = {
	[PSPAWN_STEP_NONE] = "start",
	[PSPAWN_STEP_CHECK] = "check the description",
	[PSPAWN_STEP_CHECK_ATTR] = "check the description",
	[PSPAWN_STEP_SEARCH] = "find",
	[PSPAWN_STEP_BACKEND] = "choose a backend",
	[PSPAWN_STEP_PREPARE] = "prepare",
	[PSPAWN_STEP_CREATE] = "create the process",
	[PSPAWN_STEP_NAMESPACES] = "create namespaces",
	[PSPAWN_STEP_MAP_IDS] = "map ids",
	[PSPAWN_STEP_SIGNALS] = "set signals to default",
	[PSPAWN_STEP_SIGIGNORE] = "ignore signals",
	[PSPAWN_STEP_CGROUP] = "enter the cgroup",
	[PSPAWN_STEP_NO_TTY] = "give up the terminal",
	[PSPAWN_STEP_SETSID] = "start a session",
	[PSPAWN_STEP_PGROUP] = "set the process group",
	[PSPAWN_STEP_SETNS] = "enter the namespace",
	[PSPAWN_STEP_MOUNTS] = "make mounts private",
	[PSPAWN_STEP_SCHED] = "set the scheduling policy",
	[PSPAWN_STEP_NICE] = "set the nice value",
	[PSPAWN_STEP_IOPRIO] = "set the I/O priority",
	[PSPAWN_STEP_AFFINITY] = "choose CPUs",
	[PSPAWN_STEP_OOM_SCORE] = "set the OOM score",
	[PSPAWN_STEP_PERSONALITY] = "set the personality",
	[PSPAWN_STEP_RLIMIT] = "set the limit",
	[PSPAWN_STEP_UMASK] = "set the umask",
	[PSPAWN_STEP_ROOT] = "change the root",
	[PSPAWN_STEP_BOUNDING] = "limit the bounding set",
	[PSPAWN_STEP_SECUREBITS] = "set securebits",
	[PSPAWN_STEP_KEEP_CAPS] = "keep capabilities",
	[PSPAWN_STEP_GROUPS] = "set the supplementary groups",
	[PSPAWN_STEP_GROUP] = "set the group",
	[PSPAWN_STEP_USER] = "set the user",
	[PSPAWN_STEP_AMBIENT] = "raise ambient capabilities",
	[PSPAWN_STEP_NO_NEW_PRIVS] = "forbid new privileges",
	[PSPAWN_STEP_CHDIR] = "change directory",
	[PSPAWN_STEP_PDEATHSIG] = "ask for a signal when the parent ends",
	[PSPAWN_STEP_PLACE] = "place descriptor",
	[PSPAWN_STEP_CLOSE] = "close everything else",
	[PSPAWN_STEP_OPEN] = "open",
	[PSPAWN_STEP_CTTY] = "take the controlling terminal",
	[PSPAWN_STEP_FOREGROUND] = "come to the foreground",
	[PSPAWN_STEP_TRACE_ME] = "ask to be traced",
	[PSPAWN_STEP_MASK] = "set the signal mask",
	[PSPAWN_STEP_EXEC] = "execute",
	[PSPAWN_STEP_FEED] = "feed the program",
	[PSPAWN_STEP_COLLECT] = "collect its output",
	[PSPAWN_STEP_STOP] = "stop the program",
	[PSPAWN_STEP_WAIT] = "learn its status",
};

const char *pspawn_step_name(int step)
{
	if (step < 0 || (size_t)step >= sizeof(names) / sizeof(names[0]))
		return NULL;
	return names[step];
}
