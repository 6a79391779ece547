/* SPDX-License-Identifier: ISC */
/* The conductor: describe, check, plan, take numbers, backend, handle. */
#include <errno.h>
#include <string.h>

#include "begun.h"
#include "child.h"

/* What the index of a step counts, where it is not -1 and nothing else is said. */
static int what_of(int step)
{
	int is_fd = step == PSPAWN_STEP_CHECK || step == PSPAWN_STEP_PREPARE ||
		    step == PSPAWN_STEP_PLACE || step == PSPAWN_STEP_CLOSE ||
		    step == PSPAWN_STEP_OPEN;

	return is_fd ? PSPAWN_INDEX_FD : PSPAWN_INDEX_ATTR;
}

int report_refusal(struct report *report, struct refusal refusal, int step)
{
	report_failure(report, refusal.code, step, refusal.index);
	report->what = refusal.what;
	report->reason = refusal.reason;
	return -refusal.code;
}

int fill_error(struct pspawn_error *error, const struct report *report)
{
	if (error) {
		memset(error, 0, sizeof(*error));
		error->code = report->code;
		error->step = report->step;
		error->index = report->code ? report->index : -1;
		error->stream = -1;
		if (error->index >= 0)
			error->what = report->what ? report->what : what_of(report->step);
		error->reason = report->code ? report->reason : NULL;
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

void fill_child(struct pspawn_child *child, const struct birth *birth, const struct choice *choice)
{
	struct handle *handle = handle_of(child);

	memset(child, 0, sizeof(*child));
	handle->pid = birth->pid;
	handle->pollfd = birth->watch < 0 ? -1 : birth->watch;
	handle->backend = (*choice->rung)->name;
	handle->fallback_reason = choice->passed_over;
	handle->cgroup = handle->startfd = -1;
}

void fill_outcome(struct pspawn_child *child, const struct plan *plan, const struct report *report)
{
	struct handle *handle = handle_of(child);

	handle->left_out = report->left_out;
	handle->otherwise = report->otherwise;
	handle->group = leads_group(report, plan) ? handle->pid : 0;
}

void give_cgroup(struct pspawn_child *child, struct work *work, const struct report *report)
{
	if (applied(report, work->plan.cgroup_index)) {
		handle_of(child)->cgroup = work->cgroup;
		work->cgroup = -1;
	}
}

static int try_rung(const struct work *work, const struct choice *choice, struct birth *birth)
{
	const struct backend *backend = *choice->rung;

	*birth = (struct birth){ .startfd = birth->startfd, .tellfd = birth->tellfd };
	return work->plan.goes_on ? backend->begin(&work->plan, birth)
				  : backend->start(&work->plan, birth);
}

int climb(const struct work *work, struct choice *choice, struct birth *birth)
{
	for (;;) {
		int result = try_rung(work, choice, birth);

		if (result != BACKEND_PASS)
			return result;
		result = choose_next(work, choice, birth->reason, &birth->report);
		if (result < 0)
			return result;
	}
}

int start_work(struct work *work, struct choice *choice, struct birth *birth)
{
	struct parking parking;
	int result = numbers_take(work, &birth->report);

	if (result < 0)
		return result;
	park(&parking, work, *choice->rung);
	birth->startfd = work->startfd;
	birth->tellfd = parking.tellfd;
	result = climb(work, choice, birth);
	unpark(&parking);
	if (result < 0) {
		name_excess(work, &birth->report);
		numbers_drop(work);
		return result;
	}
	/* From here on only the child has one end, and the other is its handle's. */
	work->startfd = -1;
	close_if(&work->tellfd);
	return 0;
}

int start_at_once(struct pspawn_child *child, struct work *work, struct choice *choice,
		  struct report *report)
{
	struct birth birth = { 0 };
	int result = choose(work, choice, report);

	if (result < 0)
		return result;
	result = start_work(work, choice, &birth);
	*report = birth.report;
	if (result < 0)
		return result;
	fill_child(child, &birth, choice);
	fill_outcome(child, &work->plan, report);
	give_cgroup(child, work, report);
	numbers_hand_over(work);
	report->code = report->step = 0;
	return 0;
}

int pspawn_start(struct pspawn_child *child, const struct pspawn_cmd *cmd,
		 struct pspawn_error *error)
{
	struct work work;
	struct choice choice = { ladder, NULL };
	struct report report = { 0 };
	int saved = errno;
	int cancel = sys_disable_cancel();
	int result = cmd_check(&work.cmd, cmd, &report);

	work_clear(&work);
	if (result == 0 && cmd_goes_on(&work.cmd)) {
		result = begun_start(child, &work.cmd, &choice, &report);
	} else if (result == 0) {
		result = work_build(&work, &report);
		if (result == 0)
			result = start_at_once(child, &work, &choice, &report);
		work_done(&work);
	}
	fill_error(error, &report);
	sys_restore_cancel(cancel);
	errno = saved;
	return result;
}

const char *pspawn_backend_name(size_t index)
{
	size_t count = 0;

	while (ladder[count])
		count++;
	return index < count ? ladder[index]->name : NULL;
}

const char *pspawn_version(void)
{
	return "0.1.0";
}
