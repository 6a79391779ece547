/* SPDX-License-Identifier: ISC */
/* Y60 to Y79: starts that go on when the call is over, and those that may be given up. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "cgroup.h"
#include "fault.h"
#include "suite.h"
#include "table.h"

/* A child that opens this stays where it is until somebody else opens it to write. */
#define HELD pspawn_fd_open(7, "held", O_RDONLY, 0)

static void make_hold(void)
{
	/* posix_spawn(3) leaves it to the next rung. */
	suite_accept_fallback();
	CHECK_INT(mkfifo("held", 0600), 0);
}

static void release(void)
{
	int fd = open("held", O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	close(fd);
}

static void begin(struct pspawn_child *child, const struct pspawn_cmd *given)
{
	struct pspawn_cmd cmd = *given;
	struct pspawn_error error;

	cmd.flags |= PSPAWN_ASYNC;
	CHECK_INT(pspawn_start(child, &cmd, &error), 0);
	CHECK_INT(error.code, 0);
	CHECK(child->pid > 0);
	CHECK(pspawn_child_startfd(child) > 2);
	CHECK_INT(fcntl(pspawn_child_startfd(child), F_GETFD), FD_CLOEXEC);
}

static int is_complete(const struct pspawn_child *child, int timeout_ms)
{
	struct pollfd start = { .fd = pspawn_child_startfd(child), .events = POLLIN };

	return poll(&start, 1, timeout_ms) == 1;
}

static int exit_code(struct pspawn_child *child)
{
	struct pspawn_status status;

	CHECK_INT(pspawn_wait(child, &status, -1), 0);
	return status.exited ? status.code : 128 + status.signal;
}

enum { SOON_MS = AN_HOUR_MS };

/* Its start is not over, and comes to where the child waits. */
static void expect_waiting(struct pspawn_child *child, struct pspawn_error *error)
{
	do
		CHECK_INT(pspawn_wait_started(child, error, 50), -EINPROGRESS);
	while (error->step != PSPAWN_STEP_OPEN);
}

CASE(Y60, it_goes_on_while_we_do)
{
	int end;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "read line <&8; exit 7"),
				  PSPAWN_FDS(HELD, pspawn_fd_pipe_in(8, &end)) };
	struct pspawn_error error;
	struct pspawn_child child;

	make_hold();
	begin(&child, &cmd);
	CHECK_INT(pspawn_wait_started(&child, &error, -2), -EINVAL);
	expect_waiting(&child, &error);
	CHECK_INT(error.code, EINPROGRESS);
	CHECK_INT(error.index, 0);
	CHECK_INT(pspawn_wait(&child, NULL, 0), -EINPROGRESS);
	CHECK_INT(is_complete(&child, 0), 0);
	release();
	CHECK(is_complete(&child, SOON_MS));
	CHECK_INT(pspawn_wait_started(&child, &error, 0), 0);
	CHECK_INT(error.code, 0);
	CHECK_INT(pspawn_child_startfd(&child), -1);
	CHECK_INT(pspawn_wait_started(&child, &error, -1), 0);
	/* The program has run all the time: its start is over, and it is not. */
	CHECK_INT(pspawn_wait(&child, NULL, 0), -EINPROGRESS);
	close(end);
	CHECK_INT(exit_code(&child), 7);
	CHECK_INT(pspawn_wait_started(&child, &error, -1), -ESRCH);
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(Y61, waiting_just_works)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 7") };
	struct pspawn_child child;

	for (int i = 0; i < 50; i++) {
		begin(&child, &cmd);
		CHECK_STR(pspawn_child_backend(&child), suite_goes_on_by());
		CHECK_INT(exit_code(&child), 7);
		CHECK_INT(fault_malloc_held(), 0);
	}
}

/* ---- failures */

