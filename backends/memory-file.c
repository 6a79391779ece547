/* SPDX-License-Identifier: ISC */
/*
 * Files without a name: memfd_create(2) where there is one, else a temporary file that
 * is unlinked at once. The child's side is opened anew, so that its offset is its own
 * and it can do no more than it has to.
 */
#include "memory-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "backend.h"

/* More in one call than the kernel takes in one anyway, so that SIZE_MAX is no special case. */
enum { MOST_AT_ONCE = 1 << 30, PATH_ROOM = 1024 };

static long write_at(int fd, const char *data, size_t size, off_t at)
{
	ANSWER((long)pwrite(fd, data, size < MOST_AT_ONCE ? size : MOST_AT_ONCE, at));
}

/* Not by write(2), so that the offset stays where readers begin. */
static int fill(int fd, const char *data, size_t size, size_t done)
{
	while (done < size) {
		long result = write_at(fd, data + done, size - done, (off_t)done);

		if (result == -EINTR)
			continue;
		if (result <= 0)
			return result < 0 ? (int)result : -ENOSPC;
		done += (size_t)result;
	}
	return 0;
}

/* ---- memfd */

static int take_memfd(struct memory_file *file, int flags)
{
	file->ours = reserve(sys_memfd("pspawn"), NULL);
	if (file->ours < 0)
		return file->ours;
	file->theirs = reserve(sys_open_again(file->ours, flags), NULL);
	/* One offset for both, then: nothing has been read or written by it. */
	if (file->theirs == -ENOENT || file->theirs == -EACCES || file->theirs == -ENOTDIR)
		file->theirs = sys_dup_from(file->ours, 3);
	return file->theirs < 0 ? file->theirs : 0;
}

/* ---- a temporary file */

static int make_name(char *path)
{
	ANSWER(mkostemp(path, O_CLOEXEC));
}

static int remove_name(const char *path)
{
	ANSWER(unlink(path));
}

static int take_temporary_in(struct memory_file *file, const char *directory, int flags)
{
	char path[PATH_ROOM];
	int length = snprintf(path, sizeof(path), "%s/pspawn-XXXXXX", directory);

	if (length < 0 || (size_t)length >= sizeof(path))
		return -ENAMETOOLONG;
	file->ours = make_name(path);
	if (file->ours < 0)
		return file->ours;
	file->theirs = reserve(sys_open_cloexec(path, flags, 0), NULL);
	remove_name(path);
	file->ours = reserve(file->ours, NULL);
	if (file->theirs < 0)
		return file->theirs;
	return file->ours < 0 ? file->ours : 0;
}

static int take_temporary(struct memory_file *file, int flags)
{
	const char *directory = getenv("TMPDIR");

	return take_temporary_in(file, directory && *directory == '/' ? directory : "/tmp", flags);
}

/* ---- either */

static void drop(struct memory_file *file)
{
	if (file->ours >= 0)
		sys_release(file->ours);
	if (file->theirs >= 0)
		sys_release(file->theirs);
	file->ours = file->theirs = -1;
}

static int take(struct memory_file *file, int flags)
{
	int result;

	file->ours = file->theirs = -1;
	result = take_memfd(file, flags);
	/* Filters say EPERM, emulators EINVAL. */
	if (file->ours < 0 && (result == -ENOSYS || result == -EPERM || result == -EINVAL))
		result = take_temporary(file, flags);
	if (result < 0)
		drop(file);
	return result;
}

int memory_file_empty(struct memory_file *file)
{
	return take(file, O_WRONLY | O_APPEND);
}

static int make_of(struct memory_file *file, const char *data, size_t size, int by_large_pages)
{
	int result = take(file, O_RDONLY);
	size_t done = 0;

	if (result < 0)
		return result;
	if (by_large_pages)
		done = sys_fill_large_pages(file->ours, data, size);
	result = fill(file->ours, data, size, done);
	/* Where there are no seals it is a file without them. */
	if (result == 0 && sys_seal(file->ours) == -EBUSY && by_large_pages)
		result = -EBUSY;
	if (result < 0)
		drop(file);
	return result;
}

int memory_file_of(struct memory_file *file, const void *data, size_t size)
{
	int result = make_of(file, data, size, 1);

	/* What another thread has forked meanwhile has it mapped, and could write to it. */
	return result == -EBUSY ? make_of(file, data, size, 0) : result;
}
