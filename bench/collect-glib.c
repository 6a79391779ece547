/* SPDX-License-Identifier: ISC */
/* GLib: g_subprocess_communicate(). */
#include <gio/gio.h>

#include "bench.h"

static void communicate(const char *const *argv, GSubprocessFlags flags, GBytes *input,
			GBytes **output)
{
	GError *error = NULL;
	GSubprocess *child = g_subprocess_newv(argv, flags, &error);

	if (!child || !g_subprocess_communicate(child, input, NULL, output, NULL, &error))
		bench_fail(error->message);
	if (!g_subprocess_get_successful(child))
		bench_fail("the child has failed");
	g_object_unref(child);
}

static void bench_work(const char *work, const char *number, size_t size)
{
	const char *const collected[] = { "head", "-c", number, "/dev/zero", NULL };
	const char *const fed[] = { "cat", NULL };
	int collects = strcmp(work, "collect") == 0;
	GBytes *input = collects ? NULL : g_bytes_new_take(bench_input(size), size);
	GBytes *output = NULL;
	long long began = bench_now_us();

	if (collects)
		communicate(collected, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, &output);
	else
		communicate(fed, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
			    input, NULL);
	if (collects && g_bytes_get_size(output) != size)
		bench_fail("wrong size");
	printf("%lld\n", bench_now_us() - began);
}
