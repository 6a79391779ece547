/* SPDX-License-Identifier: ISC */
/*
 * What a child has to be like, as a function of the whole row: subject by subject,
 * without a word about the order in which things are done.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pair-model.h"
#include "suite.h"

static const char *keep(struct model *m, const char *text)
{
	char *at = m->facts->text + m->used;

	CHECK(m->used + strlen(text) + 1 < sizeof(m->facts->text));
	strcpy(at, text);
	m->used += strlen(text) + 1;
	return at;
}

void model_set(struct model *m, const char *name, const char *value)
{
	for (int i = 0; i < m->facts->count; i++)
		if (strcmp(m->facts->facts[i].name, name) == 0)
			m->facts->facts[i].value = keep(m, value);
}

void model_set_hex(struct model *m, const char *name, unsigned long long value)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", value);
	model_set(m, name, text);
}

void model_set_number(struct model *m, const char *name, long long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", value);
	model_set(m, name, text);
}

unsigned long long model_plain(const struct model *m, const char *name)
{
	const char *value = fact(m->plain, name);

	return value ? strtoull(value, NULL, 0) : 0;
}

/* ---- environment */

static void remove_environment(struct model *m, const char *name, size_t length)
{
	struct facts *f = m->facts;
	int kept = 0;

	for (int i = 0; i < f->count; i++)
		if (strncmp(f->facts[i].name, name, length) != 0)
			f->facts[kept++] = f->facts[i];
	f->count = kept;
}

static void expect_environment(struct model *m)
{
	if (HAS(ENV_CLEAR))
		remove_environment(m, "env.", strlen("env."));
	if (HAS(ENV_UNSET))
		remove_environment(m, "env.PATH", sizeof("env.PATH"));
	if (HAS(ENV_SET))
		m->facts->facts[m->facts->count++] = (struct fact){ "env.PSPAWN_PAIR", "1" };
}

/* ---- sessions and terminals */

static void expect_terminal(struct model *m)
{
	int lost = HAS(SETSID) || HAS(NO_TTY);
	int has = HAS(CTTY) || (!lost && m->world->tty >= 0);

	model_set(m, "terminal", has ? "yes" : "none");
	/* We are in the foreground, and so is who takes a fresh one. */
	if (!has || HAS(CTTY) || HAS(PGROUP))
		model_set(m, "foreground", has && (HAS(CTTY) || HAS(FOREGROUND)) ? "yes" : "no");
}

static void expect_session(struct model *m)
{
	/* A number of outside is none in a new pid namespace. */
	if (HAS(NAMESPACES) == NS_PID) {
		model_set(m, "process-1", "yes");
		model_set(m, "session", "0");
		model_set(m, "pgroup", "0");
	}
	if (HAS(SETSID))
		model_set(m, "session", "own");
	if (HAS(SETSID) || HAS(PGROUP))
		model_set(m, "pgroup", "own");
	expect_terminal(m);
}

/* ---- signals */

/* As the probe tells them. */
static void set_signals(struct model *m, const char *name, unsigned long long signals)
{
#ifdef __linux__
	model_set_hex(m, name, signals);
#else
	char text[NSIG + 1] = "";

	for (int number = 1; number < NSIG; number++)
		text[number - 1] = number <= 64 && signals >> (number - 1) & 1 ? '1' : '0';
	model_set(m, name, text);
#endif
}

static void expect_signals(struct model *m)
{
	unsigned long long blocked = HAS(SIGINHERIT) ? PSPAWN_SIGNAL(SIGWINCH) : 0;
	unsigned long long ignored = PSPAWN_SIGNAL(SIGHUP) | PSPAWN_SIGNAL(SIGUSR2);

	if (HAS(SIGINHERIT))
		ignored |= PSPAWN_SIGNAL(SIGPIPE) | (m->world->reserved & PSPAWN_SIGNAL(34));
	if (HAS(SIGMASK))
		blocked = LEVEL_OF(SIGMASK)->value[0];
	if (HAS(SIGDEFAULT))
		ignored &= ~LEVEL_OF(SIGDEFAULT)->value[0];
	/* It stands later in the list. */
	if (HAS(SIGIGNORE))
		ignored |= LEVEL_OF(SIGIGNORE)->value[0];
	set_signals(m, "blocked", blocked);
	set_signals(m, "ignored", ignored);
	model_set_number(m, "death-signal", HAS(PDEATHSIG) ? SIGUSR1 : 0);
}

/* ---- limits and scheduling */

static void expect_limits(struct model *m)
{
	struct rlimit files;
	char text[64];

	getrlimit(RLIMIT_NOFILE, &files);
	if (HAS(RLIMIT) == LIMIT_FILES) {
		snprintf(text, sizeof(text), "50 %lld", (long long)files.rlim_max);
		model_set(m, "limit-7", text);
	} else if (HAS(RLIMIT)) {
		model_set(m, "limit-0", "1000 2000");
	}
	if (HAS(NICE))
		model_set(m, "nice", "19");
	if (HAS(SCHED))
		model_set(m, "policy", HAS(SCHED) == 1 ? "3 0" : "5 0");
	if (HAS(AFFINITY))
		model_set_number(m, "cpus", m->world->cpu);
	if (HAS(IOPRIO))
		model_set_number(m, "ioprio", HAS(IOPRIO) == 1 ? 2 << 13 | 6 : 3 << 13);
	if (HAS(UMASK))
		model_set(m, "umask", "077");
	if (HAS(OOM_SCORE))
		model_set(m, "oom-score", "300");
	if (HAS(PERSONALITY))
		model_set_hex(m, "personality", LEVEL_OF(PERSONALITY)->value[0]);
}

