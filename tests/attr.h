/* SPDX-License-Identifier: ISC */
/* What cases of attributes share: the table of what carries them out, and attempts without us. */
#ifndef ATTR_H
#define ATTR_H

#include <pspawn.h>

#define ATTR(...) { PSPAWN_ATTRS(__VA_ARGS__) }

/* An attribute's name in tests/attributes, or NULL; kinds are counted from 1 to ATTR_LAST. */
enum { ATTR_LAST = PSPAWN_ATTR_SHELL_FALLBACK };
const char *attr_name(int kind);

/* Does tests/attributes have no lines but of kinds that there are, one each? */
int attr_table_is_whole(void);

/* What carries the attribute out here: the name of a backend, or "none". */
const char *attr_runs_by(int kind);

/* Skip the case where nothing here has what is asked for; else expect the right backend. */
void by_table(const struct pspawn_cmd *cmd);

/*
 * Make the attempt in a forked process, by system calls and without the library: it
 * returns 0, or -1 with errno. Returns that errno, or 0. For deciding whether the
 * surroundings allow a case.
 */
int attempt(int (*call)(const void *), const void *argument);

/* Skip the case where the attempt fails. */
void need(const char *what, int (*call)(const void *), const void *argument);

/* Skip in an emulator, which has its own idea of `what`. */
void need_real(const char *what);

/* The ids of nobody in particular. */
enum { SOME_USER = 12345, SOME_GROUP = 12346, OTHER_GROUP = 12347 };

/* Skip where such ids cannot be had. */
void need_ids(void);

/* Open at this number, close-on-exec. */
void open_at(int number, const char *path, int flags);

/* The text of a file in one line, or "". Static. */
const char *line_of(const char *path);

/* A process of ours that waits for its end, made by fork(2). */
pid_t helper_start(int (*first)(const void *), const void *argument);
void helper_end(pid_t pid);

#endif
