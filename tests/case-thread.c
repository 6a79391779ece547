/* SPDX-License-Identifier: ISC */
/* J: starts from many threads, among whatever else they do. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"
#include "calls.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

static atomic_int over;

static void start_threads(pthread_t *threads, int n, void *(*body)(void *))
{
	atomic_store(&over, 0);
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, body, (void *)(long)i) != 0)
			FAIL("pthread_create");
}

static void join_threads(pthread_t *threads, int n)
{
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

/* ---- */

/* Each thread's child gets that thread's file as its 3, and nobody else's. */
static void *start_with_own_file(void *argument)
{
	long me = (long)argument;
	int source = 10 + (int)me;
	char expected[32];

	snprintf(expected, sizeof(expected), "%ld", 1000 + me);
	for (int i = 0; i < suite_rounds(250); i++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "seek", "3", expected),
					  PSPAWN_FDS(DUP(3, source)) };

		lseek(source, 0, SEEK_SET);
		CHECK_INT(run_cmd(&cmd), 0);
		CHECK_INT(lseek(source, 0, SEEK_CUR), 1000 + me);
	}
	return NULL;
}

CASE(J01, two_threads_same_target)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		file_at(10 + i, O_RDWR | O_CLOEXEC);
	start_threads(threads, 4, start_with_own_file);
	join_threads(threads, 4);
}

/* ---- */

static int careless;

static void *open_and_close(void *argument)
{
	int held[16];

	(void)argument;
	while (!atomic_load(&over)) {
		for (int i = 0; i < 16; i++)
			held[i] = open("/dev/null", O_RDWR | (careless ? 0 : O_CLOEXEC));
		for (int i = 0; i < 16; i++)
			if (held[i] >= 0 && close(held[i]) < 0)
				FAIL("somebody has closed a descriptor of this thread");
	}
	return NULL;
}

static void among_openers(void)
{
	static struct table ours, expected;
	static struct record record;
	struct pspawn_fd fds[] = { DUP(1, 2), DUP(2, 1), DUP(3, 40) };
	char directory[4096], path[4200];
	pthread_t threads[3];

	file_at(40, O_RDWR);
	CHECK(getcwd(directory, sizeof(directory)) != NULL);
	snprintf(path, sizeof(path), "%s/record", directory);
	table_of_self(&ours);
	expected_table(&expected, &ours, fds, 3);
	start_threads(threads, 3, open_and_close);
	for (int i = 0; i < suite_rounds(300); i++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), path), .fds = fds, .nfds = 3 };

		CHECK_INT(run_cmd(&cmd), 0);
		record_read(&record, path);
		CHECK(table_same(&expected, &record.table));
	}
	atomic_store(&over, 1);
	join_threads(threads, 3);
}

CASE(J02, threads_opening_all_the_time)
{
	careless = 0;
	among_openers();
}

CASE(J03, threads_opening_without_cloexec)
{
	careless = 1;
	among_openers();
}

/* ---- */

static void copy_probe(const char *name)
{
	char buffer[65536];
	int from = open(suite_probe(), O_RDONLY | O_CLOEXEC);
	int to = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	ssize_t size;

	while ((size = read(from, buffer, sizeof(buffer))) > 0)
		if (write(to, buffer, (size_t)size) != size)
			FAIL("write: %s", strerror(errno));
	close(from);
	close(to);
}

/* Another thread's child may still hold the file open for writing: documented, and named. */
static void *write_then_start(void *argument)
{
	char name[32];

	snprintf(name, sizeof(name), "./copy-%ld", (long)argument);
	for (int i = 0; i < suite_rounds(60); i++) {
		struct pspawn_cmd cmd = { PSPAWN_CMD(name, "-", "exit", "3") };
		struct pspawn_child child;
		struct pspawn_error error;
		struct pspawn_status status;
		int result;

		copy_probe(name);
		result = pspawn_start(&child, &cmd, &error);
		if (result < 0) {
			CHECK_INT(error.code, ETXTBSY);
			CHECK_INT(error.step, PSPAWN_STEP_EXEC);
		} else {
			CHECK_INT(pspawn_wait(&child, &status, -1), 0);
			CHECK_INT(status.code, 3);
		}
		unlink(name);
	}
	return NULL;
}

CASE(J04, etxtbsy_race)
{
	pthread_t threads[8];

	start_threads(threads, 8, write_then_start);
	join_threads(threads, 8);
}

/* ---- */

static void *fork_all_the_time(void *argument)
{
	(void)argument;
	while (!atomic_load(&over)) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid > 0)
			waitpid(pid, &status, 0);
	}
	return NULL;
}

