/* SPDX-License-Identifier: ISC */
/*
 * pspawn.h - start programs exactly as described, and say what went wrong
 *
 * Three nouns: struct pspawn_cmd says what to start, struct pspawn_child is a
 * child that runs, struct pspawn_error says what failed, where and on which
 * entry of the description.
 *
 * The promise: in the child a descriptor is open if and only if the
 * description maps it, or it is 0, 1 or 2 and the description does not mention
 * it (then it is the caller's; /dev/null where the caller has it closed). Flags change that.
 *
 * Return values: every function that can fail returns 0 (or a number >= 0) on
 * success and a negative errno value on failure. errno itself is neither set
 * nor changed. Nothing is ever printed.
 *
 * Thread safety: every function may be called from any thread at any time. A
 * description may be shared by threads as long as none of them changes it. One
 * handle (struct pspawn_child) belongs to one thread at a time. The caller's
 * environment is read without a lock: do not call setenv() at the same time.
 */
#ifndef PSPAWN_H
#define PSPAWN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pspawn_attr.h" /* what a child can be given besides descriptors; PSPAWN_INLINE */

#ifdef __cplusplus
extern "C" {
#endif

#define PSPAWN_VERSION_MAJOR 0
#define PSPAWN_VERSION_MINOR 1
#define PSPAWN_VERSION_PATCH 0

/* The largest number of entries in a descriptor map, and of attributes. */
#define PSPAWN_MAX_ENTRIES 65536

/*
 * Milliseconds are an int everywhere. In a call: at most so many; 0 asks once, PSPAWN_FOREVER waits
 * as long as it takes. In a description: so many; 0 is the default that stands there,
 * PSPAWN_FOREVER is no limit. Everything below -1 is refused with -EINVAL. A call that waits
 * or steps, and finds that it is not over yet, returns -EINPROGRESS.
 */
#define PSPAWN_FOREVER (-1)

/* ---- the descriptor map -------------------------------------------------- */

enum pspawn_fd_kind {
	PSPAWN_FD_NONE = 0,	/* no entry: it does nothing, and its number means nothing */
	PSPAWN_FD_DUP = 1,	/* the parent's `number` */
	PSPAWN_FD_SAME = 2,		/* what the child finds at its own `number` */
	PSPAWN_FD_OPEN = 3,		/* `path`, opened by the child */
	PSPAWN_FD_NULL = 4,		/* /dev/null, read and write */
	PSPAWN_FD_CLOSE = 5,	/* closed; useful for 0, 1 and 2 */
	PSPAWN_FD_PIPE_IN = 6,	/* a pipe that the child reads */
	PSPAWN_FD_PIPE_OUT = 7,	/* a pipe that the child writes */
	PSPAWN_FD_SOCKETPAIR = 8, /* one end of a stream socket pair */
	PSPAWN_FD_INHERIT = 9	/* as execve(2) leaves it: open, unless it is close-on-exec */
};

/*
 * One entry of the map. Use the constructors below; languages without them
 * fill the members, and zero the ones that the kind does not use.
 */
struct pspawn_fd {
	int child;		/* the number in the child */
	int kind;		/* enum pspawn_fd_kind */
	int number;		/* DUP, SAME */
	int flags;		/* OPEN: as for open(2) */
	unsigned mode;		/* OPEN with O_CREAT: permissions, under the umask */
	unsigned options;	/* PSPAWN_UNTIL_EXEC or 0 */
	const char *path;	/* OPEN: owned by the caller, needed until start returns */
	int *end;		/* PIPE_IN, PIPE_OUT, SOCKETPAIR: receives our end */
};

/*
 * The map is one parallel assignment: its order means nothing, and every
 * source is the parent's descriptor as it was before the start. A child's
 * number that is mapped twice is refused with -EINVAL.
 */

/* Child's `child` is the parent's `parent`. Neither flag nor offset changes. */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_dup(int child, int parent)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_DUP, parent, 0, 0, 0, NULL, NULL };
	return fd;
}

/* Child's `child` is the same open file as the child's own `other`. */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_same(int child, int other)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_SAME, other, 0, 0, 0, NULL, NULL };
	return fd;
}

/*
 * The child opens `path` after it has changed directory. Entries are opened in
 * the order in which they are listed. An open that blocks, such as one of a
 * FIFO, holds the start until it returns.
 */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_open(int child, const char *path, int flags,
					      unsigned mode)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_OPEN, 0, flags, mode, 0, path, NULL };
	return fd;
}

/* Child's `child` is /dev/null, open for reading and writing. */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_null(int child)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_NULL, 0, 0, 0, 0, NULL, NULL };
	return fd;
}

/* Child's `child` is closed. */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_close(int child)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_CLOSE, 0, 0, 0, 0, NULL, NULL };
	return fd;
}

