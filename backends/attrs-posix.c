/* SPDX-License-Identifier: ISC */
/* The steps of attributes that systems other than Linux have, after fork() and through libc. */
#include "attrs.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int answer(int result)
{
	return result < 0 ? -errno : 0;
}

static int ignore_signals(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return sys_ignore_signals(step->value[0]);
}

static int start_session(const struct plan_step *step, const struct stage *stage)
{
	(void)step;
	(void)stage;
	return answer(setsid() < 0 ? -1 : 0);
}

static int set_process_group(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return answer(setpgid(0, step->number));
}

#ifdef TIOCNOTTY

static int leave_terminal(const struct plan_step *step, const struct stage *stage)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	int result;

	(void)step;
	(void)stage;
	if (fd < 0)
		return errno == ENXIO ? 0 : -errno;
	result = answer(ioctl(fd, TIOCNOTTY, 0));
	close(fd);
	return result;
}

#endif
#ifdef TIOCSCTTY

static int take_terminal(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return answer(ioctl(step->to, TIOCSCTTY, 0));
}

#endif

static int come_to_foreground(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return sys_set_foreground(step->to, getpgrp());
}

#ifdef HAVE_SCHED_SETSCHEDULER

static int set_policy(const struct plan_step *step, const struct stage *stage)
{
	struct sched_param param = { .sched_priority = (int)step->value[0] };

	(void)stage;
	return answer(sched_setscheduler(0, step->number, &param) < 0 ? -1 : 0);
}

#endif

static int set_nice(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return answer(setpriority(PRIO_PROCESS, 0, step->number));
}

static int set_limit(const struct plan_step *step, const struct stage *stage)
{
	struct rlimit limit;

	(void)stage;
	limit.rlim_cur = step->value[0] == ~0ULL ? RLIM_INFINITY : (rlim_t)step->value[0];
	limit.rlim_max = step->value[1] == ~0ULL ? RLIM_INFINITY : (rlim_t)step->value[1];
	return answer(setrlimit(step->number, &limit));
}

static int set_umask(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	umask((mode_t)step->number);
	return 0;
}

static int go_to_root(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return sys_fchdir(step->from);
}

static int change_root(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	/* Outside of its root, a directory would be a way out of it. */
	return answer(chroot(step->path) < 0 ? -1 : chdir("/"));
}

static int change_root_here(int directory)
{
	return answer(fchdir(directory) < 0 ? -1 : chroot("."));
}

static int change_root_to_fd(const struct plan_step *step, const struct stage *stage)
{
	int result, before;

	(void)stage;
	if (!step->prefer)
		return change_root_here(step->from);
	/* Left out, it must not have changed the directory either. */
	before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (before < 0)
		return -errno;
	/* If theirs is not open, ours may have got its number. */
	result = before == step->from ? -EBADF : change_root_here(step->from);
	if (result < 0 && fchdir(before) < 0)
		result = -errno;
	close(before);
	return result;
}

static int set_groups(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return answer(setgroups((int)step->value[0], step->data));
}

/* First those that need the power of the effective id, which goes last. */
static int set_group(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
#ifdef HAVE_SETRESUID
	return answer(setresgid((gid_t)step->value[0], (gid_t)step->value[0],
				(gid_t)step->value[0]));
#else
	return answer(setregid((gid_t)step->value[0], (gid_t)step->value[0]));
#endif
}

static int set_user(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
#ifdef HAVE_SETRESUID
	return answer(setresuid((uid_t)step->value[0], (uid_t)step->value[0],
				(uid_t)step->value[0]));
#else
	return answer(setreuid((uid_t)step->value[0], (uid_t)step->value[0]));
#endif
}

attr_act *const attr_acts[STEP_KINDS] = {
	[STEP_SIGIGNORE] = ignore_signals,
#ifdef TIOCNOTTY
	[STEP_NO_TTY] = leave_terminal,
#endif
	[STEP_SETSID] = start_session,
	[STEP_PGROUP] = set_process_group,
#ifdef HAVE_SCHED_SETSCHEDULER
	[STEP_SCHED] = set_policy,
#endif
	[STEP_NICE] = set_nice,
	[STEP_RLIMIT] = set_limit,
	[STEP_UMASK] = set_umask,
	[STEP_ROOT_DIR] = go_to_root,
	[STEP_ROOT] = change_root,
	[STEP_ROOT_FD] = change_root_to_fd,
	[STEP_GROUPS] = set_groups,
	[STEP_GROUP] = set_group,
	[STEP_USER] = set_user,
#ifdef TIOCSCTTY
	[STEP_CTTY] = take_terminal,
#endif
	[STEP_FOREGROUND] = come_to_foreground,
};
