/* SPDX-License-Identifier: ISC */
/*
 * pspawn_attr.h - what a child can be given besides descriptors; part of
 * pspawn.h, which includes it
 *
 * Attributes are a list, because for most of them zero is a meaningful value:
 * what is present is set, what is absent is left alone. The order of the list
 * means nothing but this: of two entries that set the same thing the last one
 * wins (of what is marked "several": all count, in their order). When things
 * are done in the child is the library's affair, and written down in
 * pspawn(3): root's powers are used before they are dropped.
 *
 * A start in which an attribute fails is a failed start, whose error names the
 * attribute's step and its entry, with the errno value of the system call that
 * is named here. An entry that went through pspawn_attr_prefer() is left out
 * instead, and pspawn_child_outcome() tells. An attribute that the system does not
 * have at all is -ENOTSUP (step BACKEND, index of the entry) from every
 * backend; one that a backend does not have goes to the next backend.
 *
 * "Linux" marks what other systems do not have.
 */
#ifndef PSPAWN_ATTR_H
#define PSPAWN_ATTR_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/resource.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PSPAWN_API __attribute__((__visibility__("default")))
#else
#define PSPAWN_API
#endif

/*
 * The constructors are inline functions, and functions of the library as well, so that they
 * have an address and other languages can call them. C99 rules: a file that includes this
 * makes no symbols of its own. Define PSPAWN_INLINE as `PSPAWN_INLINE` before you include this
 * to have them without the library's, for example where the library is loaded by dlopen(3).
 */
#ifndef PSPAWN_INLINE
#if defined(__GNUC_GNU_INLINE__) && !defined(__cplusplus)
#define PSPAWN_INLINE extern inline /* gcc -fgnu89-inline */
#else
#define PSPAWN_INLINE inline
#endif
#endif

/* A conversion that neither language warns of. */
#ifdef __cplusplus
#define PSPAWN_CAST(type, value) static_cast<type>(value)
#else
#define PSPAWN_CAST(type, value) ((type)(value))
#endif

enum pspawn_attr_kind {
	PSPAWN_ATTR_NONE = 0,	/* no entry: it does nothing */
	PSPAWN_ATTR_DIR_FD = 1,
	PSPAWN_ATTR_ENV_CLEAR = 2,
	PSPAWN_ATTR_ENV_SET = 3,
	PSPAWN_ATTR_ENV_UNSET = 4,
	PSPAWN_ATTR_SETSID = 5,
	PSPAWN_ATTR_PGROUP = 6,
	PSPAWN_ATTR_NO_TTY = 7,
	PSPAWN_ATTR_CTTY = 8,
	PSPAWN_ATTR_FOREGROUND = 9,
	PSPAWN_ATTR_SIGMASK = 10,
	PSPAWN_ATTR_SIGDEFAULT = 11,
	PSPAWN_ATTR_SIGIGNORE = 12,
	PSPAWN_ATTR_SIGINHERIT = 13,
	PSPAWN_ATTR_USER = 14,
	PSPAWN_ATTR_GROUP = 15,
	PSPAWN_ATTR_GROUPS = 16,
	PSPAWN_ATTR_KEEP_GROUPS = 17,
	PSPAWN_ATTR_NO_NEW_PRIVS = 18,
	PSPAWN_ATTR_AMBIENT = 19,
	PSPAWN_ATTR_BOUNDING = 20,
	PSPAWN_ATTR_KEEP_CAPS = 21,
	PSPAWN_ATTR_SECUREBITS = 22,
	PSPAWN_ATTR_PDEATHSIG = 23,
	PSPAWN_ATTR_RLIMIT = 24,
	PSPAWN_ATTR_NICE = 25,
	PSPAWN_ATTR_SCHED = 26,
	PSPAWN_ATTR_AFFINITY = 27,
	PSPAWN_ATTR_IOPRIO = 28,
	PSPAWN_ATTR_UMASK = 29,
	PSPAWN_ATTR_OOM_SCORE = 30,
	PSPAWN_ATTR_PERSONALITY = 31,
	PSPAWN_ATTR_ROOT = 32,
	PSPAWN_ATTR_ROOT_FD = 33,
	PSPAWN_ATTR_CGROUP = 34,
	PSPAWN_ATTR_NAMESPACES = 35,
	PSPAWN_ATTR_UNSHARE = 36,
	PSPAWN_ATTR_SETNS = 37,
	PSPAWN_ATTR_MAP_USER = 38,
	PSPAWN_ATTR_MAP_GROUP = 39,
	PSPAWN_ATTR_SETGROUPS = 40,
	PSPAWN_ATTR_PROGRAM_FD = 41,
	PSPAWN_ATTR_TRACE_ME = 42,
	PSPAWN_ATTR_RETRY_BUSY = 43,
	PSPAWN_ATTR_SHELL_FALLBACK = 44
};

