/* SPDX-License-Identifier: ISC */
/* P5x: steps that fail by a filter, with a code that nothing else gives. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "attr-fail.h"
#include "calls.h"
#include "facts.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

enum { ODD = EDOM, ANY = -1 };

/* 32-bit systems have calls with 16-bit ids under the plain names. */
#ifdef SYS_setresuid32
#define CALL(name) SYS_##name##32
#else
#define CALL(name) SYS_##name
#endif

/* System call `number` fails, if argument `arg` is `value`; and with it the attributes. */
struct scene {
	int number, arg;
	unsigned value;
	const struct failing *failing;
	void (*expect)(const struct failing *failing);
};

static void filtered(const void *data)
{
	const struct scene *scene = data;
	int works;

	public_probe();
	works = scene->arg == ANY
			? filter_syscall(scene->number, ODD)
			: filter_syscall_equal(scene->number, scene->arg, scene->value, ODD);
	if (!works)
		SKIP("no system call filters here");
	scene->expect(scene->failing);
}

#define FILTERED(number, arg, value, ...)                                                      \
	suite_apart(filtered, &(const struct scene){ number, arg, value, FAILING(__VA_ARGS__), \
						     expect_failing })
#define FILTERED_ONLY(number, arg, value, ...)                                                 \
	suite_apart(filtered, &(const struct scene){ number, arg, value, FAILING(__VA_ARGS__), \
						     expect_failing_only })

CASE(P50, session_and_group)
{
	FILTERED(SYS_setsid, ANY, 0, ODD, PSPAWN_STEP_SETSID, pspawn_attr_setsid());
	FILTERED(SYS_setpgid, ANY, 0, ODD, PSPAWN_STEP_PGROUP, pspawn_attr_pgroup(0));
}

CASE(P50, signals)
{
	/* Of others the parent asks, and the child; and without SIGINHERIT one is set first. */
	FILTERED(SYS_rt_sigaction, 2, 0, ODD, PSPAWN_STEP_SIGIGNORE,
		 pspawn_attr_sigignore(PSPAWN_SIGNAL(SIGUSR2)), pspawn_attr_siginherit());
	/* Not by posix_spawn, whose libc does not look at what comes of it. */
	if (strcmp(suite_backend(), "posix_spawn") != 0)
		FILTERED_ONLY(SYS_rt_sigaction, 0, SIGUSR2, ODD, PSPAWN_STEP_SIGNALS,
			      pspawn_attr_sigdefault(PSPAWN_SIGNAL(SIGUSR2)));
}

CASE(P50, scheduling)
{
	unsigned long cpus = 1;

	FILTERED(SYS_sched_setscheduler, ANY, 0, ODD, PSPAWN_STEP_SCHED,
		 pspawn_attr_sched(SCHED_OTHER, 0));
	FILTERED(SYS_setpriority, ANY, 0, ODD, PSPAWN_STEP_NICE, pspawn_attr_nice(19));
	FILTERED(SYS_ioprio_set, ANY, 0, ODD, PSPAWN_STEP_IOPRIO, pspawn_attr_ioprio(2, 7));
	FILTERED(SYS_sched_setaffinity, ANY, 0, ODD, PSPAWN_STEP_AFFINITY,
		 pspawn_attr_affinity(&cpus, sizeof(cpus)));
}

CASE(P50, limits_and_masks)
{
	FILTERED(SYS_prlimit64, 1, RLIMIT_CORE, ODD, PSPAWN_STEP_RLIMIT,
		 pspawn_attr_rlimit(RLIMIT_CORE, 0, 0));
	FILTERED(SYS_personality, ANY, 0, ODD, PSPAWN_STEP_PERSONALITY,
		 pspawn_attr_personality(0x0040000));
}

/* It has no errors of its own, but a filter has; a wrong mask would go unnoticed. */
CASE(P50, umask)
{
	need_linux();
	FILTERED(SYS_umask, ANY, 0, ODD, PSPAWN_STEP_UMASK, pspawn_attr_umask(077));
}

CASE(P51, places)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	FILTERED(SYS_chroot, ANY, 0, ODD, PSPAWN_STEP_ROOT, pspawn_attr_root("/"));
	FILTERED(SYS_chroot, ANY, 0, ODD, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(fd));
	FILTERED(SYS_fchdir, ANY, 0, ODD, PSPAWN_STEP_ROOT, pspawn_attr_root_fd(fd));
	FILTERED(SYS_fchdir, ANY, 0, ODD, PSPAWN_STEP_CHDIR, pspawn_attr_dir_fd(fd));
	close(fd);
}

