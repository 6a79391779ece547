/* SPDX-License-Identifier: ISC */
/* The child side of sys.h on Linux: raw system calls and nothing else. */
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

enum { LAST_SIGNAL = 64, CLOSE_RANGE_UNSHARE_FLAG = 2 };

/* The kernel's sigset_t, in bytes; it wants to be told. */
#if defined(__mips__)
#define KERNEL_MASK_SIZE 16
#else
#define KERNEL_MASK_SIZE 8
#endif

CHILD_SIDE int sys_open(const char *path, int flags, unsigned mode)
{
	return (int)RAW4(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

CHILD_SIDE int sys_close(int fd)
{
	return (int)RAW1(SYS_close, fd);
}

CHILD_SIDE int sys_dup2(int from, int to)
{
	return (int)RAW3(SYS_dup3, from, to, 0);
}

CHILD_SIDE int sys_getfd(int fd)
{
	return (int)RAW2(SYS_fcntl, fd, F_GETFD);
}

CHILD_SIDE int sys_setfd(int fd, int flags)
{
	return (int)RAW3(SYS_fcntl, fd, F_SETFD, flags);
}

CHILD_SIDE int sys_chdir(const char *path)
{
	return (int)RAW1(SYS_chdir, path);
}

CHILD_SIDE int sys_fchdir(int fd)
{
	return (int)RAW1(SYS_fchdir, fd);
}

/* INT_MAX and not ~0u for "all above": gVisor refuses the latter. */
CHILD_SIDE int sys_close_range(int first, int last)
{
	return (int)RAW3(SYS_close_range, first, last, 0);
}

CHILD_SIDE int sys_unshare_files(int first)
{
	return (int)RAW3(SYS_close_range, first, INT_MAX, CLOSE_RANGE_UNSHARE_FLAG);
}

/* The kernel's struct sigaction differs per CPU, but all zero is SIG_DFL on each. */
struct kernel_action {
	union {
		unsigned long words[16];
		void *handler;
	} u;
};

#if defined(__mips__)
#define HANDLER_WORD 1
#else
#define HANDLER_WORD 0
#endif

CHILD_SIDE static int set_default(int number)
{
	struct kernel_action action;

	for (size_t i = 0; i < sizeof(action.u.words) / sizeof(action.u.words[0]); i++)
		action.u.words[i] = 0;
	return (int)RAW4(SYS_rt_sigaction, number, &action, NULL, KERNEL_MASK_SIZE);
}

/* 1, 0 or -errno. */
CHILD_SIDE static int is_handled(int number)
{
	struct kernel_action action;
	long result = RAW4(SYS_rt_sigaction, number, NULL, &action, KERNEL_MASK_SIZE);

	if (result < 0)
		return (int)result;
	return action.u.words[HANDLER_WORD] != (uintptr_t)SIG_DFL &&
	       action.u.words[HANDLER_WORD] != (uintptr_t)SIG_IGN;
}

/*
 * 32 to 34 are libc's own. Some libcs leave them ignored in what they start, a
 * program started by such a program would pass that on, and libc's sigaction()
 * refuses to mend it.
 */
CHILD_SIDE int sys_default_signals(int already_cleared)
{
	for (int number = 1; number <= LAST_SIGNAL; number++) {
		int result = number == SIGPIPE || (number >= 32 && number <= 34);

		if (result == 0 && !already_cleared)
			result = is_handled(number);
		if (result > 0)
			result = set_default(number);
		if (result < 0)
			return result;
	}
	return 0;
}

CHILD_SIDE int sys_set_mask(const struct sys_mask *mask)
{
	return (int)RAW4(SYS_rt_sigprocmask, SIG_SETMASK, mask, NULL, KERNEL_MASK_SIZE);
}

CHILD_SIDE static void fill(struct sys_mask *mask, unsigned long word)
{
	for (size_t i = 0; i < sizeof(mask->words) / sizeof(mask->words[0]); i++)
		mask->words[i] = word;
}

CHILD_SIDE int sys_empty_mask(void)
{
	struct sys_mask none;

	fill(&none, 0);
	return sys_set_mask(&none);
}

/* Raw, because libc's wrapper leaves its own signals open. */
int sys_block_signals(struct sys_mask *old)
{
	struct sys_mask all;

	fill(&all, ~0ul);
	return (int)RAW4(SYS_rt_sigprocmask, SIG_SETMASK, &all, old, KERNEL_MASK_SIZE);
}

CHILD_SIDE int sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return (int)RAW3(SYS_execve, path, argv, envp);
}

CHILD_SIDE long sys_write(int fd, const void *data, size_t size)
{
	return RAW3(SYS_write, fd, data, size);
}

CHILD_SIDE void sys_exit(int code)
{
	for (;;)
		RAW1(SYS_exit_group, code);
}

/* ---- /proc/self/fd */

struct kernel_dirent {
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

CHILD_SIDE int sys_fds_open(struct sys_fds *fds)
{
	fds->fd = sys_open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	return fds->fd;
}

CHILD_SIDE static int number_of(const char *name)
{
	int number = 0;

	for (; *name >= '0' && *name <= '9'; name++)
		number = number * 10 + (*name - '0');
	return *name ? -1 : number;
}

CHILD_SIDE int sys_fds_next(struct sys_fds *fds, int *numbers, int room)
{
	/* The shortest record has 24 bytes, so this many always find room. */
	long want = (long)room * 24 < (long)sizeof(fds->buffer) ? room * 24L
								  : (long)sizeof(fds->buffer);
	long size;
	int count;

	do {
		size = RAW3(SYS_getdents64, fds->fd, fds->buffer, want);
		count = 0;
		for (long at = 0; at < size;) {
			const struct kernel_dirent *entry = (const void *)(fds->buffer + at);
			int number = number_of(entry->name);

			if (number >= 0)
				numbers[count++] = number;
			at += entry->length;
		}
	} while (size > 0 && count == 0);
	return size < 0 ? (int)size : count;
}

CHILD_SIDE int sys_fds_rewind(struct sys_fds *fds)
{
	long result = RAW3(SYS_lseek, fds->fd, 0, SEEK_SET);

	return result < 0 ? (int)result : 0;
}
