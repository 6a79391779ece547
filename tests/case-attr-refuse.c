/* SPDX-License-Identifier: ISC */
/* P01: what an attribute may not hold, each at its own entry, before anything is tried. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "attr-refuse.h"
#include "calls.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

void refuse(struct pspawn_attr attr, int code)
{
	/* Without the namespace a map that ought to be refused would be so for another reason. */
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_env_clear(), attr,
					       pspawn_attr_namespaces(PSPAWN_NS_USER)) };
	int own = attr.kind == PSPAWN_ATTR_NAMESPACES;

	cmd.nattrs -= (size_t)own;
	expect_failure(&cmd, code, PSPAWN_STEP_CHECK_ATTR, 1);
}

void take(const struct pspawn_attr *attrs, size_t n)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = n };
	struct pspawn_error error = { 0 };

	if (pspawn_explain(&cmd, NULL, 0, &error) < 0 && error.step != PSPAWN_STEP_BACKEND)
		FAIL("kind %d is refused at entry %d: %s", attrs[0].kind, error.index,
		     strerror(error.code));
}

/* An error would do for some: a probe that was tried and denied does not show. */
void forbid_side_effects(void)
{
	static const int calls[] = { SYS_pipe2, SYS_socketpair, SYS_clone, SYS_clone3, SYS_rt_sigprocmask,
#ifdef SYS_pipe
				     SYS_pipe, SYS_fork, SYS_vfork,
#endif
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!filter_syscall(calls[i], FILTER_KILL))
			SKIP("no system call filters here");
}

/* What the constructors do not make. */
static void refuse_raw(int kind, int number, unsigned long long a, unsigned long long b)
{
	refuse(pspawn_attr_of(kind, number, a, b), EINVAL);
}

/* ---- each kind with each wrong value */

static void wrong_descriptors(void)
{
	static const int wrong[] = { -1, -100, INT_MIN };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		refuse(pspawn_attr_dir_fd(wrong[i]), EBADF);
		refuse(pspawn_attr_root_fd(wrong[i]), EBADF);
		refuse(pspawn_attr_cgroup(wrong[i]), EBADF);
		refuse(pspawn_attr_ctty(wrong[i]), EBADF);
		refuse(pspawn_attr_foreground(wrong[i]), EBADF);
		refuse(pspawn_attr_setns(wrong[i], PSPAWN_NS_NET), EBADF);
		refuse(pspawn_attr_program_fd(wrong[i]), EBADF);
	}
}

static void wrong_texts(void)
{
	refuse(pspawn_attr_env_set(NULL), EINVAL);
	refuse(pspawn_attr_env_set(""), EINVAL);
	refuse(pspawn_attr_env_set("NAME"), EINVAL);
	refuse(pspawn_attr_env_set("=value"), EINVAL);
	refuse(pspawn_attr_env_set("="), EINVAL);
	refuse(pspawn_attr_env_unset(NULL), EINVAL);
	refuse(pspawn_attr_env_unset(""), EINVAL);
	refuse(pspawn_attr_env_unset("NAME=value"), EINVAL);
	refuse(pspawn_attr_env_unset("="), EINVAL);
	refuse(pspawn_attr_root(NULL), EINVAL);
	refuse(pspawn_attr_root(""), EINVAL);
}

static void wrong_signals(void)
{
	refuse(pspawn_attr_sigignore(PSPAWN_SIGNAL(SIGKILL)), EINVAL);
	refuse(pspawn_attr_sigignore(PSPAWN_SIGNAL(SIGSTOP)), EINVAL);
	refuse(pspawn_attr_sigignore(~0ULL), EINVAL);
	refuse(pspawn_attr_pdeathsig(0), EINVAL);
	refuse(pspawn_attr_pdeathsig(-1), EINVAL);
	refuse(pspawn_attr_pdeathsig(65), EINVAL);
}

