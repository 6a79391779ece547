/* SPDX-License-Identifier: ISC */
/* What can be said only when all options are known. */
#ifndef SETTLE_H
#define SETTLE_H

#include "options.h"

/* What is wrong with the options as a whole ends the command. */
void settle(struct options *options);

#endif
