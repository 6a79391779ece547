/* SPDX-License-Identifier: ISC */
/* Our environment with some changes, and another directory. */
#include <pspawn.h>
#include <stdio.h>

int main(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sh", "-c", "echo $FOO in $(pwd), ${HOME-homeless}"),
				  .dir = "/",
				  PSPAWN_ATTRS(pspawn_attr_env_set("FOO=actual_value"),
					       pspawn_attr_env_unset("HOME")) };
	struct pspawn_buffer out = PSPAWN_BUFFER_INIT;
	struct pspawn_error error;
	char why[256];

	if (pspawn_output(&cmd, &out, NULL, &error) < 0) {
		pspawn_strerror(&error, &cmd, why, sizeof(why));
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	printf("%s", out.data);
	pspawn_buffer_free(&out);
	return 0;
}
