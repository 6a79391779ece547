/* SPDX-License-Identifier: ISC */
/*
 * One Linux system call, as the kernel gives it: the result, or -errno. Not
 * libc's wrapper, because that writes errno, which a child that shares our
 * memory would write in the parent.
 */
#ifndef RAW_H
#define RAW_H

#include "calls.h"
#include "sys.h"

#if defined(__x86_64__) && !defined(__ILP32__)

CHILD_SIDE static inline long raw(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

CHILD_SIDE static inline long raw(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory", "cc");
	return x0;
}

#else

#include <errno.h>
#include <unistd.h>

/* The caller's errno comes back at once: nothing else runs in this thread meanwhile. */
CHILD_SIDE static inline long raw(long number, long a, long b, long c, long d, long e)
{
	int saved = errno;
	long result = syscall(number, a, b, c, d, e);

	if (result == -1)
		result = -errno;
	errno = saved;
	return result;
}

#endif

#define RAW0(n) raw(n, 0, 0, 0, 0, 0)
#define RAW1(n, a) raw(n, (long)(a), 0, 0, 0, 0)
#define RAW2(n, a, b) raw(n, (long)(a), (long)(b), 0, 0, 0)
#define RAW3(n, a, b, c) raw(n, (long)(a), (long)(b), (long)(c), 0, 0)
#define RAW4(n, a, b, c, d) raw(n, (long)(a), (long)(b), (long)(c), (long)(d), 0)
#define RAW5(n, a, b, c, d, e) raw(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

#endif
