/* SPDX-License-Identifier: ISC */
/* N37 to N39: the signal at the parent's death. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include "attr.h"
#include "facts.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

CASE(N37, death_signal)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pdeathsig(SIGUSR1));

	CHANGES(&cmd, { "death-signal", "10" });
}

/* A change of ids would clear it. */
CASE(N37, death_signal_of_a_user)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pdeathsig(SIGTERM),
				     pspawn_attr_user(SOME_USER, SOME_GROUP));

	need_root();
	need_real("ids");
	need_ids();
	CHANGES(&cmd, { "death-signal", "15" }, { "user", "12345 12345 12345" },
		{ "group", "12346 12346 12346" }, { "groups", "" },
		{ "effective", "0x000000000" }, { "permitted", "0x000000000" });
}

static void *start_and_end(void *child)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "pause"),
				  PSPAWN_ATTRS(pspawn_attr_pdeathsig(SIGTERM)) };

	CHECK_INT(pspawn_start(child, &cmd, NULL), 0);
	return NULL;
}

/* We are still there; the thread is not. */
CASE(N38, death_of_the_starting_thread)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pdeathsig(SIGTERM));
	struct pspawn_child child;
	struct pspawn_status status;
	pthread_t thread;

	need_real("threads");
	by_table(&cmd);
	CHECK_INT(pthread_create(&thread, NULL, start_and_end, &child), 0);
	pthread_join(thread, NULL);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.exited, 0);
	CHECK_INT(status.signal, SIGTERM);
}

/*
 * ---- a parent that ends before it is watched. The child is held in its call of
 * prctl(2) by a filter that asks us, and goes on when its parent is gone.
 */
#if defined(SECCOMP_USER_NOTIF_FLAG_CONTINUE) && defined(SECCOMP_FILTER_FLAG_NEW_LISTENER)

static int listen_to_prctl(void)
{
	const unsigned option = offsetof(struct seccomp_data, args[0]);
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
		/* The lower half, on machines that begin with it. */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, option),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_PDEATHSIG, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(program) / sizeof(program[0]), program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &filter);
}

/* Has nothing but 1, where the program would write. */
static void be_the_parent(int told)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD(suite_probe(), "-", "write", "1", "begun"),
				  PSPAWN_ATTRS(pspawn_attr_pdeathsig(SIGTERM)),
				  PSPAWN_FDS(pspawn_fd_dup(1, told)) };
	struct pspawn_child child;

	/* The child's output is what our reader waits for the end of. */
	pspawn_start(&child, &cmd, NULL);
	_exit(0);
}

/* Answer the call of `parent`'s child when `parent` is no more. Returns whose call it was. */
static void let_go_after_death(int listener, pid_t parent)
{
	struct seccomp_notif call;
	struct seccomp_notif_resp answer;

	memset(&call, 0, sizeof(call));
	memset(&answer, 0, sizeof(answer));
	CHECK_INT(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call), 0);
	CHECK((pid_t)call.pid != parent);
	kill(parent, SIGKILL);
	CHECK_INT(waitpid(parent, NULL, 0), parent);
	answer.id = call.id;
	answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	CHECK_INT(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer), 0);
}

static void outlive_parent(const void *unused)
{
	int listener, told[2];
	char text[16];
	pid_t parent;

	(void)unused;
	/* Whose death the child would otherwise be told of: the reaper of orphans is us. */
	CHECK_INT(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	CHECK_INT(pipe2(told, O_CLOEXEC), 0);
	listener = listen_to_prctl();
	if (listener < 0)
		SKIP("no filters that ask here: %s", strerror(errno));
	parent = fork();
	if (parent == 0) {
		close(listener);
		close(told[0]);
		be_the_parent(told[1]);
	}
	close(told[1]);
	let_go_after_death(listener, parent);
	/* All that could write has ended, and nothing has been written. */
	CHECK_INT(read(told[0], text, sizeof(text)), 0);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
}

CASE(N39, parent_that_died_before)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_pdeathsig(SIGTERM));

	need_real("filters");
	by_table(&cmd);
	suite_apart(outlive_parent, NULL);
}

#endif

/* The same, made easy: the child is told of another parent than it has been started by. */
static void have_another_parent(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_pdeathsig(SIGTERM)) };

	(void)unused;
	if (!filter_syscall(SYS_getppid, EPERM))
		SKIP("no filters here");
	by_table(&cmd);
	expect_failure(&cmd, ESRCH, PSPAWN_STEP_PDEATHSIG, 0);
}

CASE(N39, another_parent)
{
	suite_apart(have_another_parent, NULL);
}

#endif
