/* SPDX-License-Identifier: ISC */
/* K10: what was too large, where the kernel says no more than E2BIG. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "suite.h"
#include "sys.h"
#include "table.h"

/* More than any system takes of arguments; of Linux it is 6 MiB. */
enum { TOO_MUCH = 8 << 20, PIECE = 64 << 10 };

static const char alone[] =
    "longer than the 32 pages (usually 128 KiB) that Linux allows one string";
static const char together[] = "the arguments and the environment are too large together";

struct excess {
	int what, index;
	const char *reason;
};

/* So many bytes with the NUL, beginning with that. */
static char *long_text(const char *begin, size_t size)
{
	char *text = malloc(size);

	CHECK(text != NULL);
	memset(text, 'x', size);
	memcpy(text, begin, strlen(begin));
	text[size - 1] = '\0';
	return text;
}

static void expect_excess(const struct pspawn_error *error, struct excess excess)
{
	CHECK_INT(error->code, E2BIG);
	CHECK_INT(error->step, PSPAWN_STEP_EXEC);
	CHECK_INT(error->what, excess.what);
	CHECK_INT(error->index, excess.index);
	CHECK(error->reason != NULL);
	CHECK_STR(error->reason, excess.reason);
}

/* At once, in a start that can be given up, in one that goes on, and as a run. */
static void expect_excesses(const struct pspawn_cmd *given, struct excess excess)
{
	struct pspawn_cmd cmd = *given;
	int held = fault_malloc_held();
	struct pspawn_child child;
	struct pspawn_error error;

	CHECK_INT(pspawn_start(&child, &cmd, &error), -E2BIG);
	expect_excess(&error, excess);
	CHECK_INT(pspawn_run(&cmd, NULL, NULL, &error), -E2BIG);
	expect_excess(&error, excess);
	cmd.start_ms = AN_HOUR_MS;
	CHECK_INT(pspawn_start(&child, &cmd, &error), -E2BIG);
	expect_excess(&error, excess);
	cmd.start_ms = 0;
	cmd.flags = PSPAWN_ASYNC;
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), -E2BIG);
	/* The handle is empty, and still knows. */
	CHECK_INT(pspawn_wait_started(&child, &error, 0), -E2BIG);
	expect_excess(&error, excess);
	pspawn_forget(&child);
	CHECK_INT(fault_malloc_held(), held);
}

static void says(const struct pspawn_cmd *cmd, const char *wanted)
{
	struct pspawn_child child;
	struct pspawn_error error;
	char sentence[256], whole[256];

	CHECK_INT(pspawn_start(&child, cmd, &error), -E2BIG);
	pspawn_strerror(&error, cmd, sentence, sizeof(sentence));
	snprintf(whole, sizeof(whole), "execute \"/bin/true\"%s: %s", wanted, error.reason);
	CHECK_STR(sentence, whole);
}

static size_t need_a_limit_of_strings(void)
{
	if (sys_longest_string() == SIZE_MAX)
		SKIP("no string by itself is too long here");
	suite_accept_fallback();
	return sys_longest_string();
}

CASE(K10, an_argument)
{
	size_t most = need_a_limit_of_strings();
	char *fits = long_text("", most), *larger = long_text("", most + 1);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true", "x", fits) };
	struct excess second = { PSPAWN_INDEX_ARGUMENT, 2, alone };

	CHECK_INT(run_cmd(&cmd), 0);
	cmd.argv = (char *const *)(const char *const[]){ "/bin/true", "x", larger, larger, NULL };
	expect_excesses(&cmd, second);
	says(&cmd, " (argument 2)");
	cmd.argv = (char *const *)(const char *const[]){ larger, NULL };
	cmd.file = "/bin/true";
	second.index = 0;
	expect_excesses(&cmd, second);
	free(fits);
	free(larger);
}

CASE(K10, a_variable)
{
	size_t most = need_a_limit_of_strings();
	char *fits = long_text("A=", most), *larger = long_text("BIG=", most + 1);
	char *const some[] = { "C=d", fits, NULL }, *const list[] = { "C=d", fits, larger, NULL };
	struct pspawn_attr edit = pspawn_attr_env_unset("C");
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .envp = some };
	struct excess third = { PSPAWN_INDEX_VARIABLE, 2, alone };

	CHECK_INT(run_cmd(&cmd), 0);
	cmd.envp = list;
	expect_excesses(&cmd, third);
	says(&cmd, " (variable 2): \"BIG\"");
	/* The index counts what the caller gave, and not what is left of it. */
	cmd.attrs = &edit;
	cmd.nattrs = 1;
	expect_excesses(&cmd, third);
	/* What is taken out does no harm. */
	edit = pspawn_attr_env_unset("BIG");
	CHECK_INT(run_cmd(&cmd), 0);
	free(fits);
	free(larger);
}

CASE(K10, a_variable_of_the_callers)
{
	size_t most = need_a_limit_of_strings();
	char *value = long_text("", most);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct excess excess = { PSPAWN_INDEX_VARIABLE, 0, alone };

	CHECK_INT(setenv("PSPAWN_TEST_BIG", value, 1), 0);
	while (strncmp(sys_environ()[excess.index], "PSPAWN_TEST_BIG=", 16) != 0)
		excess.index++;
	expect_excesses(&cmd, excess);
	free(value);
}

CASE(K10, a_variable_of_an_attribute)
{
	size_t most = need_a_limit_of_strings();
	char *larger = long_text("BIG=", most + 1);
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_setsid(), pspawn_attr_env_set(larger)) };
	struct excess second = { PSPAWN_INDEX_ATTR, 1, alone };

	expect_excesses(&cmd, second);
	says(&cmd, " (attribute 1): \"BIG\"");
	free(larger);
}

CASE(K10, all_together)
{
	char *piece = long_text("A=", PIECE);
	char *list[TOO_MUCH / PIECE + 2] = { "/bin/true" };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct excess sum = { PSPAWN_INDEX_NONE, -1, together };

	suite_accept_fallback();
	for (size_t i = 1; i <= TOO_MUCH / PIECE; i++)
		list[i] = piece;
	cmd.argv = list;
	expect_excesses(&cmd, sum);
	says(&cmd, "");
	cmd.argv = (char *const *)(const char *const[]){ "/bin/true", NULL };
	cmd.envp = list + 1;
	expect_excesses(&cmd, sum);
	free(piece);
}

/* A stage's argument is no stage's affair as a whole. */
CASE(K10, an_argument_of_a_stage)
{
	char *larger = long_text("", need_a_limit_of_strings() + 1);
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/true") },
				     { PSPAWN_CMD("/bin/true", larger) } };
	struct excess excess = { PSPAWN_INDEX_ARGUMENT, 1, alone };
	struct pspawn_error error;

	CHECK_INT(pspawn_pipeline(cmds, 2, NULL, NULL, &error), -E2BIG);
	expect_excess(&error, excess);
	CHECK_INT(error.stage, 1);
	free(larger);
}
