/* SPDX-License-Identifier: ISC */
/* Numbers of system calls that the suite filters, and that old headers lack. */
#ifndef CALLS_H
#define CALLS_H

#include <sched.h>
#include <sys/syscall.h>

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

#endif
