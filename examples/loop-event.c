/* SPDX-License-Identifier: ISC */
/* Several programs in libevent's loop: one event for each. */
#include <errno.h>
#include <event2/event.h>

#include "programs.h"

struct watched {
	struct program *program;
	struct event *event;
};

static void step(evutil_socket_t fd, short what, void *data)
{
	struct watched *watched = data;

	(void)fd;
	(void)what;
	/* The loop ends when its last event is gone. */
	if (pspawn_job_step(watched->program->job) != -EINPROGRESS)
		event_free(watched->event);
}

int main(void)
{
	struct program programs[PROGRAMS];
	struct watched watched[PROGRAMS];
	struct event_base *base = event_base_new();

	if (!base || programs_start(programs) < 0)
		return 1;
	for (int i = 0; i < PROGRAMS; i++) {
		watched[i].program = &programs[i];
		watched[i].event = event_new(base, program_fd(&programs[i]), EV_READ | EV_PERSIST,
					     step, &watched[i]);
		if (!watched[i].event || event_add(watched[i].event, NULL) < 0)
			return 1;
	}
	event_base_dispatch(base);
	event_base_free(base);
	programs_end(programs);
	return 0;
}
