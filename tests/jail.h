/* SPDX-License-Identifier: ISC */
/* A directory in which programs can live: the probe and the libraries that we have ourselves. */
#ifndef JAIL_H
#define JAIL_H

/*
 * Make it as "jail" in the case's directory. The probe is in there by the same path
 * as outside (public_probe()), and so is the directory of the case. Skips the case
 * where a process that changes its root by itself cannot run it.
 */
void jail_make(void);

/* The path inside, as seen from outside. Static. */
const char *jail_outside(const char *path);

#endif
