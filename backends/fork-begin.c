/* SPDX-License-Identifier: ISC */
/*
 * A start by fork that is not waited for. The child has a copy of everything, so that only its
 * report has to be shared.
 */
#include <errno.h>
#include <signal.h>

#include "fork.h"
#include "watch.h"

/* Its ids could not be mapped: it waits at the gate. */
static int lose_child(pid_t pid, const struct report *report)
{
	sys_kill(pid, SIGKILL);
	sys_reap(pid);
	return -report->code;
}

static int begin_with(const struct plan *plan, struct birth *birth, struct line *line)
{
	pid_t pid = line_begin(plan, line, &birth->report);

	if (pid > 0 && birth->report.code)
		pid = lose_child(pid, &birth->report);
	if (pid < 0)
		return (int)pid;
	birth->pid = pid;
	birth->watch = line->watch;
	return 0;
}

static int prepare(const struct plan *plan, struct birth *birth, struct line *line)
{
	line_clear(line);
	line->tellfd = birth->tellfd;
	line->shared = birth->under_way = line_share();
	if (!birth->under_way)
		return report_failure(&birth->report, ENOMEM, PSPAWN_STEP_PREPARE, -1);
	return line_prepare(plan, line, &birth->report);
}

int fork_begin(const struct plan *plan, struct birth *birth)
{
	struct line line;
	int result = prepare(plan, birth, &line);

	if (result == 0)
		result = begin_with(plan, birth, &line);
	line_drop(&line);
	if (result == 0)
		return 0;
	watch_cancel(line.watch);
	line_unshare(birth->under_way);
	return result;
}

void fork_end(struct birth *birth)
{
	birth->report = *birth->under_way;
	line_unshare(birth->under_way);
}
