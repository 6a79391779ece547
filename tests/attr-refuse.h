/* SPDX-License-Identifier: ISC */
/* Attributes that are refused for what they say. */
#ifndef ATTR_REFUSE_H
#define ATTR_REFUSE_H

#include <pspawn.h>

/* It is, as the second of three entries of which the others are right. */
void refuse(struct pspawn_attr attr, int code);

/* They are not, as far as can be told without starting anything. */
void take(const struct pspawn_attr *attrs, size_t n);

#define TAKE(...)                                          \
	take((const struct pspawn_attr[]) { __VA_ARGS__ }, \
	     sizeof((const struct pspawn_attr[]) { __VA_ARGS__ }) / sizeof(struct pspawn_attr))

/* From here on whoever makes a process, a pipe, or touches the mask is killed. */
void forbid_side_effects(void);

#endif
