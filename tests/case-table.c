/* SPDX-License-Identifier: ISC */
/* N90 to N93: who carries out what: the library keeps to tests/attributes. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attr.h"
#include "suite.h"
#include "table.h"

/* Descriptors that attributes name. */
enum { DIRECTORY = 50, PROGRAM, NAMESPACE, CGROUP };

static const gid_t no_groups[1];
static unsigned char all_cpus[128];

/* Valid values, which do no harm; where there are none here, 0 or nothing is one. */
static const struct pspawn_attr examples[ATTR_LAST + 1] = {
	[PSPAWN_ATTR_DIR_FD] = { .number = DIRECTORY },
	[PSPAWN_ATTR_ENV_SET] = { .data = "A=b" },
	[PSPAWN_ATTR_ENV_UNSET] = { .data = "A" },
	[PSPAWN_ATTR_SIGMASK] = { .value = { PSPAWN_SIGNAL(SIGUSR1) } },
	[PSPAWN_ATTR_SIGDEFAULT] = { .value = { PSPAWN_SIGNAL(SIGUSR1) } },
	[PSPAWN_ATTR_SIGIGNORE] = { .value = { PSPAWN_SIGNAL(SIGUSR1) } },
	[PSPAWN_ATTR_GROUPS] = { .data = no_groups },
	[PSPAWN_ATTR_BOUNDING] = { .value = { ~0ULL } },
	[PSPAWN_ATTR_PDEATHSIG] = { .number = SIGTERM },
	[PSPAWN_ATTR_RLIMIT] = { .number = RLIMIT_CORE },
	[PSPAWN_ATTR_SCHED] = { .number = SCHED_OTHER },
	[PSPAWN_ATTR_AFFINITY] = { .data = all_cpus, .count = sizeof(all_cpus) },
	[PSPAWN_ATTR_IOPRIO] = { .number = 2, .value = { 4 } },
	[PSPAWN_ATTR_UMASK] = { .number = 022 },
	[PSPAWN_ATTR_OOM_SCORE] = { .number = 1000 },
	[PSPAWN_ATTR_ROOT] = { .data = "/" },
	[PSPAWN_ATTR_ROOT_FD] = { .number = DIRECTORY },
	[PSPAWN_ATTR_CGROUP] = { .number = CGROUP },
	[PSPAWN_ATTR_NAMESPACES] = { .value = { PSPAWN_NS_UTS } },
	[PSPAWN_ATTR_UNSHARE] = { .value = { PSPAWN_NS_UTS } },
	[PSPAWN_ATTR_SETNS] = { .number = NAMESPACE, .value = { PSPAWN_NS_UTS } },
	[PSPAWN_ATTR_MAP_USER] = { .count = 1 },
	[PSPAWN_ATTR_MAP_GROUP] = { .count = 1 },
	[PSPAWN_ATTR_PROGRAM_FD] = { .number = PROGRAM },
};

/* Succeeds only with power, or in surroundings that a suite does not have. */
static int may_fail(int kind)
{
	switch (kind) {
	case PSPAWN_ATTR_CTTY:
	case PSPAWN_ATTR_FOREGROUND:
	case PSPAWN_ATTR_USER:
	case PSPAWN_ATTR_GROUP:
	case PSPAWN_ATTR_GROUPS:
	case PSPAWN_ATTR_AMBIENT:
	case PSPAWN_ATTR_SECUREBITS:
	case PSPAWN_ATTR_NICE:
	case PSPAWN_ATTR_ROOT:
	case PSPAWN_ATTR_ROOT_FD:
	case PSPAWN_ATTR_CGROUP:
	case PSPAWN_ATTR_NAMESPACES:
	case PSPAWN_ATTR_UNSHARE:
	case PSPAWN_ATTR_SETNS:
	case PSPAWN_ATTR_MAP_USER:
	case PSPAWN_ATTR_MAP_GROUP:
	case PSPAWN_ATTR_SETGROUPS:
	case PSPAWN_ATTR_TRACE_ME:
		return 1;
	default:
		return suite_emulated();
	}
}

