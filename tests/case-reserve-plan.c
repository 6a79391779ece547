/* SPDX-License-Identifier: ISC */
/* Y: what numbers that are kept make of a plan. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib.h"
#include "reserve.h"

#define DUP pspawn_fd_dup

CASE(Y09, preferred_attributes_are_left_out)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"),
				  PSPAWN_ATTRS(pspawn_attr_prefer(pspawn_attr_dir_fd(5))) };
	struct pspawn_fd fd = DUP(9, 6);
	struct pspawn_child child;

	suite_accept_fallback();
	CHECK_INT(pspawn_reserve(4), 0);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_child_outcome(&child, 0), PSPAWN_LEFT_OUT);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	/* What comes after it is not open either. */
	cmd.fds = &fd;
	cmd.nfds = 1;
	expect_failure(&cmd, EBADF, PSPAWN_STEP_PLACE, 0);
	CHECK_INT(pspawn_reserve(0), 0);
}

/* ---- a plan by itself */

static int cheap_to_127(const struct plan *plan)
{
	(void)plan;
	return 127;
}

static const struct backend gains = { .name = "gains", .cheap_top = cheap_to_127 };
static const struct backend gains_nothing = { .name = "gains nothing" };

static const struct plan_step steps[] = {
	{ .kind = STEP_MOVE, .index = 0, .from = HIGH, .to = 20 },
	{ .kind = STEP_CLEAR, .index = 1, .from = HIGH + 1, .to = HIGH + 1 },
	{ .kind = STEP_MOVE, .index = 2, .from = 20, .to = 21 },
	{ .kind = STEP_MOVE, .index = 3, .from = 127, .to = 22 },
	{ .kind = STEP_CLOSE_REST, .index = -1, .from = -1, .to = -1 },
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

static struct plan plan_of(struct plan_step *copy, int top)
{
	struct plan plan = { .steps = copy, .nsteps = STEPS, .top = top, .highest = top };

	memcpy(copy, steps, sizeof(steps));
	return plan;
}

static int is_as_before(const struct plan_step *copy)
{
	return memcmp(copy, steps, sizeof(steps)) == 0;
}

/* The number leads to the file that `source` does. */
static int is_same(int number, int source)
{
	struct stat a, b;

	return fstat(number, &a) == 0 && fstat(source, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

CASE(Y19, sources_of_a_plan_get_low_numbers)
{
	static struct table table;
	static struct work work;
	struct plan_step copy[STEPS];
	struct plan *plan = &work.plan;
	struct parking parking;

	suite_need_numbers(HIGH + 2);
	high_pipe(HIGH);
	high_pipe(HIGH + 1);
	CHECK_INT(pspawn_reserve(3), 0);
	table_of_self(&table);
	*plan = plan_of(copy, HIGH + 1);
	work.steps = copy;
	work.tellfd = -1;
	park(&parking, &work, &gains_nothing);
	CHECK(is_as_before(copy));
	unpark(&parking);

	park(&parking, &work, &gains);
	CHECK(!is_as_before(copy));
	CHECK_INT(plan->top, 127);
	CHECK(copy[0].from < 64 && is_same(copy[0].from, HIGH));
	CHECK(copy[1].from < 64 && is_same(copy[1].from, HIGH + 1));
	CHECK_INT(copy[1].kind, STEP_MOVE);
	CHECK_INT(copy[1].to, HIGH + 1);
	CHECK_INT(copy[2].from, 20);
	CHECK_INT(copy[3].from, 127);
	unpark(&parking);
	expect_unchanged(&table);

	/* A number through which a backend may pass. */
	*plan = plan_of(copy, HIGH + 1);
	plan->scratch = table.slots[3].number;
	park(&parking, &work, &gains);
	CHECK(!is_as_before(copy));
	CHECK(copy[0].from != plan->scratch && copy[1].from != plan->scratch);
	unpark(&parking);
	expect_unchanged(&table);

	/* What the child keeps besides, and what it does not need when that is all. */
	CHECK_INT(pspawn_reserve(4), 0);
	high_pipe(HIGH + 2);
	table_of_self(&table);
	*plan = plan_of(copy, HIGH + 1);
	work.tellfd = HIGH + 2;
	park(&parking, &work, &gains);
	CHECK(!is_as_before(copy));
	CHECK(parking.tellfd < 64 && is_same(parking.tellfd, HIGH + 2));
	CHECK(copy[0].from < 64 && is_same(copy[0].from, HIGH));
	unpark(&parking);
	expect_unchanged(&table);
	CHECK_INT(pspawn_reserve(3), 0);
	table_of_self(&table);
	*plan = plan_of(copy, HIGH + 1);
	park(&parking, &work, &gains);
	CHECK(is_as_before(copy));
	CHECK_INT(parking.tellfd, HIGH + 2);
	unpark(&parking);
	expect_unchanged(&table);
	work.tellfd = -1;

	/* One less than it needs. */
	CHECK_INT(pspawn_reserve(2), 0);
	table_of_self(&table);
	*plan = plan_of(copy, HIGH + 1);
	park(&parking, &work, &gains);
	CHECK(is_as_before(copy));
	CHECK_INT(plan->top, HIGH + 1);
	unpark(&parking);
	expect_unchanged(&table);
	CHECK_INT(pspawn_reserve(0), 0);
	park(&parking, &work, &gains);
	CHECK(is_as_before(copy));
	unpark(&parking);
}
