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

#include "print.h"

/* ---- the parent */

/* The lowest number above 2, and above `least`, that the program does not get. */
static int free_number(const struct pspawn_cmd *cmd, int least)
{
	for (int number = least;; number++) {
		size_t i = 0;

		while (i < cmd->nfds && cmd->fds[i].child != number)
			i++;
		if (i == cmd->nfds)
			return number;
	}
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

static int out_of_memory(struct pspawn_error *error)
{
	memset(error, 0, sizeof(*error));
	error->code = ENOMEM;
	error->step = PSPAWN_STEP_PREPARE;
	error->index = -1;
	return -1;
}

static void add_pipe(struct options *options, char *text, int least, int *end)
{
	struct pspawn_cmd *cmd = &options->cmd;
	int number = free_number(cmd, least);

	snprintf(text, sizeof(options->relay->numbers[0]), "%d", number);
	options->fds[cmd->nfds++] = pspawn_fd_pipe_out(number, end);
}

int fds_describe(struct options *options, struct pspawn_error *error)
{
	struct pspawn_cmd *cmd = &options->cmd;
	const char *path = cmd->path ? cmd->path : getenv("PATH");
	size_t n = count(cmd->argv);
	struct relay *relay;

	/* Whatever is wrong with the description is said of the user's own. */
	if (pspawn_explain(cmd, NULL, 0, error) < 0)
		return -1;
	relay = options->relay = calloc(1, sizeof(*relay) + (n + 6) * sizeof(relay->argv[0]));
	if (!relay)
		return out_of_memory(error);
	add_pipe(options, relay->numbers[0], 3, &relay->table);
	add_pipe(options, relay->numbers[1], atoi(relay->numbers[0]) + 1, &relay->failure);
	relay->argv[0] = (char *)"pspawn";
	relay->argv[1] = (char *)FDS_RELAY;
	relay->argv[2] = relay->numbers[0];
	relay->argv[3] = relay->numbers[1];
	relay->argv[4] = (char *)(path ? path : "/usr/bin:/bin");
	memcpy(relay->argv + 5, cmd->argv, n * sizeof(relay->argv[0]));
	cmd->file = "/proc/self/exe";
	cmd->argv = relay->argv;
	return 0;
}

int fds_show(const struct relay *relay)
{
	char buffer[4096];
	ssize_t size;
	int code = 0;

	while ((size = read(relay->table, buffer, sizeof(buffer))) > 0)
		print_data(&to_error, buffer, (size_t)size);
	print_done(&to_error);
	if (read(relay->failure, &code, sizeof(code)) != sizeof(code))
		code = 0;
	close(relay->table);
	close(relay->failure);
	return code;
}

/* ---- the child */

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

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* What the relay itself holds, its pipes and this listing, is not in the table. */
static void write_table(int channel, int failure)
{
	static int numbers[65536];
	DIR *listing = opendir("/proc/self/fd");
	struct dirent *entry;
	size_t n = 0;

	if (!listing)
		return;
	while ((entry = readdir(listing)) && n < sizeof(numbers) / sizeof(numbers[0])) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && fd != dirfd(listing) && fd != channel && fd != failure)
			numbers[n++] = fd;
	}
	closedir(listing);
	qsort(numbers, n, sizeof(numbers[0]), by_value);
	for (size_t i = 0; i < n; i++)
		write_line(channel, numbers[i]);
}

/* As the library searches: absolute elements only. The parent has seen that there is a place. */
static int become(const char *path, char **argv)
{
	char place[PATH_MAX];
	int code = ENOENT;

	if (strchr(argv[0], '/')) {
		execv(argv[0], argv);
		return errno;
	}
	for (size_t length; *path; path += length + (path[length] != '\0')) {
		length = strcspn(path, ":");
		if (*path != '/' || snprintf(place, sizeof(place), "%.*s/%s", (int)length, path,
					     argv[0]) >= (int)sizeof(place))
			continue;
		execv(place, argv);
		if (errno != ENOENT && errno != ENOTDIR)
			code = errno;
	}
	return code;
}

int fds_relay(char **argv)
{
	int channel = atoi(argv[2]);
	int failure = atoi(argv[3]);
	int code;

	fcntl(channel, F_SETFD, FD_CLOEXEC);
	fcntl(failure, F_SETFD, FD_CLOEXEC);
	write_table(channel, failure);
	close(channel);
	code = become(argv[4], argv + 5);
	return write(failure, &code, sizeof(code)) == sizeof(code) ? 127 : 125;
}
