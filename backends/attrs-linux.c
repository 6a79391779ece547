/* SPDX-License-Identifier: ISC */
/* The steps of attributes on Linux, by raw system calls: libc's set*id() would signal our threads. */
#include "attrs-linux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "raw.h"

enum { IOPRIO_PROCESS = 1, IOPRIO_CLASS_SHIFT = 13, TRACEME = 0 };

/* What the parent has done already, or the birth itself. */
CHILD_SIDE static int done(const struct plan_step *step, const struct stage *stage)
{
	(void)step;
	(void)stage;
	return 0;
}

CHILD_SIDE static int ignore_signals(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return sys_ignore_signals(step->value[0]);
}

CHILD_SIDE static int write_at(int directory, const char *name, const char *text, size_t size)
{
	int fd = (int)RAW4(SYS_openat, directory, name, O_WRONLY | O_CLOEXEC, 0);
	long result;

	if (fd < 0)
		return fd;
	result = sys_write(fd, text, size);
	sys_close(fd);
	return result < 0 ? (int)result : 0;
}

CHILD_SIDE static int enter_cgroup(const struct plan_step *step, const struct stage *stage)
{
	int result;

	if (stage->in_cgroup)
		return 0;
	result = write_at(step->from, "cgroup.procs", "0", 1);
	return result < 0 ? result : 1;
}

/* ---- sessions and terminals */

CHILD_SIDE static int leave_terminal(const struct plan_step *step, const struct stage *stage)
{
	int fd = sys_open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
	long result;

	(void)step;
	(void)stage;
	if (fd < 0)
		return fd == -ENXIO ? 0 : fd;
	result = RAW2(SYS_ioctl, fd, TIOCNOTTY);
	sys_close(fd);
	return (int)result;
}

CHILD_SIDE static int start_session(const struct plan_step *step, const struct stage *stage)
{
	long result = RAW0(SYS_setsid);

	(void)step;
	(void)stage;
	return result < 0 ? (int)result : 0;
}

CHILD_SIDE static int set_process_group(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW2(SYS_setpgid, 0, step->number);
}

CHILD_SIDE static int take_terminal(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW3(SYS_ioctl, step->to, TIOCSCTTY, 0);
}

CHILD_SIDE static int come_to_foreground(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return sys_set_foreground(step->to, (pid_t)RAW1(SYS_getpgid, 0));
}

/* ---- namespaces */

/*
 * The kernel takes powers in a user namespace that our user owns for none, and leaves
 * memory as dumpable as it was. But who has power in there may look at a process of it.
 */
