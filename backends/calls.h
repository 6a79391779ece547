/* SPDX-License-Identifier: ISC */
/*
 * Linux system calls and flags that old headers lack. From 424 on the numbers
 * are the same on every CPU but alpha.
 */
#ifndef CALLS_H
#define CALLS_H

#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>

#ifndef SYS_memfd_create /* 3.17; the only one here that differs by CPU */
#if defined(__x86_64__)
#define SYS_memfd_create 319
#elif defined(__i386__)
#define SYS_memfd_create 356
#elif defined(__aarch64__) || defined(__riscv) || defined(__loongarch__)
#define SYS_memfd_create 279
#endif
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND UINT64_C(0x100000000)
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP UINT64_C(0x200000000)
#endif

#endif