CASE(P52, ids)
{
	FILTERED(CALL(setgroups), ANY, 0, ODD, PSPAWN_STEP_GROUPS, pspawn_attr_groups(NULL, 0));
	FILTERED(CALL(setgroups), ANY, 0, ODD, PSPAWN_STEP_GROUPS,
		 pspawn_attr_user(getuid(), getgid()));
	FILTERED(CALL(setresgid), ANY, 0, ODD, PSPAWN_STEP_GROUP, pspawn_attr_group(getgid()));
	FILTERED(CALL(setresgid), ANY, 0, ODD, PSPAWN_STEP_GROUP,
		 pspawn_attr_user(getuid(), getgid()), pspawn_attr_keep_groups());
	FILTERED(CALL(setresuid), ANY, 0, ODD, PSPAWN_STEP_USER,
		 pspawn_attr_user(getuid(), getgid()), pspawn_attr_keep_groups());
}

CASE(P53, privileges)
{
	/* Where there is nothing left to drop, nothing can fail. */
	if (prctl(PR_CAPBSET_READ, 0, 0, 0, 0) > 0)
		FILTERED(SYS_prctl, 0, PR_CAPBSET_DROP, ODD, PSPAWN_STEP_BOUNDING,
			 pspawn_attr_bounding(0));
	FILTERED(SYS_prctl, 0, PR_SET_SECUREBITS, ODD, PSPAWN_STEP_SECUREBITS,
		 pspawn_attr_securebits(0));
	FILTERED(SYS_prctl, 0, PR_SET_KEEPCAPS, ODD, PSPAWN_STEP_KEEP_CAPS, pspawn_attr_keep_caps());
	FILTERED(SYS_prctl, 0, PR_CAP_AMBIENT, ODD, PSPAWN_STEP_AMBIENT, pspawn_attr_ambient(0));
	FILTERED(SYS_capget, ANY, 0, ODD, PSPAWN_STEP_AMBIENT, pspawn_attr_ambient(0));
	FILTERED(SYS_capset, ANY, 0, ODD, PSPAWN_STEP_AMBIENT, pspawn_attr_ambient(0));
	FILTERED(SYS_prctl, 0, PR_SET_NO_NEW_PRIVS, ODD, PSPAWN_STEP_NO_NEW_PRIVS,
		 pspawn_attr_no_new_privs());
}

CASE(P54, towards_the_program)
{
	FILTERED(SYS_prctl, 0, PR_SET_PDEATHSIG, ODD, PSPAWN_STEP_PDEATHSIG,
		 pspawn_attr_pdeathsig(SIGTERM));
	FILTERED(SYS_ptrace, ANY, 0, ODD, PSPAWN_STEP_TRACE_ME, pspawn_attr_trace_me());
	/* A parent that is not ours has ended while we were about to ask. */
	FILTERED_ONLY(SYS_getppid, ANY, 0, ESRCH, PSPAWN_STEP_PDEATHSIG,
		      pspawn_attr_pdeathsig(SIGTERM));
}

/* ---- namespaces: by clone(2), whose flags a filter can see */

static void births_filtered(const void *unused)
{
	(void)unused;
	public_probe();
	if (!filter_syscall(SYS_clone3, ENOSYS) ||
	    !filter_syscall_bits(SYS_clone, 0, CLONE_NEWUTS | CLONE_NEWUSER, ODD))
		SKIP("no system call filters here");
	FAILS(ODD, PSPAWN_STEP_NAMESPACES, pspawn_attr_namespaces(PSPAWN_NS_UTS));
	FAILS(ODD, PSPAWN_STEP_NAMESPACES, pspawn_attr_namespaces(PSPAWN_NS_USER | PSPAWN_NS_NET));
}

CASE(P55, births_in_namespaces)
{
	suite_apart(births_filtered, NULL);
	FILTERED(SYS_unshare, ANY, 0, ODD, PSPAWN_STEP_NAMESPACES, pspawn_attr_unshare(PSPAWN_NS_UTS));
	FILTERED(SYS_setns, ANY, 0, ODD, PSPAWN_STEP_SETNS, pspawn_attr_setns(0, PSPAWN_NS_UTS));
}

/* The namespace is there by then, and it stays: only what comes of it is left out. */
static void mounts_filtered(const void *unused)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_umask(022),
					       pspawn_attr_prefer(
						       pspawn_attr_unshare(PSPAWN_NS_MOUNT))) };
	struct pspawn_child child;

	(void)unused;
	if (!filter_syscall(SYS_mount, ODD))
		SKIP("no system call filters here");
	FAILS_ONLY(ODD, PSPAWN_STEP_MOUNTS, pspawn_attr_namespaces(PSPAWN_NS_MOUNT));
	FAILS_ONLY(ODD, PSPAWN_STEP_MOUNTS, pspawn_attr_unshare(PSPAWN_NS_MOUNT));
	by_whom(&cmd);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_outcome(&child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_child_outcome(&child, 1), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

static int new_mounts(const void *unused)
{
	(void)unused;
	return unshare(CLONE_NEWNS);
}

CASE(P55, mounts)
{
	int code = kernel_gives(new_mounts, NULL);

	need_linux();
	if (code)
		SKIP("no mount namespaces here: %s", strerror(code));
	suite_apart(mounts_filtered, NULL);
}
