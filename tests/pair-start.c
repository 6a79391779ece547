/* SPDX-License-Identifier: ISC */
/* A child with the attributes of a row. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/ptrace.h>
#endif

#include "pairs.h"
#include "suite.h"
#include "table.h"

/* ---- one start */

static void check_handle(const struct pspawn_child *child, const int *row)
{
	int maps = row[PSPAWN_ATTR_MAP_USER] || row[PSPAWN_ATTR_MAP_GROUP] ||
		   row[PSPAWN_ATTR_SETGROUPS];
	int group = row[PSPAWN_ATTR_SETSID] || row[PSPAWN_ATTR_PGROUP];

	/* posix_spawn(3) knows few of them, and a suspended parent cannot write maps. */
	if (strcmp(suite_runs_by(), "posix_spawn") != 0)
		CHECK_STR(pspawn_child_backend(child), maps ? "fork" : suite_runs_by());
	CHECK_INT(pspawn_child_group(child), group ? child->pid : 0);
	CHECK_INT(pspawn_child_cgroup(child) >= 0, row[PSPAWN_ATTR_CGROUP] != 0);
}

/* A traced child stops when its program begins, and no other does. */
static void release(const struct pspawn_child *child)
{
#ifdef __linux__
	int status = 0;

	CHECK_INT(waitpid(child->pid, &status, 0), child->pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	CHECK_INT(ptrace(PTRACE_DETACH, child->pid, NULL, NULL), 0);
#else
	(void)child;
#endif
}

static void come_back_to_foreground(const struct world *world)
{
	sigset_t stop, before;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &before);
	if (world->tty >= 0)
		CHECK_INT(tcsetpgrp(world->tty, getpgrp()), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* What is preferred is to be left out, here. */
static void check_outcomes(const struct pspawn_child *child, const struct pspawn_cmd *cmd)
{
	for (size_t i = 0; i < cmd->nattrs; i++)
		CHECK_INT(pspawn_child_outcome(child, i) == PSPAWN_LEFT_OUT,
			  (cmd->attrs[i].flags & PSPAWN_PREFER) != 0);
}

static void start_row(const struct pspawn_cmd *cmd, const int *row)
{
	struct pspawn_child child;
	struct pspawn_status status;
	struct pspawn_error error;

	if (pspawn_start(&child, cmd, &error) < 0) {
		char text[512];

		pspawn_strerror(&error, cmd, text, sizeof(text));
		FAIL("%s", text);
	}
	check_handle(&child, row);
	check_outcomes(&child, cmd);
	if (row[PSPAWN_ATTR_TRACE_ME])
		release(&child);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK(status.exited && status.code == 0);
}

void start_with(struct world *world, const int *row, struct pspawn_cmd *cmd,
		struct facts *facts)
{
	static struct table before, after;
	const char *argv[] = { public_probe(), "fd:90", NULL };
	int telling = open("facts", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct pspawn_fd fds[] = { pspawn_fd_dup(FACTS_FD, telling),
				   pspawn_fd_dup(TTY_OURS, world->tty),
				   pspawn_fd_dup(TTY_FRESH, world->fresh_tty) };

	cmd->size = sizeof(*cmd);
	cmd->argv = (char *const *)argv;
	/* By descriptor the name does not matter. */
	cmd->file = row[PSPAWN_ATTR_PROGRAM_FD] ? "/nowhere" : argv[0];
	cmd->fds = fds;
	cmd->nfds = world->tty >= 0 && world->fresh_tty >= 0 ? 3 : 1;
	table_of_self(&before);
	start_row(cmd, row);
	lseek(telling, 0, SEEK_SET); /* which is the child's too */
	table_of_self(&after);
	CHECK(table_same(&before, &after));
	read_facts(facts, telling);
	close(telling);
	come_back_to_foreground(world);
	if (row[PSPAWN_ATTR_CTTY])
		world_fresh_terminal(world);
}

void facts_of_row(struct world *world, const int *row, struct facts *facts)
{
	struct pspawn_attr attrs[COVERING_FACTORS];
	struct pspawn_cmd cmd = { .attrs = attrs };

	cmd.nattrs = row_attributes(world, row, attrs);
	start_with(world, row, &cmd, facts);
}

/* ---- comparison */

static int value_same(const struct world *world, const struct fact *expected, const char *found,
		      const char *plain)
{
	int may_be_none = strcmp(expected->value, FACT_NEW_OR_NONE) == 0;

	if (strcmp(expected->value, FACT_NEW) != 0 && !may_be_none)
		return strcmp(expected->value, found) == 0;
	if (strcmp(found, "?") == 0)
		return may_be_none;
	return strcmp(found, plain) != 0 &&
	       strcmp(found, world->uts_name) != 0;
}

int facts_same(const struct world *world, const struct facts *expected,
	       const struct facts *found, const struct facts *plain)
{
	int same = 1;

	for (int i = 0; i < expected->count; i++) {
		const struct fact *e = &expected->facts[i];
		const char *is = fact(found, e->name);

		if (is && value_same(world, e, is, fact(plain, e->name)))
			continue;
		suite_note("  %s is %s, and should be %s", e->name, is ? is : "not there",
			   e->value);
		same = 0;
	}
	for (int i = 0; i < found->count; i++)
		if (!fact(expected, found->facts[i].name)) {
			suite_note("  %s is there", found->facts[i].name);
			same = 0;
		}
	return same;
}

/* ---- a scene, and what it leaves behind */

struct cgroup {
	int fd;
	char path[4096], name[4096];
};

/* Who has been killed in there may take a moment to be gone. */
static void remove_cgroup(const struct cgroup *cgroup)
{
	int result;

	close(cgroup->fd);
	for (int i = 0; (result = rmdir(cgroup->path)) < 0 && errno == EBUSY && i < 20000; i++)
		usleep(10000);
	CHECK_INT(result, 0);
}

void in_world(void (*scene)(struct world *world))
{
	static struct cgroup cgroup;
	struct world *world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	pid_t pid;

	CHECK(world != MAP_FAILED);
	cgroup.fd = pair_cgroup(cgroup.path, cgroup.name, sizeof(cgroup.path));
	pid = fork();
	if (pid == 0) {
		world_make(world, cgroup.fd, cgroup.name);
		scene(world);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	/* Whatever has become of the scene. */
	if (cgroup.fd >= 0)
		remove_cgroup(&cgroup);
	if (status)
		FAIL("%s", world->doing);
	munmap(world, sizeof(*world));
}