static void wrong_ids(void)
{
	const gid_t one[] = { 1 };

	refuse(pspawn_attr_user((uid_t)-1, (gid_t)-1), EINVAL);
	refuse(pspawn_attr_user((uid_t)-1, 0), EINVAL);
	refuse_raw(PSPAWN_ATTR_USER, 0, 1ULL << 32, 0);
	refuse_raw(PSPAWN_ATTR_USER, 0, 0, 1ULL << 32);
	refuse(pspawn_attr_group((gid_t)-1), EINVAL);
	refuse_raw(PSPAWN_ATTR_GROUP, 0, 1ULL << 32, 0);
	refuse(pspawn_attr_groups(NULL, 1), EINVAL);
	refuse(pspawn_attr_groups(one, (size_t)INT_MAX + 1), EINVAL);
	refuse(pspawn_attr_map_user(0, 0, 0), EINVAL);
	refuse(pspawn_attr_map_group(0, 0, 0), EINVAL);
	refuse_raw(PSPAWN_ATTR_SETGROUPS, 2, 0, 0);
	refuse_raw(PSPAWN_ATTR_SETGROUPS, -1, 0, 0);
}

/* More than 32 bits in a map, which its constructor cannot be given. */
static void wrong_maps(void)
{
	static const int kinds[] = { PSPAWN_ATTR_MAP_USER, PSPAWN_ATTR_MAP_GROUP };

	for (size_t i = 0; i < 2; i++) {
		struct pspawn_attr map = pspawn_attr_of(kinds[i], 0, 1ULL << 32, 0);

		map.count = 1;
		refuse(map, EINVAL);
		map = pspawn_attr_of(kinds[i], 0, 0, 1ULL << 32);
		map.count = 1;
		refuse(map, EINVAL);
#if SIZE_MAX > UINT_MAX
		map = pspawn_attr_of(kinds[i], 0, 0, 0);
		map.count = (size_t)UINT_MAX + 1;
		refuse(map, EINVAL);
#endif
	}
}

static void wrong_limits(void)
{
	refuse(pspawn_attr_rlimit(-1, 0, 0), EINVAL);
	refuse(pspawn_attr_rlimit(64, 0, 0), EINVAL);
	refuse(pspawn_attr_rlimit(RLIMIT_CORE, 2, 1), EINVAL);
	refuse(pspawn_attr_rlimit(RLIMIT_CORE, RLIM_INFINITY, 1), EINVAL);
	refuse(pspawn_attr_nice(-21), EINVAL);
	refuse(pspawn_attr_nice(20), EINVAL);
	refuse(pspawn_attr_sched(-1, 0), EINVAL);
	refuse(pspawn_attr_sched(0, -1), EINVAL);
	refuse_raw(PSPAWN_ATTR_SCHED, 0, (unsigned long long)INT_MAX + 1, 0);
	refuse(pspawn_attr_affinity(NULL, 8), EINVAL);
	refuse(pspawn_attr_affinity("12345678", 0), EINVAL);
	refuse(pspawn_attr_affinity("12345678", (size_t)INT_MAX + 1), EINVAL);
	refuse(pspawn_attr_ioprio(-1, 0), EINVAL);
	refuse(pspawn_attr_ioprio(4, 0), EINVAL);
	refuse(pspawn_attr_ioprio(2, 8), EINVAL);
	refuse(pspawn_attr_ioprio(2, -1), EINVAL);
	refuse(pspawn_attr_umask(01000), EINVAL);
	refuse(pspawn_attr_umask((mode_t)-1), EINVAL);
	refuse(pspawn_attr_oom_score(-1001), EINVAL);
	refuse(pspawn_attr_oom_score(1001), EINVAL);
}

