/* SPDX-License-Identifier: ISC */
/* Where a program would be found. */
#include <limits.h>
#include <pspawn.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	char path[PATH_MAX];
	int result = pspawn_look_path("sh", NULL, path, sizeof(path));

	if (result < 0) {
		fprintf(stderr, "no shell: %s\n", strerror(-result));
		return 1;
	}
	printf("sh is available at %s\n", path);
	return 0;
}
