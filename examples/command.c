/* SPDX-License-Identifier: ISC */
/* Run a program with input from memory, and its output into memory. */
#include <pspawn.h>
#include <stdio.h>

int main(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("tr", "a-z", "A-Z") };
	struct pspawn_buffer out = PSPAWN_BUFFER_INIT;
	struct pspawn_io io = { PSPAWN_IO(pspawn_stream_feed_text(0, "some input"),
					  pspawn_stream_collect(1, &out)) };
	struct pspawn_error error;
	char why[256];

	if (pspawn_run(&cmd, &io, NULL, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	printf("in all caps: \"%s\"\n", out.data);
	pspawn_buffer_free(&out);
	return 0;
}
