/* SPDX-License-Identifier: ISC */
/* I21 and on: handles that are empty, adopted or released, and what else they can be asked for. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "suite.h"
#include "table.h"

static void expect_empty(struct pspawn_child *child)
{
	CHECK_INT(child->pid, 0);
	CHECK_INT(pspawn_child_group(child), 0);
	CHECK_INT(pspawn_child_cgroup(child), -1);
	CHECK_INT(pspawn_child_startfd(child), -1);
	CHECK_INT(pspawn_child_outcome(child, 0), PSPAWN_APPLIED);
	CHECK_INT(pspawn_kill(child, 0), -ESRCH);
	CHECK_INT(kill_all(child, 0), -ESRCH);
	CHECK_INT(pspawn_wait(child, NULL, 0), -ESRCH);
	CHECK_INT(pspawn_wait_started(child, NULL, 0), -ESRCH);
	pspawn_forget(child);
}

CASE(I21, handle_that_is_all_zero)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_child child;

	memset(&child, 0, sizeof(child));
	CHECK(!pspawn_child_backend(&child) && !pspawn_child_fallback_reason(&child));
	/* 0 is the case's own, which must not be closed. */
	expect_empty(&child);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	expect_empty(&child);
}

CASE(I21, handle_that_was_copied)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/sh", "-c", "exit 3") };
	struct pspawn_child child, copy;
	struct pspawn_status status;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	copy = child;
	CHECK_STR(pspawn_child_backend(&copy), pspawn_child_backend(&child));
	CHECK_INT(pspawn_wait(&copy, &status, -1), 0);
	CHECK_INT(status.code, 3);
}

CASE(I22, backends_of_this_build)
{
	size_t count = 0;

	while (pspawn_backend_name(count))
		count++;
	CHECK(count >= 1 && count <= 3);
	CHECK_STR(pspawn_backend_name(0), suite_backend());
	CHECK_STR(pspawn_backend_name(count - 1), "fork");
	CHECK(!pspawn_backend_name((size_t)-1));
}
