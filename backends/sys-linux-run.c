/* SPDX-License-Identifier: ISC */
/* Files in memory and terminals, as Linux has them, whatever libc knows of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "answer.h"
#include "raw.h"
#include "sys.h"

/* linux/memfd.h, linux/fcntl.h, linux/mman.h: old headers lack some, musl others. */
enum {
	MEMFD_CLOEXEC = 1,
	MEMFD_ALLOW_SEALING = 2,
	MEMFD_NOEXEC_SEAL = 8, /* Linux 6.3, which writes to its log where this is not said */
	ADD_SEALS = 1024 + 9,
	SEAL_SEAL = 1,
	SEAL_SHRINK = 2,
	SEAL_GROW = 4,
	SEAL_WRITE = 8,
	COLLAPSE = 25, /* MADV_COLLAPSE, Linux 6.1 */
};

int sys_memfd(const char *name)
{
#ifdef SYS_memfd_create
	long fd =
	    RAW2(SYS_memfd_create, name, MEMFD_CLOEXEC | MEMFD_ALLOW_SEALING | MEMFD_NOEXEC_SEAL);

	if (fd == -EINVAL)
		fd = RAW2(SYS_memfd_create, name, MEMFD_CLOEXEC | MEMFD_ALLOW_SEALING);
	return (int)fd;
#else
	(void)name;
	return -ENOSYS;
#endif
}

int sys_seal(int fd)
{
	return (int)RAW3(SYS_fcntl, fd, ADD_SEALS,
			 SEAL_SEAL | SEAL_SHRINK | SEAL_GROW | SEAL_WRITE);
}

/* ---- a file of large pages */

/*
 * The kernel waits for a thread of its own on each CPU before it collapses pages, which is nothing
 * on an idle machine, and on a busy one more than small files would take.
 */
enum { SMALL_PAGE = 4 << 10, LARGE_PAGE = 2 << 20, AT_ONCE = 2 * LARGE_PAGE, LEAST = 8 << 20 };

static long ask_for_page_size(void)
{
	ANSWER(sysconf(_SC_PAGESIZE));
}

static int set_size(int fd, size_t size)
{
	ANSWER(ftruncate(fd, (off_t)size));
}

static long write_one(int fd, size_t at)
{
	ANSWER((long)pwrite(fd, "", 1, (off_t)at));
}

/* NULL: no. */
static char *map(void *at, size_t size, int protection, int flags, int fd)
{
	int saved = errno;
	void *mapped = mmap(at, size, protection, flags, fd, 0);

	errno = saved;
	return mapped == MAP_FAILED ? NULL : mapped;
}

static int advise(void *at, size_t size, int advice)
{
	ANSWER(madvise(at, size, advice));
}

static void unmap(void *at, size_t size)
{
	int saved = errno;

	munmap(at, size);
	errno = saved;
}

/*
 * The kernel collapses small pages into large ones, if there is one to begin with; the rest may be
 * missing, and is not allocated then to be thrown away. That is asked for by madvise(2)
 * alone and needs no setting of the administrator's, as large pages for write(2) would.
 */
static int collapse(int fd, char *mapped, size_t at, size_t size)
{
	for (size_t page = at; page < at + size; page += LARGE_PAGE)
		if (write_one(fd, page) != 1)
			return -EAGAIN;
	return advise(mapped + at, size, COLLAPSE);
}

/* How much of it: what the kernel has just cleared is still in the processor's cache. */
static size_t fill_collapsed(int fd, char *mapped, const char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		size_t part = size - done < AT_ONCE ? size - done : AT_ONCE;

		if (collapse(fd, mapped, done, part) < 0)
			break;
		memcpy(mapped + done, data + done, part);
		done += part;
	}
	return done;
}

/* Where large pages of a file may be mapped as such: addresses that are multiples of theirs. */
static char *map_aligned(int fd, size_t size, char *around)
{
	char *aligned = around + (-(uintptr_t)around & (LARGE_PAGE - 1));

	return map(aligned, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd);
}

size_t sys_fill_large_pages(int fd, const char *data, size_t size)
{
	size_t large = size - size % LARGE_PAGE, around_size = large + LARGE_PAGE;
	char *around, *mapped;
	size_t filled = 0;

	/* With other small pages they are much larger, and hardly ever worth it. */
	if (size < LEAST || ask_for_page_size() != SMALL_PAGE || set_size(fd, large) < 0)
		return 0;
	around = map(NULL, around_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	if (!around)
		return 0;
	mapped = map_aligned(fd, large, around);
	/* A file that a child of another thread's has mapped could not be sealed. */
	if (mapped && advise(mapped, large, MADV_DONTFORK) == 0)
		filled = fill_collapsed(fd, mapped, data, large);
	unmap(around, around_size);
	return filled;
}

/* TIOCGPTPEER, Linux 4.13. Its number is one of few that differ by CPU. */
int sys_terminal_peer(int ours, int flags)
{
#ifdef TIOCGPTPEER
	long fd = RAW3(SYS_ioctl, ours, TIOCGPTPEER, flags | O_CLOEXEC);

	return fd == -ENOTTY || fd == -EINVAL ? -ENOSYS : (int)fd;
#else
	(void)ours;
	(void)flags;
	return -ENOSYS;
#endif
}

/* N_TTY_BUF_SIZE without the end of the line; fpathconf(3) says 255, which POSIX asks for at least. */
size_t sys_longest_line(int fd)
{
	(void)fd;
	return 4095;
}

/* MAX_ARG_STRLEN; execve(2), "Limits on size of arguments and environment". */
size_t sys_longest_string(void)
{
	return 32 * (size_t)sysconf(_SC_PAGESIZE);
}
