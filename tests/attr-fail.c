/* SPDX-License-Identifier: ISC */
#include "attr-fail.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "facts.h"
#include "suite.h"
#include "table.h"

enum { MOST = 8, AT = 1 };

/* ---- what there is */

int attr_exists(int kind)
{
#ifdef SYS_IS_RAW
	(void)kind;
	return 1;
#else
	static const int missing[] = {
		PSPAWN_ATTR_NO_NEW_PRIVS, PSPAWN_ATTR_AMBIENT,	  PSPAWN_ATTR_BOUNDING,
		PSPAWN_ATTR_KEEP_CAPS,	  PSPAWN_ATTR_SECUREBITS, PSPAWN_ATTR_PDEATHSIG,
		PSPAWN_ATTR_AFFINITY,	  PSPAWN_ATTR_IOPRIO,	  PSPAWN_ATTR_OOM_SCORE,
		PSPAWN_ATTR_PERSONALITY,  PSPAWN_ATTR_CGROUP,	  PSPAWN_ATTR_NAMESPACES,
		PSPAWN_ATTR_UNSHARE,	  PSPAWN_ATTR_SETNS,	  PSPAWN_ATTR_MAP_USER,
		PSPAWN_ATTR_MAP_GROUP,	  PSPAWN_ATTR_SETGROUPS,  PSPAWN_ATTR_TRACE_ME,
	};

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (missing[i] == kind)
			return 0;
	return 1;
#endif
}

static int is_mapped_by_fork(const struct pspawn_cmd *cmd)
{
	for (size_t i = 0; i < cmd->nattrs; i++)
		if (cmd->attrs[i].kind == PSPAWN_ATTR_MAP_USER ||
		    cmd->attrs[i].kind == PSPAWN_ATTR_MAP_GROUP ||
		    cmd->attrs[i].kind == PSPAWN_ATTR_SETGROUPS)
			return 1;
	return 0;
}

void by_whom(struct pspawn_cmd *cmd)
{
	if (strcmp(suite_backend(), "posix_spawn") == 0 ||
	    strcmp(suite_runs_by(), suite_backend()) != 0 || is_mapped_by_fork(cmd))
		suite_accept_fallback();
	else
		cmd->flags |= PSPAWN_NO_FALLBACK;
}

/* ---- starts */

/* One with nothing to do with any other, which cannot fail. */
static size_t put_together(const struct failing *failing, struct pspawn_attr *attrs)
{
	CHECK(failing->n < MOST);
	attrs[0] = pspawn_attr_sigmask(PSPAWN_SIGNAL(SIGUSR1));
	memcpy(attrs + AT, failing->attrs, failing->n * sizeof(*attrs));
	return failing->n + AT;
}

/* 1: the system has not got one of them, and says so. */
static int is_not_supported(const struct pspawn_cmd *cmd)
{
	int missing = 0;
	struct pspawn_child child;
	struct pspawn_error error;

	for (size_t i = 0; i < cmd->nattrs; i++)
		missing += !attr_exists(cmd->attrs[i].kind);
	if (!missing)
		return 0;
	CHECK_INT(pspawn_start(&child, cmd, &error), -ENOTSUP);
	CHECK(error.index >= 0 && !attr_exists(cmd->attrs[error.index].kind));
	expect_failure(cmd, ENOTSUP, PSPAWN_STEP_BACKEND, missing == 1 ? AT : error.index);
	return 1;
}

/* A child with our memory may have made it undumpable, and that would be for us to put right. */
static int dumpable(void)
{
#ifdef __linux__
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
#else
	return 0;
#endif
}

void expect_failing_only(const struct failing *failing)
{
	int before = dumpable();
	struct pspawn_attr attrs[MOST];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs };

	cmd.nattrs = put_together(failing, attrs);
	by_whom(&cmd);
	if (!is_not_supported(&cmd))
		expect_failure(&cmd, failing->code, failing->step, AT);
	CHECK_INT(dumpable(), before);
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
		FAIL("a child is left");
}