static void wrong_others(void)
{
	refuse(pspawn_attr_pgroup(-1), EINVAL);
	refuse_raw(PSPAWN_ATTR_SECUREBITS, 0, 1ULL << 32, 0);
	refuse_raw(PSPAWN_ATTR_PERSONALITY, 0, 1ULL << 32, 0);
	refuse(pspawn_attr_retry_busy(-1), EINVAL);
	refuse(pspawn_attr_retry_busy(60001), EINVAL);
	/* CLONE_VM and CLONE_NEWTIME are none of them. */
	refuse(pspawn_attr_namespaces(0), EINVAL);
	refuse(pspawn_attr_namespaces(0x100), EINVAL);
	refuse(pspawn_attr_namespaces(PSPAWN_NS_NET | 0x80), EINVAL);
	refuse_raw(PSPAWN_ATTR_NAMESPACES, 0, 1ULL << 32 | PSPAWN_NS_NET, 0);
	refuse(pspawn_attr_unshare(0), EINVAL);
	refuse(pspawn_attr_unshare(0x100), EINVAL);
	refuse_raw(PSPAWN_ATTR_UNSHARE, 0, 1ULL << 32 | PSPAWN_NS_NET, 0);
	refuse(pspawn_attr_setns(0, 0), EINVAL);
	refuse(pspawn_attr_setns(0, 0x100), EINVAL);
	refuse(pspawn_attr_setns(0, PSPAWN_NS_NET | PSPAWN_NS_UTS), EINVAL);
	refuse_raw(0, 1, 0, 0);
	refuse_raw(-1, 0, 0, 0);
	refuse_raw(INT_MIN, 0, 0, 0);
	refuse_raw(PSPAWN_ATTR_SHELL_FALLBACK + 1, 0, 0, 0);
	refuse_raw(INT_MAX, 0, 0, 0);
}

CASE(P01, wrong_descriptors)
{
	wrong_descriptors();
}

CASE(P01, wrong_texts)
{
	wrong_texts();
}

CASE(P01, wrong_signals)
{
	wrong_signals();
}

CASE(P01, wrong_ids)
{
	wrong_ids();
	wrong_maps();
}

CASE(P01, wrong_limits)
{
	wrong_limits();
}

CASE(P01, wrong_others)
{
	wrong_others();
}

CASE(P01, values_at_the_border_are_taken)
{
	const gid_t groups[] = { 0 };

	TAKE(pspawn_attr_nice(-20));
	TAKE(pspawn_attr_nice(19));
	TAKE(pspawn_attr_umask(0));
	TAKE(pspawn_attr_umask(0777));
	TAKE(pspawn_attr_oom_score(-1000));
	TAKE(pspawn_attr_oom_score(1000));
	TAKE(pspawn_attr_ioprio(3, 7));
	TAKE(pspawn_attr_pdeathsig(64));
	TAKE(pspawn_attr_retry_busy(0));
	TAKE(pspawn_attr_retry_busy(60000));
	TAKE(pspawn_attr_rlimit(RLIMIT_CORE, RLIM_INFINITY, RLIM_INFINITY));
	TAKE(pspawn_attr_rlimit(RLIMIT_CORE, 0, 0));
	TAKE(pspawn_attr_rlimit(63, 0, 0));
	TAKE(pspawn_attr_user(UINT_MAX - 1, (gid_t)-1));
	TAKE(pspawn_attr_group(UINT_MAX - 1));
	TAKE(pspawn_attr_groups(NULL, 0));
	TAKE(pspawn_attr_groups(groups, 0));
	TAKE(pspawn_attr_sigmask(~0ULL));
	TAKE(pspawn_attr_sigdefault(~0ULL));
	TAKE(pspawn_attr_sigignore(0));
	TAKE(pspawn_attr_env_set("A="));
	TAKE(pspawn_attr_env_set("A=b=c"));
	TAKE(pspawn_attr_securebits(UINT_MAX));
	TAKE(pspawn_attr_personality(UINT_MAX));
}

static void silently(const void *unused)
{
	(void)unused;
	forbid_side_effects();
	wrong_descriptors();
	wrong_texts();
	wrong_signals();
	wrong_ids();
	wrong_maps();
	wrong_limits();
	wrong_others();
}

CASE(P01, refused_before_anything_is_tried)
{
	suite_apart(silently, NULL);
}

CASE(P01, sentences)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_setsid(), pspawn_attr_nice(99)) };
	struct pspawn_child child;
	struct pspawn_error error;
	char sentence[200];

	CHECK_INT(pspawn_start(&child, &cmd, &error), -EINVAL);
	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence, "check the description: set the nice value 99 (attribute 1): "
			    "the value is none of -20 to 19");
	pspawn_strerror(&error, NULL, sentence, sizeof(sentence));
	CHECK_STR(sentence, "check the description: (attribute 1): the value is none of -20 to 19");
	/* Without a reason errno's words are there; of an unknown kind nothing is known. */
	error.reason = NULL;
	error.index = 2;
	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence, "check the description: (attribute 2): Invalid argument");
}
