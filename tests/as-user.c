/* SPDX-License-Identifier: ISC */
/* as-user PROGRAM [ARGUMENT]...: as an ordinary user, for tests that root runs. */
#include <pspawn.h>
#include <stdio.h>

enum { NOBODY = 65534 };

int main(int argc, char **argv)
{
	struct pspawn_cmd cmd = {
		.size = sizeof(cmd),
		.argv = argv + 1,
		PSPAWN_ATTRS(pspawn_attr_user(NOBODY, NOBODY)),
	};
	struct pspawn_child child;
	struct pspawn_status status;
	struct pspawn_error error;
	char text[256];

	if (argc < 2)
		return 125;
	if (pspawn_start(&child, &cmd, &error) < 0) {
		pspawn_strerror(&error, &cmd, text, sizeof(text));
		fprintf(stderr, "as-user: %s\n", text);
		return 127;
	}
	pspawn_wait(&child, &status, -1);
	return status.exited ? status.code : 128 + status.signal;
}
