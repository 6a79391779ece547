/* SPDX-License-Identifier: ISC */
/*
 * The headers' constructors as functions of the library, for languages that cannot read a header
 * and for callers who do not inline. All other files of the library have copies of their own
 * (config.h): a program's copy cannot take the place of what the library calls.
 */
#undef PSPAWN_INLINE
#define PSPAWN_INLINE PSPAWN_API extern inline

#include <pspawn.h>
