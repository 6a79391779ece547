/* SPDX-License-Identifier: ISC */
#include "fds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLAN_TEXT = 1 << 20 };

static int is_mapped(const struct pspawn_cmd *cmd, int number)
{
	for (size_t i = 0; i < cmd->nfds; i++)
		if (cmd->fds[i].child == number)
			return 1;
	return 0;
}

/* The last line of a plan is `NN. exec "PATH"`. */
static char *path_in(char *plan)
{
	char *end = strrchr(plan, '"');
	char *line, *path;

	if (!end)
		return NULL;
	*end = '\0';
	line = strrchr(plan, '\n');
	path = strstr(line ? line : plan, "exec \"");
	return path ? path + strlen("exec \"") : NULL;
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

int fds_describe(struct options *options, struct pspawn_error *error, int *end)
{
	static char plan[PLAN_TEXT], channel[16];
	struct pspawn_cmd *cmd = &options->cmd;
	size_t n = count(cmd->argv);
	char **argv;
	int number = 3;

	if (pspawn_explain(cmd, plan, sizeof(plan), error) < 0)
		return -1;
	argv = options->relay = calloc(n + 5, sizeof(*argv));
	if (!argv) {
		error->code = ENOMEM;
		error->step = PSPAWN_STEP_PREPARE;
		error->index = -1;
		return -1;
	}
	while (is_mapped(cmd, number))
		number++;
	snprintf(channel, sizeof(channel), "%d", number);
	argv[0] = (char *)"pspawn";
	argv[1] = (char *)FDS_RELAY;
	argv[2] = channel;
	argv[3] = path_in(plan);
	memcpy(argv + 4, cmd->argv, n * sizeof(*argv));
	options->fds[cmd->nfds++] = pspawn_fd_pipe_out(number, end);
	cmd->file = "/proc/self/exe";
	cmd->argv = argv;
	return 0;
}

int fds_show(int end)
{
	char buffer[4096];
	ssize_t size;
	int code = 0;

	while ((size = read(end, buffer, sizeof(buffer))) > 0) {
		char *mark = memchr(buffer, '\1', (size_t)size);

		/* After the table, and only if it has not become the program. */
		if (mark) {
			code = atoi(mark + 1);
			size = mark - buffer;
		}
		fwrite(buffer, 1, (size_t)size, stderr);
	}
	close(end);
	return code;
}

static const char *mode_of(int fd)
{
	static const char *const modes[] = { "read", "write", "read/write", "" };

	return modes[fcntl(fd, F_GETFL) & O_ACCMODE];
}

static void write_line(int channel, int fd)
{
	char link[64], target[PATH_MAX], line[PATH_MAX + 64];
	ssize_t length;
	int size;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	size = snprintf(line, sizeof(line), "%5d  %-10s  %s\n", fd, mode_of(fd), target);
	if (write(channel, line, (size_t)size) != size)
		_exit(125);
}

static void write_table(int channel)
{
	DIR *listing = opendir("/proc/self/fd");
	int numbers[65536];
	int n = 0;

	if (!listing)
		return;
	for (struct dirent *entry; (entry = readdir(listing)) && n < 65536;) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && fd != dirfd(listing) && fd != channel)
			numbers[n++] = fd;
	}
	closedir(listing);
	for (int i = 0; i < n; i++)
		write_line(channel, numbers[i]);
}

int fds_relay(char **argv)
{
	int channel = atoi(argv[2]);
	char failure[16];
	int size;

	fcntl(channel, F_SETFD, FD_CLOEXEC);
	write_table(channel);
	execv(argv[3], argv + 4);
	size = snprintf(failure, sizeof(failure), "\1%d", errno);
	return write(channel, failure, (size_t)size) == size ? 127 : 125;
}
