/* SPDX-License-Identifier: ISC */
/*
 * The system calls of pspawn. Each returns a number >= 0 or -errno, and errno
 * is neither set nor read anywhere else. What the child side uses (the first
 * block) takes no lock, allocates nothing and is safe after vfork and fork.
 */
#ifndef SYS_H
#define SYS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "names.h"

/*
 * Code that runs in a child which shares its parent's memory must not be
 * instrumented: shadow memory and thread state are the parent's.
 */
#if defined(__clang__)
#define CHILD_SIDE __attribute__((no_sanitize("address", "thread", "memory", "undefined")))
#elif defined(__GNUC__) && __GNUC__ >= 8
#define CHILD_SIDE __attribute__((no_sanitize("address,thread,undefined")))
#else
#define CHILD_SIDE
#endif

/* Which file a descriptor leads to. */
struct sys_file {
	unsigned long long device, inode;
	int is_stream; /* a pipe or a socket */
};

/* Room for the kernel's own signal mask, which is larger than libc lets us see. */
struct sys_mask {
	unsigned long words[128 / sizeof(unsigned long)];
};

/* ---- safe in the child */

int sys_open(const char *path, int flags, unsigned mode);
int sys_close(int fd);
int sys_dup2(int from, int to); /* never called with from == to */
int sys_getfd(int fd);
int sys_setfd(int fd, int flags);
int sys_chdir(const char *path);
int sys_fchdir(int fd);
int sys_close_range(int first, int last);    /* last INT_MAX: all above */
int sys_unshare_files(int first);	     /* own table, without what is at and above first */
/* Handlers, if they are not cleared already, and these to default; set: bit n-1 is signal n. */
int sys_default_signals(int already_cleared, unsigned long long set);
int sys_ignore_signals(unsigned long long set);
int sys_set_mask(const struct sys_mask *mask);
int sys_block_only(unsigned long long set);
int sys_execve(const char *path, char *const *argv, char *const *envp);
long sys_write(int fd, const void *data, size_t size);
void sys_exit(int code);
int sys_foreground_of(int terminal); /* the process group, or -errno */
int sys_set_foreground(int terminal, pid_t group);
void sys_nap(int ms);
int sys_execute_fd(int fd, char *const *argv, char *const *envp);
int sys_await(int fd); /* a byte; -EPIPE when there will be none */

/*
 * Open descriptors, some at a time, from a directory that the system keeps of
 * them. sys_fds_next() returns how many numbers it stored, 0 at the end.
 */
struct sys_fds {
	int fd;
	char buffer[32 * 24] __attribute__((aligned(8))); /* 32 names: more are never asked for */
};
int sys_fds_open(struct sys_fds *fds);
int sys_fds_next(struct sys_fds *fds, int *numbers, int room);
int sys_fds_rewind(struct sys_fds *fds);

/* ---- the parent's side */

int sys_block_signals(struct sys_mask *old);
int sys_release(int fd); /* close, where tools that watch libc's calls can see it */
int sys_dup_from(int fd, int lowest); /* close-on-exec; to close it drops the caller's locks of the file */
int sys_placeholder(void); /* a descriptor that is there to hold its number, and holds nothing else */
int sys_replace(int fd, int by); /* what is open as fd, by a close-on-exec copy; at once, or -ENOSYS */
int sys_identify(int fd, struct sys_file *file);
long sys_read(int fd, void *data, size_t size);
pid_t sys_fork_into(unsigned namespaces); /* signals are blocked, and the child calls nothing of libc */
/* The same, with handled signals default in the child, and a pidfd of it; -ENOSYS: not here. */
pid_t sys_fork_watched(unsigned namespaces, int *pidfd);
/* And without a pidfd: the caller is suspended until the child executes a program or ends. */
pid_t sys_fork_held(unsigned namespaces);
/* Has the child, which is of our session, executed a program? */
int sys_has_executed(pid_t pid);
int sys_fork(void); /* no pthread_atfork() handlers where the system can do so */
int sys_reap(pid_t pid); /* a child that never executed anything; its raw status or -errno */
int sys_kill(pid_t pid, int signal);
int sys_group_of(pid_t pid);
/* Is anyone alive in it whom a signal reaches? 1, 0; -ENOSYS: that cannot be found out. */
int sys_group_is_alive(pid_t group);
int sys_cgroup_is_alive(int cgroup); /* is there anyone whom cgroup.kill would kill? */
int sys_write_at(int directory, const char *name, const char *text); /* directory -1: name is a path */
int sys_fd_limit(void); /* numbers below this one may be given out */
int sys_pipe(int ends[2]);
int sys_signal_pipe(int ends[2]); /* reading it does not block: its end of file is what it says */
int sys_socket(int domain, int type, int protocol);
int sys_socketpair(int domain, int type, int protocol, int ends[2]);
int sys_accept(int listener, struct sockaddr *address, socklen_t *length);
int sys_open_cloexec(const char *path, int flags, unsigned mode);
int sys_open_again(int fd, int flags); /* the file that is open as fd, as a new open file, on Linux */
int sys_hold(int fd); /* for executing it; on Linux to close it drops no locks. -EBADF: nothing there */
int sys_executable(const char *path); /* 0: a file that we may execute; or why not */
char *const *sys_environ(void);
int sys_kernel_is_at_least(int major, int minor); /* by uname(2); 0 where it cannot be told */
int sys_memfd(const char *name);	/* -ENOSYS where there is no such thing */
int sys_seal(int fd);			/* against every change */
/*
 * Fill an empty memfd from its beginning by large pages. Returns how many bytes that was; what
 * of the file lies behind them is undefined. 0: there are none.
 */
size_t sys_fill_large_pages(int fd, const char *data, size_t size);
void sys_give(int fd, uid_t user); /* fchown(2), where it is allowed; the group stays */
size_t sys_longest_line(int fd); /* that a terminal keeps, without its end; SIZE_MAX: not known */
size_t sys_longest_string(void); /* that execve(2) takes, with its NUL; SIZE_MAX: there is no such limit */
/* The other side of a terminal, by flags of open(2); -ENOSYS: open it by name. */
int sys_terminal_peer(int ours, int flags);
int sys_disable_cancel(void);
void sys_restore_cancel(int state);

/* ---- a run's */

struct pollfd;

int64_t sys_now_us(void); /* by a clock that only goes forward */
int sys_poll(struct pollfd *fds, size_t count, int timeout_ms);
int sys_do_not_block(int fd);
size_t sys_readable(int fd); /* how many bytes lie in it */
int sys_is_hung_up(int fd); /* nobody holds its other end */
long long sys_rewind(int fd); /* how many bytes there are */
long sys_write_quietly(int fd, const void *data, size_t size); /* raises no SIGPIPE */
void sys_widen_pipe(int fd, int size); /* to no less than that, where that is possible */

#endif
