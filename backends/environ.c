/* SPDX-License-Identifier: ISC */
/* Where the caller's environment is. */
#include "sys.h"

#ifdef __APPLE__
/* A shared library there may not name environ. */
#include <crt_externs.h>

char *const *sys_environ(void)
{
	return *_NSGetEnviron();
}
#else
extern char **environ;

char *const *sys_environ(void)
{
	return environ;
}
#endif