static void fails(const struct pspawn_cmd *cmd, int code, int step, int index)
{
	struct pspawn_error error;
	struct pspawn_child child;

	begin(&child, cmd);
	CHECK_INT(pspawn_wait_started(&child, &error, -1), -code);
	CHECK_INT(error.code, code);
	CHECK_INT(error.step, step);
	CHECK_INT(error.index, index);
	CHECK_INT(child.pid, 0);
	CHECK_INT(child.pollfd, -1);
	begin(&child, cmd);
	CHECK_INT(pspawn_wait(&child, NULL, -1), -code);
	/* The handle is empty, and still knows. */
	CHECK_INT(pspawn_wait(&child, NULL, -1), -code);
	CHECK_INT(pspawn_wait_started(&child, &error, 0), -code);
	CHECK_INT(error.step, step);
	CHECK_INT(error.index, index);
	pspawn_forget(&child);
	CHECK_INT(pspawn_wait(&child, NULL, -1), -ESRCH);
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(Y62, failures_say_the_same)
{
	struct pspawn_cmd missing = { PSPAWN_CMD("./missing") };
	struct pspawn_cmd nowhere = { PSPAWN_CMD("/bin/true"), .dir = "nowhere" };
	struct pspawn_cmd closed = { PSPAWN_CMD("/bin/true"),
				     PSPAWN_FDS(pspawn_fd_dup(1, 2), pspawn_fd_dup(2, 9)) };
	struct pspawn_cmd unopened = { PSPAWN_CMD("/bin/true"),
				       PSPAWN_FDS(pspawn_fd_null(0),
						  pspawn_fd_open(3, "nothing", O_RDONLY, 0)) };

	/* Where a pipe of ours would lie, but nothing of the caller's does. */
	struct pspawn_cmd ours[] = { { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_dup(9, 3)) },
				     { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_dup(9, 4)) } };

	suite_accept_fallback();
	fails(&ours[0], EBADF, PSPAWN_STEP_PLACE, 0);
	fails(&ours[1], EBADF, PSPAWN_STEP_PLACE, 0);
	fails(&missing, ENOENT, PSPAWN_STEP_EXEC, -1);
	fails(&nowhere, ENOENT, PSPAWN_STEP_CHDIR, -1);
	fails(&closed, EBADF, PSPAWN_STEP_PLACE, 1);
	fails(&unopened, ENOENT, PSPAWN_STEP_OPEN, 1);
}

CASE(Y63, refusals_come_at_once)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("no-such-program"), .path = "/bin",
				  .flags = PSPAWN_ASYNC };
	struct pspawn_cmd twice = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_ASYNC,
				    PSPAWN_FDS(pspawn_fd_null(0), pspawn_fd_null(0)) };
	struct pspawn_io io = { .size = sizeof(io) };

	expect_failure(&cmd, ENOENT, PSPAWN_STEP_SEARCH, -1);
	expect_failure(&twice, EINVAL, PSPAWN_STEP_CHECK, 1);
	cmd.path = NULL;
	cmd.file = "/bin/true";
	CHECK_INT(pspawn_run(&cmd, &io, NULL, NULL), -EINVAL);
	cmd.backend = "posix_spawn";
	CHECK_INT(pspawn_start(NULL, &cmd, NULL), -ENOTSUP);
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(Y64, pipes_are_handed_over_at_once)
{
	int end = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD("./missing"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &end)) };
	struct pspawn_child child;
	char byte;

	suite_accept_fallback();
	begin(&child, &cmd);
	CHECK(end > 2);
	CHECK_INT(pspawn_wait_started(&child, NULL, -1), -ENOENT);
	CHECK_INT(read(end, &byte, 1), 0);
	close(end);
}

/* ---- killed, or forgotten */

CASE(Y65, killed_on_its_way)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(HELD) };
	struct pspawn_error error;
	struct pspawn_child child;

	make_hold();
	begin(&child, &cmd);
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait_started(&child, &error, -1), -ECHILD);
	CHECK_INT(error.step, PSPAWN_STEP_EXEC);
	CHECK_INT(fault_malloc_held(), 0);
}

