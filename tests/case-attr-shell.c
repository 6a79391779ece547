/* SPDX-License-Identifier: ISC */
/* P87 to P96: a script without #!, which /bin/sh may run. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "facts.h"
#include "fault.h"
#include "suite.h"
#include "table.h"

#define FALLBACK pspawn_attr_shell_fallback()

/* What it was called by, to the descriptor 5; its exit code is the number of arguments. */
static const char tells[] =
    "for word in \"$0\" \"$A\" \"$@\"; do echo \"$word\" >&5; done\nexit $#\n";

static void make_script(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	CHECK_INT(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static const char *content(const char *name)
{
	static char text[1024];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	return text;
}

static int end_of(struct pspawn_child *child)
{
	struct pspawn_status status;

	CHECK_INT(pspawn_wait(child, &status, -1), 0);
	CHECK(status.exited);
	return status.code;
}

/* Start it in every way; the script's words are these each time. */
static void tells_always(struct pspawn_cmd *cmd, const char *words)
{
	const struct pspawn_fd fds[] = { pspawn_fd_dup(5, 20) };
	struct pspawn_child child;

	cmd->size = sizeof(*cmd);
	cmd->fds = fds;
	cmd->nfds = 1;
	by_table(cmd);
	for (int way = 0; way < 2; way++) {
		open_at(20, "told", O_RDWR | O_CREAT | O_TRUNC);
		cmd->flags = way == 1 ? PSPAWN_ASYNC : 0;
		CHECK_INT(pspawn_start(&child, cmd, NULL), 0);
		CHECK_INT(end_of(&child), 2);
		CHECK_STR(content("told"), words);
		close(20);
	}
	cmd->nfds = 0;
	cmd->flags = 0;
	CHECK_INT(fault_malloc_held(), 0);
}

CASE(P87, shell_runs_a_script)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("any", "one word", "-x"), .file = "./script",
				  PSPAWN_ATTRS(pspawn_attr_env_set("A=set"), FALLBACK) };

	make_script("script", tells);
	tells_always(&cmd, "./script\nset\none word\n-x\n");
	/* As a name that is searched it has a whole path. */
	cmd.file = "true";
	cmd.path = "/bin";
	CHECK_INT(run_cmd(&cmd), 0);
}

CASE(P88, script_is_no_option)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("-c", "exit 3", "more"), .file = "-c/script",
				  PSPAWN_ATTRS(FALLBACK) };

	CHECK_INT(setenv("A", "", 1), 0);
	CHECK_INT(mkdir("-c", 0755), 0);
	CHECK_INT(mkdir("+c", 0755), 0);
	make_script("-c/script", tells);
	make_script("+c/script", tells);
	tells_always(&cmd, "./-c/script\n\nexit 3\nmore\n");
	cmd.file = "+c/script";
	tells_always(&cmd, "./+c/script\n\nexit 3\nmore\n");
	unsetenv("A");
}

/* By the child's directory; and an empty file is a script as well. */
CASE(P89, script_in_the_childs_directory)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./script"), .dir = "inner", PSPAWN_ATTRS(FALLBACK) };

	by_table(&cmd);
	CHECK_INT(mkdir("inner", 0755), 0);
	make_script("inner/script", "test \"$0\" = ./script && test -f script && exit 7\n");
	CHECK_INT(run_cmd(&cmd), 7);
	make_script("inner/script", "");
	CHECK_INT(run_cmd(&cmd), 0);
}

static void fails(struct pspawn_cmd *cmd, int code, const char *sentence)
{
	struct pspawn_child child;
	struct pspawn_error error;
	char text[200];

	expect_failure(cmd, code, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(pspawn_start(&child, cmd, &error), -code);
	pspawn_strerror(&error, cmd, text, sizeof(text));
	CHECK_STR(text, sentence);
}

CASE(P90, script_without_the_fallback)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./script") };
	char sentence[200];

	make_script("script", "exit 7\n");
	fails(&cmd, ENOEXEC,
	      "execute \"./script\": no interpreter line (#!), and the shell fallback is off");
	snprintf(sentence, sizeof(sentence), "execute \"./script\": %s", strerror(ENOEXEC));
	make_script("script", "#!\nexit 7\n");
	fails(&cmd, ENOEXEC, sentence);
}

/* In a root without one: the program's error is what counts. */
CASE(P91, script_without_a_shell)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/script"),
				  PSPAWN_ATTRS(FALLBACK, pspawn_attr_root("empty")) };

	need_root();
	by_table(&cmd);
	CHECK_INT(mkdir("empty", 0755), 0);
	make_script("empty/script", "exit 7\n");
	fails(&cmd, ENOEXEC, "execute \"/script\": neither the kernel nor /bin/sh can execute it");
}