CHILD_SIDE static void hide_memory(const struct plan_step *step)
{
	if (step->value[0] & PSPAWN_NS_USER)
		RAW5(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
}

CHILD_SIDE static int enter_namespace(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	hide_memory(step);
	return (int)RAW2(SYS_setns, step->from, step->value[0]);
}

CHILD_SIDE static int go_to_root(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return sys_fchdir(step->from);
}

CHILD_SIDE static int unshare_namespaces(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	hide_memory(step);
	return (int)RAW1(SYS_unshare, step->value[0]);
}

CHILD_SIDE static int make_mounts_private(const struct plan_step *step, const struct stage *stage)
{
	(void)step;
	(void)stage;
	return (int)RAW5(SYS_mount, "none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* ---- limits and scheduling */

CHILD_SIDE static int set_policy(const struct plan_step *step, const struct stage *stage)
{
	int priority = (int)step->value[0];

	(void)stage;
	return (int)RAW3(SYS_sched_setscheduler, 0, step->number, &priority);
}

CHILD_SIDE static int set_nice(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW3(SYS_setpriority, PRIO_PROCESS, 0, step->number);
}

CHILD_SIDE static int set_io_priority(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW3(SYS_ioprio_set, IOPRIO_PROCESS, 0,
			 step->number << IOPRIO_CLASS_SHIFT | (int)step->value[0]);
}

CHILD_SIDE static int choose_cpus(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW3(SYS_sched_setaffinity, 0, step->value[0], step->data);
}

CHILD_SIDE static int set_oom_score(const struct plan_step *step, const struct stage *stage)
{
	char text[8];
	size_t at = sizeof(text);
	int left = step->number < 0 ? -step->number : step->number;

	(void)stage;
	do
		text[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (step->number < 0)
		text[--at] = '-';
	return write_at(AT_FDCWD, "/proc/self/oom_score_adj", text + at, sizeof(text) - at);
}

CHILD_SIDE static int set_personality(const struct plan_step *step, const struct stage *stage)
{
	long result = RAW1(SYS_personality, step->value[0]);

	(void)stage;
	return result < 0 ? (int)result : 0;
}

CHILD_SIDE static int set_limit(const struct plan_step *step, const struct stage *stage)
{
	uint64_t limit[2];

	(void)stage;
	limit[0] = step->value[0];
	limit[1] = step->value[1];
	return (int)RAW4(SYS_prlimit64, 0, step->number, limit, NULL);
}

CHILD_SIDE static int set_umask(const struct plan_step *step, const struct stage *stage)
{
	long result = RAW1(SYS_umask, step->number);

	(void)stage;
	/* It has no errors of its own, but filters have. */
	return result < 0 ? (int)result : 0;
}

/* ---- places */

CHILD_SIDE static int change_root(const struct plan_step *step, const struct stage *stage)
{
	int result = (int)RAW1(SYS_chroot, step->path);

	(void)stage;
	/* Outside of its root, a directory would be a way out of it. */
	return result < 0 ? result : sys_chdir("/");
}

CHILD_SIDE static int change_root_here(int directory)
{
	int result = sys_fchdir(directory);

	return result < 0 ? result : (int)RAW1(SYS_chroot, ".");
}

CHILD_SIDE static int change_root_to_fd(const struct plan_step *step, const struct stage *stage)
{
	int result, before;

	(void)stage;
	if (!step->prefer)
		return change_root_here(step->from);
	/* Left out, it must not have changed the directory either. */
	before = sys_open(".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (before < 0)
		return before;
	/* If theirs is not open, ours may have got its number. */
	result = before == step->from ? -EBADF : change_root_here(step->from);
	if (result < 0)
		sys_fchdir(before);
	sys_close(before);
	return result;
}

/* ---- towards the program */

CHILD_SIDE static int ask_for_death_signal(const struct plan_step *step, const struct stage *stage)
{
	int result = (int)RAW5(SYS_prctl, PR_SET_PDEATHSIG, step->number, 0, 0, 0);
	pid_t parent;

	if (result < 0)
		return result;
	/* Who ended before the call above will not be told of. 0: outside of our pid namespace. */
	parent = (pid_t)RAW0(SYS_getppid);
	return parent == 0 || parent == stage->parent ? 0 : -ESRCH;
}

CHILD_SIDE static int ask_to_be_traced(const struct plan_step *step, const struct stage *stage)
{
	(void)step;
	(void)stage;
	return (int)RAW4(SYS_ptrace, TRACEME, 0, 0, 0);
}

attr_act *const attr_acts[STEP_KINDS] = {
	[STEP_NAMESPACES] = done,
	[STEP_MAP_USER] = done,
	[STEP_MAP_GROUP] = done,
	[STEP_SETGROUPS] = done,
	[STEP_SIGIGNORE] = ignore_signals,
	[STEP_CGROUP] = enter_cgroup,
	[STEP_NO_TTY] = leave_terminal,
	[STEP_SETSID] = start_session,
	[STEP_PGROUP] = set_process_group,
	[STEP_SETNS] = enter_namespace,
	[STEP_ROOT_DIR] = go_to_root,
	[STEP_UNSHARE] = unshare_namespaces,
	[STEP_MOUNTS] = make_mounts_private,
	[STEP_SCHED] = set_policy,
	[STEP_NICE] = set_nice,
	[STEP_IOPRIO] = set_io_priority,
	[STEP_AFFINITY] = choose_cpus,
	[STEP_OOM_SCORE] = set_oom_score,
	[STEP_PERSONALITY] = set_personality,
	[STEP_RLIMIT] = set_limit,
	[STEP_UMASK] = set_umask,
	[STEP_ROOT] = change_root,
	[STEP_ROOT_FD] = change_root_to_fd,
	[STEP_BOUNDING] = attr_limit_bounding,
	[STEP_SECUREBITS] = attr_set_securebits,
	[STEP_KEEP_CAPS] = attr_keep_capabilities,
	[STEP_GROUPS] = attr_set_groups,
	[STEP_GROUP] = attr_set_group,
	[STEP_USER] = attr_set_user,
	[STEP_AMBIENT] = attr_raise_ambient,
	[STEP_NO_NEW_PRIVS] = attr_no_new_privs,
	[STEP_PDEATHSIG] = ask_for_death_signal,
	[STEP_CTTY] = take_terminal,
	[STEP_FOREGROUND] = come_to_foreground,
	[STEP_TRACE_ME] = ask_to_be_traced,
};
