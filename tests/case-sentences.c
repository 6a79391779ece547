/* SPDX-License-Identifier: ISC */
/* F: what is said of attributes by steps that are not their own, and of every kind of status. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <pspawn_run.h>

#include "suite.h"

static void says(struct pspawn_attr attr, int step, const char *reason, const char *wanted)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_ATTRS(pspawn_attr_setsid(), attr) };
	struct pspawn_error error = { .code = EINVAL,
				      .step = step,
				      .index = 1,
				      .stream = -1,
				      .what = PSPAWN_INDEX_ATTR,
				      .reason = reason };
	char sentence[256];

	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence, wanted);
}

/* Its own step has the verb for its operand; another one says that verb first. */
#define IS_SAID(attr, verb, operand)                                                               \
	do {                                                                                       \
		says(attr, PSPAWN_STEP_CHECK_ATTR, NULL,                                           \
		     "check the description: " verb operand " (attribute 1): Invalid argument");   \
		says(attr, PSPAWN_STEP_BACKEND, "why",                                             \
		     "choose a backend: " verb operand " (attribute 1): why");                     \
	} while (0)

CASE(F19, operands_follow_their_own_verb)
{
	IS_SAID(pspawn_attr_user(65534, 7), "set the user", " 65534");
	IS_SAID(pspawn_attr_group(7), "set the group", " 7");
	IS_SAID(pspawn_attr_groups(NULL, 0), "set the supplementary groups", "");
	IS_SAID(pspawn_attr_setsid(), "start a session", "");
	IS_SAID(pspawn_attr_pgroup(5), "set the process group", " 5");
	IS_SAID(pspawn_attr_ctty(3), "take the controlling terminal", " descriptor 3");
	IS_SAID(pspawn_attr_dir_fd(-1), "change directory to", " descriptor -1");
	IS_SAID(pspawn_attr_root("/x"), "change the root", " \"/x\"");
	IS_SAID(pspawn_attr_rlimit(3, 1, 2), "set the limit", " 3 to 1:2");
	IS_SAID(pspawn_attr_umask(022), "set the umask", " 022");
	IS_SAID(pspawn_attr_sigmask(2), "set the signal mask", " 0x2");
	IS_SAID(pspawn_attr_unshare(PSPAWN_NS_NET), "create namespaces", " 0x40000000");
	IS_SAID(pspawn_attr_map_user(0, 1000, 1), "map ids", " 0:1000:1");
	IS_SAID(pspawn_attr_cgroup(9), "enter the cgroup", " descriptor 9");
	IS_SAID(pspawn_attr_program_fd(9), "execute", " descriptor 9");
	IS_SAID(pspawn_attr_trace_me(), "ask to be traced", "");
}

CASE(F19, an_edit_of_the_environment_is_no_step)
{
	says(pspawn_attr_env_set("=x"), PSPAWN_STEP_CHECK_ATTR, NULL,
	     "check the description: \"=x\" (attribute 1): Invalid argument");
}

CASE(F20, operands_of_other_steps_are_not_shown)
{
	says(pspawn_attr_user(65534, 7), PSPAWN_STEP_USER, NULL,
	     "set the user 65534 (attribute 1): Invalid argument");
	says(pspawn_attr_user(65534, 7), PSPAWN_STEP_GROUP, NULL,
	     "set the group 7 (attribute 1): Invalid argument");
	says(pspawn_attr_user(65534, 7), PSPAWN_STEP_GROUPS, NULL,
	     "set the supplementary groups (attribute 1): Invalid argument");
	says(pspawn_attr_sigignore(2), PSPAWN_STEP_SIGNALS, NULL,
	     "set signals to default (attribute 1): Invalid argument");
	says(pspawn_attr_ambient(2), PSPAWN_STEP_KEEP_CAPS, NULL,
	     "keep capabilities (attribute 1): Invalid argument");
	says(pspawn_attr_namespaces(PSPAWN_NS_NET), PSPAWN_STEP_MOUNTS, NULL,
	     "make mounts private (attribute 1): Invalid argument");
}