/*
 * A new pipe or socket pair. On success *end is the parent's end: a number
 * above 2, close-on-exec, the caller's to close. On failure *end is untouched.
 */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_pipe_in(int child, int *end)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_PIPE_IN, 0, 0, 0, 0, NULL, end };
	return fd;
}

PSPAWN_INLINE struct pspawn_fd pspawn_fd_pipe_out(int child, int *end)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_PIPE_OUT, 0, 0, 0, 0, NULL, end };
	return fd;
}

PSPAWN_INLINE struct pspawn_fd pspawn_fd_socketpair(int child, int *end)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_SOCKETPAIR, 0, 0, 0, 0, NULL, end };
	return fd;
}

/*
 * Child's `child` is as execve(2) would leave the parent's descriptor of that number: it is
 * open if it is open there and not close-on-exec, else closed. For 0, 1 and 2 this differs
 * from no entry (then closed ones are /dev/null, and close-on-exec does not matter).
 */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_inherit(int child)
{
	struct pspawn_fd fd = { child, PSPAWN_FD_INHERIT, 0, 0, 0, 0, NULL, NULL };
	return fd;
}

/* An entry that does nothing, as in `wanted ? pspawn_fd_dup(3, log) : pspawn_fd_none()`. */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_none(void)
{
	struct pspawn_fd fd = { 0, PSPAWN_FD_NONE, 0, 0, 0, 0, NULL, NULL };
	return fd;
}

/* In `options`; or O_CLOEXEC in the flags of OPEN. */
#define PSPAWN_UNTIL_EXEC 1u

/*
 * The same entry, close-on-exec in the child: it is there for the child's way (files that are
 * opened by /dev/fd, `same`, a program by descriptor) and gone when the program is executed. Not
 * for CLOSE and INHERIT.
 */
PSPAWN_INLINE struct pspawn_fd pspawn_fd_cloexec(struct pspawn_fd fd)
{
	fd.options |= PSPAWN_UNTIL_EXEC;
	return fd;
}

/* ---- the description ----------------------------------------------------- */

/* Flags of struct pspawn_cmd. */
#define PSPAWN_INHERIT_ALL 1u	/* what is not mentioned is as execve(2) leaves it, 0 to 2 too */
#define PSPAWN_NO_FALLBACK 2u	/* the first backend or -ENOTSUP, never the next one */
#define PSPAWN_ASYNC 4u		/* do not wait for the program; see pspawn_wait_started() */
#define PSPAWN_NO_POLLFD 8u	/* no descriptor for the handle: pollfd is -1; not for runs */

/*
 * What to start. A plain constant structure: zero means default, nothing is to
 * be initialised or destroyed, and the library never writes to it. `size` says
 * which version of this header the caller was compiled with: members beyond it
 * count as zero, and a newer caller's members that this library does not know
 * must be zero (-E2BIG). 0 is the first version; above 4096 nothing is read (-E2BIG).
 */
struct pspawn_cmd {
	size_t size;		/* sizeof(struct pspawn_cmd) */
	const char *file;	/* the program; NULL: argv[0] */
	char *const *argv;	/* ends with NULL; at least argv[0] */
	char *const *envp;	/* ends with NULL; NULL: the caller's environment */
	const char *dir;	/* the child's directory; NULL: the caller's */
	const char *path;	/* where to search; NULL: PATH of the caller's environment */
	const char *backend;	/* only this one, or -ENOTSUP; NULL: any */
	const struct pspawn_fd *fds;
	size_t nfds;
	const struct pspawn_attr *attrs;
	size_t nattrs;
	unsigned flags;
	int start_ms;		/* how long the start may last, in milliseconds; 0: no limit */
	int search;		/* enum pspawn_search, for a `file` without '/' */
	unsigned reserved;	/* zero */
};
/* A `file` with '/', and paths to open, are relative to the child's directory. */

/* How a `file` without '/' is found. */
enum pspawn_search {
	/*
	 * In `path`, by the caller's process, before the child exists. Empty and relative elements
	 * are never used; a program that is found only through them is refused (-EPERM).
	 */
	PSPAWN_SEARCH_PATH = 0,
	/*
	 * As execvp(3): the child tries each element of `path`, empty and relative ones too (in its
	 * own directory), and goes on after ENOENT, EACCES, ENOTDIR and their like of execve(2). With
	 * pspawn_attr_shell_fallback() a script without #! is run by the shell. posix_spawn(3)
	 * cannot do it, so that fork does.
	 */
	PSPAWN_SEARCH_EXECVP = 1,
	PSPAWN_SEARCH_NONE = 2	/* not at all: it is a file of the child's directory */
};

