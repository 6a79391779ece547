/* SPDX-License-Identifier: ISC */
/* Several programs in GLib's main loop: one source for each. */
#include <errno.h>
#include <glib-unix.h>

#include "programs.h"

static GMainLoop *loop;
static int running = PROGRAMS;

static gboolean step(gint fd, GIOCondition condition, gpointer data)
{
	struct program *program = data;

	(void)fd;
	(void)condition;
	if (pspawn_job_step(program->job) == -EINPROGRESS)
		return G_SOURCE_CONTINUE;
	if (--running == 0)
		g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

int main(void)
{
	struct program programs[PROGRAMS];

	if (programs_start(programs) < 0)
		return 1;
	loop = g_main_loop_new(NULL, FALSE);
	for (int i = 0; i < PROGRAMS; i++)
		g_unix_fd_add(program_fd(&programs[i]), G_IO_IN, step, &programs[i]);
	g_main_loop_run(loop);
	g_main_loop_unref(loop);
	programs_end(programs);
	return 0;
}
