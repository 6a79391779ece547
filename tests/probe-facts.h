/* SPDX-License-Identifier: ISC */
#ifndef PROBE_FACTS_H
#define PROBE_FACTS_H

#include <stddef.h>

/* Write the facts about this process; returns the length of the text. */
size_t probe_facts(char *buffer, size_t size);

#endif