/* ---- places */

/* Which of the two small roots it is in; -1: none. */
static int small_root(const struct model *m)
{
	if (HAS(ROOT_FD))
		return HAS(ROOT_FD) == ROOT_SMALL ? 1 : -1;
	return HAS(ROOT) == ROOT_SMALL ? 0 : -1;
}

static void expect_directory(struct model *m)
{
	char path[sizeof(m->world->home) + sizeof(m->world->inner[0])];

	snprintf(path, sizeof(path), "%s/inner", small_root(m) < 0 ? m->world->home : "");
	/* A descriptor is of our own mounts. */
	if (HAS(DIR_FD) && (HAS(NAMESPACES) == NS_PLAIN || HAS(UNSHARE) == 1))
		model_set(m, "directory", "unreachable");
	else if (HAS(DIR_FD))
		model_set(m, "directory", path);
	else if (HAS(ROOT) || HAS(ROOT_FD))
		model_set(m, "directory", "/");
}

/* In there is no /proc, and no /dev/tty. */
static void expect_small_root(struct model *m)
{
	char text[64];

	world_name_root(m->world, small_root(m), text, sizeof(text));
	model_set(m, "root", text);
	model_set(m, "terminal", "?");
	model_set(m, "foreground", "no");
	model_set(m, "cgroup", "?");
	model_set(m, "oom-score", "?");
	model_set(m, "root-mount", "?");
	model_set(m, "shared-mounts", "?");
	model_set(m, "uid-map", "?");
	model_set(m, "gid-map", "?");
	model_set(m, "setgroups", "?");
	for (int i = 0; i < m->facts->count; i++)
		if (strncmp(m->facts->facts[i].name, "ns-", 3) == 0)
			m->facts->facts[i].value = "?";
}

/* The name in version 2's line; in a cgroup namespace of its own all are at the top. */
static void expect_cgroup(struct model *m)
{
	const char *plain = fact(m->plain, "cgroup");
	char text[4096] = "";

	if (!plain || !(HAS(CGROUP) || HAS(UNSHARE) == 2))
		return;
	for (const char *line = plain; *line; line += strcspn(line, " "), line += *line == ' ') {
		int number = (int)(strcspn(line, ":") + 1);
		int named = number + (int)strcspn(line + number, ":") + 1;
		int whole = (int)strcspn(line, " ");
		int moved = HAS(CGROUP) && strncmp(line, "0::", 3) == 0;
		const char *name = HAS(UNSHARE) == 2 ? "/" : moved ? m->world->cgroup_name : NULL;

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s%.*s",
			 *text ? " " : "", named, line, name ? (int)strlen(name) : whole - named,
			 name ? name : line + named);
	}
	model_set(m, "cgroup", text);
}

static void expect_namespaces(struct model *m)
{
	int born = HAS(NAMESPACES);

	if (born == NS_PLAIN || HAS(UNSHARE) == 1)
		model_set(m, "ns-mnt", FACT_NEW);
	if (born == NS_PLAIN || born == NS_USER || HAS(UNSHARE) == 1)
		model_set(m, "ns-uts", FACT_NEW);
	/* Those that exist are entered first. */
	if (HAS(SETNS) && HAS(UNSHARE) != 1)
		model_set(m, "ns-uts", m->world->uts_name);
	if (born == NS_PLAIN || HAS(UNSHARE) == 2)
		model_set(m, "ns-ipc", FACT_NEW);
	if (HAS(UNSHARE) == 2)
		model_set(m, "ns-cgroup", FACT_NEW);
	if (born == NS_PLAIN)
		model_set(m, "ns-net", FACT_NEW);
	if (born == NS_PID)
		model_set(m, "ns-pid", FACT_NEW);
	if (born == NS_PID)
		model_set(m, "ns-pid_for_children", FACT_NEW);
	/* Until there are children, it has no name; Linux 7 gives it one when it is made. */
	if (HAS(UNSHARE) == 2)
		model_set(m, "ns-pid_for_children", FACT_NEW_OR_NONE);
	if (born == NS_PLAIN || HAS(UNSHARE) == 1)
		model_set(m, "shared-mounts", "none");
	if (born == NS_USER)
		model_set(m, "ns-user", FACT_NEW);
}

void expected_facts(const struct world *world, const int *row, const struct facts *plain,
		    struct facts *expected)
{
	struct model model = { world, row, plain, expected, 0 }, *m = &model;

	memcpy(expected->facts, plain->facts, sizeof(plain->facts));
	expected->count = plain->count;
	expect_environment(m);
	expect_session(m);
	expect_signals(m);
	expect_identity(m);
	expect_capabilities(m);
	expect_limits(m);
	expect_directory(m);
	expect_cgroup(m);
	expect_namespaces(m);
	if (small_root(m) >= 0)
		expect_small_root(m);
}
