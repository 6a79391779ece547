/* SPDX-License-Identifier: ISC */
/* P8x: a child's ids are the child's alone, and what is not asked for costs nothing. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr-fail.h"
#include "facts.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

enum { THREADS = 6 };

static atomic_int over;

/* Each thread has ids of its own in the kernel, which libc keeps alike by signals. */
static void *watch_own_ids(void *unused)
{
	(void)unused;
	while (!atomic_load(&over)) {
		CHECK_INT(syscall(SYS_getuid), 0);
		CHECK_INT(syscall(SYS_geteuid), 0);
		CHECK_INT(syscall(SYS_getgid), 0);
		usleep(100);
	}
	return NULL;
}

/* The ids of all threads, as the kernel tells them. */
static void ids_of_threads(char *text, size_t size)
{
	DIR *threads = opendir("/proc/self/task");
	struct dirent *entry;
	size_t length = 0;

	text[0] = '\0';
	while (threads && (entry = readdir(threads))) {
		char path[300], line[256];
		FILE *status;

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", entry->d_name);
		status = fopen(path, "re");
		while (status && fgets(line, sizeof(line), status))
			if (strncmp(line, "Uid", 3) == 0 || strncmp(line, "Gid", 3) == 0 ||
			    strncmp(line, "Groups", 6) == 0 || strncmp(line, "Cap", 3) == 0)
				length += (size_t)snprintf(text + length, size - length, "%s", line);
		if (status)
			fclose(status);
	}
	if (threads)
		closedir(threads);
	CHECK(length < size);
}

static void *start_as_others(void *argument)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(public_probe(), "-"),
				  PSPAWN_ATTRS(pspawn_attr_user(ORDINARY, ORDINARY)) };

	(void)argument;
	by_whom(&cmd);
	for (int i = 0; i < suite_rounds(100); i++)
		CHECK_INT(run_cmd(&cmd), 0);
	return NULL;
}

/* On Linux libc would send a signal to each thread; here whoever does is killed. */
static void forbid_signals(void)
{
#ifdef SYS_IS_RAW
	static const int calls[] = { SYS_tgkill, SYS_tkill, SYS_kill, SYS_rt_tgsigqueueinfo,
				     SYS_rt_sigqueueinfo };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!filter_syscall(calls[i], FILTER_KILL))
			SKIP("no system call filters here");
#endif
}

static void among_threads(const void *unused)
{
	static char before[32768], after[32768];
	static struct facts facts;
	struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_user(ORDINARY, ORDINARY)) };
	pthread_t watchers[THREADS], starter;

	(void)unused;
	public_probe();
	forbid_signals();
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_create(&watchers[i], NULL, watch_own_ids, NULL), 0);
	ids_of_threads(before, sizeof(before));
	by_whom(&cmd);
	facts_of(&cmd, &facts);
	CHECK_STR(fact(&facts, "groups"), "");
	CHECK_INT(strncmp(fact(&facts, "user"), "65534 65534", 11), 0);
	CHECK_INT(pthread_create(&starter, NULL, start_as_others, NULL), 0);
	start_as_others(NULL);
	pthread_join(starter, NULL);
	ids_of_threads(after, sizeof(after));
	CHECK_STR(after, before);
	atomic_store(&over, 1);
	for (int i = 0; i < THREADS; i++)
		pthread_join(watchers[i], NULL);
}

CASE(P80, ids_of_our_threads_stay)
{
#if defined(__linux__) && !defined(SYS_IS_RAW)
	/* It waits for threads that its child has not got; systems that this build stands for do not. */
	SKIP("libc's own set*id() hangs in a forked child of threads");
#endif
	need_power_to_be(ORDINARY);
	if (getuid() != 0 || getgid() != 0)
		SKIP("only root of root's group can do this");
	suite_apart(among_threads, NULL);
}

/* ---- */

/* Two plain starts and one with two attributes, for tests/trace.t to look at. */
CASE(P81, attributes_cost_their_calls)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_umask(027), pspawn_attr_nice(19)) };

	by_whom(&cmd);
	for (int i = 0; i < 3; i++) {
		struct pspawn_child child;

		cmd.nattrs = i == 2 ? 2 : 0;
		CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
		CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	}
}

/* ---- more processes than the new user may have */

enum { CROWDED = 54321 };

static void become_crowded(void)
{
	struct rlimit one = { 1, 1 };

	if (setrlimit(RLIMIT_NPROC, &one) < 0 || setresgid(CROWDED, CROWDED, CROWDED) < 0 ||
	    setresuid(CROWDED, CROWDED, CROWDED) < 0)
		_exit(1);
}

/* Kernels differ in whether this is counted at the change of user or at the program. */
static int execute_crowded(const void *program)
{
	char *argv[] = { (char *)program, NULL };

	become_crowded();
	return execv(program, argv);
}

/* A process of that user, which has become so when this returns. */
static pid_t one_more(void)
{
	int ends[2];
	char byte;
	pid_t pid;

	CHECK_INT(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		become_crowded();
		(void)!write(ends[1], "", 1);
		close(ends[0]);
		close(ends[1]);
		pause();
	}
	CHECK(pid > 0);
	close(ends[1]);
	CHECK_INT(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	return pid;
}

static void in_a_crowd(const void *unused)
{
	struct pspawn_attr attrs[] = { pspawn_attr_rlimit(RLIMIT_NPROC, 1, 1),
				       pspawn_attr_user(CROWDED, CROWDED) };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = 2 };
	/* One is as many as there may be; whether that is too many already, kernels disagree. */
	pid_t others[] = { one_more(), one_more() };
	int code;

	(void)unused;
	code = kernel_gives(execute_crowded, "/bin/true");
	by_whom(&cmd);
	if (code)
		expect_failure(&cmd, code, PSPAWN_STEP_EXEC, -1);
	else
		CHECK_INT(run_cmd(&cmd), 0);
	for (int i = 0; i < 2; i++) {
		kill(others[i], SIGKILL);
		waitpid(others[i], NULL, 0);
	}
	/* The same limit with nobody else there. */
	CHECK_INT(run_cmd(&cmd), 0);
	if (!code)
		SKIP("this kernel does not count processes here");
	CHECK_INT(code, EAGAIN);
}

CASE(P82, processes_of_the_new_user)
{
	need_power_to_be(CROWDED);
	suite_apart(in_a_crowd, NULL);
}
