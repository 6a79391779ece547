/* SPDX-License-Identifier: ISC */
/* What cases of runs want before and after each run, and a run with streams of every kind. */
#ifndef AROUND_RUN_H
#define AROUND_RUN_H

#include <pspawn.h>

/* Descriptors and the library's memory as they are, to be compared after a run. */
struct before_run {
	unsigned long long numbers;
	int held;
};
struct before_run before_run(void);

/* Nothing is left of it: no descriptor, memory or child. */
void expect_as_before(const struct before_run *before);

/* As struct pspawn_io of a run of every_kind_cmd(): feeds 0, 3, 4, and collects 1, 2, 5, 6. */
struct every_kind {
	struct pspawn_stream streams[7];
	struct pspawn_buffer out;
	char taken[64], lines[64], given[64];
	int file;
};
struct pspawn_io every_kind_io(struct every_kind *every);
struct pspawn_cmd every_kind_cmd(void);

/* All that was fed has come back. Gives back what was handed over. */
void expect_every_kind(struct every_kind *every);

/* After a start that failed: nothing was handed over. */
void expect_no_kind(const struct every_kind *every);

#endif
