/* SPDX-License-Identifier: ISC */
/* pspawn.h alone in C++11: constructors, lists, a start with a map, a run; no macros that dangle. */
#include <pspawn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

static int failures;

#define CHECK(condition)                                                                      \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);           \
			failures++;                                                           \
		}                                                                             \
	} while (0)

static char *const *as_argv(const char *const *argv)
{
	return const_cast<char *const *>(argv);
}

static void start_with_a_map()
{
	static const char *const argv[] = { "sh", "-c", "printf $BYTE >&7", nullptr };
	char byte = 0;
	int end = -1;
	pspawn_fd fds[] = { pspawn_fd_pipe_out(7, &end), pspawn_fd_close(1) };
	pspawn_attr attrs[] = { pspawn_attr_env_set("BYTE=x"), pspawn_attr_umask(077),
				pspawn_attr_rlimit(RLIMIT_CORE, 0, 0) };
	pspawn_cmd cmd = {};
	pspawn_child child;
	pspawn_status status;

	cmd.size = sizeof(cmd);
	cmd.argv = as_argv(argv);
	cmd.fds = fds;
	cmd.nfds = 2;
	cmd.attrs = attrs;
	cmd.nattrs = 3;
	CHECK(pspawn_start(&child, &cmd, nullptr) == 0);
	CHECK(read(end, &byte, 1) == 1 && byte == 'x');
	close(end);
	CHECK(pspawn_wait(&child, &status, PSPAWN_FOREVER) == 0);
	CHECK(pspawn_succeeded(&status));
}

static void run_from_lists()
{
	static const char *const argv[] = { "sh", "-c", "cat; echo err >&2", nullptr };
	pspawn_fds fds = {};
	pspawn_streams streams = {};
	pspawn_cmd cmd = {};
	pspawn_io io = {};
	pspawn_buffer out;

	CHECK(pspawn_fds_add(&fds, pspawn_fd_same(2, 1)) == 0);
	CHECK(pspawn_streams_add(&streams, pspawn_stream_feed_text(0, "fed\n")) == 0);
	CHECK(pspawn_streams_add(&streams, pspawn_stream_limit(pspawn_stream_collect(1, &out),
							       PSPAWN_LIMIT_DEFAULT,
							       PSPAWN_KEEP_HEAD)) == 0);
	cmd.argv = as_argv(argv);
	cmd.fds = fds.items;
	cmd.nfds = fds.count;
	io.streams = streams.items;
	io.nstreams = streams.count;
	CHECK(pspawn_run(&cmd, &io, nullptr, nullptr) == 0);
	CHECK(out.data && std::strcmp(out.data, "fed\nerr\n") == 0);
	std::free(out.data);
	pspawn_fds_free(&fds);
	pspawn_streams_free(&streams);
}

int main()
{
	start_with_a_map();
	run_from_lists();
	return failures != 0;
}
