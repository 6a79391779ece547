/* SPDX-License-Identifier: ISC */
#include "table.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "scan.h"
#include "suite.h"

static void look_at(struct slot *slot, int number)
{
	struct stat status;

	memset(&status, 0, sizeof(status));
	fstat(number, &status);
	slot->number = number;
	slot->dev = status.st_dev;
	slot->ino = status.st_ino;
	slot->offset = lseek(number, 0, SEEK_CUR);
	slot->flags = scan_flags(number);
	slot->cloexec = fcntl(number, F_GETFD) & FD_CLOEXEC;
}

void table_of_self(struct table *table)
{
	static int numbers[TABLE_MAX];

	table->count = scan_numbers(numbers, TABLE_MAX);
	for (int i = 0; i < table->count; i++)
		look_at(&table->slots[i], numbers[i]);
}

const struct slot *table_find(const struct table *table, int number)
{
	for (int i = 0; i < table->count; i++)
		if (table->slots[i].number == number)
			return &table->slots[i];
	return NULL;
}

static void note_slot(const char *side, const struct slot *s)
{
	if (s)
		suite_note("  %s %d: %llx:%llu offset %lld flags %o cloexec %d", side, s->number,
			   s->dev, s->ino, s->offset, (unsigned)s->flags, s->cloexec);
	else
		suite_note("  %s: nothing", side);
}

static int slot_same(const struct slot *a, const struct slot *b)
{
	return a->number == b->number && a->dev == b->dev && a->ino == b->ino &&
	       a->offset == b->offset && a->flags == b->flags && a->cloexec == b->cloexec;
}

int table_same(const struct table *a, const struct table *b)
{
	int i = 0, j = 0, same = 1;

	while (i < a->count || j < b->count) {
		const struct slot *x = i < a->count ? &a->slots[i] : NULL;
		const struct slot *y = j < b->count ? &b->slots[j] : NULL;

		if (x && (!y || x->number < y->number)) {
			y = NULL;
			i++;
		} else if (y && (!x || y->number < x->number)) {
			x = NULL;
			j++;
		} else {
			i++;
			j++;
			if (slot_same(x, y))
				continue;
		}
		note_slot("expected", x);
		note_slot("   found", y);
		same = 0;
	}
	return same;
}

void record_read(struct record *record, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[8192];

	memset(record, 0, sizeof(*record));
	if (!file)
		FAIL("the child has written no record: %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		struct slot *slot = &record->table.slots[record->table.count];

		if (record->table.count == TABLE_MAX)
			FAIL("the child holds %d descriptors or more", TABLE_MAX);
		if (sscanf(line, "fd %d %llu %llu %lld %d %d", &slot->number, &slot->dev,
			   &slot->ino, &slot->offset, &slot->flags, &slot->cloexec) == 6)
			record->table.count++;
		sscanf(line, "cwd %4095[^\n]", record->directory);
		sscanf(line, "umask %o", &record->umask);
		sscanf(line, "ppid %d", &record->ppid);
		sscanf(line, "FDSize: %d", &record->room);
		sscanf(line, "SigBlk: %llx", &record->blocked);
		sscanf(line, "SigIgn: %llx", &record->ignored);
		sscanf(line, "SigCgt: %llx", &record->caught);
	}
	fclose(file);
	unlink(path);
}

unsigned long long open_numbers(void)
{
	unsigned long long bits = 0;

	for (int number = 0; number < 64; number++)
		if (fcntl(number, F_GETFD) >= 0)
			bits |= 1ull << number;
	return bits;
}

static char opened_by_us[SCAN_BOUND];

void files_close(void)
{
	for (int number = 0; number < SCAN_BOUND; number++)
		if (opened_by_us[number])
			close(number);
}

int file_at(int number, int flags)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "file-%d", number);
	unlink(name);
	fd = open(name, flags | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, 100000) < 0)
		if ((flags & O_ACCMODE) != O_RDONLY || fd < 0)
			FAIL("%s: %s", name, strerror(errno));
	if (fd != number) {
		if (dup2(fd, number) != number)
			FAIL("dup2 to %d: %s", number, strerror(errno));
		close(fd);
	}
	if (flags & O_CLOEXEC)
		set_cloexec_of(number, 1);
	lseek(number, number + 1, SEEK_SET);
	opened_by_us[number] = number > 2;
	return number;
}

void files(int from, int to)
{
	for (int number = from; number <= to; number++)
		file_at(number, number % 2 ? O_RDWR : O_RDWR | O_CLOEXEC);
}

void set_cloexec_of(int number, int on)
{
	if (fcntl(number, F_SETFD, on ? FD_CLOEXEC : 0) < 0)
		FAIL("F_SETFD of %d: %s", number, strerror(errno));
}

void close_all_from(int number)
{
	static int numbers[65536];
	int count = scan_numbers(numbers, 65536);

	for (int i = 0; i < count; i++)
		if (numbers[i] >= number)
			close(numbers[i]);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
