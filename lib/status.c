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

/* Those that programs die of or are stopped by, by the names of POSIX; numbers are the system's. */
static const char *const names[] = {
	[SIGHUP] = "HUP",   [SIGINT] = "INT",	[SIGQUIT] = "QUIT", [SIGILL] = "ILL",
	[SIGTRAP] = "TRAP", [SIGABRT] = "ABRT", [SIGBUS] = "BUS",   [SIGFPE] = "FPE",
	[SIGKILL] = "KILL", [SIGUSR1] = "USR1", [SIGSEGV] = "SEGV", [SIGUSR2] = "USR2",
	[SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM", [SIGXCPU] = "XCPU",
	[SIGXFSZ] = "XFSZ", [SIGSYS] = "SYS",	[SIGSTOP] = "STOP", [SIGTSTP] = "TSTP",
	[SIGTTIN] = "TTIN", [SIGTTOU] = "TTOU",
};

static void add_signal(struct text *text, const char *words, int signal)
{
	size_t count = sizeof(names) / sizeof(names[0]);

	text_add(text, "%s %d", words, signal);
	if (signal > 0 && (size_t)signal < count && names[signal])
		text_add(text, " (%s)", names[signal]);
}

int pspawn_strstatus(const struct pspawn_status *status, char *buf, size_t size)
{
	struct text text = { buf, size, 0 };

	if (status->lost)
		text_add(&text, "status lost");
	else if (status->exited)
		text_add(&text, "exit status %d", status->code);
	else if (status->stopped)
		add_signal(&text, "stopped by signal", status->stopped);
	else if (status->continued)
		text_add(&text, "continued");
	else if (status->signal == 0)
		text_add(&text, "no status");
	else
		add_signal(&text, "signal", status->signal);
	if (status->core)
		text_add(&text, ", core dumped");
	return (int)text.length;
}
