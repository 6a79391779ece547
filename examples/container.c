/* SPDX-License-Identifier: ISC */
/*
 * container DIRECTORY PROGRAM [ARGUMENT]...
 *
 * Starts the program in a container: in the directory as its root, as process 1 and
 * user 0 of namespaces of its own, with no network but its own loopback, and with a
 * host name that it may change. No privilege is needed where the system lets users
 * have user namespaces. Exits as the program does.
 */
#include <fcntl.h>
#include <pspawn.h>
#include <pspawn_cloexec.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const unsigned namespaces = PSPAWN_NS_USER | PSPAWN_NS_MOUNT | PSPAWN_NS_PID |
				   PSPAWN_NS_NET | PSPAWN_NS_UTS | PSPAWN_NS_IPC;

/* The whole container is this one description. */
static int start(struct pspawn_child *child, int root, char **argv)
{
	struct pspawn_error error;
	struct pspawn_cmd cmd = {
		.size = sizeof(cmd),
		.argv = argv,
		PSPAWN_ATTRS(pspawn_attr_namespaces(namespaces),
			     /* Root inside is who we are outside, and nobody else exists. */
			     pspawn_attr_map_user(0, getuid(), 1),
			     pspawn_attr_setgroups(0),
			     pspawn_attr_map_group(0, getgid(), 1),
			     pspawn_attr_root_fd(root),
			     /* With process 1 all that it has started ends. */
			     pspawn_attr_pdeathsig(SIGKILL),
			     pspawn_attr_env_clear(),
			     pspawn_attr_env_set("PATH=/usr/sbin:/usr/bin:/sbin:/bin")),
	};
	char text[256];
	int result = pspawn_start(child, &cmd, &error);

	if (result < 0) {
		pspawn_strerror(&error, &cmd, text, sizeof(text));
		fprintf(stderr, "container: %s\n", text);
	}
	return result;
}

int main(int argc, char **argv)
{
	struct pspawn_child child;
	struct pspawn_status status;
	int root;

	if (argc < 3) {
		fprintf(stderr, "usage: container DIRECTORY PROGRAM [ARGUMENT]...\n");
		return 125;
	}
	/* Close-on-exec: no program has it, in there or elsewhere. */
	root = pspawn_open(argv[1], O_RDONLY | O_DIRECTORY, 0);
	if (root < 0) {
		fprintf(stderr, "container: %s is no directory that can be opened\n", argv[1]);
		return 125;
	}
	if (start(&child, root, argv + 2) < 0)
		return 127;
	if (pspawn_wait(&child, &status, -1) < 0)
		return 125;
	return pspawn_exit_code(&status);
}
