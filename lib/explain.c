/* SPDX-License-Identifier: ISC */
/* The plan as text. */
#include <errno.h>

#include "lib.h"

/* What does not exist yet is named by what will make it. */
static void add_number(struct text *text, int number)
{
	if (number == SCRATCH_LATER)
		text_add(text, "(a free number)");
	else if (number < 0)
		text_add(text, "(pipe of entry %d)", ~number);
	else
		text_add(text, "%d", number);
}

static void add_keep_list(struct text *text, const struct plan *plan)
{
	if (plan->nkeep == 0)
		text_add(text, " none");
	for (size_t i = 0; i < plan->nkeep; i++) {
		size_t last = i;

		while (last + 1 < plan->nkeep && plan->keep[last + 1] == plan->keep[last] + 1)
			last++;
		text_add(text, last > i + 1 ? " %d-%d" : " %d", plan->keep[i], plan->keep[last]);
		i = last > i + 1 ? last : i;
	}
}

static void add_attribute(struct text *text, const struct pspawn_cmd *cmd,
			  const struct plan_step *step)
{
	if (step->index < 0)
		return;
	if (step->kind != STEP_EXEC)
		text_add_operand(text, &cmd->attrs[step->index], step_names[step->kind].step);
	text_add(text, "  (attribute %d%s)", step->index, step->prefer ? ", preferred" : "");
}

static void add_step(struct text *text, const struct work *work, const struct plan_step *step)
{
	const struct plan *plan = &work->plan;

	text_add(text, "%s", step_names[step->kind].word);
	switch (step->kind) {
	case STEP_MOVE:
		text_add(text, " ");
		add_number(text, step->from);
		text_add(text, " -> ");
		add_number(text, step->to);
		break;
	case STEP_CLEAR:
	case STEP_CLOSE:
		text_add(text, " ");
		add_number(text, step->to);
		break;
	case STEP_OPEN:
		text_add(text, " ");
		text_add_quoted(text, step->path);
		text_add(text, " -> %d", step->to);
		break;
	case STEP_EXEC:
		if (step->to != -1) {
			text_add(text, " descriptor ");
			add_number(text, step->to);
			break;
		}
		/* fall through */
	case STEP_CHDIR:
		text_add(text, " ");
		text_add_quoted(text, step->path);
		break;
	case STEP_CLOSE_REST:
		add_keep_list(text, plan);
		break;
	default:
		break;
	}
	if (step_names[step->kind].of_attr)
		add_attribute(text, &work->cmd, step);
	else if (step->index >= 0)
		text_add(text, "  (entry %d)", step->index);
	text_add(text, "\n");
}

static void add_plan(struct text *text, const struct work *work, const struct choice *choice)
{
	text_add(text, "backend: %s\n", (*choice->rung)->name);
	if (choice->passed_over)
		text_add(text, "passed over: %s: %s\n", ladder[0]->name, choice->passed_over);
	for (size_t i = 0; i < work->plan.nsteps; i++) {
		text_add(text, "%3zu. ", i + 1);
		add_step(text, work, &work->plan.steps[i]);
	}
}

int pspawn_explain(const struct pspawn_cmd *cmd, char *buf, size_t size,
		   struct pspawn_error *error)
{
	struct work work;
	struct choice choice = { ladder, NULL };
	struct report report = { 0 };
	struct text text = { buf, size, 0 };
	int saved = errno;
	int result = work_begin(&work, cmd, &report);

	if (result == 0)
		result = choose(&work, &choice, &report);
	if (result == 0)
		add_plan(&text, &work, &choice);
	work_done(&work);
	fill_error(error, &report);
	errno = saved;
	return result < 0 ? result : (int)text.length;
}
