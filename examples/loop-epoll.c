/* SPDX-License-Identifier: ISC */
/* Several programs in a loop around epoll(7): one descriptor for each. */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "programs.h"

int main(void)
{
	struct program programs[PROGRAMS];
	int running = PROGRAMS;
	int set = epoll_create1(EPOLL_CLOEXEC);

	if (set < 0 || programs_start(programs) < 0)
		return 1;
	for (int i = 0; i < PROGRAMS; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &programs[i] };

		if (epoll_ctl(set, EPOLL_CTL_ADD, program_fd(&programs[i]), &event) < 0)
			return 1;
	}
	while (running > 0) {
		struct epoll_event event;
		struct program *program;

		if (epoll_wait(set, &event, 1, -1) != 1)
			continue;
		program = event.data.ptr;
		if (pspawn_job_step(program->job) == -EINPROGRESS)
			continue;
		epoll_ctl(set, EPOLL_CTL_DEL, program_fd(program), NULL);
		running--;
	}
	close(set);
	programs_end(programs);
	return 0;
}
