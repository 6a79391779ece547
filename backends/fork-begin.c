/* SPDX-License-Identifier: ISC */
/*
 * A start by fork that is not waited for. The child has a copy of everything, so that only its
 * report has to be shared; the pipe tells by its end that it is on its way no more.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include "fork.h"
#include "watch.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

static struct report *make_report(void)
{
	void *made = mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return made == MAP_FAILED ? NULL : made;
}

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
	birth->startfd = line->channel[0];
	line->channel[0] = -1;
	return 0;
}

/* What it needs besides the line of a start that is waited for. */
static int prepare(struct birth *birth, struct line *line)
{
	int result = sys_do_not_block(line->channel[0]);

	line->shared = birth->under_way = make_report();
	if (result == 0 && !birth->under_way)
		result = -ENOMEM;
	return result < 0 ? report_failure(&birth->report, -result, PSPAWN_STEP_PREPARE, -1) : 0;
}

int fork_begin(const struct plan *plan, struct birth *birth)
{
	struct line line;
	int result = line_prepare(plan, &line, &birth->report);

	if (result < 0)
		return result;
	result = prepare(birth, &line);
	if (result == 0)
		result = begin_with(plan, birth, &line);
	line_drop(&line);
	if (result == 0)
		return 0;
	watch_cancel(line.watch);
	if (birth->under_way)
		munmap(birth->under_way, sizeof(struct report));
	return result;
}

void fork_end(struct birth *birth)
{
	birth->report = *birth->under_way;
	munmap(birth->under_way, sizeof(struct report));
}
