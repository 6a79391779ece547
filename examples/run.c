/* SPDX-License-Identifier: ISC */
/* Run a program to its end, and say how it went. */
#include <pspawn.h>
#include <stdio.h>

static void report(const char *program, const char *argument)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(program, argument) };
	struct pspawn_result result;
	struct pspawn_error error;
	char words[256];

	printf("Running %s and waiting for it to finish...\n", program);
	if (pspawn_run(&cmd, NULL, &result, &error) < 0) {
		pspawn_strerror(&error, &cmd, words, sizeof(words));
		printf("It could not be run: %s\n", words);
	} else {
		pspawn_strstatus(&result.status, words, sizeof(words));
		printf("It finished: %s\n", words);
	}
}

int main(void)
{
	report("sleep", "0.1");
	report("test", "");
	report("/no/such/program", "");
	return 0;
}
