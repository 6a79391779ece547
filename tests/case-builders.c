/* SPDX-License-Identifier: ISC */
/* O: lists that grow, and constructors that have an address. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <pspawn_run.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

/* One number of the child for each of many entries, so that the lists move several times. */
enum { MANY = 100, FIRST = 10 };

CASE(O01, lists_grow_and_keep_their_order)
{
	struct pspawn_fds fds = { 0 };
	struct pspawn_attrs attrs = { 0 };
	struct pspawn_streams streams = { 0 };

	for (int i = 0; i < MANY; i++) {
		CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_dup(FIRST + i, i)), 0);
		CHECK_INT(pspawn_attrs_add(&attrs, pspawn_attr_nice(i)), 0);
		CHECK_INT(pspawn_streams_add(&streams, pspawn_stream_feed(i, "x", 1)), 0);
		CHECK(fds.count <= fds.capacity);
	}
	CHECK_INT(fds.count, MANY);
	CHECK_INT(attrs.count, MANY);
	CHECK_INT(streams.count, MANY);
	for (int i = 0; i < MANY; i++) {
		CHECK_INT(fds.items[i].child, FIRST + i);
		CHECK_INT(fds.items[i].number, i);
		CHECK_INT(attrs.items[i].number, i);
		CHECK_INT(streams.items[i].child, i);
	}
	pspawn_fds_free(&fds);
	pspawn_attrs_free(&attrs);
	pspawn_streams_free(&streams);
	CHECK(!fds.items && !attrs.items && !streams.items);
	CHECK_INT(fds.count + attrs.count + streams.count, 0);
	CHECK_INT(fds.capacity + attrs.capacity + streams.capacity, 0);
}

CASE(O01, freeing_nothing_is_harmless)
{
	struct pspawn_fds fds = { 0 };
	struct pspawn_attrs attrs = { 0 };
	struct pspawn_streams streams = { 0 };

	pspawn_fds_free(&fds);
	pspawn_attrs_free(&attrs);
	pspawn_streams_free(&streams);
	pspawn_fds_free(NULL);
	pspawn_attrs_free(NULL);
	pspawn_streams_free(NULL);
	/* And a list that was freed can be filled again. */
	CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_null(0)), 0);
	pspawn_fds_free(&fds);
	CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_null(1)), 0);
	CHECK_INT(fds.count, 1);
	CHECK_INT(fds.items[0].child, 1);
	pspawn_fds_free(&fds);
}

CASE(O02, no_memory_leaves_a_list_as_it_was)
{
	struct pspawn_fds fds = { 0 };
	int held = fault_malloc_held();

	errno = ERANGE;
	fault_malloc(1);
	CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_null(0)), -ENOMEM);
	fault_malloc(0);
	CHECK(!fds.items);
	while (fds.count < fds.capacity || !fds.count)
		CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_null((int)fds.count)), 0);
	fault_malloc(1);
	CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_null((int)fds.count)), -ENOMEM);
	fault_malloc(0);
	CHECK_INT(errno, ERANGE);
	CHECK_INT(fds.count, fds.capacity);
	CHECK_INT(fds.items[fds.count - 1].child, (int)fds.count - 1);
	CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_null((int)fds.count)), 0);
	pspawn_fds_free(&fds);
	CHECK_INT(fault_malloc_held(), held);
}

/* A whole run described without a compound literal. */
CASE(O03, run_from_lists)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)"cat <&7; echo $WORD",
			 NULL };
	struct pspawn_fds fds = { 0 };
	struct pspawn_attrs attrs = { 0 };
	struct pspawn_streams streams = { 0 };
	struct pspawn_cmd cmd = { 0 };
	struct pspawn_io io = { 0 };
	struct pspawn_buffer out;
	struct pspawn_result result;

	CHECK_INT(pspawn_fds_add(&fds, pspawn_fd_same(2, 1)), 0);
	CHECK_INT(pspawn_attrs_add(&attrs, pspawn_attr_env_set("WORD=word")), 0);
	CHECK_INT(pspawn_streams_add(&streams, pspawn_stream_feed_text(7, "fed\n")), 0);
	CHECK_INT(pspawn_streams_add(&streams, pspawn_stream_collect(1, &out)), 0);
	cmd.argv = argv;
	cmd.fds = fds.items;
	cmd.nfds = fds.count;
	cmd.attrs = attrs.items;
	cmd.nattrs = attrs.count;
	io.streams = streams.items;
	io.nstreams = streams.count;
	CHECK_INT(pspawn_run(&cmd, &io, &result, NULL), 0);
	CHECK_STR(out.data, "fed\nword\n");
	free(out.data);
	pspawn_fds_free(&fds);
	pspawn_attrs_free(&attrs);
	pspawn_streams_free(&streams);
}

/* A program with a 32-bit rlim_t and the library say "no limit" by different numbers. */
CASE(O04, every_rlim_infinity_is_no_limit)
{
	struct pspawn_attr attr = pspawn_attr_rlimit(RLIMIT_CORE, (unsigned long)-1, RLIM_INFINITY);

	CHECK(attr.value[0] == ~0ULL);
	CHECK(attr.value[1] == ~0ULL);
	attr = pspawn_attr_rlimit(RLIMIT_CORE, 0, 4096);
	CHECK_INT(attr.value[0], 0);
	CHECK_INT(attr.value[1], 4096);
}
