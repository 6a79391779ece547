/* SPDX-License-Identifier: ISC */
/* The descriptors of this process, as the suite and the probe both see them. */
#ifndef SCAN_H
#define SCAN_H

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where there is no listing: far above every number that a case uses. */
enum { SCAN_BOUND = 70000 };

/*
 * The status flags that are compared. Not all of F_GETFL: some differ in value
 * between a suite in an emulator and a probe outside of it.
 */
#ifndef O_PATH
#define O_PATH 0
#endif
static inline int scan_flags(int fd)
{
	return fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_PATH);
}

static inline int scan_compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Open numbers, sorted; the listing's own is left out. Returns how many. */
static inline int scan_numbers(int *numbers, int room)
{
	DIR *listing = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;

	if (!listing) {
		for (int fd = 0; fd < SCAN_BOUND && count < room; fd++)
			if (fcntl(fd, F_GETFD) >= 0)
				numbers[count++] = fd;
		return count;
	}
	while ((entry = readdir(listing)) && count < room)
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(listing))
			numbers[count++] = atoi(entry->d_name);
	closedir(listing);
	qsort(numbers, (size_t)count, sizeof(*numbers), scan_compare);
	return count;
}

#endif
