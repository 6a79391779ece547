/* SPDX-License-Identifier: ISC */
/* All that a program says as errors; its output goes where ours does. */
#include <pspawn.h>
#include <stdio.h>

int main(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sh", "-c", "echo stdout; echo 1>&2 stderr") };
	struct pspawn_buffer err = PSPAWN_BUFFER_INIT;
	struct pspawn_io io = { .size = sizeof(io),
				PSPAWN_STREAMS(pspawn_stream_collect(2, &err)) };
	struct pspawn_error error;
	char why[256];

	if (pspawn_run(&cmd, &io, NULL, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	printf("%s", err.data);
	pspawn_buffer_free(&err);
	return 0;
}
