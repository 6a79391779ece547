/* SPDX-License-Identifier: ISC */
/* Times and sizes, as people write and read them. */
#ifndef MEASURES_H
#define MEASURES_H

#include <stddef.h>

#include "values.h"

/* 5, 5s, 1.5m, .5, 250ms, 2h in milliseconds, a part of one counting as one. Else the command ends. */
int measures_time(struct part part, int least);

/* The same, or 0 for what is wrong: somebody else says so. */
int measures_try_time(struct part part);

/* 4096, 64k, 16M, 1G, or `unlimited`, in bytes, at least 1. Else the command ends. */
size_t measures_size(struct part part);

/* "1:02:03", in static memory that the next call uses again; "4.2 MiB". */
const char *measures_show_time(long long seconds);
const char *measures_show_size(unsigned long long bytes, char text[16]);

#endif