/* What is forgotten on its way is given back when somebody comes by again. */
static void forget_held(const char *program)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(program), PSPAWN_FDS(HELD) };
	struct pspawn_child child, empty = { 0 };
	pid_t pid;

	begin(&child, &cmd);
	pid = child.pid;
	pspawn_forget(&child);
	CHECK_INT(child.pid, 0);
	CHECK(fault_malloc_held() > 0);
	release();
	/* It is the caller's to wait for if its program was executed, else ours. */
	if (strcmp(program, "/bin/true") == 0)
		CHECK_INT(waitpid(pid, NULL, __WALL), pid);
	sweep_forgotten();
	pspawn_forget(&empty);
	CHECK_INT(fault_malloc_held(), 0);
	CHECK_INT(waitpid(pid, NULL, __WALL | WNOHANG), -1);
	CHECK_INT(errno, ECHILD);
}

CASE(Y66, forgotten_on_its_way)
{
	make_hold();
	forget_held("/bin/true");
	forget_held("./missing");
}

CASE(Y67, forgotten_at_any_moment)
{
	struct pspawn_cmd good = { PSPAWN_CMD("/bin/true") };
	struct pspawn_cmd bad = { PSPAWN_CMD("./missing") };
	struct pspawn_child child;

	suite_accept_fallback();
	for (int i = 0; i < 60; i++) {
		begin(&child, i % 2 ? &good : &bad);
		for (volatile int pause = 0; pause < i * 2000; pause++)
			;
		pspawn_forget(&child);
	}
	sweep_forgotten();
	while (waitpid(-1, NULL, 0) > 0)
		;
	CHECK_INT(waitpid(-1, NULL, __WALL | WNOHANG), -1);
}

/* ---- what the child reads is its own */

CASE(Y68, nothing_of_ours_is_needed)
{
	char script[] =
	    "test \"$1$MARK\" = wordset || exit 3; read x <&5; test \"$x\" = text || exit 4; "
	    "exit 7";
	char word[] = "word", setting[] = "MARK=set", path[] = "file", fifo[] = "held";
	char shell[] = "/bin/sh";
	char *argv[] = { shell, (char[]){ "-c" }, script, (char[]){ "sh" }, word, NULL };
	struct pspawn_fd fds[] = { pspawn_fd_open(7, fifo, O_RDONLY, 0),
				   pspawn_fd_open(5, path, O_RDONLY, 0) };
	struct pspawn_attr attrs[] = { pspawn_attr_env_set(setting) };
	struct pspawn_cmd cmd = { .size = sizeof(cmd),
				  .argv = argv,
				  .fds = fds,
				  .nfds = 2,
				  .attrs = attrs,
				  .nattrs = 1 };
	struct pspawn_child child;
	int fd = open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK_INT(write(fd, "text\n", 5), 5);
	close(fd);
	make_hold();
	begin(&child, &cmd);
	memset(script, 'x', sizeof(script) - 1);
	memset(word, 'x', 4);
	memset(setting, 'x', 8);
	memset(path, 'x', 4);
	memset(fifo, 'x', 4);
	memset(shell, 'x', 7);
	memset(fds, 0x5a, sizeof(fds));
	memset(attrs, 0x5a, sizeof(attrs));
	memset(argv, 0, sizeof(argv));
	release();
	CHECK_INT(exit_code(&child), 7);
}

