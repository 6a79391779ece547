/* SPDX-License-Identifier: ISC */
/* Starting the probe, and what its table has to be. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <fcntl.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

enum { CANARY = 12345 };

static void fail_start(const struct pspawn_cmd *cmd, const struct pspawn_error *error)
{
	char sentence[512];

	pspawn_strerror(error, cmd, sentence, sizeof(sentence));
	FAIL("%s", sentence);
}

/* In each of these the child has to be the same. */
enum way { AT_ONCE, GOES_ON, WAYS };
static enum way way;

static int start_in_way(struct pspawn_child *child, const struct pspawn_cmd *cmd,
			struct pspawn_error *error)
{
	struct pspawn_cmd goes_on;
	int result;

	/* The description itself, which may be a newer one with a tail. */
	if (way == AT_ONCE)
		return pspawn_start(child, cmd, error);
	goes_on = *cmd;
	goes_on.flags |= PSPAWN_ASYNC;
	result = pspawn_start(child, &goes_on, error);
	return result < 0 ? result : pspawn_wait_started(child, error, -1);
}

static void start_checked(struct pspawn_child *child, const struct pspawn_cmd *cmd)
{
	struct pspawn_error error;
	int result;

	errno = CANARY;
	result = start_in_way(child, cmd, &error);
	CHECK_INT(errno, CANARY);
	if (result < 0)
		fail_start(cmd, &error);
	CHECK_INT(error.code, 0);
	CHECK_INT(error.step, PSPAWN_STEP_NONE);
	CHECK_INT(error.index, -1);
	/* Not every rung has a start that goes on: Y61 wants it of those that have. */
	if (!cmd->backend && way != GOES_ON)
		suite_check_backend(pspawn_child_backend(child));
}

static int wait_checked(struct pspawn_child *child)
{
	struct pspawn_status status;

	errno = CANARY;
	CHECK_INT(pspawn_wait(child, &status, -1), 0);
	CHECK_INT(errno, CANARY);
	return status.exited ? status.code : 128 + status.signal;
}

int run_cmd(struct pspawn_cmd *cmd)
{
	struct pspawn_child child;

	start_checked(&child, cmd);
	return wait_checked(&child);
}

int start_with_just_enough(struct pspawn_child *child, const struct pspawn_cmd *cmd, int limit)
{
	for (;; limit++) {
		struct rlimit old, low;
		struct pspawn_error error;
		int result;

		getrlimit(RLIMIT_NOFILE, &old);
		low = old;
		low.rlim_cur = (rlim_t)limit;
		setrlimit(RLIMIT_NOFILE, &low);
		result = pspawn_start(child, cmd, &error);
		setrlimit(RLIMIT_NOFILE, &old);
		if (result == 0)
			return limit;
		CHECK_INT(error.code, EMFILE);
		/* Libc's closefrom may want a number for a listing, in the child. */
		if (strcmp(suite_runs_by(), "posix_spawn") != 0)
			CHECK_INT(error.step, PSPAWN_STEP_PREPARE);
	}
}

void probe_start(struct pspawn_cmd *cmd, struct record *record)
{
	static struct table before, after;
	static char path[PATH_MAX + 16];
	char directory[PATH_MAX];
	const char *argv[] = { suite_probe(), path, NULL };

	if (!getcwd(directory, sizeof(directory)))
		FAIL("getcwd: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/record", directory);
	cmd->size = sizeof(*cmd);
	cmd->argv = (char *const *)argv;
	table_of_self(&before);
	CHECK_INT(run_cmd(cmd), 0);
	table_of_self(&after);
	for (size_t i = 0; i < cmd->nfds; i++)
		if (cmd->fds[i].end)
			return record_read(record, path);
	CHECK(table_same(&before, &after));
	record_read(record, path);
}

/* ---- a model of the map that shares nothing with the library */

static const struct pspawn_fd *entry_for(const struct pspawn_fd *fds, size_t n, int number)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i].kind != PSPAWN_FD_NONE && fds[i].child == number)
			return &fds[i];
	return NULL;
}

static void slot_of_null(struct slot *slot)
{
	static struct table one;
	int fd = open("/dev/null", O_RDWR);

	table_of_self(&one);
	*slot = *table_find(&one, fd);
	close(fd);
}