/* Flags of struct pspawn_attr. */
#define PSPAWN_PREFER 1u	/* go on without it when it fails */

/*
 * One attribute. Use the constructors below; languages without them fill the
 * members that the constructor fills and zero the others.
 */
struct pspawn_attr {
	int kind;		/* enum pspawn_attr_kind */
	int number;		/* a descriptor, a signal, a policy, ... */
	unsigned flags;		/* PSPAWN_PREFER */
	unsigned reserved;	/* zero */
	unsigned long long value[2];
	const void *data;	/* text, array: owned by the caller, needed until start returns */
	size_t count;		/* AFFINITY: bytes in data; GROUPS: groups in it; MAP_*: ids */
	unsigned long long spare[2]; /* zero */
};

/* For the constructors below. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_of(int kind, int number, unsigned long long a,
						unsigned long long b)
{
	struct pspawn_attr attr = { kind, number, 0, 0, { a, b }, NULL, 0, { 0, 0 } };
	return attr;
}

/* An entry that does nothing, as in `wanted ? pspawn_attr_setsid() : pspawn_attr_none()`. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_none(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_NONE, 0, 0, 0);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_with(int kind, const void *data, size_t count)
{
	struct pspawn_attr attr = { kind, 0, 0, 0, { 0, 0 }, data, count, { 0, 0 } };
	return attr;
}

/*
 * The same attribute, but without it rather than not at all. Not for the
 * environment, PROGRAM_FD, RETRY_BUSY and SHELL_FALLBACK, which cannot fail by
 * themselves, and only among the first 64 entries of a list (-EINVAL). When a part of what an
 * attribute does has failed, the rest of it is left out.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_prefer(struct pspawn_attr attr)
{
	attr.flags |= PSPAWN_PREFER;
	return attr;
}

/* ---- environment --------------------------------------------------------- */

/*
 * Edits of the environment, applied in order to `envp` or, where that is NULL,
 * to the caller's environment: forget everything before, set "NAME=value",
 * remove "NAME". Several. The result holds each name that was edited at most
 * once.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_env_clear(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_ENV_CLEAR, 0, 0, 0);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_env_set(const char *assignment)
{
	return pspawn_attr_with(PSPAWN_ATTR_ENV_SET, assignment, 0);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_env_unset(const char *name)
{
	return pspawn_attr_with(PSPAWN_ATTR_ENV_UNSET, name, 0);
}

/* ---- places -------------------------------------------------------------- */

/*
 * Change to the directory open as the parent's `fd`, which the child does not keep.
 * It is one of the caller's mount namespace, even where the child has a new one. fchdir(2).
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_dir_fd(int fd)
{
	return pspawn_attr_of(PSPAWN_ATTR_DIR_FD, fd, 0, 0);
}

/*
 * A new root: chroot(2), before ids are changed, so that an ordinary user can
 * be given one. `path` is relative to the caller's directory. The child starts
 * in the new root unless `dir` or DIR_FD say otherwise; the program, `dir` and
 * files to open are looked up in there. A program without '/' is still searched
 * in the caller's. By descriptor: the directory open as the parent's `fd`,
 * which the child does not keep; in a new mount namespace, the same directory of
 * that (but not if it is preferred). The last of ROOT and ROOT_FD wins.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_root(const char *path)
{
	return pspawn_attr_with(PSPAWN_ATTR_ROOT, path, 0);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_root_fd(int fd)
{
	return pspawn_attr_of(PSPAWN_ATTR_ROOT_FD, fd, 0, 0);
}

/*
 * Linux: into the cgroup (version 2) whose directory is open as the parent's
 * `fd`: born in there (CLONE_INTO_CGROUP, Linux 5.7), or by a write to
 * cgroup.procs before anything else, which pspawn_child_outcome() calls "otherwise".
 * By a write, too, if the kernel kills the child at its birth, as Linux 6.18 does
 * in a cgroup whose cgroup.kill was written to before; and with PSPAWN_ASYNC or
 * `start_ms`. A frozen cgroup holds the start at the step CGROUP. The handle keeps a duplicate
 * of `fd` for pspawn_kill_all().
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_cgroup(int fd)
{
	return pspawn_attr_of(PSPAWN_ATTR_CGROUP, fd, 0, 0);
}

/* ---- sessions and terminals ---------------------------------------------- */

/* A new session, and so a new process group and no terminal. setsid(2). */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_setsid(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_SETSID, 0, 0, 0);
}

