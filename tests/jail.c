/* SPDX-License-Identifier: ISC */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "suite.h"

const char *jail_outside(const char *path)
{
	static char text[PATH_MAX];

	snprintf(text, sizeof(text), "jail%s", path);
	return text;
}

static void make_parents(char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (*path)
			mkdir(path, 0755);
		*slash = '/';
	}
}

static void add_file(const char *path)
{
	char inside[PATH_MAX];

	snprintf(inside, sizeof(inside), "%s", jail_outside(path));
	make_parents(inside);
	if (access(inside, F_OK) < 0)
		copy_file(path, inside);
}

/* Every library that is mapped here, under its real name. */
static void add_libraries(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[PATH_MAX + 128];

	while (maps && fgets(line, sizeof(line), maps)) {
		char *path = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (path && strstr(path, ".so"))
			add_file(path);
	}
	if (maps)
		fclose(maps);
}

/* The loader is known to the program by another name: the first that ends like one. */
static void add_loader(const char *program)
{
	static char text[1 << 20];
	int fd = open(program, O_RDONLY | O_CLOEXEC);
	ssize_t size = read(fd, text, 65536);

	close(fd);
	for (ssize_t i = 0; i + 4 < size; i++)
		if (memcmp(text + i, "/lib", 4) == 0 && text[i - 1] == '\0' &&
		    access(text + i, X_OK) == 0) {
			add_file(text + i);
			return;
		}
}

static int run_inside(const void *unused)
{
	pid_t pid;
	int status;

	(void)unused;
	if (chroot("jail") < 0 || chdir("/") < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		execl(public_probe(), "probe", "-", NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno ? -1 : 0;
}

void jail_make(void)
{
	char inside[PATH_MAX];

	need_root();
	need_real("roots");
	if (mkdir("jail", 0755) < 0)
		FAIL("jail: %s", strerror(errno));
	add_file(public_probe());
	add_libraries();
	add_loader(public_probe());
	snprintf(inside, sizeof(inside), "%s", jail_outside("/inside/"));
	make_parents(inside);
	need("a program in a root of its own", run_inside, NULL);
}
