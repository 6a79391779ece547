/* SPDX-License-Identifier: ISC */
/* A row as a list of attributes, and what of it can be had here. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#endif

#include "pairs.h"
#include "suite.h"

/* ---- the list */

/* A root's own, or ours. */
static int inner_of(const struct world *world, const int *row)
{
	if (row[PSPAWN_ATTR_ROOT_FD])
		return world->inner_fd[row[PSPAWN_ATTR_ROOT_FD] == ROOT_SMALL ? 1 : 2];
	return world->inner_fd[row[PSPAWN_ATTR_ROOT] == ROOT_SMALL ? 0 : 2];
}

static void put_place(struct pspawn_attr *attr, const struct world *world, const int *row)
{
	if (attr->kind == PSPAWN_ATTR_DIR_FD)
		attr->number = inner_of(world, row);
	else if (attr->kind == PSPAWN_ATTR_ROOT && row[PSPAWN_ATTR_ROOT] == ROOT_SMALL)
		attr->data = world->root[0];
	else if (attr->kind == PSPAWN_ATTR_ROOT_FD)
		attr->number = row[PSPAWN_ATTR_ROOT_FD] == ROOT_SMALL ? world->root_fd[1]
								       : world->same_root_fd;
	else if (attr->kind == PSPAWN_ATTR_CGROUP)
		attr->number = world->cgroup;
	else if (attr->kind == PSPAWN_ATTR_SETNS)
		attr->number = world->uts;
	else if (attr->kind == PSPAWN_ATTR_PROGRAM_FD)
		attr->number = world->program;
}

/* Root maps many to themselves, an ordinary user itself to root. */
static void put_map(struct pspawn_attr *attr, const struct world *world, unsigned own)
{
	attr->value[1] = world->privileged ? 0 : own;
	attr->count = world->privileged ? 65536 : 1;
}

static void put_rest(struct pspawn_attr *attr, const struct world *world, const int *row)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	if (attr->kind == PSPAWN_ATTR_FOREGROUND)
		attr->number = row[PSPAWN_ATTR_CTTY] ? TTY_FRESH : TTY_OURS;
	else if (attr->kind == PSPAWN_ATTR_RLIMIT && row[PSPAWN_ATTR_RLIMIT] == LIMIT_FILES)
		attr->value[1] = files.rlim_max;
	else if (attr->kind == PSPAWN_ATTR_MAP_USER)
		put_map(attr, world, getuid());
	else if (attr->kind == PSPAWN_ATTR_MAP_GROUP)
		put_map(attr, world, getgid());
	else if (attr->kind == PSPAWN_ATTR_AFFINITY) {
		attr->data = world->cpus;
		attr->count = sizeof(world->cpus);
	}
}

size_t row_attributes(const struct world *world, const int *row, struct pspawn_attr *attrs)
{
	size_t n = 0;

	for (int f = 0; f < COVERING_FACTORS; f++) {
		if (!row[f])
			continue;
		attrs[n] = factors[f].level[row[f]];
		put_place(&attrs[n], world, row);
		put_rest(&attrs[n], world, row);
		n++;
	}
	return n;
}

enum { TOLD_SIZE = 1024 };

/* ---- what can be had: the raw call, in a process of its own */

static int try_ids(const struct pspawn_attr *attr)
{
	if (attr->kind == PSPAWN_ATTR_USER)
		return setgid(1235) == 0 && setuid(1234) == 0;
	return geteuid() == 0 && setgid(2345) == 0;
}

static int try_terminal(const struct world *world)
{
	return world->tty >= 0 && world->fresh_tty >= 0;
}

static int try_program(void)
{
	execl(public_probe(), "probe", (char *)NULL);
	return 0;
}

#ifdef __linux__

static int try_birth(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	int status;

	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid((pid_t)pid, &status, 0) == pid;
}

static int try_oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, "300", 3) == 3;
}

static int try_ambient(void)
{
	unsigned header[2] = { 0x20080522, 0 }, sets[6];

	if (syscall(SYS_capget, header, sets) < 0)
		return 0;
	sets[2] |= 1 << 10;
	return syscall(SYS_capset, header, sets) == 0 &&
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 10, 0, 0) == 0;
}

