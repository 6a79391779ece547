/* SPDX-License-Identifier: ISC */
/* What a program prints to its output and as errors, in the order of writing. */
#include <pspawn.h>
#include <stdio.h>

int main(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sh", "-c", "echo stdout; echo 1>&2 stderr") };
	struct pspawn_buffer out = PSPAWN_BUFFER_INIT;
	struct pspawn_error error;
	char why[256];

	if (pspawn_combined_output(&cmd, &out, NULL, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	printf("%s", out.data);
	pspawn_buffer_free(&out);
	return 0;
}