/* With few descriptors, with many, and with many and a low number for the pipe that tells. */
static void keeps_source(int many, int gap)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "read x <&5; test \"$x\" = first"),
				  PSPAWN_FDS(HELD, pspawn_fd_dup(5, 20)) };
	struct pspawn_child child;
	int ends[2], others[2];

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(pipe(others), 0);
	CHECK_INT(write(ends[1], "first\n", 6), 6);
	CHECK_INT(write(others[1], "other\n", 6), 6);
	CHECK_INT(dup2(ends[0], 20), 20);
	close(ends[0]);
	for (int i = 0; i < many; i++)
		CHECK(fcntl(20, F_DUPFD, 3) > 2);
	if (gap)
		for (int i = 21; i < 30; i++)
			close(i);
	begin(&child, &cmd);
	/* From now on the table is ours again. */
	CHECK_INT(dup2(others[0], 20), 20);
	for (int i = 20; i < 30 + many; i++)
		if (i != child.pollfd && i != pspawn_child_startfd(&child))
			close(i);
	/* It still holds its end of the pipe. */
	CHECK_INT(is_complete(&child, 50), 0);
	release();
	CHECK_INT(exit_code(&child), 0);
	close_all_from(3);
}

CASE(Y69, descriptors_are_as_they_were)
{
	make_hold();
	suite_need_numbers(700);
	keeps_source(0, 0);
	keeps_source(600, 0);
	keeps_source(600, 1);
}

static void *begin_in_thread(void *child)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 7"), PSPAWN_FDS(HELD) };

	begin(child, &cmd);
	return NULL;
}

CASE(Y70, the_thread_that_began_it_ends)
{
	enum { STACK = 256 * 1024 };
	struct pspawn_child child;
	pthread_attr_t attr;
	pthread_t thread;
	void *stack;

	make_hold();
	CHECK_INT(posix_memalign(&stack, STACK, STACK), 0);
	pthread_attr_init(&attr);
	CHECK_INT(pthread_attr_setstack(&attr, stack, STACK), 0);
	CHECK_INT(pthread_create(&thread, &attr, begin_in_thread, &child), 0);
	CHECK_INT(pthread_join(thread, NULL), 0);
	/* Its stack, and what libc has for it, are nobody's any more. */
	memset(stack, 0x5a, STACK);
	release();
	CHECK_INT(exit_code(&child), 7);
	pthread_attr_destroy(&attr);
	free(stack);
}

/* ---- shortages */

CASE(Y71, each_allocation_fails)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_ASYNC };
	struct pspawn_child child;
	int nth, result = -ENOMEM;

	suite_accept_fallback();
	for (nth = 1; nth < 20 && result < 0; nth++) {
		struct pspawn_error error;

		fault_malloc(nth);
		result = pspawn_start(&child, &cmd, &error);
		fault_malloc(0);
		CHECK(result == 0 || result == -ENOMEM);
		if (result < 0)
			CHECK_INT(error.step, PSPAWN_STEP_PREPARE);
	}
	/* The copy, and what is around it. */
	CHECK(nth > 3);
	CHECK_INT(exit_code(&child), 0);
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(Y72, no_numbers)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .flags = PSPAWN_ASYNC };
	struct pspawn_child child;
	int enough;

	suite_accept_fallback();
	/* 0 to 2, both ends of the pipe, and the descriptor that watches it, if there is one. */
	enough = start_with_just_enough(&child, &cmd, 3);
	if (!suite_emulated())
		CHECK(enough >= (child.pollfd < 0 ? 5 : 6));
	CHECK_INT(exit_code(&child), 0);
}

/* ---- limits */

/* In these the child needs some time to come to where it waits: with ever longer limits it does. */
enum { LONGEST_MS = 100 * 1000 };

CASE(Y73, a_start_is_given_up)
{
	int end = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &end), HELD) };
	struct pspawn_error error = { 0 };
	struct pspawn_child child;

	make_hold();
	for (cmd.start_ms = 50; error.step != PSPAWN_STEP_OPEN; cmd.start_ms *= 2) {
		CHECK(cmd.start_ms < LONGEST_MS);
		CHECK_INT(pspawn_start(&child, &cmd, &error), -ETIMEDOUT);
		CHECK_INT(error.code, ETIMEDOUT);
		CHECK_INT(end, -1);
	}
	CHECK_INT(error.index, 1);
	sweep_forgotten();
}

