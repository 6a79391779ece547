/* SPDX-License-Identifier: ISC */
/* The conductor: describe, check, plan, take numbers, backend, handle. */
#include <errno.h>
#include <string.h>

#include "lib.h"

int fill_error(struct pspawn_error *error, const struct report *report, const char *reason)
{
	if (error) {
		memset(error, 0, sizeof(*error));
		error->code = report->code;
		error->step = report->step;
		error->index = report->code ? report->index : -1;
		error->reason = report->step == PSPAWN_STEP_BACKEND ? reason : NULL;
	}
	return -report->code;
}

static int applied(const struct report *report, int index)
{
	return index >= 0 && !is_left_out(report, index);
}

/* By either: who leads a session leads a group, and is refused another one. */
static int leads_group(const struct report *report, const struct plan *plan)
{
	return applied(report, plan->session_index) || applied(report, plan->group_index);
}

static void fill_child(struct pspawn_child *child, struct work *work,
		       const struct birth *birth, const struct choice *choice)
{
	memset(child, 0, sizeof(*child));
	child->pid = birth->pid;
	child->pollfd = birth->watch < 0 ? -1 : birth->watch;
	child->backend = (*choice->rung)->name;
	child->passed_over = choice->passed_over;
	child->left_out = birth->report.left_out;
	child->otherwise = birth->report.otherwise;
	child->group = leads_group(&birth->report, &work->plan) ? birth->pid : 0;
	child->cgroup = -1;
	if (applied(&birth->report, work->plan.cgroup_index)) {
		child->cgroup = work->cgroup;
		work->cgroup = -1;
	}
}

static int climb(const struct work *work, struct choice *choice, struct birth *birth)
{
	for (;;) {
		int result;

		memset(birth, 0, sizeof(*birth));
		result = (*choice->rung)->start(&work->plan, birth);
		if (result != BACKEND_PASS)
			return result;
		result = choose_next(work, choice, birth->reason, &birth->report);
		if (result < 0)
			return result;
	}
}

static int start(struct work *work, struct choice *choice, struct birth *birth)
{
	int result = choose(work, choice, &birth->report);

	if (result < 0)
		return result;
	result = numbers_take(work, &birth->report);
	if (result < 0)
		return result;
	result = climb(work, choice, birth);
	if (result < 0)
		numbers_drop(work);
	return result;
}

int pspawn_start(struct pspawn_child *child, const struct pspawn_cmd *cmd,
		 struct pspawn_error *error)
{
	struct work work;
	struct choice choice = { ladder, NULL };
	struct birth birth = { 0 };
	int saved = errno;
	int cancel = sys_disable_cancel();
	int result = work_begin(&work, cmd, &birth.report);

	if (result == 0)
		result = start(&work, &choice, &birth);
	if (result == 0) {
		fill_child(child, &work, &birth, &choice);
		numbers_hand_over(&work);
		birth.report.code = birth.report.step = 0;
	}
	work_done(&work);
	fill_error(error, &birth.report, choice.passed_over);
	sys_restore_cancel(cancel);
	errno = saved;
	return result;
}

const char *pspawn_backend_name(const struct pspawn_child *child)
{
	return child ? child->backend : ladder[0]->name;
}

const char *pspawn_version(void)
{
	return "0.1.0";
}
