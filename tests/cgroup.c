/* SPDX-License-Identifier: ISC */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attr.h"
#include "suite.h"
#include "table.h"

static char mounted_at[PATH_MAX]; /* of the hierarchy */
static char within[PATH_MAX];	  /* our own cgroup in there */
static char name[64];
static int lifeline;		  /* closed when the case is over */

static int find_mount(void)
{
	FILE *mounts = fopen("/proc/self/mounts", "re");
	char line[PATH_MAX + 512], path[PATH_MAX], type[64];

	mounted_at[0] = '\0';
	while (mounts && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %4095s %63s", path, type) == 2 &&
		    strcmp(type, "cgroup2") == 0)
			snprintf(mounted_at, sizeof(mounted_at), "%s", path);
	if (mounts)
		fclose(mounts);
	return mounted_at[0] != '\0';
}

/* Its line begins with "0::". */
static int find_ourselves(void)
{
	const char *line = strstr(line_of("/proc/self/cgroup"), "0::/");

	snprintf(within, sizeof(within), "%s", line ? line + 3 : "");
	within[strcspn(within, " ")] = '\0';
	if (strcmp(within, "/") == 0)
		within[0] = '\0';
	return line != NULL;
}

static const char *path_of(const char *file)
{
	static char path[2 * PATH_MAX + 128];

	snprintf(path, sizeof(path), "%s%s/%s%s", mounted_at, within, name, file);
	return path;
}

/* The size of what was written, or -1. */
static ssize_t write_to(const char *file, const char *text)
{
	int fd = open(path_of(file), O_WRONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return size;
}

static int enter(const void *unused)
{
	(void)unused;
	return (int)write_to("/cgroup.procs", "0");
}

static void remove_patiently(void)
{
	struct timespec pause = { 0, 2000000 };
	int left = 100000;

	/* Who has been waited for may still be on its way out of there. */
	while (rmdir(path_of("")) < 0 && errno == EBUSY && left-- > 0)
		nanosleep(&pause, NULL);
}

/* At the end of a case that is red: nobody else would clear up, and the runner kills its group. */
static void be_the_janitor(int case_lives)
{
	char byte;

	setsid();
	/* Whoever starts us is not to be waited for. */
	if (fork() != 0)
		_exit(0);
	close(lifeline);
	(void)!read(case_lives, &byte, 1);
	write_to("/cgroup.kill", "1");
	remove_patiently();
	_exit(0);
}

static void hire_janitor(void)
{
	int ends[2];
	pid_t pid;

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	lifeline = ends[1];
	pid = fork();
	if (pid == 0)
		be_the_janitor(ends[0]);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
}

void cgroup_make(int number)
{
	int code;

	if (!find_mount() || !find_ourselves())
		SKIP("no cgroups of version 2 here");
	snprintf(name, sizeof(name), "pspawn-case-%d", (int)getpid());
	if (mkdir(path_of(""), 0755) < 0)
		SKIP("no cgroup to be made here: %s", strerror(errno));
	code = attempt(enter, NULL);
	if (code) {
		rmdir(path_of(""));
		SKIP("no cgroup to be entered here: %s", strerror(code));
	}
	hire_janitor();
	open_at(number, path_of(""), O_RDONLY | O_DIRECTORY);
}

void cgroup_remove(int number)
{
	close(number);
	remove_patiently();
	CHECK(access(path_of(""), F_OK) < 0);
	close(lifeline);
}

void cgroup_write(const char *file, const char *text)
{
	char path[32];

	snprintf(path, sizeof(path), "/%s", file);
	if (access(path_of(path), F_OK) < 0)
		SKIP("no %s in a cgroup here", file);
	CHECK_INT(write_to(path, text), strlen(text));
}

int cgroup_has(pid_t pid)
{
	FILE *members = fopen(path_of("/cgroup.procs"), "re");
	int number, found = 0;

	CHECK(members != NULL);
	while (!found && fscanf(members, "%d", &number) == 1)
		found = number == (int)pid;
	fclose(members);
	return found;
}

const char *cgroup_fact(void)
{
	static char text[8192];
	char before[4096];
	char *ours;

	snprintf(before, sizeof(before), "%s", line_of("/proc/self/cgroup"));
	ours = strstr(before, "0::/");
	CHECK(ours != NULL);
	snprintf(text, sizeof(text), "%.*s0::%s/%s%s", (int)(ours - before), before, within, name,
		 ours + strcspn(ours, " "));
	return text;
}