/* Process group: 0 a new one, else an existing one of the session. setpgid(2). */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_pgroup(pid_t group)
{
	return pspawn_attr_of(PSPAWN_ATTR_PGROUP, PSPAWN_CAST(int, group), 0, 0);
}

/* Give up the controlling terminal (TIOCNOTTY); not an error where there is none. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_no_tty(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_NO_TTY, 0, 0, 0);
}

/*
 * The terminal that the child has at its own number `child` becomes its
 * controlling terminal (TIOCSCTTY). Only a session leader can have one, so
 * this goes with pspawn_attr_setsid(). -EBADF when nothing is at that number.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_ctty(int child)
{
	return pspawn_attr_of(PSPAWN_ATTR_CTTY, child, 0, 0);
}

/*
 * The child's process group becomes the foreground group of the terminal that
 * the child has at its own number `child`. tcsetpgrp(3), but a caller in the
 * background is not stopped by SIGTTOU. A start that fails afterwards gives
 * the foreground back, unless the child is killed.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_foreground(int child)
{
	return pspawn_attr_of(PSPAWN_ATTR_FOREGROUND, child, 0, 0);
}

/* ---- signals ------------------------------------------------------------- */

/* Sets of signals 1 to 64, libc's own included: PSPAWN_SIGNAL(SIGINT) | ... */
#define PSPAWN_SIGNAL(n) (1ULL << ((n)-1))

/*
 * What is blocked when the program begins; without this, nothing is. Signals 32 and 33 never are:
 * libc works by them (SIGCANCEL and SIGSETXID of glibc), so ~0ULL blocks all others.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_sigmask(unsigned long long signals)
{
	return pspawn_attr_of(PSPAWN_ATTR_SIGMASK, 0, signals, 0);
}

/*
 * To be default, or ignored, in the child, whatever they are in the caller.
 * Several; for a signal that is in more than one the last one wins. SIGKILL and
 * SIGSTOP cannot be ignored (-EINVAL).
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_sigdefault(unsigned long long signals)
{
	return pspawn_attr_of(PSPAWN_ATTR_SIGDEFAULT, 0, signals, 0);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_sigignore(unsigned long long signals)
{
	return pspawn_attr_of(PSPAWN_ATTR_SIGIGNORE, 0, signals, 0);
}

/*
 * Everything as exec would have it: the calling thread's mask, and what is
 * ignored stays so, SIGPIPE too; but 32 and 33, libc's own, are default, because some libcs leave
 * them ignored in what they start. SIGMASK, SIGDEFAULT and SIGIGNORE still count.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_siginherit(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_SIGINHERIT, 0, 0, 0);
}

/* ---- identity ------------------------------------------------------------ */

/*
 * The real, effective and saved user and group ids. (gid_t)-1 leaves the group
 * alone; GROUP sets it alone. With USER the supplementary groups are none,
 * unless GROUPS lists them or KEEP_GROUPS keeps the caller's: setgroups(2) needs
 * privilege, and failing it is an error like any other. A GROUP or GROUPS that is
 * preferred and fails leaves what USER says, and never the caller's, but for one: an
 * empty GROUPS that is preferred, pspawn_attr_prefer(pspawn_attr_groups(NULL, 0)), means
 * "none if that is allowed, else the caller's", with and without USER.
 *
 * Pipes, files in memory and a terminal that pspawn makes for the child are given to this user by
 * fchown(2), also through MAP_USER, so that the program can open /dev/stdin, /dev/stdout and
 * the name of its terminal. Where that is not allowed, or the user of an entered namespace (SETNS)
 * is not known, they stay the caller's. A pipe between two stages of a pipeline is the first one's.
 *
 * From the change of ids until exec the child belongs to the new user, who can
 * stop it, and with it the start.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_user(uid_t user, gid_t group)
{
	return pspawn_attr_of(PSPAWN_ATTR_USER, 0, user, group);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_group(gid_t group)
{
	return pspawn_attr_of(PSPAWN_ATTR_GROUP, 0, group, 0);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_groups(const gid_t *groups, size_t count)
{
	return pspawn_attr_with(PSPAWN_ATTR_GROUPS, groups, count);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_keep_groups(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_KEEP_GROUPS, 0, 0, 0);
}

/* Linux 3.5: exec gives no privileges from here on, for good. PR_SET_NO_NEW_PRIVS. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_no_new_privs(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_NO_NEW_PRIVS, 0, 0, 0);
}

/* Sets of capabilities: PSPAWN_CAPABILITY(CAP_NET_BIND_SERVICE) | ... */
#define PSPAWN_CAPABILITY(n) (1ULL << (n))

