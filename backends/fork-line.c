/* SPDX-License-Identifier: ISC */
/* Parent and child of a fork, and what connects them until the program is executed. */
#include "fork.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "idmap.h"
#include "wait.h"
#include "watch.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

struct report *line_share(void)
{
	void *made = mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return made == MAP_FAILED ? NULL : made;
}

void line_unshare(struct report *shared)
{
	if (shared)
		munmap(shared, sizeof(*shared));
}

/* Both ends lie outside what the plan reads and writes. */
static int make_channel(const struct plan *plan, int channel[2])
{
	int result = sys_pipe(channel);

	return result < 0 ? result : reserve_both(channel, plan);
}

CHILD_SIDE static void be_the_child(const struct plan *plan, const struct line *line,
				    struct report *report)
{
	struct stage stage;

	/* Our own copy of the other end would keep the gate open for ever. */
	if (line->gate[1] >= 0)
		sys_close(line->gate[1]);
	if (line->gate[0] >= 0 && sys_await(line->gate[0]) < 0)
		sys_exit(127);
	/* No number of ours may pass for a source that is not open. */
	if (line->gate[0] >= 0)
		sys_close(line->gate[0]);
	stage.plan = plan;
	stage.report = report;
	stage.handlers_cleared = line->by_clone3;
	stage.top = INT_MAX;
	stage.channel = line->tellfd;
	stage.tells = !line->shared;
	stage.in_cgroup = 0;
	stage.parent = line->parent;
	stage.callers_mask = &line->mask;
	replay(&stage);
	sys_exit(127);
}

/* With a pidfd. Where that finds no number, a pipe's end that is closed after the birth leaves one. */
static pid_t fork_with_pidfd(struct line *line, unsigned namespaces)
{
	int pidfd = -1;
	pid_t pid = sys_fork_watched(namespaces, &pidfd);

	if (is_out_of_numbers(pid))
		return -ENOSYS;
	if (pid > 0) {
		watch_cancel(line->watch);
		line->watch = reserve(pidfd, NULL);
		line->has_pidfd = 1;
	}
	return pid;
}

/* By clone3(2) where the kernel has it, else by fork(2). */
static pid_t fork_somehow(const struct plan *plan, struct line *line, unsigned namespaces)
{
	pid_t pid = -ENOSYS;

	/* No pipe ends when it executes: so it holds us until then, unless it waits for us. */
	if (line->tellfd < 0 && line->gate[0] < 0)
		pid = sys_fork_held(namespaces);
	else if (line->watch != -ENOSYS)
		pid = fork_with_pidfd(line, namespaces);
	line->is_held = line->tellfd < 0 && pid > 0;
	line->by_clone3 = pid != -ENOSYS;
	if (pid != -ENOSYS)
		return pid;
	/* Of who has a session of its own sys_has_executed() knows nothing. */
	if (line->tellfd < 0 && plan->session_index >= 0 && !plan->rehearsal)
		return -EMFILE;
	return namespaces ? sys_fork_into(namespaces) : sys_fork();
}

/* A child on its way through the plan. */
pid_t line_fork(const struct plan *plan, struct line *line, unsigned namespaces,
		struct report *report)
{
	pid_t pid;

	if (plan->watches_parent)
		line->parent = getpid();
	/* From its birth on the child may write there. */
	if (line->shared)
		*line->shared = *report;
	sys_block_signals(&line->mask);
	pid = fork_somehow(plan, line, namespaces);
	if (pid == 0)
		be_the_child(plan, line, line->shared ? line->shared : report);
	sys_set_mask(&line->mask);
	return pid;
}

/* Namespaces may be what the kernel does not want to give. */
static pid_t fork_into_namespaces(const struct plan *plan, struct line *line, struct report *report)
{
	const struct plan_step *step = plan->steps;
	pid_t pid = line_fork(plan, line, plan->namespaces, report);

	if (pid >= 0 || !plan->namespaces || pid == -EAGAIN || pid == -ENOMEM ||
	    is_out_of_numbers(pid))
		return pid;
	if (!step->prefer)
		return report_failure(report, -pid, PSPAWN_STEP_NAMESPACES, step->index);
	leave_out(report, step->index);
	return line_fork(plan, line, 0, report);
}

static int failed_fork(struct report *report, pid_t pid)
{
	int step = is_out_of_numbers(pid) ? PSPAWN_STEP_PREPARE : PSPAWN_STEP_CREATE;

	return report->code ? (int)pid : report_failure(report, -pid, step, -1);
}

void line_drop(struct line *line)
{
	close_if(&line->channel[0]);
	close_if(&line->channel[1]);
	close_if(&line->gate[0]);
	close_if(&line->gate[1]);
	/* With somebody else's pipe the memory is somebody else's, too. */
	if (line->tellfd < 0)
		line_unshare(line->shared);
	line->shared = NULL;
}

void line_clear(struct line *line)
{
	line->channel[0] = line->channel[1] = line->gate[0] = line->gate[1] = line->tellfd = -1;
	line->parent = 0;
	line->has_pidfd = line->is_held = 0;
	line->shared = NULL;
	line->watch = -ENOSYS;
}

/* What lies in memory is complete when the child has executed or ended, which can be asked for. */
static int do_without_channel(struct line *line)
{
	if (wait_peek(getpid()) != -ENOSYS)
		line->shared = line_share();
	return line->shared != NULL;
}

int line_make(const struct plan *plan, struct line *line)
{
	int result = 0;

	if (line->tellfd < 0) {
		result = make_channel(plan, line->channel);
		line->tellfd = line->channel[1];
	}
	if (is_out_of_numbers(result) && do_without_channel(line))
		result = 0;
	if (result == 0 && plan->waits_for_maps)
		result = make_channel(plan, line->gate);
	if (result < 0)
		line_drop(line);
	return result;
}

static int let_pass(const struct plan *plan, struct line *line, pid_t pid, struct report *report)
{
	int result;

	if (line->gate[1] < 0)
		return 0;
	result = map_ids(plan, pid, report);
	/* Should it be dead already, its silence will tell. */
	if (result == 0)
		(void)sys_write(line->gate[1], "", 1);
	return result;
}

int line_prepare(const struct plan *plan, struct line *line, struct report *report)
{
	int result = line_make(plan, line);

	if (result < 0)
		return report_failure(report, -result, PSPAWN_STEP_PREPARE, -1);
	/* Without a number the child is not watched, and waited for by its pid. */
	line->watch = plan->unwatched ? -ENOSYS : watch_prepare(plan, line->channel[1] >= 0);
	return 0;
}

pid_t line_begin(const struct plan *plan, struct line *line, struct report *report)
{
	pid_t pid = fork_into_namespaces(plan, line, report);

	if (pid < 0)
		return failed_fork(report, pid);
	/* Only the child has something to say; and here is the room that watching it may need. */
	close_if(&line->channel[1]);
	/* At once: where SIGCHLD is ignored, a child that has ended is gone, and so is its number.
	 */
	if (!line->has_pidfd)
		line->watch = watch_attach(line->watch, pid);
	let_pass(plan, line, pid, report);
	return pid;
}