CASE(Y74, a_start_in_time)
{
	int end = -1, in = -1;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "echo x; read line; exit 7"),
				  PSPAWN_FDS(pspawn_fd_pipe_out(1, &end), pspawn_fd_pipe_in(0, &in)),
				  .start_ms = SOON_MS };
	struct pspawn_cmd bad = { PSPAWN_CMD("./missing"), .start_ms = SOON_MS };
	struct pspawn_child child;
	char text[3];

	suite_accept_fallback();
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_startfd(&child), -1);
	CHECK_INT(read(end, text, 2), 2);
	/* The program runs all the time: the start was not over with it. */
	close(in);
	close(end);
	CHECK_INT(exit_code(&child), 7);
	expect_failure(&bad, ENOENT, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(Y75, a_run_whose_start_is_given_up)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(HELD) };
	struct pspawn_io io = { .size = sizeof(io) };
	struct pspawn_error error = { 0 };

	make_hold();
	for (cmd.start_ms = 50; error.step != PSPAWN_STEP_OPEN; cmd.start_ms *= 2) {
		CHECK(cmd.start_ms < LONGEST_MS);
		CHECK_INT(pspawn_run(&cmd, &io, NULL, &error), -ETIMEDOUT);
		CHECK_INT(error.code, ETIMEDOUT);
	}
	CHECK_INT(error.index, 0);
	sweep_forgotten();
}

/* ---- with attributes */

CASE(Y76, the_outcome_is_told_when_it_is_complete)
{
	struct pspawn_attr tty = pspawn_attr_prefer(pspawn_attr_no_tty());
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(HELD),
				  PSPAWN_ATTRS(pspawn_attr_setsid(), tty) };
	struct pspawn_child child;

	make_hold();
	begin(&child, &cmd);
	CHECK_INT(pspawn_child_group(&child), 0);
	release();
	CHECK_INT(pspawn_wait_started(&child, NULL, -1), 0);
	CHECK_INT(pspawn_child_group(&child), child.pid);
	CHECK_INT(exit_code(&child), 0);
}

/* The memory of a child with other powers would be hidden, and ours with it. */
CASE(Y77, new_powers_are_for_the_next_rung)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_group((unsigned)getgid())) };
	struct pspawn_child child;

	suite_accept_fallback();
	begin(&child, &cmd);
	CHECK_STR(pspawn_child_backend(&child), "fork");
	CHECK_INT(exit_code(&child), 0);
}

/* Known to the handle when the child is known to be in there. */
CASE(Y78, a_cgroup)
{
	enum { CGROUP = 9 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(HELD),
				  PSPAWN_ATTRS(pspawn_attr_cgroup(CGROUP)) };
	struct pspawn_child child;

	by_table(&cmd);
	need_real("cgroups");
	cgroup_make(CGROUP);
	make_hold();
	begin(&child, &cmd);
	CHECK_INT(pspawn_child_cgroup(&child), -1);
	release();
	CHECK_INT(pspawn_wait_started(&child, NULL, -1), 0);
	CHECK(pspawn_child_cgroup(&child) > 2 && pspawn_child_cgroup(&child) != CGROUP);
	CHECK(fcntl(pspawn_child_cgroup(&child), F_GETFD) & FD_CLOEXEC);
	CHECK_INT(exit_code(&child), 0);
	cgroup_remove(CGROUP);
}

/* What is about to execute its program is not there yet. */
CASE(Y79, a_busy_program)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./busy"),
				  PSPAWN_ATTRS(pspawn_attr_retry_busy(60000)) };
	struct pspawn_child child;
	int writer = open("busy", O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	suite_accept_fallback();
	CHECK_INT(write(writer, "#!/bin/sh\nexit 7\n", 17), 17);
	begin(&child, &cmd);
	CHECK_INT(is_complete(&child, 200), 0);
	CHECK_INT(pspawn_wait_started(&child, NULL, 0), -EINPROGRESS);
	close(writer);
	CHECK_INT(exit_code(&child), 7);
}
