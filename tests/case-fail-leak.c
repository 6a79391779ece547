/* SPDX-License-Identifier: ISC */
/* P7x: whatever fails, nothing is left: descriptors, memory, children. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr-fail.h"
#include "facts.h"
#include "fault.h"
#include "suite.h"
#include "table.h"

enum { PROGRAM = 20, DIRECTORY = 21, FULL = 40 };

static int in, out;

/*
 * A program and a directory that every attribute of many() finds. The map puts
 * something else on the program's number, so a duplicate of it is held.
 */
static void prepare(void)
{
	int fd = open(public_probe(), O_RDONLY | O_CLOEXEC);

	CHECK_INT(dup2(fd, PROGRAM), PROGRAM);
	close(fd);
	fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(dup2(fd, DIRECTORY), DIRECTORY);
	close(fd);
	set_cloexec_of(PROGRAM, 1);
	set_cloexec_of(DIRECTORY, 1);
}

static void put_away(void)
{
	close(PROGRAM);
	close(DIRECTORY);
}

/* With a cgroup that is none, but preferred, so that there is a duplicate of it too. */
#define MANY_ATTRS                                                                               \
	pspawn_attr_env_clear(), pspawn_attr_env_set("A=b"), pspawn_attr_env_unset("C"),          \
		pspawn_attr_umask(027), pspawn_attr_nice(19), pspawn_attr_setsid(),               \
		pspawn_attr_sigmask(1), pspawn_attr_sigdefault(2), pspawn_attr_sigignore(4),      \
		pspawn_attr_rlimit(RLIMIT_CORE, 0, 0), pspawn_attr_dir_fd(DIRECTORY),             \
		pspawn_attr_program_fd(PROGRAM),                                                  \
		pspawn_attr_prefer(pspawn_attr_cgroup(DIRECTORY))
#define MANY_FDS                                                                                 \
	pspawn_fd_pipe_in(0, &in), pspawn_fd_pipe_out(1, &out), pspawn_fd_dup(PROGRAM, 2),        \
		pspawn_fd_dup(5, 2), pspawn_fd_dup(6, 2), pspawn_fd_dup(7, 2), pspawn_fd_dup(8, 2), \
		pspawn_fd_dup(9, 2), pspawn_fd_null(10)

static void expect_nobody(void)
{
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
		FAIL("a child is left");
}

/* Ids are mapped by a file that is opened for it, when the child is there already. */
static int is_shortage_step(int step)
{
	return step == PSPAWN_STEP_PREPARE || step == PSPAWN_STEP_MAP_IDS;
}

/* Starts and ends well, or fails for want of `code`; then it is as before. 1 if it started. */
static int start_or(const struct pspawn_cmd *cmd, int code)
{
	unsigned long long before = open_numbers();
	int held = fault_malloc_held();
	struct pspawn_child child;
	struct pspawn_error error;
	int result;

	in = out = -1;
	result = pspawn_start(&child, cmd, &error);
	if (result == 0) {
		suite_check_backend(pspawn_child_backend(&child));
		close(in);
		close(out);
		CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	} else {
		CHECK_INT(error.code, code);
		CHECK(is_shortage_step(error.step));
		CHECK_INT(in, -1);
		CHECK_INT(out, -1);
	}
	expect_nobody();
	CHECK_INT(fault_malloc_held(), held);
	if (open_numbers() != before)
		FAIL("numbers %llx were open, and now %llx are", before, open_numbers());
	return result == 0;
}

CASE(P70, enomem_on_nth_allocation)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("probe", "-"), PSPAWN_ATTRS(MANY_ATTRS),
				  PSPAWN_FDS(MANY_FDS) };
	int calls;

	/* Without what other systems do not have. */
	cmd.nattrs -= (size_t)!attr_exists(PSPAWN_ATTR_CGROUP);
	prepare();
	by_whom(&cmd);
	calls = fault_malloc_calls();
	CHECK_INT(start_or(&cmd, 0), 1);
	calls = fault_malloc_calls() - calls;
	CHECK_INT(calls, 2);
	for (int nth = 1; nth <= calls; nth++) {
		fault_malloc(nth);
		CHECK_INT(start_or(&cmd, ENOMEM), 0);
	}
	fault_malloc(0);
	put_away();
}

