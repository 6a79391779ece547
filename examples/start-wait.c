/* SPDX-License-Identifier: ISC */
/* Start a program, do something else, and wait for it. */
#include <pspawn.h>
#include <stdio.h>

int main(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "0.1") };
	struct pspawn_child child;
	struct pspawn_status status;
	struct pspawn_error error;
	char why[256];

	if (pspawn_start(&child, &cmd, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	printf("Waiting for command to finish...\n");
	if (pspawn_wait(&child, &status, -1) < 0)
		return 1;
	printf("Command finished with status %d\n", pspawn_exit_code(&status));
	return 0;
}