/*
 * Linux 4.3: exactly these are ambient, so that an ordinary user's program has
 * them. They have to be permitted to the caller; they are carried over a
 * change of user, and made inheritable. PR_CAP_AMBIENT, capset(2).
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_ambient(unsigned long long capabilities)
{
	return pspawn_attr_of(PSPAWN_ATTR_AMBIENT, 0, capabilities, 0);
}

/* Linux: of the bounding set these remain, and no others. PR_CAPBSET_DROP. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_bounding(unsigned long long capabilities)
{
	return pspawn_attr_of(PSPAWN_ATTR_BOUNDING, 0, capabilities, 0);
}

/*
 * Linux: permitted capabilities outlive the change of user (PR_SET_KEEPCAPS), and
 * with it what is inheritable stays useful. An ordinary user's exec drops what
 * the program's file does not give: for most uses AMBIENT is what is wanted.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_keep_caps(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_KEEP_CAPS, 0, 0, 0);
}

/* Linux: the securebits as PR_SET_SECUREBITS has them, before ids are changed. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_securebits(unsigned bits)
{
	return pspawn_attr_of(PSPAWN_ATTR_SECUREBITS, 0, bits, 0);
}

/*
 * Linux: the child gets this signal when the *thread* that started it ends
 * (PR_SET_PDEATHSIG). Set after the ids are changed, which would clear it. When
 * the parent has ended meanwhile, the program never begins; only in a new pid
 * namespace, where a parent outside cannot be seen, that goes unnoticed. A
 * set-id program starts without it.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_pdeathsig(int signal)
{
	return pspawn_attr_of(PSPAWN_ATTR_PDEATHSIG, signal, 0, 0);
}

/* ---- limits and scheduling ----------------------------------------------- */

/*
 * A resource limit, RLIM_INFINITY for none. Several, one per resource. Raised
 * hard limits need root's power, which is still there. A soft RLIMIT_NOFILE
 * that is too low for the map is set after it. setrlimit(2).
 *
 * Not of type rlim_t, which is 32 or 64 bits on 32-bit systems, by a feature macro. There
 * ULONG_MAX is no limit, too: it is the RLIM_INFINITY of the smaller one.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_rlimit(int resource, unsigned long long soft,
						    unsigned long long hard)
{
	const unsigned long long none = PSPAWN_CAST(unsigned long, -1);

	if (soft == none || soft == RLIM_INFINITY)
		soft = ~0ULL;
	if (hard == none || hard == RLIM_INFINITY)
		hard = ~0ULL;
	return pspawn_attr_of(PSPAWN_ATTR_RLIMIT, resource, soft, hard);
}

/* The nice value itself, -20 to 19, not a change of it. setpriority(2). */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_nice(int value)
{
	return pspawn_attr_of(PSPAWN_ATTR_NICE, value, 0, 0);
}

/* Policy (SCHED_FIFO, SCHED_BATCH, ...) and priority. sched_setscheduler(2). */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_sched(int policy, int priority)
{
	return pspawn_attr_of(PSPAWN_ATTR_SCHED, policy, PSPAWN_CAST(unsigned, priority), 0);
}

/* Linux: the CPUs that it may run on; a cpu_set_t, or any size. sched_setaffinity(2). */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_affinity(const void *set, size_t size)
{
	return pspawn_attr_with(PSPAWN_ATTR_AFFINITY, set, size);
}

/* Linux: I/O class (1 real time, 2 best effort, 3 idle) and level 0-7. ioprio_set(2). */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_ioprio(int io_class, int level)
{
	return pspawn_attr_of(PSPAWN_ATTR_IOPRIO, io_class, PSPAWN_CAST(unsigned, level), 0);
}

/* The file mode creation mask, for the program and for files that the child creates. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_umask(mode_t mask)
{
	return pspawn_attr_of(PSPAWN_ATTR_UMASK, PSPAWN_CAST(int, mask), 0, 0);
}

/* Linux: oom_score_adj, -1000 to 1000, through /proc. proc(5). */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_oom_score(int adjustment)
{
	return pspawn_attr_of(PSPAWN_ATTR_OOM_SCORE, adjustment, 0, 0);
}

/* Linux: the execution domain, as for personality(2): 0x0040000 for no address randomization. */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_personality(unsigned long persona)
{
	return pspawn_attr_of(PSPAWN_ATTR_PERSONALITY, 0, persona, 0);
}

/* ---- namespaces ---------------------------------------------------------- */

