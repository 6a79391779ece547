/* SPDX-License-Identifier: ISC */
#ifndef MEMORY_FILE_H
#define MEMORY_FILE_H

#include <stddef.h>

#include "names.h"

/*
 * A file that has no name, opened twice: `ours` for reading and writing, `theirs` for one
 * of them, with an offset of its own. Both close-on-exec and above 2.
 */
struct memory_file {
	int ours;
	int theirs;
};

/* With these bytes, for reading: sealed where the system can do that. 0 or -errno. */
int memory_file_of(struct memory_file *file, const void *data, size_t size);

/* Empty, for appending to. */
int memory_file_empty(struct memory_file *file);

#endif