#ifndef __cplusplus
/*
 * For designated initialisers in C: PSPAWN_CMD("ls", "-l") sets size and argv. C++ has no such
 * macros, because there the arrays would be gone at the end of the statement; see pspawn.hpp.
 *
 * Lifetime: the array of arguments lives until the end of the enclosing block, not longer.
 * Outside of functions it lives for ever. Do not return or store a description made by it.
 */
#define PSPAWN_CMD(...)                 \
	.size = sizeof(struct pspawn_cmd), \
	.argv = (char *const *)(const char *const[]) { __VA_ARGS__, NULL }

/* Sets fds and nfds. Lifetime: the array lives until the end of the enclosing block. */
#define PSPAWN_FDS(...)                                  \
	.fds = (const struct pspawn_fd[]) { __VA_ARGS__ }, \
	.nfds = sizeof((const struct pspawn_fd[]) { __VA_ARGS__ }) / sizeof(struct pspawn_fd)

/* Sets attrs and nattrs. Lifetime: the array lives until the end of the enclosing block. */
#define PSPAWN_ATTRS(...)                                    \
	.attrs = (const struct pspawn_attr[]) { __VA_ARGS__ }, \
	.nattrs = sizeof((const struct pspawn_attr[]) { __VA_ARGS__ }) / sizeof(struct pspawn_attr)
#endif

/*
 * The same arrays one entry after another, on the heap, for languages without compound literals
 * and for lists of unknown length. All zero is an empty list. After the last entry set `fds` and
 * `nfds` of the description to `items` and `count` (`attrs` and `nattrs`; for streams see
 * pspawn_run.h). An addition may move the array, so do not keep `items` from before.
 */
struct pspawn_fds {
	struct pspawn_fd *items;
	size_t count;
	size_t capacity;	/* how many there is memory for */
};
struct pspawn_attrs {
	struct pspawn_attr *items;
	size_t count;
	size_t capacity;
};

/* Add one entry at the end. What it points to stays the caller's. Returns 0, or -ENOMEM: as before. */
PSPAWN_API int pspawn_fds_add(struct pspawn_fds *fds, struct pspawn_fd fd);
PSPAWN_API int pspawn_attrs_add(struct pspawn_attrs *attrs, struct pspawn_attr attr);

/* Give the memory back; the list is then empty. Harmless on an empty one, and on NULL. */
PSPAWN_API void pspawn_fds_free(struct pspawn_fds *fds);
PSPAWN_API void pspawn_attrs_free(struct pspawn_attrs *attrs);

/* ---- users by name -------------------------------------------------------- */

/* A user of the system's database (getpwnam(3)). Everything belongs to pspawn_user_free(). */
struct pspawn_user {
	uid_t uid;
	gid_t gid;
	const char *name, *home, *shell;
	const gid_t *groups;	/* all groups of the user (getgrouplist(3)), `gid` among them */
	size_t ngroups;
	const char *env[4];	/* "HOME=...", "USER=...", "LOGNAME=...", "SHELL=..." */
	size_t reserved[4];
};

/*
 * Find a user by name, or by number where `name` has only digits. Reads the database through libc,
 * which may ask a server, and in a statically linked program wants shared libraries (glibc).
 * *user is untouched on failure.
 *
 * Returns 0, -ENOENT (no such user), -ENOMEM, or what getpwnam_r(3) returns.
 */
PSPAWN_API int pspawn_user_find(struct pspawn_user **user, const char *name);

/* The number of a group, by name or by number. Returns 0, or as above; *gid is then untouched. */
PSPAWN_API int pspawn_group_find(gid_t *gid, const char *name);

/*
 * Add what makes a child the user's: USER, GROUPS, and HOME, USER, LOGNAME and SHELL in its
 * environment. `user` has to stay until the start has returned. Returns 0 or -ENOMEM.
 */
PSPAWN_API int pspawn_attrs_add_user(struct pspawn_attrs *attrs, const struct pspawn_user *user);

/* Free it; NULL is none. */
PSPAWN_API void pspawn_user_free(struct pspawn_user *user);

/* ---- errors -------------------------------------------------------------- */

