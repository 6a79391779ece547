/* SPDX-License-Identifier: ISC */
/* GLib: g_spawn_async_with_fds(), which closes the rest. */
#include <errno.h>
#include <glib.h>
#include <sys/wait.h>

#include "contend.h"

static long long start(const struct contest *contest)
{
	GError *error = NULL;
	long long started;
	GPid pid;
	int status;

	if (!g_spawn_async_with_fds(NULL, (char **)contest->argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
				    NULL, NULL, &pid, contest->sources[0], contest->sources[1],
				    contest->sources[2], &error))
		g_error("%s", error->message);
	started = contend_now();
	if (waitpid(pid, &status, 0) != pid || status != 0)
		contend_fail("wait", ECHILD);
	return started;
}

const struct contender contender = { .start = start };
