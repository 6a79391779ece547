/* SPDX-License-Identifier: ISC */
/* The header in C: macros, constructors with an address, lists; a start with a map, and a run. */
#include <pspawn.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;

static void check(int condition, const char *what)
{
	if (!condition) {
		printf("not so: %s\n", what);
		failures++;
	}
}

#define CHECK(condition) check((condition) != 0, #condition)

static void start_with_a_map(void)
{
	char byte = 0;
	int end = -1;
	struct pspawn_cmd cmd = {
		PSPAWN_CMD("sh", "-c", "printf $BYTE >&7; test ! -e /dev/fd/1 || exit 5"),
		PSPAWN_FDS(pspawn_fd_pipe_out(7, &end), pspawn_fd_close(1)),
		PSPAWN_ATTRS(pspawn_attr_env_set("BYTE=x"), pspawn_attr_umask(077)),
	};
	struct pspawn_child child;
	struct pspawn_status status;

	CHECK(pspawn_start(&child, &cmd, NULL) == 0);
	CHECK(read(end, &byte, 1) == 1 && byte == 'x');
	CHECK(read(end, &byte, 1) == 0);
	close(end);
	CHECK(pspawn_wait(&child, &status, PSPAWN_FOREVER) == 0);
	CHECK(pspawn_succeeded(&status));
}

/* Through pointers, so that nothing is inline: the library's own functions. */
static void run_from_lists(void)
{
	struct pspawn_fd (*volatile same)(int, int) = pspawn_fd_same;
	struct pspawn_attr (*volatile set)(const char *) = pspawn_attr_env_set;
	struct pspawn_attr (*volatile limit)(int, unsigned long long, unsigned long long) =
		pspawn_attr_rlimit;
	struct pspawn_stream (*volatile feed)(int, const char *) = pspawn_stream_feed_text;
	struct pspawn_stream (*volatile collect)(int, struct pspawn_buffer *) = pspawn_stream_collect;
	int (*volatile succeeded)(const struct pspawn_status *) = pspawn_succeeded;
	struct pspawn_fds fds = { NULL, 0, 0 };
	struct pspawn_attrs attrs = { NULL, 0, 0 };
	struct pspawn_streams streams = { NULL, 0, 0 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("sh", "-c", "cat; echo $WORD >&2; ulimit -c") };
	struct pspawn_io io = { .size = sizeof(io) };
	struct pspawn_buffer out;
	struct pspawn_result result;

	CHECK(pspawn_fds_add(&fds, same(2, 1)) == 0);
	CHECK(pspawn_attrs_add(&attrs, set("WORD=word")) == 0);
	CHECK(pspawn_attrs_add(&attrs, limit(RLIMIT_CORE, 0, RLIM_INFINITY)) == 0);
	attrs.items[1] = pspawn_attr_prefer(attrs.items[1]); /* not everybody may have infinity */
	CHECK(pspawn_streams_add(&streams, feed(0, "fed\n")) == 0);
	CHECK(pspawn_streams_add(&streams, collect(1, &out)) == 0);
	cmd.fds = fds.items;
	cmd.nfds = fds.count;
	cmd.attrs = attrs.items;
	cmd.nattrs = attrs.count;
	io.streams = streams.items;
	io.nstreams = streams.count;
	CHECK(pspawn_run(&cmd, &io, &result, NULL) == 0);
	CHECK(succeeded(&result.status));
	CHECK(out.data && strncmp(out.data, "fed\nword\n", 9) == 0);
	free(out.data);
	pspawn_fds_free(&fds);
	pspawn_attrs_free(&attrs);
	pspawn_streams_free(&streams);
}

int main(void)
{
	start_with_a_map();
	run_from_lists();
	return failures != 0;
}