/* Where a start failed, in the order in which a start goes. */
enum pspawn_step {
	PSPAWN_STEP_NONE = 0,	/* nothing failed */
	PSPAWN_STEP_CHECK = 1,	/* the description */
	PSPAWN_STEP_CHECK_ATTR = 2,	/* the description's attributes */
	PSPAWN_STEP_SEARCH = 3,	/* finding the program in the path */
	PSPAWN_STEP_BACKEND = 4,	/* no backend of this build can run the plan */
	PSPAWN_STEP_PREPARE = 5,	/* memory, pipes and numbers in the parent */
	PSPAWN_STEP_CREATE = 6,	/* creating the process */
	PSPAWN_STEP_NAMESPACES = 7,	/* creating namespaces: NAMESPACES, UNSHARE */
	PSPAWN_STEP_MAP_IDS = 8,	/* mapping ids: MAP_USER, MAP_GROUP, SETGROUPS */
	PSPAWN_STEP_SIGNALS = 9,	/* setting signals to default */
	PSPAWN_STEP_SIGIGNORE = 10,	/* ignoring signals */
	PSPAWN_STEP_CGROUP = 11,	/* entering the cgroup */
	PSPAWN_STEP_NO_TTY = 12,	/* giving up the terminal */
	PSPAWN_STEP_SETSID = 13,	/* starting a session */
	PSPAWN_STEP_PGROUP = 14,	/* setting the process group */
	PSPAWN_STEP_OOM_SCORE = 15,	/* setting the OOM score */
	PSPAWN_STEP_SETNS = 16,	/* entering a namespace */
	PSPAWN_STEP_MOUNTS = 17,	/* making mounts private: NAMESPACES, UNSHARE */
	PSPAWN_STEP_SCHED = 18,	/* setting the scheduling policy */
	PSPAWN_STEP_NICE = 19,	/* setting the nice value */
	PSPAWN_STEP_IOPRIO = 20,	/* setting the I/O priority */
	PSPAWN_STEP_AFFINITY = 21,	/* choosing CPUs */
	PSPAWN_STEP_PERSONALITY = 22, /* setting the personality */
	PSPAWN_STEP_RLIMIT = 23,	/* setting a limit */
	PSPAWN_STEP_UMASK = 24,	/* setting the umask */
	PSPAWN_STEP_ROOT = 25,	/* changing the root: ROOT, ROOT_FD */
	PSPAWN_STEP_BOUNDING = 26,	/* limiting the bounding set */
	PSPAWN_STEP_SECUREBITS = 27,	/* setting securebits */
	PSPAWN_STEP_KEEP_CAPS = 28,	/* keeping capabilities: KEEP_CAPS, AMBIENT */
	PSPAWN_STEP_GROUPS = 29,	/* setting supplementary groups: GROUPS, USER */
	PSPAWN_STEP_GROUP = 30,	/* setting the group: GROUP, USER */
	PSPAWN_STEP_USER = 31,	/* setting the user */
	PSPAWN_STEP_AMBIENT = 32,	/* raising ambient capabilities */
	PSPAWN_STEP_NO_NEW_PRIVS = 33, /* forbidding new privileges */
	PSPAWN_STEP_CHDIR = 34,	/* changing directory: DIR_FD, or `dir` */
	PSPAWN_STEP_PDEATHSIG = 35,	/* asking for a signal when the parent ends */
	PSPAWN_STEP_PLACE = 36,	/* placing a descriptor */
	PSPAWN_STEP_CLOSE = 37,	/* closing everything else */
	PSPAWN_STEP_OPEN = 38,	/* opening a file */
	PSPAWN_STEP_CTTY = 39,	/* taking the controlling terminal */
	PSPAWN_STEP_FOREGROUND = 40,	/* coming to the foreground */
	PSPAWN_STEP_MASK = 41,	/* setting the signal mask */
	PSPAWN_STEP_TRACE_ME = 42,	/* asking to be traced */
	PSPAWN_STEP_EXEC = 43,	/* executing the program */
	PSPAWN_STEP_FEED = 44,	/* feeding it (pspawn_run.h) */
	PSPAWN_STEP_COLLECT = 45,	/* collecting its output */
	PSPAWN_STEP_STOP = 46,	/* it was stopped */
	PSPAWN_STEP_WAIT = 47	/* learning its status */
};

/* What the index of an error counts. */
enum pspawn_index {
	PSPAWN_INDEX_NONE = 0,	/* nothing, and it is -1: no entry's doing, or an unmentioned 0-2 */
	PSPAWN_INDEX_FD = 1,	/* entries of fds */
	PSPAWN_INDEX_ATTR = 2,	/* entries of attrs */
	PSPAWN_INDEX_STREAM = 3, /* streams of a run */
	PSPAWN_INDEX_STAGE = 4,	/* stages of a pipeline, where none of their entries is at fault */
	PSPAWN_INDEX_ARGUMENT = 5, /* argv */
	PSPAWN_INDEX_VARIABLE = 6, /* envp, or the caller's environment */
	PSPAWN_INDEX_STOP = 7	/* stops of a run */
};

/*
 * `what` and `index` name the entry at fault: the second attribute is { PSPAWN_INDEX_ATTR, 1 }.
 * `stage` and `stream` are filled besides: an entry of fds or attrs is one of that stage's
 * description.
 *
 * `reason` completes the sentence where errno's words do not say enough: "argv is NULL or empty",
 * "two entries have this number". It is there whenever a description or a struct pspawn_io is
 * refused (CHECK, CHECK_ATTR, BACKEND), when the search has found something that it does not take
 * (SEARCH, -EACCES and -EPERM), and when argv and environment are too large (EXEC, -E2BIG).
 */
