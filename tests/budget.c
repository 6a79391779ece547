/* SPDX-License-Identifier: ISC */
/*
 * budget BACKEND SCENE: one start and its wait, for tests/budget.t to look at through strace.
 * They lie between two calls of getppid(2), and after another start of the same kind, since the
 * first one of a process finds out what the system can do.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pspawn.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

static int fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	return 1;
}

static int measure(struct pspawn_cmd *cmd, const char *backend)
{
	cmd->backend = backend;
	for (int i = 0; i < 2; i++) {
		struct pspawn_child child;
		struct pspawn_error error;
		char sentence[200];

		if (i)
			syscall(SYS_getppid);
		if (pspawn_start(&child, cmd, &error) < 0) {
			pspawn_strerror(&error, cmd, sentence, sizeof(sentence));
			return fail(sentence);
		}
		if (pspawn_wait(&child, NULL, -1) < 0)
			return fail("wait");
	}
	syscall(SYS_getppid);
	return 0;
}

/* As bench/BUDGET.md names it. */
static const char *libc_name(void)
{
#ifdef __GLIBC__
	static char name[32];

	snprintf(name, sizeof(name), "glibc %s", gnu_get_libc_version());
	return name;
#else
	return "another libc";
#endif
}

/*
 * As a shell would have started us: make(1) may do it by a posix_spawn(3) that leaves signals 32 and
 * 33 ignored, and then each child has to reset them.
 */
static void begin_clean(void)
{
	unsigned long action[16] = { 0 };

	for (int number = 32; number <= 33; number++)
		syscall(SYS_rt_sigaction, number, action, NULL, 8);
}

int main(int argc, char **argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct pspawn_cmd defaults = { PSPAWN_CMD("/bin/true") };
	struct pspawn_cmd map = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_dup(0, null), pspawn_fd_dup(1, null),
					     pspawn_fd_dup(2, null)) };
	struct pspawn_cmd attributes = { PSPAWN_CMD("/bin/true"),
					 PSPAWN_ATTRS(pspawn_attr_setsid(),
						      pspawn_attr_sigmask(PSPAWN_SIGNAL(10))) };
	struct pspawn_cmd search = { PSPAWN_CMD("true"), .path = "/nowhere:/bin" };
	const struct {
		const char *name;
		struct pspawn_cmd *cmd;
	} scenes[] = { { "defaults", &defaults },
		       { "map of 3", &map },
		       { "2 attributes", &attributes },
		       { "search in 2", &search } };

	begin_clean();
	if (argc == 2 && strcmp(argv[1], "libc") == 0)
		return puts(libc_name()) < 0;
	for (size_t i = 0; argc == 3 && i < sizeof(scenes) / sizeof(scenes[0]); i++)
		if (strcmp(argv[2], scenes[i].name) == 0)
			return measure(scenes[i].cmd, argv[1]);
	return fail("usage: budget linux|fork|posix_spawn SCENE");
}
