/* SPDX-License-Identifier: ISC */
/* Input that is made while the program reads it: no thread, no deadlock, no SIGPIPE. */
#include <pspawn.h>
#include <stdio.h>

/* Called when there is room in the pipe. */
static long give(void *context, void *data, size_t room)
{
	int *line = context;

	if (*line == 3)
		return 0;
	return snprintf(data, room, "value %d is passed to cat's standard input\n", ++*line);
}

int main(void)
{
	int line = 0;
	struct pspawn_cmd cmd = { PSPAWN_CMD("cat") };
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_feed_call(0, give, &line)) };
	struct pspawn_error error;
	char why[256];

	if (pspawn_run(&cmd, &io, NULL, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	return 0;
}
