/* SPDX-License-Identifier: ISC */
/* What a status says: in a number, and in words. */
#include <signal.h>
#include <string.h>

#include "lib.h"

void status_clear(struct pspawn_status *status)
{
	memset(status, 0, sizeof(*status));
	status->code = -1;
}

int pspawn_exit_code(const struct pspawn_status *status)
{
	if (status->exited)
		return status->code;
	return status->signal ? 128 + status->signal : -1;
}

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
	else if (status->signal == 0)
		text_add(&text, "no status");
	else if (name)
		text_add(&text, "signal %d (%s)", status->signal, name);
	else
		text_add(&text, "signal %d", status->signal);
	if (status->core)
		text_add(&text, ", core dumped");
	return (int)text.length;
}
