/* SPDX-License-Identifier: ISC */
/* The options of a run: how it is fed, collected, bounded, stopped and chained. */
#ifndef BOUNDS_H
#define BOUNDS_H

#include <stddef.h>

struct bounds {
	int is_run; /* one of these options was given: it is more than a start */
	int timeout_ms, silent_ms;
	int signal, kill_after_ms; /* the escalation */
	int reach;                 /* enum pspawn_reach */
	const char *text, *file;   /* what it is fed, or NULL */
	int capture;
	size_t most; /* bytes of output; 0: the library's default */
	int keep;    /* enum pspawn_keep; -1: not given */
	int stop_at_limit;
	int drain, drain_idle_ms, drain_max_ms; /* drain -1: not given */
	int pty;
	const char *prompt; /* what is shown before something is typed, or NULL */
	const char *separator; /* of the stages of a pipeline; NULL: it is none */
	int fail_if_any;
	int quiet;
};

struct bounds_option {
	const char *name;
	const char *argument; /* what --help calls it; NULL: the option has none */
	int is_optional;      /* the argument may be left out */
	const char *help;
	void (*take)(struct bounds *bounds, const char *text);
};

extern const struct bounds_option bounds_options[];
extern const int bounds_count;

void bounds_init(struct bounds *bounds);

/* Wrong values end the command. */
void bounds_take(struct bounds *bounds, const struct bounds_option *option, const char *text);

/* What is wrong with all of them together ends the command. */
void bounds_settle(const struct bounds *bounds);

/* The rows as text for --help, on standard output. */
void bounds_help(void);

#endif