/* New namespaces have new numbers each time: what counts is whether they are ours. */
static const char *told(const struct facts *facts, const char *name)
{
	char path[64], ours[64];
	const char *value = fact(facts, name);
	ssize_t length;

	if (!value || strncmp(name, "ns-", 3) != 0)
		return value;
	snprintf(path, sizeof(path), "/proc/self/ns/%s", name + 3);
	length = readlink(path, ours, sizeof(ours) - 1);
	ours[length < 0 ? 0 : length] = '\0';
	return strcmp(value, ours) == 0 ? "ours" : "another";
}

static void expect_same_facts(const struct facts *a, const struct facts *b)
{
	CHECK_INT(b->count, a->count);
	for (int i = 0; i < a->count; i++) {
		const char *name = a->facts[i].name;
		const char *before = told(a, name);
		const char *after = told(b, name);

		if (!after || strcmp(after, before) != 0)
			FAIL("%s is %s, and without the attribute %s", name,
			     after ? after : "nothing", before);
	}
}

/* Only the one at AT has been left out. */
static void expect_outcomes(const struct pspawn_cmd *cmd)
{
	struct pspawn_cmd run = *cmd;
	const char *const argv[] = { public_probe(), "-", NULL };
	struct pspawn_child child;
	struct pspawn_error error;
	int before = dumpable();

	run.argv = (char *const *)argv;
	if (pspawn_start(&child, &run, &error) < 0)
		FAIL("a preferred attribute fails: %s at \"%s\", entry %d", strerror(error.code),
		     pspawn_step_name(error.step), error.index);
	suite_check_backend(pspawn_child_backend(&child));
	for (size_t i = 0; i < cmd->nattrs; i++)
		CHECK_INT(pspawn_child_outcome(&child, i), i == AT ? PSPAWN_LEFT_OUT : PSPAWN_APPLIED);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	CHECK_INT(dumpable(), before);
}

static void expect_left_out(const struct failing *failing)
{
	static struct facts without, with;
	struct pspawn_attr attrs[MOST], rest[MOST];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs };
	struct pspawn_cmd plain = cmd;

	cmd.nattrs = put_together(failing, attrs);
	attrs[AT] = pspawn_attr_prefer(attrs[AT]);
	for (size_t i = AT + 1; i < cmd.nattrs; i++)
		if (!attr_exists(attrs[i].kind))
			return;
	rest[0] = attrs[0];
	memcpy(rest + 1, attrs + AT + 1, (cmd.nattrs - AT - 1) * sizeof(*attrs));
	plain.attrs = rest;
	plain.nattrs = cmd.nattrs - 1;
	by_whom(&cmd);
	by_whom(&plain);
#ifndef SYS_IS_RAW
	/* What is preferred is fork's, where libc keeps its own signals to itself, ignored or not. */
	plain.backend = "fork";
#endif
	expect_outcomes(&cmd);
	facts_of(&plain, &without);
	facts_of(&cmd, &with);
	expect_same_facts(&without, &with);
}

void expect_failing(const struct failing *failing)
{
	expect_failing_only(failing);
	expect_left_out(failing);
}

void expect_sentence(const struct failing *failing, const char *sentence)
{
	struct pspawn_attr attrs[MOST];
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs };
	struct pspawn_child child;
	struct pspawn_error error;
	char text[400];
	int length;

	cmd.nattrs = put_together(failing, attrs);
	by_whom(&cmd);
	if (is_not_supported(&cmd))
		return;
	CHECK_INT(pspawn_start(&child, &cmd, &error), -failing->code);
	CHECK_INT(error.step, failing->step);
	length = pspawn_strerror(&error, &cmd, text, sizeof(text));
	CHECK_STR(text, sentence);
	CHECK_INT(length, strlen(sentence));
}