struct pspawn_error {
	int code;		/* errno value, positive; 0 after success */
	int step;		/* enum pspawn_step */
	int index;		/* of what `what` says, from 0; or -1 */
	int stage;		/* of a pipeline, from 0 */
	int stream;		/* of a run, or -1 */
	int what;		/* enum pspawn_index */
	int reserved[2];
	const char *reason;	/* static text, or NULL */
};

/*
 * The error as one sentence without a full stop, such as
 * `change directory to "/x": No such file or directory`.
 * `cmd` may be NULL; with it the sentence names paths and numbers and, where a
 * program's interpreter is what is missing, the interpreter. Writes at most
 * `size` bytes with the NUL that ends them, and returns the length of the whole
 * sentence, as snprintf() does. `buf` may be NULL when `size` is 0.
 */
PSPAWN_API int pspawn_strerror(const struct pspawn_error *error, const struct pspawn_cmd *cmd,
			       char *buf, size_t size);

/* The words for a step ("change directory"), static; NULL for an unknown one. */
PSPAWN_API const char *pspawn_step_name(int step);

/* ---- a running child ----------------------------------------------------- */

/*
 * The handle, filled by pspawn_start(). `pollfd` becomes readable when the
 * child ends (a pidfd on Linux 5.3, a kqueue on BSD and macOS). It is -1 where
 * the system has no such thing, or had no number left for it; pspawn_wait()
 * works all the same. The handle owns it until pspawn_wait() returns something
 * other than -EINPROGRESS and -EINVAL, or pspawn_forget() is called. A handle that is all zero is
 * empty. It may be copied by value; only one of the copies may be used further.
 */
struct pspawn_child {
	int pid;		/* 0 after wait and forget */
	int pollfd;
	unsigned long long library[16]; /* the library's; see pspawn_child_backend() and below it */
};

struct pspawn_status {
	int exited;		/* 1: ended by itself, with `code`; 0: by `signal` */
	int code;		/* 0-255; -1 where it has not exited */
	int signal;		/* 0: by none */
	int core;		/* 1: dumped core */
	int lost;		/* 1: not known (pspawn_wait_any(), runs) */
	int stopped;		/* the signal that it is suspended by, or 0 (pspawn_wait_change()) */
	int continued;		/* 1: it goes on after that (the same) */
	int reserved;
	/*
	 * What it has used, and those of its descendants that it has waited for (wait4(2), struct
	 * rusage); 0 where the system does not tell. Of widths that no feature macro changes.
	 */
	int64_t user_us, system_us;	     /* CPU time, in microseconds */
	int64_t max_rss_kib;		     /* the most memory that was resident, in KiB */
	int64_t minor_faults, major_faults;  /* pages without and with reading them */
	int64_t blocks_in, blocks_out;	     /* of file systems, 512 bytes each on Linux */
	int64_t voluntary_switches, involuntary_switches; /* of contexts */
};

