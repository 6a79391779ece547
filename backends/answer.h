/* SPDX-License-Identifier: ISC */
/* The body of a system call that goes through libc. */
#ifndef ANSWER_H
#define ANSWER_H

#include <errno.h>

/* Libc answers with errno; a caller's errno is not ours to change. */
#define ANSWER(call)                                                                               \
	do {                                                                                       \
		int saved = errno;                                                                 \
		long answer = (call);                                                              \
                                                                                                   \
		if (answer < 0)                                                                    \
			answer = -errno;                                                           \
		errno = saved;                                                                     \
		return (__typeof__(call))answer;                                                   \
	} while (0)

#endif
