/* SPDX-License-Identifier: ISC */
#include "progress.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "measures.h"
#include "ports.h"
#include "pspawn_cloexec.h"
#include "terminal.h"

/* Short runs are not worth a line, and nobody reads faster. */
enum { FIRST_MS = 1000, EVERY_MS = 250 };

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is not known to be a terminal of the usual kind would show the sequence itself. */
static int can_erase(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0;
}

void progress_begin(struct progress *progress, int is_wanted)
{
	progress->is_shown_at_all = is_wanted && isatty(STDERR_FILENO) && can_erase();
	progress->began = now_ms();
	progress->next = progress->began + FIRST_MS;
}

int progress_due(const struct progress *progress)
{
	long long left = progress->next - now_ms();

	if (!progress->is_shown_at_all)
		return -1;
	return left < 0 ? 0 : (int)left;
}

/* Resident bytes of a process; 0 where nobody tells. */
static unsigned long long memory_of(pid_t pid)
{
	char path[64], text[128];
	unsigned long long pages = 0;
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
	fd = pspawn_open(path, O_RDONLY, 0);
	if (fd < 0)
		return 0;
	size = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[size < 0 ? 0 : size] = '\0';
	if (sscanf(text, "%*u %llu", &pages) != 1)
		return 0;
	return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

static unsigned long long memory_of_all(const struct progress *progress)
{
	unsigned long long sum = 0;

	for (size_t i = 0; i < progress->stages; i++) {
		const struct pspawn_child *child = pspawn_job_child(progress->job, i);

		if (child && child->pid)
			sum += memory_of(child->pid);
	}
	return sum;
}

/* A shell has put us, or those we have started, in front; or there is no such thing here. */
static int is_in_front(const struct progress *progress)
{
	const struct pspawn_child *first = pspawn_job_child(progress->job, 0);
	pid_t front = tcgetpgrp(STDERR_FILENO);

	return front <= 0 || front == getpgrp() || (first && front == pspawn_child_group(first));
}

static void append(char *line, size_t room, const char *what, unsigned long long bytes)
{
	size_t length = strlen(line);
	char size[16];

	snprintf(line + length, room - length, ", %s %s", what, measures_show_size(bytes, size));
}

/* What is longer than the terminal is wide goes on in the next line, and cannot be taken back. */
static void fit(char *line)
{
	unsigned short rows, columns;

	terminal_size(&rows, &columns);
	if (columns && strlen(line) > columns)
		line[columns] = '\0';
}

static void show(struct progress *progress, long long now)
{
	char line[160] = "\rpspawn: ";
	const struct pspawn_transfer *const *outs = progress->outs;
	unsigned long long memory = memory_of_all(progress);

	strcat(line, measures_show_time((now - progress->began) / 1000));
	if (progress->in)
		append(line, sizeof(line), "in", progress->in->bytes);
	if (outs[0])
		append(line, sizeof(line), "out", outs[0]->bytes + (outs[1] ? outs[1]->bytes : 0));
	if (memory)
		append(line, sizeof(line), "memory", memory);
	fit(line);
	/* What the program itself writes there begins at the margin. */
	strcat(line, "\033[K\r");
	progress->is_on = port_offer(STDERR_FILENO, line, strlen(line));
}

void progress_step(struct progress *progress)
{
	long long now = now_ms();

	if (!progress->is_shown_at_all || now < progress->next)
		return;
	progress->next = now + EVERY_MS;
	if (is_in_front(progress))
		show(progress, now);
}

void progress_erase(struct progress *progress)
{
	if (progress->is_on)
		port_offer(STDERR_FILENO, "\r\033[K", 4);
	progress->is_on = 0;
}
