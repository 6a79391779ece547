/* SPDX-License-Identifier: ISC */
/*
 * A description that is checked, searched and planned once, and started many times. It is never
 * written to after it was made, so that threads share it without a lock. A start that needs
 * numbers of its own, for pipes, for what replaces a source, or because some are kept for that,
 * makes its own plan of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "begun.h"
#include "berth.h"

struct pspawn_prepared {
	struct pspawn_cmd *kept;
	struct work work;
	struct choice choice;
	int is_fixed; /* its plan does as it is */
};

/* ---- made once */

/* Every number that the plan speaks of is there already, and none has to be taken. */
static int is_fixed(const struct work *work)
{
	const struct plan *plan = &work->plan;
	int is_listed;

	for (size_t i = 0; i < work->cmd.nfds; i++)
		if (work->cmd.fds[i].end)
			return 0;
	return !plan->goes_on && plan->scratch != SCRATCH_LATER && plan->cgroup < 0 &&
	       plan->left_over < 0 &&
	       (work->program_fd < 0 || work_program(work, &is_listed) != SCRATCH_LATER);
}

static int prepare(struct pspawn_prepared *prepared, const struct pspawn_cmd *checked,
		   struct report *report)
{
	struct work *work = &prepared->work;
	int result;

	prepared->kept = cmd_keep(checked);
	if (!prepared->kept)
		return report_failure(report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	work->cmd = *prepared->kept;
	result = work_build(work, report);
	if (result == 0)
		result = choose(work, &prepared->choice, report);
	prepared->is_fixed = result == 0 && is_fixed(work);
	return result;
}

static int make(struct pspawn_prepared **made, const struct pspawn_cmd *cmd, struct choice *choice,
		struct report *report)
{
	struct pspawn_prepared *prepared;
	struct pspawn_cmd checked;
	int result = cmd_check(&checked, cmd, report);

	if (result < 0)
		return result;
	prepared = calloc(1, sizeof(*prepared));
	if (!prepared)
		return report_failure(report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	work_clear(&prepared->work);
	result = prepare(prepared, &checked, report);
	*choice = prepared->choice;
	if (result == 0)
		*made = prepared;
	else
		pspawn_prepared_free(prepared);
	return result;
}

int pspawn_prepare(struct pspawn_prepared **prepared, const struct pspawn_cmd *cmd,
		   struct pspawn_error *error)
{
	struct choice choice = { ladder, NULL };
	struct report report = { 0 };
	int saved = errno;
	int cancel = sys_disable_cancel();
	int result = make(prepared, cmd, &choice, &report);

	fill_error(error, &report, choice.passed_over);
	sys_restore_cancel(cancel);
	errno = saved;
	return result;
}

void pspawn_prepared_free(struct pspawn_prepared *prepared)
{
	if (!prepared)
		return;
	work_done(&prepared->work);
	free(prepared->kept);
	free(prepared);
}

/* ---- started often */

/* The plan as it is, which nobody writes to. */
static int start_fixed(struct pspawn_child *child, const struct pspawn_prepared *prepared,
		       struct choice *choice, struct report *report)
{
	struct birth birth = { 0 };
	int result = climb(&prepared->work, choice, &birth);

	*report = birth.report;
	if (result < 0)
		return result;
	fill_child(child, &birth, choice);
	fill_outcome(child, &prepared->work.plan, report);
	return 0;
}

/* The caller's numbers in the place of sources, and as places for our ends. */
static void renumber(struct pspawn_fd *fds, size_t n, int *numbers)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i].end)
			fds[i].end = &numbers[i];
		else if (fds[i].kind == PSPAWN_FD_DUP && numbers[i] >= 0)
			fds[i].number = numbers[i];
	}
}

static int start_own(struct pspawn_child *child, const struct pspawn_prepared *prepared,
		     const struct pspawn_fd *fds, struct choice *choice, struct report *report)
{
	struct work work;
	int result;

	work.cmd = *prepared->kept;
	work.cmd.fds = fds;
	work_clear(&work);
	if (cmd_goes_on(&work.cmd)) {
		/* A name with '/' is not searched again. */
		work.cmd.file = prepared->work.program;
		return begun_start(child, &work.cmd, choice, report);
	}
	result = work_build_like(&work, &prepared->work, report);
	if (result == 0)
		result = start_at_once(child, &work, choice, report);
	work_done(&work);
	return result;
}

static int start_with_numbers(struct pspawn_child *child, const struct pspawn_prepared *prepared,
			      int *numbers, struct choice *choice, struct report *report)
{
	const struct pspawn_cmd *cmd = prepared->kept;
	struct pspawn_fd few[SMALL_MAP];
	struct pspawn_fd *fds = few;
	int result;

	if (cmd->nfds > SMALL_MAP)
		fds = malloc(cmd->nfds * sizeof(*fds));
	if (!fds)
		return report_failure(report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	if (cmd->nfds > 0)
		memcpy(fds, cmd->fds, cmd->nfds * sizeof(*fds));
	renumber(fds, cmd->nfds, numbers);
	result = start_own(child, prepared, fds, choice, report);
	if (fds != few)
		free(fds);
	return result;
}

int pspawn_start_prepared(struct pspawn_child *child, const struct pspawn_prepared *prepared,
			  int *numbers, struct pspawn_error *error)
{
	struct choice choice = prepared->choice;
	struct report report = { 0 };
	int saved = errno;
	int cancel = sys_disable_cancel();
	int result;

	if (numbers)
		result = start_with_numbers(child, prepared, numbers, &choice, &report);
	else if (prepared->is_fixed && !berths_count() && work_has_same_stdio(&prepared->work))
		result = start_fixed(child, prepared, &choice, &report);
	else
		result = start_own(child, prepared, prepared->kept->fds, &choice, &report);
	if (result == 0)
		report.code = report.step = 0;
	fill_error(error, &report, choice.passed_over);
	sys_restore_cancel(cancel);
	errno = saved;
	return result;
}
