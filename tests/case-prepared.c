/* SPDX-License-Identifier: ISC */
/* Y50 to Y59: described once, started often. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fault.h"
#include "suite.h"
#include "table.h"

static int exit_code(struct pspawn_child *child)
{
	struct pspawn_status status;

	CHECK_INT(pspawn_wait(child, &status, -1), 0);
	return status.exited ? status.code : 128 + status.signal;
}

static int start(const struct pspawn_prepared *prepared, int *numbers)
{
	struct pspawn_child child;
	struct pspawn_error error;

	CHECK_INT(pspawn_start_prepared(&child, prepared, numbers, &error), 0);
	CHECK_INT(error.code, 0);
	suite_check_backend(pspawn_backend_name(&child));
	return exit_code(&child);
}

static struct pspawn_prepared *prepare(const struct pspawn_cmd *cmd)
{
	struct pspawn_prepared *prepared = NULL;
	struct pspawn_error error;

	CHECK_INT(pspawn_prepare(&prepared, cmd, &error), 0);
	CHECK_INT(error.code, 0);
	return prepared;
}

/* ---- by threads */

enum { THREADS = 8, STARTS = 20 };

static void *start_often(void *prepared)
{
	for (int i = 0; i < STARTS; i++)
		if (start(prepared, NULL) != 7)
			return prepared;
	return NULL;
}

CASE(Y50, started_by_threads_at_once)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 7"),
				  PSPAWN_FDS(pspawn_fd_dup(1, 2), pspawn_fd_dup(2, 1)) };
	struct pspawn_prepared *prepared = prepare(&cmd);
	pthread_t threads[THREADS];
	void *wrong;

	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, start_often, prepared), 0);
	for (int i = 0; i < THREADS; i++) {
		CHECK_INT(pthread_join(threads[i], &wrong), 0);
		CHECK(!wrong);
	}
	pspawn_prepared_free(prepared);
	pspawn_prepared_free(NULL);
	CHECK_INT(fault_malloc_held(), 0);
}

/* ---- what it needs */

CASE(Y51, nothing_of_ours_is_needed)
{
	char word[] = "word", program[] = "sh";
	char *argv[] = { program, (char[]){ "-c" }, (char[]){ "test $0$MARK = wordset" }, word,
			 NULL };
	char setting[] = "MARK=set", path[] = "/bin";
	struct pspawn_attr attr = pspawn_attr_env_set(setting);
	struct pspawn_cmd cmd = {
		.size = sizeof(cmd), .argv = argv, .path = path, .attrs = &attr, .nattrs = 1
	};
	struct pspawn_prepared *prepared = prepare(&cmd);

	memset(word, 'x', 4);
	memset(program, 'x', 2);
	memset(setting, 'x', 8);
	memset(path, 'x', 4);
	memset(argv, 0, sizeof(argv));
	memset(&attr, 0x5a, sizeof(attr));
	CHECK_INT(start(prepared, NULL), 0);
	CHECK_INT(start(prepared, NULL), 0);
	pspawn_prepared_free(prepared);
}

/* The environment is the one of when it was prepared. */
CASE(Y52, the_environment_is_kept)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "test \"$MARK\" = before") };
	struct pspawn_prepared *prepared;

	setenv("MARK", "before", 1);
	prepared = prepare(&cmd);
	setenv("MARK", "after", 1);
	CHECK_INT(start(prepared, NULL), 0);
	pspawn_prepared_free(prepared);
}

CASE(Y53, nothing_is_allocated)
{
	int end;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_dup(1, 2), pspawn_fd_dup(2, 1)) };
	struct pspawn_cmd piped = { PSPAWN_CMD("/bin/true"),
				    PSPAWN_FDS(pspawn_fd_pipe_out(1, &end)) };
	struct pspawn_prepared *prepared = prepare(&cmd);
	int calls, numbers[2] = { -1, -1 };

	/* What is asked of the system once is asked now. */
	CHECK_INT(start(prepared, NULL), 0);
	calls = fault_malloc_calls();
	CHECK_INT(start(prepared, NULL), 0);
	CHECK_INT(start(prepared, numbers), 0);
	CHECK_INT(fault_malloc_calls(), calls);
	pspawn_prepared_free(prepared);
	prepared = prepare(&piped);
	calls = fault_malloc_calls();
	CHECK_INT(start(prepared, numbers), 0);
	close(numbers[0]);
	CHECK_INT(fault_malloc_calls(), calls);
	pspawn_prepared_free(prepared);
}

/* ---- descriptors are read at each start */

