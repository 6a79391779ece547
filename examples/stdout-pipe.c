/* SPDX-License-Identifier: ISC */
/* A program's output as a stream that is read while the program runs. */
#include <pspawn.h>
#include <stdio.h>

int main(void)
{
	int out;
	struct pspawn_cmd cmd = { PSPAWN_CMD("echo", "{\"Name\": \"Bob\", \"Age\": 32}"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &out)) };
	struct pspawn_child child;
	struct pspawn_error error;
	char why[256], name[32];
	int age, found;
	FILE *stream;

	if (pspawn_start(&child, &cmd, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	stream = fdopen(out, "r");
	if (!stream)
		return 1;
	found = fscanf(stream, " { \"Name\" : \"%31[^\"]\" , \"Age\" : %d }", name, &age);
	fclose(stream);
	if (pspawn_wait(&child, NULL, -1) < 0 || found != 2)
		return 1;
	printf("%s is %d years old\n", name, age);
	return 0;
}
