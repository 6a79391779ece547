/* SPDX-License-Identifier: ISC */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "values.h"

/* What is ours to poll for, before the library's. */
enum { SIGNALS, IN, OUT, OURS };

static int shorter(int a, int b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static void sleep_and_react(struct run *run, struct pollfd *fds, size_t room)
{
	const struct pollfd signals = { run->signals, POLLIN, 0 };
	int timeout;
	int count = pspawn_job_poll(run->job, fds + OURS, room, &timeout);

	fds[SIGNALS] = signals;
	fds[IN] = port_poll(&run->in);
	fds[OUT] = port_poll(&run->out);
	if (poll(fds, (nfds_t)(OURS + count), shorter(timeout, progress_due(&run->progress))) < 0)
		return;
	if (fds[SIGNALS].revents)
		run_react(run);
	/* Both have to be told. */
	if (port_polled(&run->in, &fds[IN]) | port_polled(&run->out, &fds[OUT]))
		pspawn_job_wake(run->job);
	if (run->out.is_gone)
		pspawn_job_stop(run->job);
}

void run_loop(struct run *run)
{
	size_t room = run->io.nstreams + run->count;
	struct pollfd *fds = values_keep(OURS + room, sizeof(*fds));

	while (pspawn_job_step(run->job) == -EINPROGRESS) {
		progress_step(&run->progress);
		sleep_and_react(run, fds, room);
	}
	free(fds);
}