CASE(J06, start_while_another_thread_forks)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(1, 2), DUP(2, 1)),
				  PSPAWN_ATTRS(pspawn_attr_env_set("A=b")) };
	pthread_t threads[2];

	start_threads(threads, 2, fork_all_the_time);
	for (int i = 0; i < suite_rounds(300); i++)
		CHECK_INT(run_cmd(&cmd), 0);
	atomic_store(&over, 1);
	join_threads(threads, 2);
}

/* ---- */

#if !defined(__SANITIZE_ADDRESS__)
/* Everything that a caller may do on a stack of 16 KiB. */
static void *start_on_a_small_stack(void *argument)
{
	struct pspawn_cmd good = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(1, 2), DUP(2, 1)) };
	struct pspawn_cmd bad = { PSPAWN_CMD("./script") };
	struct pspawn_child child;
	struct pspawn_error error;
	char *text = argument;

	if (pspawn_explain(&good, text, 200, NULL) <= 0 || pspawn_start(&child, &good, NULL) != 0 ||
	    pspawn_wait(&child, NULL, -1) != 0)
		return NULL;
	if (pspawn_start(&child, &bad, &error) != -ENOENT)
		return NULL;
	pspawn_strerror(&error, &bad, text, 200);
	return argument;
}
#endif

CASE(J09, small_stack)
{
#if defined(__SANITIZE_ADDRESS__)
	SKIP("the sanitizer's own frames are larger");
#else
	size_t size = sysconf(_SC_THREAD_STACK_MIN) > 16384 ? (size_t)sysconf(_SC_THREAD_STACK_MIN)
							    : 16384;
	char text[200] = "";
	pthread_attr_t attributes;
	pthread_t thread;
	void *result;
	int script = open("script", O_WRONLY | O_CREAT, 0755);

	CHECK_INT(write(script, "#!/bin/nosh\n", 12), 12);
	close(script);
	pthread_attr_init(&attributes);
	CHECK_INT(pthread_attr_setstacksize(&attributes, size), 0);
	CHECK_INT(pthread_create(&thread, &attributes, start_on_a_small_stack, text), 0);
	pthread_join(thread, &result);
	CHECK(result != NULL);
	CHECK_STR(text, "execute \"./script\": interpreter \"/bin/nosh\" missing");
#endif
}

/* ---- */

static atomic_int atfork_ran;

static void at_fork(void)
{
	atomic_fetch_add(&atfork_ran, 1);
}

CASE(J07, cancel_and_atfork_handlers)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };

	CHECK_INT(pthread_atfork(at_fork, at_fork, at_fork), 0);
	CHECK_INT(run_cmd(&cmd), 0);
#ifndef HAVE__FORK
	/* Documented: only the fork backend, and only here. */
	if (strcmp(suite_backend(), "fork") == 0)
		SKIP("there is no _Fork() here");
#endif
	CHECK_INT(atfork_ran, 0);
}

static void *start_while_cancelled(void *argument)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_FDS(DUP(1, 2), DUP(2, 1)) };
	struct pspawn_child *child = argument;
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	while (!atomic_load(&over))
		sched_yield();
	/* The request is pending by now: any cancellation point would end the thread. */
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	if (pspawn_start(child, &cmd, NULL) < 0)
		return argument;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	return old == PTHREAD_CANCEL_ENABLE ? NULL : argument;
}

CASE(J07, cancel_and_atfork)
{
	struct pspawn_child child = { 0 };
	pthread_t thread;
	void *result;

	atomic_store(&over, 0);
	CHECK_INT(pthread_create(&thread, NULL, start_while_cancelled, &child), 0);
	pthread_cancel(thread);
	atomic_store(&over, 1);
	pthread_join(thread, &result);
	CHECK(result == NULL);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

static atomic_int waiter;

static void *wait_without_limit(void *argument)
{
	atomic_store(&waiter, (int)syscall(SYS_gettid));
	pspawn_wait(argument, NULL, -1);
	return argument;
}

CASE(J07, a_cancelled_wait_leaves_the_handle)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("sleep", "1000") };
	struct pspawn_status ended;
	struct pspawn_child child;
	pthread_t thread;
	void *result;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	/* On its way to sleep, and when it sleeps. */
	for (int sleeps = 0; sleeps < 2; sleeps++) {
		atomic_store(&waiter, 0);
		CHECK_INT(pthread_create(&thread, NULL, wait_without_limit, &child), 0);
		while (sleeps && !atomic_load(&waiter))
			usleep(1000);
		CHECK(!sleeps || is_asleep(atomic_load(&waiter)));
		pthread_cancel(thread);
		pthread_join(thread, &result);
		CHECK(result == PTHREAD_CANCELED);
	}
	CHECK_INT(pspawn_kill(&child, SIGKILL), 0);
	CHECK_INT(pspawn_wait(&child, &ended, -1), 0);
	CHECK_INT(ended.signal, SIGKILL);
}