CASE(F20, a_real_refusal_has_the_verb)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_ATTRS(pspawn_attr_user(65534, 7)),
				  .backend = "posix_spawn" };
	struct pspawn_error error = { .code = ENOTSUP,
				      .step = PSPAWN_STEP_BACKEND,
				      .what = PSPAWN_INDEX_ATTR,
				      .reason = "posix_spawn has nothing of the kind" };
	static const char wanted[] = "choose a backend: set the user 65534 (attribute 0): "
				     "posix_spawn has nothing of the kind";
	char sentence[256];

	/* The other suites have no posix_spawn that could refuse; and some refuse everything. */
	cmd.flags = PSPAWN_NO_FALLBACK;
	if (strcmp(suite_runs_by(), "posix_spawn") == 0)
		CHECK_INT(pspawn_explain(&cmd, NULL, 0, &error), -ENOTSUP);
	pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
	CHECK_STR(sentence, wanted);
}

static void says_status(struct pspawn_status status, const char *wanted, int code)
{
	char words[64];

	pspawn_strstatus(&status, words, sizeof(words));
	CHECK_STR(words, wanted);
	CHECK_INT(pspawn_exit_code(&status), code);
}

CASE(F21, every_status_is_told)
{
	says_status((struct pspawn_status){ 0 }, "no status", -1);
	says_status((struct pspawn_status){ .lost = 1, .code = -1 }, "status lost", -1);
	says_status((struct pspawn_status){ .exited = 1 }, "exit status 0", 0);
	says_status((struct pspawn_status){ .exited = 1, .code = 255 }, "exit status 255", 255);
	says_status((struct pspawn_status){ .signal = SIGPIPE, .code = -1 }, "signal 13 (PIPE)",
		    141);
	says_status((struct pspawn_status){ .signal = 34, .code = -1 }, "signal 34", 162);
}

CASE(F21, a_program_that_a_signal_ends_has_no_code)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("/bin/sh", "-c", "exit 3") },
				     { PSPAWN_CMD("/bin/sh", "-c", "kill -KILL $$") } };
	struct pspawn_status statuses[2], status;
	const struct pspawn_io io = { .size = sizeof(io), .statuses = statuses };
	struct pspawn_result result;
	struct pspawn_child child;

	CHECK_INT(pspawn_start(&child, &cmds[1], NULL), 0);
	CHECK_INT(pspawn_wait(&child, &status, -1), 0);
	CHECK_INT(status.code, -1);
	CHECK_INT(pspawn_pipeline(cmds, 2, &io, &result, NULL), 0);
	CHECK_INT(statuses[0].code, 3);
	CHECK_INT(statuses[1].code, -1);
	CHECK_INT(result.status.code, -1);
	CHECK_INT(pspawn_exit_code(&result.status), 128 + SIGKILL);
}

CASE(F21, a_run_that_goes_on_has_no_code)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_status status;
	const struct pspawn_io io = { .size = sizeof(io), .statuses = &status };
	struct pspawn_result result;
	struct pspawn_job *job;

	CHECK_INT(pspawn_job_start(&job, &cmd, 1, &io, NULL), 0);
	CHECK_INT(pspawn_job_result(job, &result, NULL), -EINPROGRESS);
	CHECK_INT(status.code, -1);
	CHECK_INT(result.status.code, -1);
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_INT(status.code, 0);
	pspawn_job_free(job);
}

CASE(F21, a_failed_start_has_no_status)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/nonexistent") };
	struct pspawn_status each = { .exited = 1 };
	const struct pspawn_io io = { .size = sizeof(io), .statuses = &each };
	struct pspawn_result result = { .status = each };

	CHECK_INT(pspawn_run(&cmd, &io, &result, NULL), -ENOENT);
	says_status(result.status, "no status", -1);
	says_status(each, "no status", -1);
	CHECK_INT(result.status.code, -1);
	CHECK_INT(each.code, -1);
}
