/* SPDX-License-Identifier: ISC */
/*
 * known PROGRAM [ARGUMENT]...: execute it as the suites execute their cases: no signal is ignored
 * or blocked, 0 to 2 are open, and the umask is 022. Who starts the tests may have that otherwise
 * (nohup, build daemons, background jobs), and a shell cannot set a trap for a signal that was
 * ignored when it began.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef NSIG
#define NSIG 65
#endif

int main(int argc, char **argv)
{
	struct sigaction fresh = { .sa_handler = SIG_DFL };
	sigset_t none;
	int fd;

	if (argc < 2)
		return 125;
	/* Refused for KILL and STOP and those of libc's own, which is all the same. */
	for (int number = 1; number < NSIG; number++)
		sigaction(number, &fresh, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 2);
	if (fd > 2)
		close(fd);
	execv(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
