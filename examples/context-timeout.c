/* SPDX-License-Identifier: ISC */
/* A program that may take 100 milliseconds, and wants five seconds. */
#include <errno.h>
#include <pspawn.h>
#include <stdio.h>

int main(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "5") };
	struct pspawn_io io = { .size = sizeof(io), .timeout_ms = 100 };
	struct pspawn_result result;
	int code = pspawn_run(&cmd, &io, &result, NULL);

	/* The sleep is interrupted. */
	if (code == -ETIMEDOUT)
		printf("Stopped after 100 ms, by signal %d\n", result.status.signal);
	return code != -ETIMEDOUT;
}