/* What the child finds at `number`; 0: nothing. */
static int slot_at(struct slot *slot, const struct table *ours, const struct pspawn_fd *fds,
		   size_t n, int number)
{
	const struct pspawn_fd *entry = entry_for(fds, n, number);
	const struct slot *from;

	while (entry && entry->kind == PSPAWN_FD_SAME) {
		number = entry->number;
		entry = entry_for(fds, n, number);
	}
	if (entry && entry->kind == PSPAWN_FD_CLOSE)
		return 0;
	from = table_find(ours, entry && entry->kind == PSPAWN_FD_DUP ? entry->number : number);
	if (entry && entry->kind == PSPAWN_FD_INHERIT) {
		if (!from || from->cloexec)
			return 0;
		entry = NULL;
	}
	if (from && (!entry || entry->kind == PSPAWN_FD_DUP)) {
		*slot = *from;
		return 1;
	}
	slot_of_null(slot);
	return 1;
}

/* Of an entry that does nothing, or goes at exec. */
static int leaves_nothing(const struct pspawn_fd *fd)
{
	return fd->kind == PSPAWN_FD_NONE ||
	       fd->options & PSPAWN_UNTIL_EXEC;
}

static int by_number(const void *a, const void *b)
{
	return ((const struct slot *)a)->number - ((const struct slot *)b)->number;
}

void expected_table(struct table *expected, const struct table *ours, const struct pspawn_fd *fds,
		    size_t n)
{
	expected->count = 0;
	for (int number = 0; number <= 2 + (int)n; number++) {
		int wanted = number <= 2 ? number : fds[number - 3].child;
		struct slot *slot = &expected->slots[expected->count];

		if (number <= 2 ? entry_for(fds, n, number) != NULL : leaves_nothing(&fds[number - 3]))
			continue;
		if (!slot_at(slot, ours, fds, n, wanted))
			continue;
		slot->number = wanted;
		slot->cloexec = 0;
		expected->count++;
	}
	qsort(expected->slots, (size_t)expected->count, sizeof(struct slot), by_number);
}

void expect_map(const struct pspawn_fd *fds, size_t n)
{
	for (int i = 0; i < WAYS; i++)
		expect_map_in_turn(fds, n, i);
}

void expect_map_in_turn(const struct pspawn_fd *fds, size_t n, int turn)
{
	static struct table ours, expected;
	static struct record record;
	struct pspawn_cmd cmd = { .fds = fds, .nfds = n };

	table_of_self(&ours);
	expected_table(&expected, &ours, fds, n);
	way = (enum way)(turn % WAYS);
	probe_start(&cmd, &record);
	if (!table_same(&expected, &record.table))
		FAIL("not what the map says, in way %d of a start", (int)way);
	CHECK_INT(record.ppid, getpid());
	CHECK_INT(record.blocked, 0);
	CHECK_INT(record.caught, 0);
	way = AT_ONCE;
}

void expect_explained(const struct pspawn_error *error)
{
	int is_refused = error->step == PSPAWN_STEP_CHECK ||
			 error->step == PSPAWN_STEP_CHECK_ATTR ||
			 error->step == PSPAWN_STEP_BACKEND;

	CHECK_INT(error->what != PSPAWN_INDEX_NONE, error->index >= 0);
	CHECK_INT(error->stream, error->what == PSPAWN_INDEX_STREAM ? error->index : -1);
	if (error->what == PSPAWN_INDEX_STAGE)
		CHECK_INT(error->index, error->stage);
	if (is_refused && !error->reason)
		FAIL("a refusal without a reason (%s)", strerror(error->code));
}

void expect_failure(const struct pspawn_cmd *cmd, int code, int step, int index)
{
	static struct table before, after;
	struct pspawn_child child, untouched;
	struct pspawn_error error;
	int result;

	memset(&child, 0x5a, sizeof(child));
	untouched = child;
	table_of_self(&before);
	errno = CANARY;
	result = pspawn_start(&child, cmd, &error);
	CHECK_INT(errno, CANARY);
	if (result == 0)
		FAIL("a start that has to fail with \"%s\" at \"%s\" did not", strerror(code),
		     pspawn_step_name(step));
	CHECK_INT(error.code, code);
	CHECK_INT(result, -code);
	CHECK_STR(pspawn_step_name(error.step), pspawn_step_name(step));
	CHECK_INT(error.step, step);
	CHECK_INT(error.index, index);
	expect_explained(&error);
	CHECK(memcmp(&child, &untouched, sizeof(child)) == 0);
	table_of_self(&after);
	CHECK(table_same(&before, &after));
}

void sweep_forgotten(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .start_ms = AN_HOUR_MS };
	struct pspawn_child child;

	while (fault_malloc_held() > 0) {
		CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
		CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
		poll(NULL, 0, 10);
	}
	CHECK_INT(fault_malloc_held(), 0);
}

int kill_all(const struct pspawn_child *child, int signal)
{
	int reach = -1;
	int result = pspawn_kill_all(child, signal, &reach);

	CHECK(result < 0 ? reach == 0 : result == 0 && reach > 0);
	return result < 0 ? result : reach;
}
