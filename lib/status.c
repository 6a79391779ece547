/* SPDX-License-Identifier: ISC */
/* A status in words. */
#include <signal.h>

#include "lib.h"

/* Those that programs die of, by the names of POSIX; numbers are the system's. */
static const char *const names[] = {
	[SIGHUP] = "HUP",   [SIGINT] = "INT",	[SIGQUIT] = "QUIT", [SIGILL] = "ILL",
	[SIGTRAP] = "TRAP", [SIGABRT] = "ABRT", [SIGBUS] = "BUS",   [SIGFPE] = "FPE",
	[SIGKILL] = "KILL", [SIGUSR1] = "USR1", [SIGSEGV] = "SEGV", [SIGUSR2] = "USR2",
	[SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM", [SIGXCPU] = "XCPU",
	[SIGXFSZ] = "XFSZ", [SIGSYS] = "SYS",
};

static const char *name_of(int signal)
{
	return signal > 0 && (size_t)signal < sizeof(names) / sizeof(names[0]) ? names[signal] : NULL;
}

int pspawn_strstatus(const struct pspawn_status *status, char *buf, size_t size)
{
	struct text text = { buf, size, 0 };
	const char *name = name_of(status->signal);

	if (status->lost)
		text_add(&text, "status lost");
	else if (status->exited)
		text_add(&text, "exit status %d", status->code);
	else if (name)
		text_add(&text, "signal %d (%s)", status->signal, name);
	else
		text_add(&text, "signal %d", status->signal);
	if (status->core)
		text_add(&text, ", core dumped");
	return (int)text.length;
}
