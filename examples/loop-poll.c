/* SPDX-License-Identifier: ISC */
/* Several programs in a loop around poll(2), with whatever else it polls for. */
#include <errno.h>
#include <poll.h>

#include "programs.h"

/* Three streams and one program each. */
enum { ROOM = PROGRAMS * (3 + 1) };

/* The sets of all that run, in a row, and the first time that is due. */
static int gather(struct program *programs, const int *is_over, struct pollfd *fds, int *timeout_ms)
{
	int count = 0, due;

	*timeout_ms = -1;
	for (int i = 0; i < PROGRAMS; i++) {
		if (is_over[i])
			continue;
		count +=
		    pspawn_job_poll(programs[i].job, fds + count, (size_t)(ROOM - count), &due);
		if (due >= 0 && (*timeout_ms < 0 || due < *timeout_ms))
			*timeout_ms = due;
	}
	return count;
}

int main(void)
{
	struct program programs[PROGRAMS];
	int is_over[PROGRAMS] = { 0 };
	int running = PROGRAMS;

	if (programs_start(programs) < 0)
		return 1;
	while (running > 0) {
		struct pollfd fds[ROOM];
		int timeout_ms;
		int count = gather(programs, is_over, fds, &timeout_ms);

		poll(fds, (nfds_t)count, timeout_ms);
		for (int i = 0; i < PROGRAMS; i++) {
			if (is_over[i] || pspawn_job_step(programs[i].job) == -EINPROGRESS)
				continue;
			is_over[i] = 1;
			running--;
		}
	}
	programs_end(programs);
	return 0;
}
