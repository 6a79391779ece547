/* SPDX-License-Identifier: ISC */
/* N70 to N79: the program by descriptor, traced, or busy. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"
#include "attr.h"
#include "calls.h"
#include "facts.h"
#include "fault.h"
#include "filter.h"
#include "suite.h"
#include "table.h"
#include "watch.h"

/* ---- by descriptor: what would be executed by name is not there */

/* The facts are those of the program by name, except for these descriptors. */
static void expect_program(struct pspawn_cmd *cmd, const char *descriptors)
{
	struct pspawn_cmd plain = { .flags = cmd->flags };
	const struct fact changes[] = { { "descriptors", descriptors } };

	cmd->file = "/nowhere/at/all";
	expect_changes_from(&plain, cmd, changes, 1);
}

CASE(N70, program_by_descriptor)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_program_fd(0), pspawn_attr_program_fd(20));

	open_at(20, public_probe(), O_RDONLY);
	expect_program(&cmd, "0,1,2,90");
	close(20);
}

CASE(N70, program_by_descriptor_not_close_on_exec)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_program_fd(20));

	open_at(20, public_probe(), O_RDONLY);
	set_cloexec_of(20, 0);
	expect_program(&cmd, "0,1,2,90");
	close(20);
}

CASE(N71, program_by_descriptor_listed)
{
	struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				  PSPAWN_FDS(pspawn_fd_dup(30, 20), pspawn_fd_null(20)) };
	struct pspawn_cmd in_place = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				       PSPAWN_FDS(pspawn_fd_dup(20, 20)) };

	open_at(20, public_probe(), O_RDONLY);
	expect_program(&cmd, "0,1,2,20,30,90");
	expect_program(&in_place, "0,1,2,20,90");
	close(20);
}

/* Its number is another's in the child. */
CASE(N72, program_by_descriptor_overwritten)
{
	struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				  PSPAWN_FDS(pspawn_fd_dup(20, 10), pspawn_fd_dup(21, 10)) };
	struct pspawn_cmd swapped = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				      PSPAWN_FDS(pspawn_fd_dup(10, 11), pspawn_fd_dup(11, 10),
						 pspawn_fd_null(20), pspawn_fd_null(3)) };
	struct pspawn_cmd at_3 = { PSPAWN_ATTRS(pspawn_attr_program_fd(3)),
				   PSPAWN_FDS(pspawn_fd_dup(10, 11), pspawn_fd_dup(11, 10)) };
	struct pspawn_cmd closed = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				     PSPAWN_FDS(pspawn_fd_close(20)) };

	open_at(20, public_probe(), O_RDONLY);
	files(10, 11);
	expect_program(&cmd, "0,1,2,20,21,90");
	expect_program(&swapped, "0,1,2,3,10,11,20,90");
	expect_program(&closed, "0,1,2,90");
	close(20);
	/* The lowest number that is free in the child is not free for a cycle to pass through. */
	open_at(3, public_probe(), O_RDONLY);
	expect_program(&at_3, "0,1,2,10,11,90");
	close(3);
}

CASE(N73, program_by_descriptor_with_all_inherited)
{
	struct pspawn_cmd cmd = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				  .flags = PSPAWN_INHERIT_ALL };
	struct pspawn_cmd listed = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				     PSPAWN_FDS(pspawn_fd_dup(21, 20)),
				     .flags = PSPAWN_INHERIT_ALL };
	struct pspawn_cmd overwritten = { PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
					  PSPAWN_FDS(pspawn_fd_dup(20, 10)),
					  .flags = PSPAWN_INHERIT_ALL };

	open_at(20, public_probe(), O_RDONLY);
	set_cloexec_of(20, 0);
	file_at(10, O_RDWR);
	expect_program(&cmd, "0,1,2,10,90");
	expect_program(&overwritten, "0,1,2,10,20,90");
	/* Where it is listed all that is it stays, as of any other file. */
	expect_program(&listed, "0,1,2,10,20,21,90");
	close(20);
}