/*
 * Start what `cmd` describes. Returns when the program has been executed or
 * the start has failed; then there is no child, nothing was handed back, and
 * the caller's descriptors, signal mask, directory and umask are as before.
 * `child` is untouched on failure. `error` may be NULL.
 *
 * Returns 0, or
 *   -EINVAL  contradictory description: no argv, two entries for one number,
 *            an unknown flag or kind, a path that is missing (step CHECK); an
 *            attribute's value that no system takes (CHECK_ATTR). error->reason says which
 *   -EBADF   a number that is negative, or in the child beyond RLIMIT_NOFILE and
 *            not to be closed (CHECK), or not open in the parent (PLACE, CHDIR)
 *   -E2BIG   a description from the future, or more than PSPAWN_MAX_ENTRIES
 *            (CHECK); arguments and environment too large (EXEC). Linux takes strings of
 *            32 pages with their NUL (128 KiB): index is the argument or the variable that is
 *            longer; or the attribute, of ENV_SET. Else all of them together are too much
 *   -ENOTSUP no backend can run it, and why is in error->reason (BACKEND)
 *   -ENOSYS, -EPERM, -ENOENT  the system has, or allows, no way to close what is
 *            not listed (CLOSE): neither close_range(2) nor a listing in /proc
 *   -ENOENT, -EACCES, -EPERM  not found; found but not executable; found only
 *            through an empty or relative element of the path (SEARCH)
 *   -EMFILE, -ENFILE, -ENOMEM  a shortage in the parent (PREPARE, CREATE, MAP_IDS); see below
 *   -EAGAIN  the limit of processes (CREATE, EXEC)
 *   -ENOEXEC the program has no #! line and no format that the kernel knows (EXEC);
 *            pspawn_attr_shell_fallback() lets /bin/sh run it
 *   -ECHILD  the child was killed before it could execute the program (EXEC)
 *   -EPROTO  the fork backend got a report from its child that is none (CREATE)
 * and whatever chdir(2) (CHDIR), open(2) (OPEN) and execve(2) (EXEC) give, and
 * the calls that pspawn_attr.h names (the steps of those attributes). execve(2)
 * gives EAGAIN where the new user had more processes than RLIMIT_NPROC already, without
 * the child (Linux 6.18; older kernels count the child, too).
 *
 * A caller without a free descriptor number can start programs: `pollfd` is -1 then. These need
 * numbers, and fail with -EMFILE (PREPARE) without: pipes and socket pairs, CGROUP, maps of ids,
 * PSPAWN_ASYNC, start_ms, a program's descriptor whose number the map gives to another, with
 * PSPAWN_INHERIT_ALL a map with a cycle, and SETSID by the fork backend where there is no
 * clone3(2). A file for which the child has no number is -EMFILE, too (OPEN).
 *
 * Not a cancellation point. Handlers registered by pthread_atfork() do not run,
 * except by the fork backend on systems without _Fork(). Wants 8 KiB of stack
 * (x86_64, gcc 12: 7.3 KiB, without optimization 7.7; the fork backend 4.5). Allocates
 * nothing for up to 8 entries, 4 attributes and a PATH of 256 bytes, but where the
 * environment is edited or SHELL_FALLBACK is there; what libc's posix_spawn(3) allocates is its own.
 *
 * The call lasts as long as the child's way to its program: a child that is
 * stopped by a signal on that way (SIGSTOP, or from a terminal in the last
 * moment before the program) holds it until it is continued. Two more things
 * can hold the fork backend: a plain fork() in another thread at the same time,
 * until that child executes or ends, and the size of the parent.
 *
 * A program that this process has just written and closed may be busy (ETXTBSY),
 * because another thread's child has a copy of that descriptor until it executes
 * (golang/go#22315). So it is tried again for 5 ms; pspawn_attr_retry_busy() says for
 * how long instead. The linux backend's own children have it for less than a microsecond, if
 * it is below 64 or below their highest source.
 */
PSPAWN_API int pspawn_start(struct pspawn_child *child, const struct pspawn_cmd *cmd,
			    struct pspawn_error *error);

/*
 * With `start_ms` a start that lasts longer is given up: the child is killed, and the start
 * has failed with -ETIMEDOUT and the step that it was at. That is for programs and
 * directories on file systems that may not answer; a child that not even SIGKILL ends there
 * is left to itself, and waited for by a later call. What a child costs more then is the
 * memory of the next paragraph.
 *
 * With PSPAWN_ASYNC the call returns while the child is still on its way to its program.
 * `cmd` and what it points to are not needed any more: the handle owns a copy, which is
 * given back when the start is complete, which pspawn_child_startfd() says to poll(2); nothing
 * can be read from it. Until then outcomes, group and cgroup are not known. A failure that is found before there is a
 * child is still returned by pspawn_start(); the ends of pipes are handed over by then, and
 * the caller's to close whatever becomes of the start. A child on its way is waited for by
 * pspawn_wait() only, or with __WALL. Not for runs (-EINVAL there). The linux backend does
 * it on x86_64 and aarch64 since Linux 5.5, unless an attribute changes the child's powers
 * (USER, SETNS, BOUNDING, ...); the fork backend does the rest, and posix_spawn(3) none
 * (-ENOTSUP where it is asked for).
 *
 * How long the call lasts depends on the caller's descriptors: up to 256, the child is born
 * with a copy of them. With more it is born sharing them, and the call waits until the child
 * has its own, if the pipe that tells has got a number below 256; else it is born with a
 * copy. pspawn_reserve() keeps such numbers.
 */

/*
 * See to the end of a start with PSPAWN_ASYNC, for at most `timeout_ms` milliseconds
 * (PSPAWN_FOREVER, 0: see above). `error` may be NULL. pspawn_wait() does the same
 * before it waits, and returns the code of a start that has failed; the handle is then
 * empty, but this call still tells the error. pspawn_kill() works at any time; a child that
 * is killed on its way is a failed start. pspawn_forget() may be called at any time, too:
 * what is still in use by then is given back by a later start or forget.
 *
 * Returns 0: the program was executed (or the handle is of a start that was waited for); or
 *   -EINPROGRESS  it is still on its way, and `error` says at which step
 *   -ESRCH      an empty handle, whose start has not failed
 *   -EINVAL     timeout_ms below -1
 * and what pspawn_start() returns, the same in `error`.
 */
