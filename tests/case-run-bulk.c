/* SPDX-License-Identifier: ISC */
/* R10: what a stream that moves much is given, and one that moves little is not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

/* The size of our pipe's buffer when the child has written as much as this. */
static int pipe_after(unsigned long long bytes)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("cat", "/dev/zero") };
	struct pspawn_buffer out;
	struct pspawn_transfer told;
	struct pspawn_io io = {
		.size = sizeof(io),
		PSPAWN_STOPS({ SIGKILL, -1 }),
		PSPAWN_STREAMS(pspawn_stream_report(pspawn_stream_collect(1, &out), &told)),
	};
	struct pspawn_job *job;
	int size = 0;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	while (size == 0) {
		struct pollfd fds[2];
		int timeout_ms, count = pspawn_job_poll(job, fds, 2, &timeout_ms);

		/* The stream is the first; the child is there too where it can be polled for. */
		CHECK(count >= 1);
		if (told.bytes >= bytes)
			size = fcntl(fds[0].fd, F_GETPIPE_SZ);
		else
			poll(fds, (nfds_t)count, timeout_ms);
		pspawn_job_step(job);
	}
	pspawn_job_free(job);
	free(out.data);
	return size;
}

static int usual_size(void)
{
	int ends[2], size;

	CHECK_INT(pipe(ends), 0);
	size = fcntl(ends[0], F_GETPIPE_SZ);
	close(ends[0]);
	close(ends[1]);
	return size;
}

CASE(R10, a_pipe_for_much)
{
	CHECK_INT(pipe_after(1), usual_size());
	/* Where pages are larger than 4 KiB it may be enough as it is. */
	CHECK(pipe_after(3 << 20) >= 256 << 10);
}

/* The size of our pipe's buffer, of which nobody reads. */
static int pipe_to_feed(size_t bytes)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "1000") };
	char *data = calloc(1, bytes);
	struct pspawn_transfer told;
	struct pspawn_io io = {
		.size = sizeof(io),
		PSPAWN_STOPS({ SIGKILL, -1 }),
		PSPAWN_STREAMS(pspawn_stream_report(pspawn_stream_feed(0, data, bytes), &told)),
	};
	struct pspawn_job *job;
	struct pollfd fds[2];
	int timeout_ms, size;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	CHECK(pspawn_job_poll(job, fds, 2, &timeout_ms) >= 1);
	poll(fds, 1, -1);
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	CHECK(told.bytes > 0);
	CHECK(told.bytes < bytes);
	size = fcntl(fds[0].fd, F_GETPIPE_SZ);
	pspawn_job_free(job);
	free(data);
	return size;
}

CASE(R10, a_pipe_to_feed_much)
{
	CHECK_INT(pipe_to_feed(1000000), usual_size());
	CHECK(pipe_to_feed(3 << 20) >= 256 << 10);
}
