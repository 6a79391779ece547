/* SPDX-License-Identifier: ISC */
#include "around-run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

struct before_run before_run(void)
{
	struct before_run before = { open_numbers(), fault_malloc_held() };

	return before;
}

void expect_as_before(const struct before_run *before)
{
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
		FAIL("a child is left");
	CHECK_INT(fault_malloc_held(), before->held);
	if (open_numbers() != before->numbers)
		FAIL("numbers %llx were open, and now %llx are", before->numbers, open_numbers());
}

static long give(void *context, void *data, size_t room)
{
	struct every_kind *every = context;
	size_t size = strlen(every->given);

	CHECK(room >= size);
	memcpy(data, every->given, size);
	every->given[0] = '\0';
	return (long)size;
}

static long take(void *context, const void *data, size_t size)
{
	struct every_kind *every = context;

	CHECK(strlen(every->taken) + size < sizeof(every->taken));
	strncat(every->taken, data, size);
	return (long)size;
}

static int take_line(void *context, const char *line, size_t length, int whole)
{
	struct every_kind *every = context;

	CHECK_INT(strlen(line), length);
	CHECK_INT(whole, 1);
	CHECK(strlen(every->lines) + length + 1 < sizeof(every->lines));
	strcat(strcat(every->lines, line), "|");
	return 1;
}

struct pspawn_io every_kind_io(struct every_kind *every)
{
	struct pspawn_io io = { .size = sizeof(io), .streams = every->streams, .nstreams = 7 };

	memset(every, 0, sizeof(*every));
	every->out.data = every->taken; /* to be cleared */
	every->file = 77;
	strcpy(every->given, "given");
	every->streams[0] = pspawn_stream_feed(0, "data", 4);
	every->streams[1] = pspawn_stream_feed_call(3, give, every);
	every->streams[2] = pspawn_stream_feed_file(4, "one\ntwo\n", 8);
	every->streams[3] = pspawn_stream_collect(1, &every->out);
	every->streams[4] = pspawn_stream_collect_call(2, take, every);
	every->streams[5] = pspawn_stream_collect_lines(5, take_line, every);
	every->streams[6] = pspawn_stream_collect_file(6, &every->file);
	return io;
}

struct pspawn_cmd every_kind_cmd(void)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "cat; cat <&3 >&2; cat <&4 >&5; echo file >&6", NULL };
	struct pspawn_cmd cmd = { .size = sizeof(cmd), .argv = (char *const *)argv };

	return cmd;
}

void expect_every_kind(struct every_kind *every)
{
	char data[16] = "";

	CHECK_STR(every->out.data, "data");
	CHECK_STR(every->taken, "given");
	CHECK_STR(every->lines, "one|two|");
	CHECK(every->file > 2);
	CHECK_INT(read(every->file, data, sizeof(data)), 5);
	CHECK_STR(data, "file\n");
	close(every->file);
	free(every->out.data);
}

void expect_no_kind(const struct every_kind *every)
{
	CHECK(every->out.data == NULL);
	CHECK_INT(every->out.length, 0);
	CHECK_INT(every->file, -1);
	CHECK_STR(every->taken, "");
	CHECK_STR(every->lines, "");
}