PSPAWN_API int pspawn_wait_started(struct pspawn_child *child, struct pspawn_error *error,
			      int timeout_ms);

/*
 * Wait for the child to end, at most `timeout_ms` milliseconds
 * (PSPAWN_FOREVER, 0: see above). `status` may be NULL. Interrupted waits go on.
 * Sleeps on pollfd, or without one in steps of at most 32 ms. A cancellation
 * point; a cancelled wait leaves the handle as it was.
 *
 * Returns 0 when the child has ended: the handle is then empty; or
 *   -EINPROGRESS  it still runs
 *   -ECHILD     its status is lost, because SIGCHLD is ignored or somebody else
 *               has waited for it; the handle is empty. Since Linux 6.15 the kernel
 *               tells (PIDFD_GET_INFO), without what it has used, and this is 0, but for a
 *               child that had ended before another backend than linux took a pidfd
 *   -ESRCH      the handle is empty already
 *   -EINVAL     timeout_ms below -1
 */
PSPAWN_API int pspawn_wait(struct pspawn_child *child, struct pspawn_status *status,
			   int timeout_ms);

/*
 * The same, and it also returns when the child was stopped (suspended) or continued, for job
 * control and for those who trace it: then `status` has `stopped` or `continued`, all else in it
 * is empty, and the handle is as before. Each change is reported once. A timeout is kept by asking
 * in steps of at most 32 ms, since no descriptor tells of a stop; without one nothing wakes.
 *
 * Returns 0 when the child has ended, 1 when it was stopped or continued, and else as
 * pspawn_wait(); -ENOSYS where the system has no waitid(2).
 */
PSPAWN_API int pspawn_wait_change(struct pspawn_child *child, struct pspawn_status *status,
				  int timeout_ms);

/*
 * The status as shells tell it, for exit(3): 0-255 of a program that exited, 128 + n of one that
 * the signal n has ended (POSIX, Shell Command Language, 2.8.2: greater than 128); -1 where it is
 * lost or there is none yet. Thread-safe.
 */
PSPAWN_API int pspawn_exit_code(const struct pspawn_status *status);

/* Send a signal. Returns 0, -ESRCH (ended and waited for), -EINVAL or -EPERM as kill(2). */
PSPAWN_API int pspawn_kill(const struct pspawn_child *child, int signal);

/*
 * Send a signal to as many of the child's descendants as can be reached as a
 * whole, and say how far that was. SIGKILL goes to the cgroup that CGROUP has put
 * the child in (cgroup.kill, Linux 5.14). Else to the process group, where SETSID or
 * PGROUP 0 has made one; else to the child, and to the child also where it has left
 * them. Never to a pid that may be somebody else's by now: a child that has been waited
 * for is -ESRCH. -EPERM only where none of them may be signalled.
 *
 * Returns as pspawn_kill(). *reach, which may be NULL, receives one of enum pspawn_reach, or 0
 * where nobody was reached.
 */
enum pspawn_reach { PSPAWN_REACH_CHILD = 1, PSPAWN_REACH_GROUP = 2, PSPAWN_REACH_CGROUP = 3 };
PSPAWN_API int pspawn_kill_all(const struct pspawn_child *child, int signal, int *reach);

/* What has become of an attribute, and what the handle says besides. All are thread-safe. */
enum pspawn_outcome {
	PSPAWN_APPLIED = 0,	/* as its description says first */
	PSPAWN_OTHERWISE = 1,	/* in the other way that its description names */
	PSPAWN_LEFT_OUT = 2	/* it failed */
};

/*
 * Of entry `index` of the attributes that `child` was started with: one of enum pspawn_outcome.
 * Only entries that were preferred can be LEFT_OUT, and only the first 64 entries can be
 * reported as OTHERWISE.
 */
PSPAWN_API int pspawn_child_outcome(const struct pspawn_child *child, size_t index);

/* The backend that started it: "linux", "posix_spawn", "fork". Static. */
PSPAWN_API const char *pspawn_child_backend(const struct pspawn_child *child);

/* Why the backends before that one did not start it: static text, or NULL where it is the first. */
PSPAWN_API const char *pspawn_child_fallback_reason(const struct pspawn_child *child);

/* The process group that SETSID or PGROUP 0 has made for it; else, and after its end, 0. */
PSPAWN_API int pspawn_child_group(const struct pspawn_child *child);

/*
 * The directory of the cgroup that CGROUP has put it in: a descriptor of the handle's own, which
 * ends with it; else -1.
 */
PSPAWN_API int pspawn_child_cgroup(const struct pspawn_child *child);

/*
 * With PSPAWN_ASYNC: a descriptor that is readable, or hung up (POLLHUP), when the start is
 * complete. It is the handle's. -1: it is complete.
 */