static int is_map(int kind)
{
	return kind == PSPAWN_ATTR_MAP_USER || kind == PSPAWN_ATTR_MAP_GROUP ||
	       kind == PSPAWN_ATTR_SETGROUPS;
}

/* A description with the kind as its first entry; the maps cannot be alone. */
struct example {
	int kind;
	struct pspawn_attr attrs[2];
	struct pspawn_cmd cmd;
	const char *runs_by;
};

static void make_example(struct example *example, int kind)
{
	static const char *const argv[] = { "/bin/true", NULL };

	memset(example, 0, sizeof(*example));
	example->kind = kind;
	memset(all_cpus, 0xff, sizeof(all_cpus));
	example->attrs[0] = examples[kind];
	example->attrs[0].kind = kind;
	example->attrs[1] = pspawn_attr_namespaces(PSPAWN_NS_USER);
	example->cmd.size = sizeof(example->cmd);
	example->cmd.argv = (char *const *)argv;
	example->cmd.attrs = example->attrs;
	example->cmd.nattrs = is_map(kind) ? 2 : 1;
	example->runs_by = attr_runs_by(kind);
}

static void for_every_kind(void (*look)(struct example *))
{
	open_at(DIRECTORY, "/", O_RDONLY | O_DIRECTORY);
	open_at(PROGRAM, "/bin/true", O_RDONLY);
	/* Whatever: what is not a namespace is found out when it is entered. */
	open_at(NAMESPACE, access("/proc/self/ns/uts", F_OK) == 0 ? "/proc/self/ns/uts" : "/",
		O_RDONLY);
	open_at(CGROUP, "/", O_RDONLY | O_DIRECTORY);
	for (int kind = 1; kind <= ATTR_LAST; kind++) {
		struct example example;

		make_example(&example, kind);
		look(&example);
	}
	for (int number = DIRECTORY; number <= CGROUP; number++)
		close(number);
}

/* Who is in the way: of a map, it is the namespace where that is not to be had either. */
static int index_of(const struct example *example)
{
	return is_map(example->kind) && strcmp(attr_runs_by(PSPAWN_ATTR_NAMESPACES),
					       suite_runs_by()) != 0;
}

static int is_ours(const struct example *example)
{
	return strcmp(example->runs_by, suite_backend()) == 0;
}

CASE(N90, table_is_whole)
{
	struct pspawn_attr beyond = pspawn_attr_of(ATTR_LAST + 1, 0, 0, 0);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = &beyond, .nattrs = 1 };

	for (int kind = 1; kind <= ATTR_LAST; kind++)
		CHECK(attr_name(kind) != NULL);
	CHECK(attr_table_is_whole());
	/* A new one would have to be in there too. */
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK_ATTR, 0);
	beyond.kind = -1;
	expect_failure(&cmd, EINVAL, PSPAWN_STEP_CHECK_ATTR, 0);
}

/* ---- with the next backend to fall back on */

static void expect_refused(const struct example *example)
{
	if (strcmp(example->runs_by, "none") == 0)
		suite_note("%s, which nobody has", attr_name(example->kind));
	expect_failure(&example->cmd, ENOTSUP, PSPAWN_STEP_BACKEND, index_of(example));
}

static void look_at_explanation(struct example *example)
{
	char text[4096], wanted[64];
	int result = pspawn_explain(&example->cmd, text, sizeof(text), NULL);

	if (strcmp(example->runs_by, "none") == 0)
		return expect_refused(example);
	if (result < 0)
		FAIL("%s is refused: %s", attr_name(example->kind), strerror(-result));
	snprintf(wanted, sizeof(wanted), "backend: %s\n", example->runs_by);
	if (strncmp(text, wanted, strlen(wanted)) != 0)
		FAIL("%s is not carried out by %s but: %.*s", attr_name(example->kind),
		     example->runs_by, (int)strcspn(text, "\n"), text);
	if ((strstr(text, "passed over: ") != NULL) == is_ours(example))
		FAIL("%s: %s", attr_name(example->kind), text);
}

