/* SPDX-License-Identifier: ISC */
/* A file of ours as the program's descriptor 3. */
#include <pspawn.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	int file = pspawn_memory_file("from the extra file\n", 20);
	struct pspawn_cmd cmd = { PSPAWN_CMD("sh", "-c", "cat <&3"),
				  PSPAWN_FDS(pspawn_fd_dup(3, file)) };
	struct pspawn_error error;
	char why[256];

	if (file < 0)
		return 1;
	if (pspawn_run(&cmd, NULL, NULL, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	close(file);
	return 0;
}