static void make_script(const char *name)
{
	static const char text[] = "#!/bin/sh\nexit 7\n";
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	CHECK_INT(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
}

CASE(N74, script_by_descriptor)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("script"), PSPAWN_ATTRS(pspawn_attr_program_fd(20)),
				  PSPAWN_FDS(pspawn_fd_dup(30, 20)) };

	if (access("/dev/fd/0", F_OK) < 0)
		SKIP("no /dev/fd here");
	need_real("/dev/fd");
	make_script("script");
	open_at(20, "script", O_RDONLY);
	by_table(&cmd);
	CHECK_INT(run_cmd(&cmd), 7);
#ifdef SYS_IS_RAW
	/* Its interpreter would not find it. */
	cmd.nfds = 0;
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, 0);
#endif
	close(20);
}

#ifdef SYS_execveat

/* Kernels before 3.19, and filters that do not know the call. */
static void be_without_execveat(const void *code)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_program_fd(20));

	if (!filter_syscall(SYS_execveat, *(const int *)code))
		SKIP("no filters here");
	{
		static struct facts facts;

		cmd.file = "/nowhere";
		facts_of(&cmd, &facts);
		CHECK_STR(fact(&facts, "descriptors"), "0,1,2,90");
	}
}

CASE(N75, program_by_descriptor_without_execveat)
{
	static const int codes[] = { ENOSYS, EPERM };

#ifndef SYS_IS_RAW
	SKIP("this system has no other way");
#endif
	need_real("filters");
	open_at(20, public_probe(), O_RDONLY);
	for (size_t i = 0; i < 2; i++)
		suite_apart(be_without_execveat, &codes[i]);
	close(20);
}

#endif

/* ---- busy */

static int execute_copy(const void *path)
{
	return execl(path, "probe", "-", NULL);
}

static int try_busy(const void *unused)
{
	(void)unused;
	if (attempt(execute_copy, "./busy") == ETXTBSY)
		return 0;
	errno = ENOTSUP;
	return -1;
}

/* A program that we are still writing, at 20. */
static void make_busy(void)
{
	copy_file(suite_probe(), "busy");
	open_at(20, "busy", O_WRONLY);
	need("a program that is busy", try_busy, NULL);
}

CASE(N76, busy_for_ever)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./busy", "-"),
				  PSPAWN_ATTRS(pspawn_attr_retry_busy(40)) };

	make_busy();
	by_table(&cmd);
	expect_failure(&cmd, ETXTBSY, PSPAWN_STEP_EXEC, -1);
	cmd.nattrs = 0;
	expect_failure(&cmd, ETXTBSY, PSPAWN_STEP_EXEC, -1);
	close(20);
}

/* Holds the file for as long as it takes us to see that it does, and some time more. */
static void hold_for_a_while(int told)
{
	char byte;

	(void)!read(told, &byte, 1);
	usleep(60000);
	_exit(0);
}

CASE(N76, busy_for_a_while)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./busy", "-", "exit", "3") };
	int told[2];
	pid_t holder;

	make_busy();
	CHECK_INT(pipe(told), 0);
	holder = fork();
	if (holder == 0)
		hold_for_a_while(told[0]);
	close(20);
	expect_failure(&cmd, ETXTBSY, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(write(told[1], "", 1), 1);
	cmd.attrs = (const struct pspawn_attr[]) { pspawn_attr_retry_busy(1),
						   pspawn_attr_retry_busy(60000) };
	cmd.nattrs = 2;
	by_table(&cmd);
	CHECK_INT(run_cmd(&cmd), 3);
	CHECK_INT(waitpid(holder, NULL, 0), holder);
	close(told[0]);
	close(told[1]);
}

/* ---- busy for less time than it takes to see that */

/* Which the child shares. */
static struct fault_nap *nap;

static void order_naps(void)
{
	nap = mmap(NULL, sizeof(*nap), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(nap != MAP_FAILED);
	fault_nap(nap);
}

static void end_naps(void)
{
	fault_nap(NULL);
	munmap(nap, sizeof(*nap));
}

static void *write_no_more(void *unused)
{
	while (!atomic_load(&nap->begun))
		usleep(1000);
	close(20);
	atomic_store(&nap->may_end, 1);
	return unused;
}

/* Nobody has asked to try again. */
CASE(N76, busy_for_a_moment)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./busy", "-", "exit", "3") };
	pthread_t thread;

	make_busy();
	order_naps();
	CHECK_INT(pthread_create(&thread, NULL, write_no_more, NULL), 0);
	CHECK_INT(run_cmd(&cmd), 3);
	pthread_join(thread, NULL);
	end_naps();
}