CASE(Y54, what_is_not_mentioned_has_changed)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exec 5<&0; read x <&5 && exit 3; exit 7") };
	struct pspawn_prepared *prepared = prepare(&cmd);
	int saved = fcntl(0, F_DUPFD_CLOEXEC, 3);

	close(0);
	/* /dev/null takes its place, and nothing of ours. */
	CHECK_INT(start(prepared, NULL), 7);
	CHECK_INT(dup3(saved, 0, O_CLOEXEC), 0);
	CHECK_INT(start(prepared, NULL), 7);
	CHECK_INT(dup2(saved, 0), 0);
	close(saved);
	pspawn_prepared_free(prepared);
}

static int pipe_with(const char *text)
{
	int ends[2];

	CHECK_INT(pspawn_pipe(ends), 0);
	CHECK_INT(write(ends[1], text, strlen(text)), (long)strlen(text));
	close(ends[1]);
	return ends[0];
}

CASE(Y55, numbers_of_this_start)
{
	int unused;
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c",
					     "read a; read b <&5; echo $a $b; exec 6<&1"),
				  PSPAWN_FDS(pspawn_fd_dup(0, 40), pspawn_fd_dup(5, 41),
					     pspawn_fd_pipe_out(1, &unused)) };
	struct pspawn_prepared *prepared = prepare(&cmd);
	int first = pipe_with("first\n"), second = pipe_with("second\n");
	int numbers[3] = { second, -1, -1 };
	char text[32] = "";

	unused = -1;
	CHECK_INT(dup2(first, 41), 41);
	CHECK_INT(start(prepared, numbers), 0);
	CHECK(numbers[2] > 2);
	CHECK_INT(unused, -1);
	CHECK(read(numbers[2], text, sizeof(text) - 1) > 0);
	CHECK_STR(text, "second first\n");
	close(numbers[2]);
	/* Without them our end goes to where the description says, once more. */
	CHECK_INT(dup2(pipe_with("third\n"), 40), 40);
	CHECK_INT(dup2(pipe_with("fourth\n"), 41), 41);
	CHECK_INT(start(prepared, NULL), 0);
	CHECK(unused > 2);
	close_all_from(3);
	pspawn_prepared_free(prepared);
}

CASE(Y56, a_number_that_is_not_open)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_null(0), pspawn_fd_dup(3, 2)) };
	struct pspawn_prepared *prepared = prepare(&cmd);
	struct pspawn_error error;
	struct pspawn_child child;
	int numbers[2] = { -1, 33 };

	CHECK_INT(pspawn_start_prepared(&child, prepared, numbers, &error), -EBADF);
	CHECK_INT(error.step, PSPAWN_STEP_PLACE);
	CHECK_INT(error.index, 1);
	pspawn_prepared_free(prepared);
}

/* ---- refusals */

CASE(Y57, refused_when_prepared)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("no-such-program"), .path = "/bin" };
	struct pspawn_cmd twice = { PSPAWN_CMD("/bin/true"),
				    PSPAWN_FDS(pspawn_fd_null(0), pspawn_fd_null(0)) };
	struct pspawn_prepared *prepared = (void *)&cmd;
	struct pspawn_error error;

	CHECK_INT(pspawn_prepare(&prepared, &cmd, &error), -ENOENT);
	CHECK_INT(error.step, PSPAWN_STEP_SEARCH);
	CHECK_INT(pspawn_prepare(&prepared, &twice, &error), -EINVAL);
	CHECK_INT(error.index, 1);
	CHECK_INT(pspawn_prepare(&prepared, NULL, &error), -EINVAL);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
	cmd.backend = "none";
	cmd.path = NULL;
	cmd.file = "/bin/true";
	CHECK_INT(pspawn_prepare(&prepared, &cmd, &error), -ENOTSUP);
	CHECK(error.reason != NULL);
	CHECK(prepared == (void *)&cmd);
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(Y58, each_allocation_fails)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_env_set("A=b")) };
	struct pspawn_prepared *prepared;
	int nth, result = -ENOMEM;

	for (nth = 1; nth < 20 && result < 0; nth++) {
		fault_malloc(nth);
		result = pspawn_prepare(&prepared, &cmd, NULL);
		fault_malloc(0);
		CHECK(result == 0 || result == -ENOMEM);
	}
	CHECK(nth > 3);
	CHECK_INT(start(prepared, NULL), 0);
	pspawn_prepared_free(prepared);
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(Y59, prepared_and_not_waited_for)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sh", "-c", "exit 7"), .flags = PSPAWN_ASYNC };
	struct pspawn_prepared *prepared = prepare(&cmd);
	struct pspawn_child child;

	suite_accept_fallback();
	CHECK_INT(pspawn_start_prepared(&child, prepared, NULL, NULL), 0);
	/* The child's copy is its own. */
	pspawn_prepared_free(prepared);
	CHECK(child.startfd > 2);
	CHECK_INT(exit_code(&child), 7);
	CHECK_INT(fault_malloc_held(), 0);
}