/* mount(2) has none for a root that is no mount point, as in the chroot of a directory. */
static int try_private_mounts(unsigned long flags)
{
	return !(flags & CLONE_NEWNS) ||
	       (unshare(CLONE_NEWNS) == 0 &&
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
}

static int try_linux(const struct world *world, const struct pspawn_attr *attr)
{
	int zero = 0;

	switch (attr->kind) {
	case PSPAWN_ATTR_SCHED:
		return syscall(SYS_sched_setscheduler, 0, attr->number, &zero) == 0;
	case PSPAWN_ATTR_IOPRIO:
		return syscall(SYS_ioprio_set, 1, 0, attr->number << 13) == 0;
	case PSPAWN_ATTR_OOM_SCORE:
		return try_oom_score();
	case PSPAWN_ATTR_AMBIENT:
		return try_ambient();
	case PSPAWN_ATTR_BOUNDING:
		return prctl(PR_CAPBSET_DROP, 13, 0, 0, 0) == 0;
	case PSPAWN_ATTR_SECUREBITS:
		return prctl(PR_SET_SECUREBITS, (unsigned long)attr->value[0], 0, 0, 0) == 0;
	case PSPAWN_ATTR_PDEATHSIG:
		return prctl(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0) == 0;
	case PSPAWN_ATTR_NAMESPACES:
		return try_birth((unsigned long)attr->value[0]) &&
		       try_private_mounts((unsigned long)attr->value[0]);
	case PSPAWN_ATTR_UNSHARE:
		return unshare((int)attr->value[0]) == 0 &&
		       try_private_mounts((unsigned long)attr->value[0]);
	case PSPAWN_ATTR_SETNS:
		return world->uts >= 0 && setns(world->uts, CLONE_NEWUTS) == 0;
	case PSPAWN_ATTR_MAP_USER:
	case PSPAWN_ATTR_MAP_GROUP:
	case PSPAWN_ATTR_SETGROUPS:
		return try_birth(CLONE_NEWUSER);
	case PSPAWN_ATTR_CGROUP:
		return world->cgroup >= 0;
	case PSPAWN_ATTR_TRACE_ME:
		return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
	default:
		return 1;
	}
}

#else

static int try_linux(const struct world *world, const struct pspawn_attr *attr)
{
	(void)world;
	(void)attr;
	return 1;
}

#endif

static int try_it(const struct world *world, const struct pspawn_attr *attr)
{
	switch (attr->kind) {
	case PSPAWN_ATTR_CTTY:
	case PSPAWN_ATTR_FOREGROUND:
		return try_terminal(world);
	case PSPAWN_ATTR_USER:
	case PSPAWN_ATTR_GROUP:
	case PSPAWN_ATTR_GROUPS:
		return try_ids(attr);
	case PSPAWN_ATTR_ROOT:
		return chroot(attr->data) == 0 && chdir("/") == 0 && try_program();
	case PSPAWN_ATTR_ROOT_FD:
		return fchdir(attr->number) == 0 && chroot(".") == 0 && try_program();
	case PSPAWN_ATTR_PROGRAM_FD:
		/* Which finds it by a name in /proc, and so in no other root. */
		return !suite_emulated();
	default:
		return try_linux(world, attr);
	}
}

static int can(const struct world *world, int factor, int level)
{
	int row[COVERING_FACTORS] = { 0 };
	struct pspawn_attr attr;
	int status = -1;
	pid_t pid;

	if (factors[factor].power >> level & 1 && !world->privileged)
		return 0;
	row[factor] = level;
	row_attributes(world, row, &attr);
	pid = fork();
	if (pid == 0)
		_exit(try_it(world, &attr) ? 0 : 1);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status == 0;
}

static void leave_out(struct covering_model *model, int factor, int level, char *text)
{
	size_t length = strlen(text);

	model->levels[factor] &= ~LEVEL(level);
	snprintf(text + length, TOLD_SIZE - length, " %s=%d", factors[factor].name, level);
}

void levels_of_here(struct covering_model *model, const struct world *world)
{
	char text[TOLD_SIZE] = "";

	levels_of_all(model);
	if (!world->privileged)
		model->needs = pair_needs;
	for (int f = 0; f < COVERING_FACTORS; f++)
		for (int level = 1; level < COVERING_LEVELS; level++)
			if (model->levels[f] >> level & 1 && !can(world, f, level))
				leave_out(model, f, level, text);
	if (*text)
		suite_tell("not to be had here:%s", text);
}
