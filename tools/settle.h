/* SPDX-License-Identifier: ISC */
/* What can be said only when all options are known. */
#ifndef SETTLE_H
#define SETTLE_H

#include "options.h"

/* What is wrong with the options as a whole ends the command. */
void settle(struct options *options);

/*
 * Move what we have opened to a number that nothing means: it must not be found by an
 * entry for a number that the caller has closed, nor by the program as one of its 0 to 2.
 */
int settle_number(const struct options *options, int fd);

#endif