/* Every number that a start takes is wanting in turn: pipes, duplicates, channel, watch. */
static int expect_emfile_until_it_starts(const struct pspawn_cmd *cmd)
{
	int started = 0, spare = 0;
	struct rlimit old, low;

	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	low.rlim_cur = FULL;
	for (; !started; spare++) {
		for (int number = 3; number < FULL - spare; number++)
			if (number != PROGRAM && number != DIRECTORY)
				file_at(number, O_RDWR);
		setrlimit(RLIMIT_NOFILE, &low);
		started = start_or(cmd, EMFILE);
		setrlimit(RLIMIT_NOFILE, &old);
		files_close();
	}
	return spare - 1;
}

CASE(P71, emfile_on_every_number)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("probe", "-"), PSPAWN_ATTRS(MANY_ATTRS),
				  PSPAWN_FDS(MANY_FDS) };

	cmd.nattrs -= (size_t)!attr_exists(PSPAWN_ATTR_CGROUP);
	prepare();
	by_whom(&cmd);
	/* Two pipes of two ends, and a duplicate of the program at least. */
	CHECK(expect_emfile_until_it_starts(&cmd) >= 5);
	put_away();
}

static void emfile_with_maps(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(public_probe(), "-"),
				  PSPAWN_ATTRS(pspawn_attr_namespaces(PSPAWN_NS_USER),
					       pspawn_attr_map_user(0, getuid(), 1)) };

	(void)unused;
	by_whom(&cmd);
	/*
	 * The channel, the gate and what watches the child, of which two find room where the other
	 * case has its files. The channel's other end makes room for whoever writes the maps.
	 */
	CHECK(expect_emfile_until_it_starts(&cmd) >= 3);
}

CASE(P71, emfile_on_every_number_for_maps)
{
	need_linux();
	need_user_namespaces();
	suite_apart(emfile_with_maps, NULL);
}

/* ---- each failure in the child, with all that the parent holds for it */

static void fail_with_all_in_hand(struct pspawn_attr last, int code, int step)
{
	struct pspawn_attr attrs[] = { MANY_ATTRS, last };
	struct pspawn_cmd cmd = { PSPAWN_CMD("probe", "-"), PSPAWN_FDS(MANY_FDS), .attrs = attrs,
				  .nattrs = sizeof(attrs) / sizeof(attrs[0]) };
	int held = fault_malloc_held();
	int index = (int)cmd.nattrs - 1;

	if (!attr_exists(PSPAWN_ATTR_CGROUP)) {
		attrs[index - 1] = last;
		cmd.nattrs = (size_t)index--;
	}
	by_whom(&cmd);
	in = out = -1;
	expect_failure(&cmd, code, step, index);
	CHECK_INT(in, -1);
	CHECK_INT(out, -1);
	CHECK_INT(fault_malloc_held(), held);
	expect_nobody();
}

CASE(P72, failures_with_all_in_hand)
{
	prepare();
	for (int i = 0; i < 20; i++) {
		fail_with_all_in_hand(pspawn_attr_rlimit(63, 0, 0), EINVAL, PSPAWN_STEP_RLIMIT);
		fail_with_all_in_hand(pspawn_attr_dir_fd(PROGRAM), ENOTDIR, PSPAWN_STEP_CHDIR);
		fail_with_all_in_hand(pspawn_attr_ctty(2), ENOTTY, PSPAWN_STEP_CTTY);
		fail_with_all_in_hand(pspawn_attr_program_fd(DIRECTORY), EACCES, PSPAWN_STEP_EXEC);
		fail_with_all_in_hand(pspawn_attr_program_fd(33), EBADF, PSPAWN_STEP_EXEC);
	}
	put_away();
}

static void maps_fail(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(MANY_FDS),
				  PSPAWN_ATTRS(pspawn_attr_namespaces(PSPAWN_NS_USER),
					       pspawn_attr_map_user(4294967290u, getuid(), 100)) };

	(void)unused;
	by_whom(&cmd);
	/* The child waits at its gate, and has to be got rid of. */
	for (int i = 0; i < 50; i++)
		expect_failure(&cmd, EINVAL, PSPAWN_STEP_MAP_IDS, 1);
	expect_nobody();
}

CASE(P72, failed_maps)
{
	need_linux();
	need_user_namespaces();
	suite_apart(maps_fail, NULL);
}

/* What was left out is not kept: the handle has no cgroup, and no group. */
CASE(P73, handle_without_what_was_left_out)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_setsid(),
					       pspawn_attr_prefer(pspawn_attr_pgroup(0)),
					       pspawn_attr_prefer(pspawn_attr_cgroup(77))) };
	struct pspawn_child child;

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_outcome(&child, 1), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_child_outcome(&child, 2), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_child_cgroup(&child), -1);
	/* SETSID has made one all the same. */
	CHECK_INT(pspawn_child_group(&child), child.pid);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}