PSPAWN_API int pspawn_child_startfd(const struct pspawn_child *child);

/*
 * On Linux `pollfd` is a pidfd: it may be duplicated, sent to another process, given to
 * pidfd_send_signal(2) or waitid(2) with P_PIDFD (whoever takes the status there takes it from the
 * handle). It must not be closed. This takes it out of the handle: the caller closes it, and
 * `pollfd` is -1 then; the handle is waited for by its pid.
 *
 * Returns the descriptor, or -EBADF where there is none.
 */
PSPAWN_API int pspawn_release_pollfd(struct pspawn_child *child);

/*
 * A number of the child that no other process gets until the next boot: the inode of its pidfd
 * (Linux 6.9, 64-bit kernels), which other programs show as PID:INODE. 0 where there is none.
 */
PSPAWN_API unsigned long long pspawn_child_inode(const struct pspawn_child *child);

/*
 * Make a handle of a child of this process that somebody else has started, by its pid, or by a
 * pidfd (Linux), which the handle owns from then on. Nobody else may wait for that child. It has
 * no backend, group or cgroup. `child` is untouched on failure.
 *
 * Returns 0, or
 *   -ECHILD  it is no child of this process, or was waited for already
 *   -EINVAL  the pid is not positive
 *   -EBADF   it is no pidfd
 *   -ENOSYS  the system has no pidfd
 */
PSPAWN_API int pspawn_adopt(struct pspawn_child *child, int pid);
PSPAWN_API int pspawn_adopt_pidfd(struct pspawn_child *child, int pidfd);

/*
 * Let the child run on without us: closes pollfd and empties the handle. The
 * caller's process remains the parent and may wait for the pid by other means.
 * Harmless on an empty handle.
 */
PSPAWN_API void pspawn_forget(struct pspawn_child *child);

/* ---- what would happen, and what ran ------------------------------------- */

/*
 * The plan of a description as text, one step a line, with the backend that
 * would run it and why earlier ones were passed over. Nothing is opened and
 * no program is started. Buffer and return value as for pspawn_strerror(); a
 * negative errno with `error` filled when the description is refused.
 */
PSPAWN_API int pspawn_explain(const struct pspawn_cmd *cmd, char *buf, size_t size,
			      struct pspawn_error *error);

/* The backends of this build, the first one that is tried at `index` 0; NULL after the last. Static. */
PSPAWN_API const char *pspawn_backend_name(size_t index);

/* "0.1.0", of the library that runs, static. */
PSPAWN_API const char *pspawn_version(void);

/* ---- low numbers for a process with many descriptors --------------------- */

/*
 * Keep `n` low descriptor numbers (from 3 on) for starts. A start has to give the child
 * a table that ends above the highest number that the start reads: a pipe that
 * was made when 19,000 connections were open makes the kernel copy 19,000
 * entries. With numbers kept, such sources lie in low ones while the start lasts.
 *
 * Call it early in main(), before the connections: it takes the lowest numbers that
 * are free then. A start needs one for each different source with a high number,
 * and one more; several starts at once need that many times as many: 8 are plenty for
 * one thread that maps 0, 1 and 2. With too few of them a start is not wrong
 * and does not wait, but costs what it would cost without.
 *
 * `n` is how many there are from now on, not how many more. 0 gives all of them back;
 * those that a start has taken are closed when it is over. They are the whole
 * process's: a program calls this, a library leaves it alone.
 *
 * It makes a difference for the linux backend, without PSPAWN_INHERIT_ALL, and
 * for pipes and sockets. When a copy of any other file is closed afterwards, the
 * caller would lose its record locks on it (fcntl(2), F_SETLK). One source of another
 * kind with a high number, or the program's own descriptor with one
 * (pspawn_attr_program_fd()), makes the start an ordinary one.
 *
 * The numbers are open, close-on-exec, and lead to a pipe without a writer. No child
 * of ours sees them. A child of fork() has them too, with the sources that lie
 * there at that moment, until it executes a program. To a description they are not
 * open: a map that reads one fails with EBADF; what is to be the child's
 * number may be any of them. A program that closes all numbers that it does not know
 * loses no more than the use of these, unless a start is going on in
 * another thread.
 *
 * Returns 0, or
 *   -EINVAL  n is negative or above PSPAWN_MAX_RESERVED
 *   -EMFILE, -ENFILE  so many numbers are not free: there are as many as before
 *   -EBUSY   another thread is in this function
 *
 * Thread-safe, also with starts going on. There is no lock, here or in a start.
 */
#define PSPAWN_MAX_RESERVED 64
PSPAWN_API int pspawn_reserve(int n);

#ifdef __cplusplus
}
#endif

#include "pspawn_run.h" /* feeding, collecting, deadlines, pipelines */

#endif