CASE(P92, shell_wants_a_path)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("any"),
				  PSPAWN_ATTRS(pspawn_attr_program_fd(0), FALLBACK) };
	struct pspawn_cmd other = { PSPAWN_CMD("any"),
				    PSPAWN_ATTRS(FALLBACK, pspawn_attr_program_fd(0)) };

	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK_ATTR, 1);
	expect_failure(&other, EINVAL, PSPAWN_STEP_CHECK_ATTR, 0);
}

CASE(P93, fallback_in_the_plan)
{
	struct pspawn_fd opened = pspawn_fd_open(5, "once", O_WRONLY | O_CREAT | O_EXCL, 0600);
	struct pspawn_cmd cmd = { PSPAWN_CMD("./script"), PSPAWN_ATTRS(FALLBACK) };
	struct pspawn_error error;
	char text[2048];

	by_table(&cmd);
	CHECK(pspawn_explain(&cmd, text, sizeof(text), NULL) > 0);
	CHECK(strstr(text, ". fall back to /bin/sh  (attribute 0)\n") != NULL);
	if (strcmp(suite_backend(), "posix_spawn") == 0 &&
	    strcmp(suite_runs_by(), "posix_spawn") == 0) {
		cmd.flags = PSPAWN_NO_FALLBACK;
		cmd.fds = &opened;
		cmd.nfds = 1;
		CHECK_INT(pspawn_start(NULL, &cmd, &error), -ENOTSUP);
		CHECK_INT(error.step, PSPAWN_STEP_BACKEND);
		CHECK(access("once", F_OK) < 0);
	}
	/* What is made only where it is not there yet is made once. */
	make_script("script", "exit 7\n");
	suite_accept_fallback();
	cmd.flags = 0;
	cmd.fds = &opened;
	cmd.nfds = 1;
	CHECK_INT(run_cmd(&cmd), 7);
	CHECK(access("once", F_OK) == 0);
}

CASE(P94, fallback_without_memory)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./script"), PSPAWN_ATTRS(FALLBACK) };

	by_table(&cmd);
	make_script("script", "exit 7\n");
	fault_malloc(1);
	expect_failure(&cmd, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	fault_malloc(0);
	CHECK_INT(run_cmd(&cmd), 7);
	CHECK_INT(fault_malloc_held(), 0);
}

/* ---- with what else speaks of the execution */

static struct fault_nap *nap;

static void *write_no_more(void *unused)
{
	while (!atomic_load(&nap->begun))
		usleep(1000);
	close(20);
	atomic_store(&nap->may_end, 1);
	return unused;
}

static int execute_script(const void *path)
{
	return execl(path, "script", (char *)NULL);
}

static int is_busy(const void *unused)
{
	(void)unused;
	errno = ENOTSUP;
	return attempt(execute_script, "./script") == ETXTBSY ? 0 : -1;
}

/* First the file is free, and then it is known to be a script. */
CASE(P95, script_that_is_busy)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./script"),
				  PSPAWN_ATTRS(FALLBACK, pspawn_attr_retry_busy(60000)) };
	pthread_t thread;

	by_table(&cmd);
	make_script("script", "exit 7\n");
	open_at(20, "script", O_WRONLY);
	need("a program that is busy", is_busy, NULL);
	nap = mmap(NULL, sizeof(*nap), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(nap != MAP_FAILED);
	fault_nap(nap);
	CHECK_INT(pthread_create(&thread, NULL, write_no_more, NULL), 0);
	CHECK_INT(run_cmd(&cmd), 7);
	pthread_join(thread, NULL);
	fault_nap(NULL);
	munmap(nap, sizeof(*nap));
}

#ifdef __linux__

#include <sys/ptrace.h>

static int be_traced(const void *unused)
{
	(void)unused;
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

/* It stops when the shell begins, once. */
CASE(P96, script_that_is_traced)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./script"),
				  PSPAWN_ATTRS(pspawn_attr_trace_me(), FALLBACK) };
	struct pspawn_child child;
	int status;

	need_real("tracing");
	by_table(&cmd);
	need("trace", be_traced, NULL);
	make_script("script", "exit 7\n");
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(waitpid(child.pid, &status, 0), child.pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	CHECK_INT(ptrace(PTRACE_CONT, child.pid, NULL, NULL), 0);
	CHECK_INT(end_of(&child), 7);
}

#endif
