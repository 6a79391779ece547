/* SPDX-License-Identifier: ISC */
#include "drive.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "pspawn_cloexec.h"
#include "suite.h"

enum { ROOM = 16, A_MOMENT_MS = 5 };

static void sleep_by_poll(struct pspawn_job *job)
{
	struct pollfd fds[ROOM];
	int timeout_ms = -2;
	int count = pspawn_job_poll(job, fds, ROOM, &timeout_ms);

	CHECK(count >= 0 && count <= ROOM);
	CHECK(timeout_ms >= -1);
	/* Nobody to wait for, and no end to it. */
	CHECK(count > 0 || timeout_ms >= 0);
	poll(fds, (nfds_t)count, timeout_ms);
}

static void sleep_by_fd(struct pspawn_job *job)
{
	struct pollfd due = { .fd = pspawn_job_fd(job), .events = POLLIN };

	if (due.fd < 0)
		sleep_by_poll(job);
	else
		poll(&due, 1, -1);
}

static int one_step(struct pspawn_job *job, enum drive_way way)
{
	struct pspawn_job *jobs[] = { NULL, job };
	int result;

	switch (way) {
	case BY_POLL:
		sleep_by_poll(job);
		return pspawn_job_step(job);
	case BY_FD:
		sleep_by_fd(job);
		return pspawn_job_step(job);
	case BY_WAIT:
		return pspawn_job_wait(job, A_MOMENT_MS);
	default:
		result = pspawn_job_wait_any(jobs, 2, A_MOMENT_MS);
		CHECK(result == 1 || result == -EINPROGRESS);
		return pspawn_job_result(job, NULL, NULL);
	}
}

int drive(struct pspawn_job *job, enum drive_way way, int *steps)
{
	int result, count = 0;

	do {
		result = one_step(job, way);
		count++;
	} while (result == -EINPROGRESS);
	if (steps)
		*steps = count;
	return result;
}

struct pspawn_job *drive_start(const char *line, const struct pspawn_io *io)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, io, NULL), 0);
	return job;
}

int drive_is_told(const struct pspawn_job *job)
{
	return pspawn_job_child(job, 0)->pollfd >= 0;
}

int drive_is_due(struct pspawn_job *job, int timeout_ms)
{
	struct pollfd due = { .fd = pspawn_job_fd(job), .events = POLLIN };

	CHECK(due.fd > 2);
	return poll(&due, 1, timeout_ms) == 1;
}

void drive_need_fd(struct pspawn_job *job)
{
	int fd = pspawn_job_fd(job);

	if (fd != -ENOSYS && drive_is_told(job))
		return;
	pspawn_job_free(job);
	SKIP("no descriptor tells of all that a step is due for");
}

struct led drive_lead(const char *line, const struct pspawn_io *io)
{
	struct led led;
	int ends[2];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", line) };

	CHECK_INT(pspawn_pipe(ends), 0);
	cmd.fds = (const struct pspawn_fd[]){ pspawn_fd_dup(5, ends[0]) };
	cmd.nfds = 1;
	CHECK_INT(pspawn_job_start(&led.job, &cmd, 1, io, NULL), 0);
	close(ends[0]);
	led.leash = ends[1];
	return led;
}

void drive_pull(struct led *led)
{
	CHECK_INT(write(led->leash, "go\n", 3), 3);
}

void drive_let_go(struct led *led)
{
	pspawn_job_free(led->job);
	close(led->leash);
}

void drive_until(struct pspawn_job *job, const struct pspawn_transfer *got,
		 unsigned long long bytes)
{
	while (got->bytes < bytes) {
		CHECK(drive_is_due(job, DRIVE_SOON_MS));
		CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	}
}
