/* SPDX-License-Identifier: ISC */
/* What was too large, where execve(2) says no more than E2BIG. */
#include <errno.h>
#include <string.h>

#include "lib.h"

static const char too_long[] = "longer than the 32 pages (usually 128 KiB) that Linux allows "
			       "one string";
static const char too_many[] = "the arguments and the environment are too large together";

/* The first of the list that is longer than that, or -1. */
static int longer(char *const *list, size_t most)
{
	for (size_t i = 0; list[i]; i++)
		if (strnlen(list[i], most) == most)
			return (int)i;
	return -1;
}

/* Who has brought the variable along: an attribute, or the list that the attributes edit. */
static struct refusal name_variable(const struct pspawn_cmd *cmd, const char *variable)
{
	char *const *base = env_base(cmd);
	size_t i = 0;

	for (size_t k = cmd->nattrs; k-- > 0;)
		if (cmd->attrs[k].kind == PSPAWN_ATTR_ENV_SET && cmd->attrs[k].data == variable)
			return refuse_entry(refuse_for(E2BIG, too_long), PSPAWN_INDEX_ATTR, k);
	while (base[i] && base[i] != variable)
		i++;
	return refuse_entry(refuse_for(E2BIG, too_long), PSPAWN_INDEX_VARIABLE, i);
}

static struct refusal find_excess(const struct work *work)
{
	size_t most = sys_longest_string();
	int argument = longer(work->cmd.argv, most);
	int variable = longer(work->plan.envp, most);

	if (argument >= 0)
		return refuse_entry(refuse_for(E2BIG, too_long), PSPAWN_INDEX_ARGUMENT,
				    (size_t)argument);
	if (variable >= 0)
		return name_variable(&work->cmd, work->plan.envp[variable]);
	return refuse_for(E2BIG, too_many);
}

void name_excess(const struct work *work, struct report *report)
{
	if (report->code == E2BIG && report->step == PSPAWN_STEP_EXEC)
		report_refusal(report, find_excess(work), PSPAWN_STEP_EXEC);
}
