/* SPDX-License-Identifier: ISC */
/* Which interpreter a program names: by #! or by its ELF header. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "lib.h"

enum { HEAD = 2048, PROGRAM_HEADER_INTERPRETER = 3 };

/* The layout of ELF's headers, in bytes from their beginnings, for both classes. */
struct layout {
	size_t word;	     /* of offsets and sizes */
	size_t table;	     /* offset of the program headers, in the file's header */
	size_t entry_size;
	size_t entries;
	size_t offset; /* in a program header */
	size_t file_size;
};

static const struct layout elf32 = { 4, 28, 42, 44, 4, 16 };
static const struct layout elf64 = { 8, 32, 54, 56, 8, 32 };

/* A number of `width` bytes in the machine's own order; UINT64_MAX beyond what was read. */
static uint64_t number_at(const unsigned char *head, size_t size, uint64_t at, size_t width)
{
	uint16_t half;
	uint32_t word;
	uint64_t wide;

	if (at > size || width > size - at)
		return UINT64_MAX;
	switch (width) {
	case 2:
		memcpy(&half, head + at, 2);
		return half;
	case 4:
		memcpy(&word, head + at, 4);
		return word;
	default:
		memcpy(&wide, head + at, 8);
		return wide;
	}
}

static int take_name(const unsigned char *from, size_t length, char *buf, size_t size)
{
	if (length == 0 || length >= size)
		return 0;
	memcpy(buf, from, length);
	buf[length] = '\0';
	return 1;
}

static int from_elf(const unsigned char *head, size_t size, char *buf, size_t room)
{
	const struct layout *layout = head[4] == 2 ? &elf64 : &elf32;
	uint64_t at = number_at(head, size, layout->table, layout->word);
	uint64_t step = number_at(head, size, layout->entry_size, 2);
	uint64_t count = number_at(head, size, layout->entries, 2);

	for (uint64_t i = 0; i < count && at < size; i++, at += step) {
		uint64_t offset, length;

		if (number_at(head, size, at, 4) != PROGRAM_HEADER_INTERPRETER)
			continue;
		offset = number_at(head, size, at + layout->offset, layout->word);
		length = number_at(head, size, at + layout->file_size, layout->word);
		if (offset > size || length > size - offset || length == 0)
			return 0;
		return take_name(head + offset, (size_t)length - 1, buf, room);
	}
	return 0;
}

static int from_script(const unsigned char *head, size_t size, char *buf, size_t room)
{
	size_t from = 2;
	size_t to;

	while (from < size && (head[from] == ' ' || head[from] == '\t'))
		from++;
	for (to = from; to < size && !strchr(" \t\n", head[to]); to++)
		;
	return take_name(head + from, to - from, buf, room);
}

/* The beginning of a file: how many bytes, or -1. */
static long read_head(const char *program, unsigned char head[HEAD])
{
	int fd = sys_open_cloexec(program, O_RDONLY | O_NONBLOCK, 0);
	long length;

	if (fd < 0)
		return -1;
	length = sys_read(fd, head, HEAD);
	sys_release(fd);
	return length;
}

static int is_script(const unsigned char *head, long length)
{
	return length > 2 && head[0] == '#' && head[1] == '!';
}

int missing_interpreter(const char *program, char *buf, size_t size)
{
	unsigned char head[HEAD];
	long length = read_head(program, head);
	int named = 0;

	if (is_script(head, length))
		named = from_script(head, (size_t)length, buf, size);
	else if (length > 4 && memcmp(head, "\177ELF", 4) == 0)
		named = from_elf(head, (size_t)length, buf, size);
	return named && sys_executable(buf) < 0;
}

/* A shell tells text by the same: no NUL. */
int lacks_interpreter(const char *program)
{
	unsigned char head[HEAD];
	long length = read_head(program, head);

	return length >= 0 && !is_script(head, length) && !memchr(head, '\0', (size_t)length);
}