/* Linux; the values of its CLONE_NEW*, which other headers have too. */
#define PSPAWN_NS_MOUNT 0x00020000u
#define PSPAWN_NS_CGROUP 0x02000000u
#define PSPAWN_NS_UTS 0x04000000u
#define PSPAWN_NS_IPC 0x08000000u
#define PSPAWN_NS_USER 0x10000000u
#define PSPAWN_NS_PID 0x20000000u
#define PSPAWN_NS_NET 0x40000000u

/*
 * New namespaces, at birth: with PSPAWN_NS_PID the child is process 1. In a new
 * mount namespace all mounts are made private (MS_REC | MS_PRIVATE) at once.
 * clone(2). UNSHARE does it in the child, for which a new pid namespace is the
 * one of its own children. unshare(2).
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_namespaces(unsigned flags)
{
	return pspawn_attr_of(PSPAWN_ATTR_NAMESPACES, 0, flags, 0);
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_unshare(unsigned flags)
{
	return pspawn_attr_of(PSPAWN_ATTR_UNSHARE, 0, flags, 0);
}

/*
 * Enter the existing namespace that is open as the parent's `fd`, of this type:
 * one of PSPAWN_NS_*. Several, in their order: a user namespace first, to have
 * power in the others. For a pid namespace: the child's children. In a mount
 * namespace the child begins in the root of that namespace, unless it is told
 * where: it leaves the chroot of a parent that is in one. setns(2).
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_setns(int fd, unsigned type)
{
	return pspawn_attr_of(PSPAWN_ATTR_SETNS, fd, type, 0);
}

/*
 * `count` ids from `inside` of the new user namespace are ours from `outside`
 * on. Several. The parent writes them before the child does anything, so
 * PSPAWN_NS_USER has to be among NAMESPACES (-EINVAL). user_namespaces(7).
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_map_user(uid_t inside, uid_t outside, unsigned count)
{
	struct pspawn_attr attr = pspawn_attr_of(PSPAWN_ATTR_MAP_USER, 0, inside, outside);

	attr.count = count;
	return attr;
}

PSPAWN_INLINE struct pspawn_attr pspawn_attr_map_group(gid_t inside, gid_t outside, unsigned count)
{
	struct pspawn_attr attr = pspawn_attr_of(PSPAWN_ATTR_MAP_GROUP, 0, inside, outside);

	attr.count = count;
	return attr;
}

/*
 * Whether setgroups(2) is allowed in there: an ordinary user has to deny it to map groups.
 * Denied, USER fails at its supplementary groups unless KEEP_GROUPS is there.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_setgroups(int allow)
{
	return pspawn_attr_of(PSPAWN_ATTR_SETGROUPS, allow != 0, 0, 0);
}

/* ---- execution ----------------------------------------------------------- */

/*
 * The program is the file open as the parent's `fd`; `file` and the search path
 * do not matter. The program does not find the descriptor in itself, unless the
 * map lists it. A script needs that, and whatever binfmt_misc runs (foreign CPUs, jar, Wine),
 * because its interpreter opens it again, as /dev/fd/N: not listed, it is -ENOENT.
 * execveat(2), Linux 3.19, else /proc.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_program_fd(int fd)
{
	return pspawn_attr_of(PSPAWN_ATTR_PROGRAM_FD, fd, 0, 0);
}

/*
 * Linux: the caller's thread traces the child, which stops when the program
 * begins. A signal that arrives in the last moment before stops it too, and
 * holds the start. PTRACE_TRACEME.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_trace_me(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_TRACE_ME, 0, 0, 0);
}

/*
 * When the program's file is open for writing (ETXTBSY), try again for at most
 * so many milliseconds, up to 60000, for which the start then lasts. Without
 * this attribute it is 5; 0: not at all.
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_retry_busy(int ms)
{
	return pspawn_attr_of(PSPAWN_ATTR_RETRY_BUSY, ms, 0, 0);
}

/*
 * A program that execve(2) does not know (ENOEXEC), such as a script without a #!
 * line, is run by /bin/sh, as execvp(3), env(1) and timeout(1) do; without this
 * attribute the start fails. The child executes "/bin/sh" in its own root, with
 * "/bin/sh", the program's path, argv[1], argv[2], ... as the arguments, "./"
 * before a path that begins with '-' or '+'. Any file counts as a script, also a
 * binary for another CPU. If /bin/sh cannot be executed, it is -ENOEXEC (EXEC) as
 * without. Not with PROGRAM_FD, which has no path (-EINVAL).
 */
PSPAWN_INLINE struct pspawn_attr pspawn_attr_shell_fallback(void)
{
	return pspawn_attr_of(PSPAWN_ATTR_SHELL_FALLBACK, 0, 0, 0);
}

#ifdef __cplusplus
}
#endif

#endif
