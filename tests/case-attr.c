/* SPDX-License-Identifier: ISC */
/* N: attributes one by one. What is asked for changes, and nothing else does. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "facts.h"
#include "suite.h"
#include "table.h"

#define ATTR(...) { PSPAWN_ATTRS(__VA_ARGS__) }

CASE(N01, setsid)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_setsid());

	CHANGES(&cmd, { "session", "own" }, { "pgroup", "own" });
}

CASE(N02, process_group)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pgroup(0));

	CHANGES(&cmd, { "pgroup", "own" });
}