/* Nor wants it: this one does not even begin to wait. */
CASE(N76, busy_and_no_patience)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("./busy", "-"),
				  PSPAWN_ATTRS(pspawn_attr_retry_busy(0)) };

	make_busy();
	order_naps();
	atomic_store(&nap->may_end, 1);
	expect_failure(&cmd, ETXTBSY, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(atomic_load(&nap->begun), 0);
	end_naps();
	close(20);
}

/* ---- traced */

#ifdef __linux__

#include <sys/ptrace.h>

static int be_traced(const void *unused)
{
	(void)unused;
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

/* Started, and on the way to its first stop. */
static void start_traced(struct pspawn_child *child)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "exit", "5"),
				  PSPAWN_ATTRS(pspawn_attr_trace_me()) };

	need_real("tracing");
	by_table(&cmd);
	need("trace", be_traced, NULL);
	CHECK_INT(pspawn_start(child, &cmd, NULL), 0);
}

/* Whoever waits meanwhile, for however long, sees no end and takes nothing. */
CASE(N77, stops_are_the_tracers)
{
	struct pspawn_child child;
	struct pspawn_status ended;
	siginfo_t info;

	start_traced(&child);
	CHECK_INT(waitid(P_PID, (id_t)child.pid, &info, WSTOPPED | WNOWAIT), 0);
	CHECK_INT(pspawn_wait(&child, &ended, 0), -EINPROGRESS);
	CHECK_INT(pspawn_wait(&child, &ended, 20), -EINPROGRESS);
	CHECK_INT(watch_peek(child.pid, child.pollfd), -EINPROGRESS);
#ifdef SYS_IS_RAW
	/* Where there are pidfds. */
	info.si_pid = 0;
	CHECK_INT(waitid(P_PID, (id_t)child.pid, &info, WSTOPPED | WNOHANG), 0);
	CHECK_INT(info.si_pid, child.pid);
	CHECK_INT(info.si_code, CLD_TRAPPED);
#endif
	CHECK_INT(ptrace(PTRACE_CONT, child.pid, NULL, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &ended, -1), 0);
	CHECK(ended.exited && ended.code == 5);
}

static atomic_int waiter;

static void *wait_without_limit(void *argument)
{
	struct pspawn_status ended;
	int result;

	atomic_store(&waiter, (int)syscall(SYS_gettid));
	result = pspawn_wait(argument, &ended, -1);

	return result == 0 && ended.exited && ended.code == 5 ? NULL : argument;
}

/* Only the thread that traces may let it go on, so another one waits. */
CASE(N77, stops_are_the_tracers_without_limit)
{
	struct pspawn_child child;
	pthread_t thread;
	siginfo_t info;
	void *result;
	pid_t pid;

	start_traced(&child);
	pid = child.pid;
	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT), 0);
	CHECK_INT(pthread_create(&thread, NULL, wait_without_limit, &child), 0);
	while (!atomic_load(&waiter))
		usleep(1000);
	CHECK(is_asleep(atomic_load(&waiter)));
#ifdef SYS_IS_RAW
	info.si_pid = 0;
	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG), 0);
	CHECK_INT(info.si_pid, pid);
	CHECK_INT(info.si_code, CLD_TRAPPED);
#endif
	CHECK_INT(ptrace(PTRACE_CONT, pid, NULL, NULL), 0);
	pthread_join(thread, &result);
	CHECK(result == NULL);
}

CASE(N77, trace_me)
{
	struct pspawn_child child;
	struct pspawn_status ended;
	int status;

	start_traced(&child);
	CHECK_INT(waitpid(child.pid, &status, 0), child.pid);
	CHECK(WIFSTOPPED(status));
	CHECK_INT(WSTOPSIG(status), SIGTRAP);
	CHECK_INT(ptrace(PTRACE_CONT, child.pid, NULL, NULL), 0);
	CHECK_INT(pspawn_wait(&child, &ended, -1), 0);
	CHECK_INT(ended.exited, 1);
	CHECK_INT(ended.code, 5);
}

#endif
