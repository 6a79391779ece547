/* SPDX-License-Identifier: ISC */
/* Waiting for whichever of several children ends first. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib.h"
#include "wait.h"

/* As many as are polled without memory of their own. */
enum { FEW = 64, LONGEST_NAP_MS = 32 };

static int is_running(const struct pspawn_child *child)
{
	return child && child->pid != 0;
}

/* Ask each that poll(2) says has ended, or that poll(2) cannot tell about. */
static int ask(struct pspawn_child *const *children, size_t count, struct pspawn_status *status,
	       struct pollfd *fds)
{
	for (size_t i = 0; i < count; i++) {
		int result;

		if (!is_running(children[i]) || (fds[i].fd >= 0 && !fds[i].revents))
			continue;
		result = pspawn_wait(children[i], status, 0);
		if (result == -EINPROGRESS) {
			/* Told that it has ended, but a tracer has its status first. */
			fds[i].fd = -1;
			continue;
		}
		if (result < 0 && status) {
			status_clear(status);
			status->lost = 1;
		}
		return (int)i;
	}
	return -EINPROGRESS;
}

/* Returns how many there are to wait for. */
static size_t prepare(struct pspawn_child *const *children, size_t count, struct pollfd *fds)
{
	size_t running = 0;

	for (size_t i = 0; i < count; i++) {
		fds[i].fd = is_running(children[i]) ? children[i]->pollfd : -1;
		fds[i].events = POLLIN;
		fds[i].revents = 0;
		running += (size_t)is_running(children[i]);
	}
	return running;
}

/* Are there any that poll(2) cannot tell about? */
static int is_blind(struct pspawn_child *const *children, size_t count, const struct pollfd *fds)
{
	for (size_t i = 0; i < count; i++)
		if (is_running(children[i]) && fds[i].fd < 0)
			return 1;
	return 0;
}

static int wait_any(struct pspawn_child *const *children, size_t count,
		    struct pspawn_status *status, int timeout_ms, struct pollfd *fds)
{
	int64_t deadline = wait_deadline(timeout_ms);
	int nap_ms = 1;
	int result;

	if (prepare(children, count, fds) == 0)
		return -ESRCH;
	for (;;) {
		int left = wait_left(deadline);
		int nap = left < 0 || left > nap_ms ? nap_ms : left;

		result = sys_poll(fds, count, is_blind(children, count, fds) ? nap : left);
		/* Where poll(2) fails it is asked for, in ever longer steps. */
		if (result < 0 && result != -EINTR) {
			for (size_t i = 0; i < count; i++)
				fds[i].fd = -1;
			sys_nap(nap);
		}
		result = ask(children, count, status, fds);
		if (result != -EINPROGRESS || left == 0)
			return result;
		if (nap_ms < LONGEST_NAP_MS)
			nap_ms *= 2;
	}
}

int pspawn_wait_any(struct pspawn_child *const *children, size_t count,
		    struct pspawn_status *status, int timeout_ms)
{
	struct pollfd few[FEW];
	struct pollfd *fds = few;
	int saved = errno;
	int cancel, result = -ENOMEM;

	if (timeout_ms < -1)
		return -EINVAL;
	cancel = sys_disable_cancel();
	if (count > FEW)
		fds = malloc(count * sizeof(*fds));
	if (fds)
		result = wait_any(children, count, status, timeout_ms, fds);
	if (fds != few)
		free(fds);
	sys_restore_cancel(cancel);
	errno = saved;
	return result;
}