CASE(N91, explained_by_table)
{
	for_every_kind(look_at_explanation);
}

static void look_at_start(struct example *example)
{
	struct pspawn_child child;
	struct pspawn_error error;
	const char *name = attr_name(example->kind);

	if (strcmp(example->runs_by, "none") == 0)
		return;
	if (pspawn_start(&child, &example->cmd, &error) < 0) {
		if (!may_fail(example->kind) || error.step == PSPAWN_STEP_BACKEND)
			FAIL("%s: %s: %s", name, pspawn_step_name(error.step),
			     strerror(error.code));
		return;
	}
	/* The one that is traced would wait for ever. */
	pspawn_kill(&child, SIGKILL);
	if (strcmp(pspawn_child_backend(&child), example->runs_by) != 0)
		FAIL("%s: by %s and not by %s", name, pspawn_child_backend(&child),
		     example->runs_by);
	if ((pspawn_child_fallback_reason(&child) != NULL) == is_ours(example))
		FAIL("%s: passed over: %s", name, pspawn_child_fallback_reason(&child) ? pspawn_child_fallback_reason(&child) : "none");
	CHECK_INT(pspawn_child_outcome(&child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(N91, started_by_table)
{
	for_every_kind(look_at_start);
}

/* ---- without */

static void look_without_fallback(struct example *example)
{
	struct pspawn_error error;
	int result;

	example->cmd.flags = PSPAWN_NO_FALLBACK;
	/* This suite's own backend carries nothing out here, and no entry is to blame. */
	if (strcmp(suite_runs_by(), suite_backend()) != 0)
		return;
	result = pspawn_explain(&example->cmd, NULL, 0, &error);
	if (!is_ours(example)) {
		if (result != -ENOTSUP || error.index != index_of(example) || !error.reason)
			FAIL("%s: %d, entry %d", attr_name(example->kind), result, error.index);
		expect_refused(example);
	} else if (result < 0) {
		FAIL("%s: %s", attr_name(example->kind), error.reason);
	}
}

CASE(N92, no_fallback_by_table)
{
	for_every_kind(look_without_fallback);
}

/* ---- what nobody has can be done without, if it is only preferred */

static int may_be_preferred(int kind)
{
	return kind != PSPAWN_ATTR_ENV_CLEAR && kind != PSPAWN_ATTR_ENV_SET &&
	       kind != PSPAWN_ATTR_ENV_UNSET && kind != PSPAWN_ATTR_PROGRAM_FD &&
	       kind != PSPAWN_ATTR_RETRY_BUSY && kind != PSPAWN_ATTR_SHELL_FALLBACK;
}

static void look_at_preference(struct example *example)
{
	int nobody = strcmp(example->runs_by, "none") == 0;
	struct pspawn_child child;
	struct pspawn_error error;

	if (!may_be_preferred(example->kind))
		return;
	example->attrs[0].flags = example->attrs[1].flags = PSPAWN_PREFER;
	if (pspawn_start(&child, &example->cmd, &error) < 0) {
		/* What emulators make of it is their affair, as long as it is tried. */
		if (!suite_emulated() || error.step == PSPAWN_STEP_BACKEND)
			FAIL("%s: %s: %s", attr_name(example->kind),
			     pspawn_step_name(error.step), strerror(error.code));
		return;
	}
	pspawn_kill(&child, SIGKILL);
	if (nobody && pspawn_child_outcome(&child, 0) != PSPAWN_LEFT_OUT)
		FAIL("%s is not left out", attr_name(example->kind));
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
}

CASE(N93, preferred_only)
{
	for_every_kind(look_at_preference);
}
