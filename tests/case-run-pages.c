/* SPDX-License-Identifier: ISC */
/* T48: files in memory that are made of large pages, and where that cannot be. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"
#include "suite.h"
#include "table.h"

enum { LARGE = 2 << 20, LEAST = 4 * LARGE, MOST = 5 * LARGE + 4097 };

/* F_ADD_SEALS, which old headers do not have. */
enum { ADD_SEALS = 1024 + 9 };

/* No two pages are the same, nor two large ones. */
static char *bytes_of(size_t size)
{
	char *bytes = malloc(size);

	CHECK(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * 31 + i / 4093 + i / LARGE);
	return bytes;
}

static int is_file_of(int fd, const char *bytes, size_t size)
{
	char *mapped;
	int same;

	CHECK(fd > 2);
	CHECK_INT(lseek(fd, 0, SEEK_CUR), 0);
	CHECK_INT(lseek(fd, 0, SEEK_END), size);
	mapped = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(mapped != MAP_FAILED);
	same = memcmp(mapped, bytes, size) == 0;
	munmap(mapped, size);
	return same;
}

static int is_sealed(int fd)
{
#ifdef F_GET_SEALS
	int all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & all) == all;
#else
	(void)fd;
	return 0;
#endif
}

/* Where there is no list of mappings nothing is. */
static int is_mapped(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int found = 0;

	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, name) != NULL;
	if (maps)
		fclose(maps);
	return found;
}

/* The same bytes by whatever way it is made, and nothing left of that way. */
static void make_all(int with_seals)
{
	static const size_t sizes[] = { LEAST - 1, LEAST, LEAST + 1, MOST };
	char *bytes = bytes_of(MOST);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd;

		errno = 12345;
		/* From an odd address too. */
		fd = pspawn_memory_file(bytes + i % 2, sizes[i] - i % 2);
		CHECK_INT(errno, 12345);
		CHECK(is_file_of(fd, bytes + i % 2, sizes[i] - i % 2));
		CHECK_INT(is_sealed(fd), with_seals);
		close(fd);
		CHECK(!is_mapped("memfd:pspawn"));
	}
	free(bytes);
}

static int has_seals(void)
{
	int fd = pspawn_memory_file("x", 1);
	int has = is_sealed(fd);

	close(fd);
	return has;
}

CASE(T48, files_of_large_pages)
{
	make_all(has_seals());
}

/* As where the kernel is older, has no large pages, or has none left. */
static void make_without_large_pages(const void *code)
{
	int with_seals = has_seals();

	if (!filter_syscall(SYS_madvise, *(const int *)code))
		SKIP("no system call filters here");
	make_all(with_seals);
}

CASE(T48, files_without_large_pages)
{
	static const int codes[] = { EINVAL, EAGAIN, ENOMEM };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		suite_apart(make_without_large_pages, &codes[i]);
}

/* The last one of MOST is asked for by itself, since the others go by two. */
static void make_of_both(const void *unused)
{
	int with_seals = has_seals();

	(void)unused;
	if (!filter_syscall_equal(SYS_madvise, 1, LARGE, EAGAIN))
		SKIP("no system call filters here");
	make_all(with_seals);
}

CASE(T48, files_of_large_and_small_pages)
{
	suite_apart(make_of_both, NULL);
}

static void make_what_is_mapped(const void *unused)
{
	int had_seals = has_seals();

	(void)unused;
	if (!filter_syscall_equal(SYS_fcntl, 1, ADD_SEALS, EBUSY))
		SKIP("no system call filters here");
	make_all(had_seals && has_seals());
}

/* It could be by what another thread has forked, and cannot be sealed then. */
CASE(T48, files_that_are_mapped_elsewhere)
{
	suite_apart(make_what_is_mapped, NULL);
}

/* The limit is the caller's, and holds for whoever fills a file on its behalf. */
static void make_too_large(const void *unused)
{
	struct rlimit limit = { LEAST - LARGE / 2, LEAST - LARGE / 2 };
	char *bytes = bytes_of(MOST);

	(void)unused;
	CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(pspawn_memory_file(bytes, LEAST), -EFBIG);
	CHECK_INT(pspawn_memory_file(bytes, MOST), -EFBIG);
	free(bytes);
}

CASE(T48, files_larger_than_the_limit)
{
	suite_apart(make_too_large, NULL);
}
