/* SPDX-License-Identifier: ISC */
#include "asleep.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

enum { OFTEN = 20 };

struct look {
	char state;
	unsigned long ticks;
};

static struct look look_at(pid_t pid)
{
	struct look look = { '?', 0 };
	unsigned long user = 0, system = 0;
	char path[64], line[1024] = "";
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	stat = fopen(path, "re");
	/* The name, in parentheses, may have some of its own. */
	if (stat && fgets(line, sizeof(line), stat) && strrchr(line, ')'))
		sscanf(strrchr(line, ')') + 1,
		       " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &look.state, &user,
		       &system);
	if (stat)
		fclose(stat);
	look.ticks = user + system;
	return look;
}

int is_asleep(pid_t pid)
{
	unsigned long before = look_at(pid).ticks, most = (unsigned long)sysconf(_SC_CLK_TCK) / 2;
	int asleep = 0;

	while (asleep < OFTEN) {
		struct look look = look_at(pid);

		if (look.state == '?' || look.ticks - before > most)
			return 0;
		asleep += look.state == 'S';
		usleep(2000);
	}
	return 1;
}

pid_t asleep_watch(void)
{
	pid_t watcher, pid = getpid();

	watcher = fork();
	CHECK(watcher >= 0);
	if (watcher == 0)
		_exit(!is_asleep(pid));
	return watcher;
}

int asleep_told(pid_t watcher)
{
	int status;

	CHECK_INT(waitpid(watcher, &status, 0), watcher);
	return status == 0;
}
