#!/bin/sh
# SPDX-License-Identifier: ISC
# Break the code in known ways, one at a time, in a copy of the tree: each line
# FILE%CHANGE%SUITE%CASES below has to turn those cases of that suite red. Three are broken at once
# for each CPU, since most of their time they wait; each in a copy of its own.
# usage: mutants.sh SOURCE-DIRECTORY
set -eu
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
workers=$((3 * $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)))

# What worker N has for itself.
be_worker() {
	me=$1
	tree=$work/tree-$me build=$work/tree-$me/build log=$work/log-$me stream=$work/stream-$me
}

# A copy of the tree, with a build in it that does not know where it is: the others are copies.
prepare() {
	be_worker 0
	mkdir "$tree" "$build"
	(cd "$source" && tar cf - --exclude=./build --exclude=./.git --exclude='*.o' .) |
		(cd "$tree" && tar xf -)
	(cd "$build" && CONFIG_SHELL=/bin/sh ../configure --disable-shared CFLAGS=-O0 >/dev/null)
	compile tests/linux.t tests/posix_spawn.t tests/fork.t
	for me in $everyone; do
		[ "$me" = 0 ] || cp -a "$work/tree-0" "$work/tree-$me"
	done
}

# compile PROGRAM...
compile() {
	make -C "$build" LIBTOOL='sh ../tests/static-libtool.sh' "$@" tests/probe >"$log" 2>&1
}

# run SUITE CASE...: build it and run these cases
run() {
	suite=$1
	shift
	compile "tests/$suite.t" || {
		cat "$log"
		echo 'does not compile'
		return 2
	}
	# What waits for ever is red too; most of the hunt is waiting for it.
	(cd "$build" && PSPAWN_TEST_LIMIT=20 timeout -s KILL 300 "tests/$suite.t" "$@" >"$stream" 2>&1)
}

# Cases that are red by themselves would kill every mutant.
want_green() {
	be_worker 0
	log=$work/log-$1 stream=$work/stream-$1
	# shellcheck disable=SC2046 # a word each
	run "$1" $(awk -F% -v suite="$1" '$3 == suite { print $4 }' "$work/list") && return
	grep '^not ok' "$stream"
	echo "$1.t is red as it is"
	echo >>"$work/red"
}

# A race may be missed on a busy machine: what lives has to do so three times.
survives() {
	for _ in 1 2 3; do
		status=0
		# shellcheck disable=SC2086
		run $suite $cases || status=$?
		[ $status != 2 ] || exit 1
		[ $status = 0 ] && grep -q '^ok' "$stream" || return 1
	done
}

# Worker N's part of the list.
hunt() {
	be_worker "$1"
	awk -v mine="$me" -v all="$workers" 'NR % all == mine' "$work/list" >"$work/list-$me"
	while IFS='%' read -r file change suite cases; do
		cp -p "$tree/$file" "$work/saved-$me"
		sed -i "$change" "$tree/$file"
		if cmp -s "$tree/$file" "$work/saved-$me"; then
			echo "not a change: $file: $change"
			exit 1
		fi
		if survives; then
			echo "LIVES  $file: $change"
			echo >>"$work/alive"
		else
			echo "dies   $file: $change"
		fi
		cp "$work/saved-$me" "$tree/$file"
	done <"$work/list-$me"
	echo >>"$work/through"
}

cat >"$work/list" <<'END'
lib/fdmap.c%s/writer->pending++/(void)writer/%fork%A04 A23
lib/fdmap.c%s/last->from = first->copy;/;/%fork%A04 A23
lib/fdmap.c%s/if (first->copy < 0) {/{/%fork%A23
lib/fdmap.c%s/pairs\[i\].from <= pairs\[n - 1\].to/0/%fork%A04 A23
lib/seats.c%s/if (n > mentioned)/if (0)/%fork%B03 C03
lib/numbers.c%s/makes_any(cmd) ? cmd->nfds : 0/0/%fork%E09
lib/seats.c%s/seats\[i\].to == seats\[i - 1\].to/0/%fork%K02
lib/seats.c%s/seat->how = SEAT_CLOSED;/seat->how = SEAT_KEEP;/%fork%C03 C17
lib/seats.c%s/hops < n ?/hops < 2 ?/%fork%F11
lib/plan.c%s/retry_ms = PLAN_PATIENCE_MS;/retry_ms = 0;/%linux%N76
lib/plan-fds.c%s/step->mode = fd->mode/step->mode = (unsigned)fd->flags/%fork%F09
lib/plan-fds.c%s/^	if (!plan->inherit_all)$/	if (0)/%fork%B05
lib/work.c%s/flags & FD_CLOEXEC ? STDIO_CLOEXEC : STDIO_OPEN/STDIO_OPEN/%fork%B01
lib/work.c%s/^	free(work->found.memory);/	;/%fork%H09
lib/numbers.c%s/\*work->cmd.fds\[i\].end = work->ours\[i\];/*work->cmd.fds[i].end = work->theirs[i];/%fork%E09 E10
lib/work.c%s/plan->scratch = lowest_scratch(/if (plan->scratch == SCRATCH_LATER) &/%posix_spawn%A17
lib/numbers.c%s/work->plan.left_over >= sys_fd_limit()/0/%linux%H02
lib/path.c%s/element\[0\] != '\/'/0/%fork%G10
lib/path.c%s/if (search.name_length == 0)/if (0)/%fork%G10
lib/env.c%s/return base ? base : nothing/return base/%fork%L10
lib/start.c%s/error->index = report->code ? report->index : -1;/error->index = report->index + 1;/%fork%A01
backends/replay.c%s/flags & ~FD_CLOEXEC/flags/%fork%B01
backends/replay.c%s/int flags = step->flags;/int flags = step->flags | O_CLOEXEC;/%fork%F01
backends/replay.c%s/fd == step->to)$/0)/%fork%F06
backends/replay.c%s/report->index = step->index;/report->index = 0;/%fork%G02 F04
backends/replay.c%s/ | O_NONBLOCK;/;/%posix_spawn%F04
backends/closefrom.c%s/close_gap(closing, first, INT_MAX)/0/%fork%B05 C01
backends/closefrom.c%s/ != -EBADF;/ * 0 + 1;/%fork%C10
backends/closefrom.c%s/!pass.itself/0/%fork%C12
backends/closefrom.c%s/if (result != -EMFILE)/if (1)/%fork%C10
backends/report.c%s/int lowest = .*/int lowest = fd;/%fork%A18 A19 D12
backends/fork.c%s/report_failure(report, EPROTO, PSPAWN_STEP_CREATE, -1);/;/%fork%G07
backends/linux-cradle.c%s/sys_unshare_files(cradle->cut + 1)/sys_unshare_files(cradle->cut)/%linux%A03 A22 B01
backends/linux-cradle.c%s/top : top . 4095/top : top/%linux%C20
backends/linux-cradle.c%s/= sys_kernel_is_at_least(6, 11)/= 0 \&\& sys_kernel_is_at_least(6, 11)/%linux%C20
backends/linux-cradle.c%s/sys_close(cradle->pidfd);/;/%linux%A19
backends/linux-cradle.c%s/^	sys_set_mask(&cradle->mask);/	;/%linux%I03
backends/linux.c%s/sys_reap(pid);/;/%linux%G05
backends/linux-honest.c%s/mark ? HONEST : DISHONEST/HONEST/%linux%G12
backends/linux-cradle.c%s/!cradle->plan->inherit_all \&\&/1 \&\&/%linux%C19
backends/linux-cradle.c%s/handlers_cleared = ways\[i\].by_clone3/handlers_cleared = 1/%linux%J05
backends/linux-cradle.c%s/if (cradle->unshare_error)$/if (0)/%linux%C10 C14
backends/sys-linux-signals.c%s/before->u.words\[HANDLER_WORD\] != (uintptr_t)SIG_IGN/1/%linux%I03
backends/sys-linux-signals.c%s/fill(&all, ~0ul)/fill(\&all, 0ul)/%linux%J05
lib/plan-attrs.c%s/ | PLAN_RESERVED_SIGNALS;/;/%linux%I03
backends/sys-parent.c%s/if (!S_ISREG(status.st_mode))/if (0)/%fork%G10
backends/watch-pidfd.c%s/info->si_code == CLD_DUMPED/0/%linux%I09
backends/watch-pidfd.c%s/if (result == -EINPROGRESS)$/if (0)/%linux%I09
backends/posix_spawn.c%s/answer == DISHONEST/0/%posix_spawn%G06
backends/posix_spawn.c%s/fork_rehearse(plan, code, report);/;/%posix_spawn%G03 F04
backends/lower.c%s/return clear(plan, step->to, actions);/return 0;/%posix_spawn%B01 B09
lib/plan.c%s/plan_attr_to(p, PSPAWN_ATTR_CTTY, STEP_CTTY);/plan_attr_fd(p, PSPAWN_ATTR_CTTY, STEP_CTTY);/%linux%L04
lib/plan.c%s/^\tplan_attr_to(p, PSPAWN_ATTR_FOREGROUND, STEP_FOREGROUND);//;s/^\tadd_exec(p);/\tplan_attr_to(p, PSPAWN_ATTR_FOREGROUND, STEP_FOREGROUND);\n&/%linux%L05
backends/replay.c%s/if (foreground.before > 0)/if (0)/%fork%L05
lib/plan-attrs.c%s/ignored &= ~set;/;/%linux%N14
lib/plan-attrs.c%s/step->number = plan_has(planner, PSPAWN_ATTR_SIGINHERIT);/;/%linux%N15
lib/plan-attrs.c%s/\& ~FIXED_SIGNALS//%linux%N12
lib/plan-attrs.c%s/step->value\[0\] &= ~PLAN_LIBCS_SIGNALS;/;/%linux%N11
backends/lower-attrs.c%s/return step->to == -1 \&\& /return step->to < 0 \&\& /%posix_spawn%N72
lib/plan-ids.c%s/plan_attr(planner, PSPAWN_ATTR_USER, STEP_GROUPS)->value\[0\] = 0;/;/%linux%N20
lib/plan-ids.c%s/if (!by_user || !user_is_last)/if (1)/%linux%N21
lib/plan-ids.c%s/ \&\& !is_to_be_empty(planner)//%linux%P85
lib/plan-ids.c%s/PSPAWN_ATTR_KEEP_GROUPS\] > /PSPAWN_ATTR_KEEP_GROUPS] < /%linux%N23
lib/plan-ids.c%s/plan_attr(planner, PSPAWN_ATTR_AMBIENT, STEP_KEEP_CAPS);/;/%linux%N31
lib/plan.c%s/^\tplan_attr(p, PSPAWN_ATTR_PDEATHSIG, STEP_PDEATHSIG);//;s/^\tplan_ids(p);/\tplan_attr(p, PSPAWN_ATTR_PDEATHSIG, STEP_PDEATHSIG);\n&/%linux%N37
backends/attrs-linux.c%s/return parent == 0 || parent == stage->parent ? 0 : -ESRCH;/return 0;/%linux%N39
backends/attrs-linux.c%s/return parent == 0 || parent == stage->parent/return parent == stage->parent/%linux%N62
backends/attrs-linux-ids.c%s/exchange_sets(SYS_capset, before);/;/%linux%N31
backends/attrs-linux-ids.c%s/result = control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0);/result = 0;/%linux%N31
backends/attrs-linux.c%s/number << IOPRIO_CLASS_SHIFT/number << 12/%linux%N50
backends/attrs-linux.c%s/return result < 0 ? result : sys_chdir("\/");/return result;/%linux%N54
backends/attrs-linux.c%s/MS_REC | MS_PRIVATE/MS_PRIVATE/%linux%N63
backends/dumpable.c%s/if (before == 1 \&\& dumpable() != 1)/if (0)/%linux%N36
backends/dumpable.c%s/if (before == 1 \&\& dumpable() != 1)/if (dumpable() != 1)/%linux%N36
lib/plan-limits.c%s/waits = attr->number == RLIMIT_NOFILE \&\& /waits = 0 \&\& /%linux%N43
lib/plan-limits.c%s/attr->value\[1\] >= enough/1/%linux%N43
lib/plan-limits.c%s/(highest > seats ? highest : seats) + 2/highest/%linux%N43
lib/plan-limits.c%s/for (size_t i = cmd->nattrs; i-- > 0;)/for (size_t i = 0; i < cmd->nattrs; i++)/%linux%N41
lib/plan-fds.c%s/if (is_held_unlisted(parts)) {/if (0) {/%linux%N70 N73
lib/work.c%s/if (!is_overwritten)/if (1)/%linux%N72
backends/sys-linux.c%s/result == -ENOSYS || result == -EPERM ? execute/0 ? execute/%linux%N75
backends/outcome.c%s/if (\*waited >= plan->retry_ms)/if (1)/%linux%N76
backends/linux-cradle.c%s/{ 1, CLONE_PIDFD, 0, 1 },/{ 1, CLONE_PIDFD, 0, 0 },/%linux%N81
backends/linux-cradle.c%s/if (pid <= 0 || !way->into_cgroup/if (1 || !way->into_cgroup/%linux%N99
backends/replay.c%s/if (result != -ENOEXEC || !plan->shell_argv)/if (1)/%linux%P87
lib/shell.c%s/script\[0\] == '-' ||/0 ||/%fork%P88
lib/cmd.c%s/if (!fallback ||/if (1 || !fallback ||/%fork%P92
backends/linux-cradle.c%s/wish->cgroup < 0 || wish->bed/wish->cgroup < 0/%linux%P86
lib/start.c%s/handle_of(child)->cgroup = work->cgroup;/;/%linux%N81 N85
lib/child.c%s/sys_kill(-handle->group, signal)/sys_kill(handle->group, signal)/%linux%N84
lib/start.c%s/applied(report, plan->session_index) || //%linux%N84
lib/plan-attrs.c%s/step->value\[1\] << 32/step->value[1] << 31/%fork%N67
backends/idmap.c%s/STEP_MAP_USER, STEP_SETGROUPS, STEP_MAP_GROUP }/STEP_MAP_USER, STEP_MAP_GROUP, STEP_SETGROUPS }/%fork%N66
lib/plan.c%s/^\tplan_root(p);//;s/^\tplan_directory(p);/\tplan_root(p);\n&/%linux%N55
lib/plan.c%s/^\tplan_attr(p, PSPAWN_ATTR_UMASK, STEP_UMASK);//;s/^\tadd_exec(p);/\tplan_attr(p, PSPAWN_ATTR_UMASK, STEP_UMASK);\n&/%linux%N47
lib/plan.c%s/^\tplan_every(p, PSPAWN_ATTR_SETNS, STEP_SETNS);/\tplan_attr_fd(p, PSPAWN_ATTR_SETNS, STEP_SETNS);/%linux%N64 N68
lib/plan-root.c%s/planner->last\[PSPAWN_ATTR_ROOT_FD\] > planner->last\[PSPAWN_ATTR_ROOT\]/planner->last[PSPAWN_ATTR_ROOT_FD] >= 0/%linux%N54
lib/plan.c%s/^\tplan_attr(p, PSPAWN_ATTR_BOUNDING, STEP_BOUNDING);//;s/^\tplan_ids(p);/&\n\tplan_attr(p, PSPAWN_ATTR_BOUNDING, STEP_BOUNDING);/%linux%N32 N35
lib/plan-attrs.c%s/defaults = PLAN_LIBCS_SIGNALS;/defaults = 0;/%posix_spawn%N15
backends/lower-attrs.c%s/step->number ? 0 : POSIX_SPAWN_SETSIGMASK/POSIX_SPAWN_SETSIGMASK/%posix_spawn%N15
backends/attrs-linux.c%s/(int)RAW3(SYS_sched_setaffinity, 0, step->value\[0\], step->data)/(int)RAW3(SYS_sched_setaffinity, 0, 1024, step->data)/%linux%N49
lib/plan.c%s/return kind == STEP_SETNS ||/return/%linux%N68
lib/work.c%s/number == work->program_fd || number == work->held/0/%linux%N72
backends/attrs-linux.c%s/result < 0 ? result : 1;/result;/%fork%N81
backends/linux-cradle.c%s/stage.in_cgroup = ways\[i\].into_cgroup/stage.in_cgroup = 1/%linux%N82
lib/start.c%s/if (applied(report, work->plan.cgroup_index)) {/{/%linux%N86
lib/plan-root.c%s/PSPAWN_ATTR_NAMESPACES, PSPAWN_ATTR_UNSHARE }/PSPAWN_ATTR_NAMESPACES, PSPAWN_ATTR_NAMESPACES }/%linux%N63
backends/attrs-linux.c%s/prlimit64, 0, step->number, limit, NULL/prlimit64, 0, step->number, NULL, NULL/%linux%N40
lib/child.c%s/signal == SIGKILL \&\& handle->cgroup/handle->cgroup/%linux%N85
lib/attrs.c%s/index >= FIRST_PREFERRED/0/%fork%P01 P02 P03 P04 P05
lib/attrs.c%s/ || attr->spare\[0\]//%fork%P01 P02 P03 P04 P05
lib/attrs.c%s/if (attr->value\[0\] > attr->value\[1\])/if (0)/%fork%P01 P02 P03 P04 P05
lib/cmd.c%s/i < cmd->nattrs \&\& !maps/i < 0/%fork%P01 P02 P03 P04 P05
lib/plan-ids.c%s/^	    !is_surely_set(planner, PSPAWN_ATTR_GROUPS))/	    !plan_has(planner, PSPAWN_ATTR_GROUPS))/%fork%P24 P25
lib/plan-ids.c%s/!is_to_be_empty(planner) \&\&/1 \&\&/%fork%P85
lib/numbers.c%s/close_if(&work->held);/;/%linux%P72
backends/idmap.c%s/!plan->steps\[i\].prefer/0/%fork%P43
backends/attrs-linux.c%s/^		sys_fchdir(before);/		;/%linux%P31
backends/outcome.c%s/report->left_out |= bit(index);/;/%fork%P40 P60
lib/plan-attrs.c%s/plan->namespaces \&= ~PSPAWN_NS_MOUNT;/;/%linux%Q01
backends/idmap.c%s/is_in_its_own(plan, report) ? map(plan, kinds\[i\], pid) : -EPERM/map(plan, kinds[i], pid)/%fork%P44
backends/attrs-linux.c%s/if (step->value\[0\] \& PSPAWN_NS_USER)/if (0)/%linux%N36
backends/dumpable.c%s/if (hide \&\& dumpable() == 1)/if (0)/%linux%N36
lib/plan-limits.c%s/parts->moves\[i\].to > 0 \&\&/0 \&\&/%linux%N43
lib/plan-root.c%s/flags \& PSPAWN_PREFER/flags \& 0/%linux%P31
lib/flow.c%s/!flow->paused \&\& flow->is_owed;/0;/%linux%X13 X14
lib/job-step.c%s/if (failed \&\& /if (0 \&\& /%linux%X16
lib/job-step.c%s/(left + 999)/left/%linux%X12
lib/job-step.c%s/^		stage->is_taken = 1;/		;/%linux%X18
lib/job-wait.c%s/if (!jobs\[i\])$/if (!jobs[i] || jobs[i]->is_over)/%linux%X24
lib/job-end.c%s/!job->why \&\& is_paused(job)/0/%linux%X35 T53
backends/gather-epoll.c%s/if (!now)/if (0)/%linux%X17
lib/any.c%s/!is_running(children\[i\]) || (/(/%linux%X30
lib/flow-collect.c%s/ || (came == -EIO && flow->on_terminal)//%linux%R07
lib/flow.c%s/sys_widen_pipe(flow->fd, WIDE);/;/%linux%R10
lib/flow.c%s/WIDE_AFTER = 1 << 20/WIDE_AFTER = 0/%linux%R10
lib/flow-feed.c%s/flow_widen(flow, flow->filled - flow->at);/;/%linux%R10
backends/sys-linux-run.c%s/memcpy(mapped + done, data + done, part);/;/%linux%T48
backends/sys-linux-run.c%s/memcpy(mapped + done, data + done, part);/memcpy(mapped + done, data, part);/%linux%T48
backends/sys-linux-run.c%s/^	unmap(around, around_size);/	;/%linux%T48
backends/memory-file.c%s/result == -EBUSY ? make_of(file, data, size, 0) : result/result/%linux%T48
lib/flow-feed.c%s/result == -EPIPE ||/0 ||/%fork%R11
lib/flow-feed.c%s/flow_close(flow, PSPAWN_END_CLOSED);/flow_close(flow, PSPAWN_END_DONE);/%fork%R11
lib/flow.c%s/\*flow->stream.file = flow->file;/*flow->stream.file = -1;/%linux%R08
lib/job-end.c%s/return earlier(idle, most);/return idle;/%fork%R12
lib/job-end.c%s/return earlier(idle, most);/return most;/%fork%R12
lib/job-end.c%s/later(job->moved, job->ended), io->drain_idle_ms/job->ended, io->drain_idle_ms/%linux%R13
lib/job-end.c%s/standard) \* 1000/standard) * 999/%linux%S01
lib/job-end.c%s/standard) \* 1000/standard) * 1001/%linux%S01
lib/any.c%s/^			sys_nap(nap);/			;/%linux%W60
lib/job-end.c%s/return job->ended;/return most;/%fork%R12
lib/job-end.c%s/later(job->moved, job->ended)/job->ended/%fork%R13
lib/job-end.c%s/streams_held += job->flows/streams_held += 0 \& job->flows/%fork%R04
lib/job-end.c%s/job->io.flags & PSPAWN_FAIL_IF_ANY/0/%linux%R06
lib/job-start.c%0,/^	close_if(&launch->link);/s//	;/%linux%R06
lib/job-describe.c%s/return stage == launch->job->nstages - 1/return stage == 0/%linux%R06
lib/job-start.c%s/count > 1 && result == 0; i++)/0; i++)/%fork%R14
lib/job-make.c%s/job->io.rows, job->io.columns/job->io.columns, job->io.rows/%linux%R07
lib/job-stop.c%s/: PSPAWN_STOP_TIMEOUT/: PSPAWN_STOP_REQUESTED/%fork%R05
lib/job-stop.c%s/silent_ms <= 0 || job_is_held_up(job)/silent_ms <= 0/%linux%S33
lib/job-step.c%s/HEARD || was_held_up/HEARD/%linux%S33
lib/job-step.c%s/moved \& HEARD/moved/%linux%S32
lib/job-step.c%s/moved \& HEARD/0/%linux%S31
lib/job-step.c%s/job_late_at(job))/job->deadline)/%linux%S30
lib/job-stop.c%s/is_silent = silent_at(job) < job->deadline/is_silent = silent_at(job) <= now/%linux%S34
lib/job-check.c%s/flow_is_file(&io->streams.i.))$/0)/%linux%S36
lib/job-check.c%s/!flow_goes_in(&io->streams.i.) \&\&//%linux%S36
lib/job-stop.c%s/if (reached > 0)$/if (0)/%fork%R05
lib/job-stop.c%s/job_after(now, stop->wait_ms, STOP_MS)/now/%fork%R05
lib/run.c%s/collect(1, out), 2)/collect(1, out), 0)/%posix_spawn%R02
lib/run.c%s/\*status = result.status;/memset(status, 0, sizeof(*status));/%posix_spawn%R02
backends/sys-run.c%s/pthread_sigmask(SIG_BLOCK, &sigpipe, &old);/sigemptyset(\&old);/%linux%R11
backends/sys-run.c%s/if (result == -EPIPE)/if (0)/%linux%R11
backends/sys-run.c%s/if (was_there && !has_sigpipe())/if (0)/%linux%R11
backends/pty.c%s/rows ? rows : ROWS/columns/%linux%R07
lib/store.c%s/^		straighten(store);/		;/%linux%T10
lib/store.c%s/(store->room < most ? store->room : most) - at/store->room - at/%linux%T11
lib/store.c%s/limit \/ 2 : 0/limit : 0/%linux%T10
lib/store.c%s/store->total - kept_most(store) : 0/store->total - store->head : 0/%linux%T10
lib/store.c%s/buffer->data\[length\] = '.0';/;/%linux%T10
lib/store.c%s/buffer->head = gap ? store->head : length/buffer->head = length/%linux%T10
lib/flow-collect.c%s/size > most ? most : 0/size >= most ? most : 0/%linux%T21
lib/flow-collect.c%s/flow->filled ? tell_line(flow, 0, flow->filled, 0) : 0;/0;/%linux%T20
lib/flow-collect.c%s/flow->hold\[end\] = after;/;/%linux%T20
lib/flow-collect.c%s/flow->why = PSPAWN_STOP_LIMIT;/;/%linux%T13
lib/flow-collect.c%s/flow->is_owed = result == -EAGAIN/flow->is_owed = 0/%linux%T30 T51
lib/flow-collect.c%s/^		flow->at += (size_t)result;/		flow->at += size;/%linux%T50
lib/flow-collect.c%s/size = flow->filled - flow->at < left/size = 1/%linux%T14 T50
lib/flow-collect.c%s/^		if (result == -EAGAIN)/		if (0)/%linux%T53 T54
lib/flow-collect.c%s/ \&\& may_wait)/ \&\& 0)/%linux%T55
lib/job-step.c%s/^	job->is_woken = 0;/	;/%linux%X41
lib/job-step.c%s/job->is_woken |= job->flows.i..paused/job->is_woken = 1/%linux%X41 X42
lib/job-step.c%s/^	if (job->is_woken)/	if (0)/%linux%X41 X43 X13
lib/flow.c%s/(unsigned long)result <= most/1/%linux%T52 T24 T35
lib/job-end.c%s/flow_give_up(flow, !job->why)/flow_give_up(flow, 0)/%linux%T55 T56
lib/job-end.c%s/flow_give_up(flow, !job->why)/flow_give_up(flow, 1)/%linux%T55
lib/flow-feed.c%s/^	flow->at = 0;/	;/%linux%T34
lib/job-end.c%s/i = job->nstages; i-- > 0;/i = 0; i < job->nstages; i++/%linux%U01
lib/job-start.c%s/error->stream = launch->streams.*;/error->stream = -1;/%linux%U11
lib/job-describe.c%s/stage == 0 ? 0 : leader/0/%linux%U04
lib/job-describe.c%s/if (!attr_last(cmd, PSPAWN_ATTR_CTTY))/if (0)/%linux%V02
lib/job.c%s/error->stage = (int)stage;/error->stage = 0;/%linux%U08
lib/job-step.c%s/if (is_unread(flow, job->polled.i..revents)) {/if (0) {/%linux%T36
lib/store.c%s/^	free(buffer->data);/	;/%linux%T57
lib/job-describe.c%s/same(flow->stream.also, child)/dup(flow->stream.also, child)/%linux%T65 T67
lib/job-describe.c%s/ \&\& !launch_maps(launch, stage, 0)//%linux%U14
lib/job-describe.c%s/ \&\& !launch_maps(launch, stage, 1)//%linux%U13
lib/job-describe.c%s/^	else if (reads)/	else if (0)/%linux%U13
lib/job-check.c%s/is_pipe \&\& !flow_goes_in(stream)/is_pipe/%linux%T68
lib/job-check.c%s/!(is_pipe \&\& /!(/%linux%T68
lib/store.c%s/^	if (!buffer)/	if (0)/%linux%T57
lib/run.c%s/stream.buffer->gap/0/%linux%T12
backends/memory-file.c%s/sys_open_again(file->ours, flags)/sys_dup_from(file->ours, 3 * !!flags + 3)/%linux%T47
backends/sys-parent.c%s/thread-self/self/%linux%T49
lib/numbers.c%s/sys_hold(work->program_fd)/sys_dup_from(work->program_fd, 3)/%linux%Y30
backends/memory-file.c%s/sys_seal(file->ours)/0/%linux%T46
backends/memory-file.c%s/O_WRONLY | O_APPEND/O_WRONLY/%linux%T47
backends/watch-pidfd.c%s/-ECHILD ? ask_afterwards(watch, status) : result/-ECHILD ? -ECHILD : result/%linux%I10
backends/watch-pidfd.c%s/ | WNOWAIT//%linux%R01
backends/watch-pidfd.c%s/.status = info.exit_code;/*status = 0;/%linux%I10
lib/child.c%s/result < 0 \&\& result != -EPERM/result < 0/%linux%R26
lib/job-stop.c%s/job->io.reach != PSPAWN_REACH_CHILD \&\&/1 \&\&/%linux%S10 S11 S12
lib/job-end.c%s/^	job_stop_rest(job);/	;/%linux%S10 S11 S12 S13 S14
lib/job-end.c%s/return job->why ? earlier(by_policy, .*/return by_policy;/%linux%W42 W41
lib/job.c%s/nstops - 1..signal != SIGKILL/nstops - 1].signal == 0/%linux%R24
lib/job.c%s/return -EALREADY;/return 0;/%linux%R24
lib/job.c%s/^	return job->terminal < 0 ? -ENOTTY/	return 0 ? -ENOTTY/%linux%V03
lib/job-check.c%s/io->streams\[i\].child == 1)/1)/%linux%R25
lib/job-make.c%s/while (fd >= 0 \&\& is_source(launch, fd))/while (0)/%linux%W22
lib/job-start.c%s/result = clear_stage(launch, stage)/result = 0 * (int)(size_t)clear_stage/%linux%W22
lib/job-stop.c%s/!= -EPERM)/!= -EPERM || 1)/%linux%R21
lib/job-stop.c%s/ || !is_survived(&stage->child))/)/%linux%S17
lib/job-stop.c%s/int left = is_anyone_left(job);/int left = 1;/%linux%S17
lib/job-stop.c%s/int left = is_anyone_left(job);/int left = 0;/%linux%S18 S19
lib/job-stop.c%s/left < 0 || job->stop_at == NEVER/left < 0/%linux%S20
lib/job-stop.c%s/left < 0 || job->stop_at == NEVER/job->stop_at == NEVER/%linux%S21
lib/job-stop.c%s/ \&\& is_to_be_continued(signal)/ \&\& 0/%linux%S22 S03
lib/job-stop.c%s/ \&\& is_to_be_continued(signal)//%linux%S23
backends/sys-linux-alive.c%s/!has_ended(proc->fd, pids.i.)/1/%linux%S17
backends/sys-linux-alive.c%s/"populated 1"/"populated"/%linux%S17
lib/job-make.c%s/stage \* versioned_size(first, CMD_OLDEST_SIZE)/stage * sizeof(*launch->cmds)/%linux%R22
lib/flow.c%s/flow_waits(flow) ? POLLERR : POLLOUT/flow_waits(flow) ? 0 : POLLOUT/%linux%R27
lib/flow.c%s/flow->end = PSPAWN_END_DONE;/;/%linux%T07
lib/any.c%s/status->lost = 1;/;/%linux%X34
lib/any.c%s/if (result == -EINPROGRESS) {/if (0) {/%linux%X32 X33
lib/status.c%s/status->lost/0/%linux%R23
lib/job-step.c%s/stage->is_untold = .*/;/%linux%R28
lib/any.c%s/^			fds.i..fd = -1;/			;/%linux%R28
lib/begun.c%s/report->code == 0 \&\& !report->reached/0/%linux%Y65
lib/begun.c%s/^	pspawn_kill(child, SIGKILL);/	;/%linux%Y73
lib/begun.c%s/^		sys_reap(child->pid);/		;/%linux%Y62
lib/begun.c%s/^		end(begun);/		;/%linux%Y66
lib/begun.c%s/^			remember(begun);/			;/%fork%Y66
lib/begun.c%s/^	remember(begun);/	;/%linux%Y66
lib/begun.c%s/return sys_read(begun->birth.startfd, &nothing, 1) == 0/return 0/%fork%Y60
lib/begun.c%s/watch_wait(begun->birth.pid, begun->birth.watch, 0, &raw, &rusage) != -EINPROGRESS/1/%linux%Y66
lib/begun.c%s/step_names\[step->kind\].step, step->index/step_names[step->kind].step, -1/%linux%Y60 Y73
lib/begun.c%s/^	work->cgroup = cgroup;/	;/%linux%Y78
backends/linux-cradle.c%s/^		wait_until_apart(cradle->bed);/		;/%linux%Y69
backends/linux-begin.c%s/plan->top > tellfd ? plan->top : tellfd/plan->top/%linux%Y69
backends/linux-begin.c%s/^	nursery->cradle.stage.channel = tellfd;/	;/%linux%Y60
backends/linux.c%s/if (plan->goes_on \&\& plan->new_powers)/if (0)/%linux%Y77
backends/fork-line.c%s/stage.tells = !line->shared/stage.tells = 1/%fork%Y79
lib/keep.c%s/^			kept\[i\].path = path;/			;/%linux%Y68
lib/keep.c%s/^			kept\[i\].data = data;/			;/%linux%Y68
lib/keep.c%s/kept.argv = put_list(keeper, cmd->argv)/put_list(keeper, cmd->argv)/%linux%Y68
lib/cmd.c%s/cmd->start_ms > 0 \&\& cmd->flags \& PSPAWN_ASYNC/0/%fork%K05
lib/job-start.c%s/if (cmd->flags \& PSPAWN_ASYNC)/if (0)/%fork%Y63
lib/job-start.c%s/if (cmd->flags \& PSPAWN_NO_POLLFD)/if (0)/%fork%I23
lib/child.c%s/if (handle->begun)$/if (0)/%linux%Y67
lib/numbers.c%s/reserve(sys_placeholder(), plan)/reserve(sys_dup_from(plan->pairs[0].from, 3), plan)/%linux%Y30
lib/numbers.c%s/result == 0 \&\& has_changed(work, scratch)/0/%linux%E09 E10 A17
lib/work.c%s/n <= SMALL_MAP/n <= 2/%linux%Y31
backends/linux.h%s/STACK_SIZE = [0-9]*/STACK_SIZE = 4096/%linux%Y32
backends/fork.c%s/heard\[size \/ sizeof(\*heard) - 1\]/heard[0]/%fork%G01 G02
backends/fork-line.c%s/is_out_of_numbers(pid) ? PSPAWN_STEP_PREPARE/0 ? PSPAWN_STEP_PREPARE/%fork%I12 I13 I16 I19 H04
backends/fork-line.c%s/line->watch = reserve(pidfd, NULL);/;/%fork%I10 I09 A01
lib/adopt.c%s/result == 0 \&\& is_not_ours(pid, -1)/0/%linux%I25
lib/adopt.c%s/	begun_unwatch(child);/	;/%linux%I24
lib/child.c%s/status->continued = stopped == 0;/status->continued = 0;/%linux%I27
lib/plan-fds.c%s/fd->options \& PSPAWN_UNTIL_EXEC ? O_CLOEXEC : 0/0/%linux%B15
lib/work.c%s/cmd->fds\[i\].kind != PSPAWN_FD_NONE \&\& //%linux%B13
backends/replay.c%s/result >= 0 \&\& step->flags \& O_CLOEXEC/0/%linux%B15
backends/lower-attrs.c%s/return !(step->flags \& O_CLOEXEC);/return 1;/%posix_spawn%B15
backends/replay.c%s/denied |= result == -EACCES;/;/%linux%G14
backends/replay.c%s/plan->shell_argv\[1\] = (char .)path;/;/%linux%G14
backends/posix_spawn.c%s/return plan->shell_argv \&\& find_step/return 0 \&\& find_step/%posix_spawn%P93
backends/lower-attrs.c%s/return step->to == -1 \&\& !step->number;/return step->to == -1;/%posix_spawn%G14
lib/versioned.c%s/if (given_size > LARGEST)/if (0)/%linux%K05
lib/start.c%s/report->reason = refusal.reason;/;/%fork%K08 K02
lib/start.c%s/report->what ? report->what : //%linux%K10
lib/excess.c%s/== most)/> most)/%linux%K10
lib/excess.c%s/cmd->attrs\[k\].data == variable/0/%linux%K10
lib/begun.c%s/name_excess(&begun->work, report);/;/%fork%K10
lib/begun.c%s/handle->start_what = report->what;/;/%fork%K10
lib/job.c%s/ || nstages == 1)/)/%linux%K09
lib/versioned.c%s/return size ? size : oldest/return size/%linux%K05
lib/flow-type.c%s/is_midline \&\& !is_first ? 2 : 1/1/%linux%V04
backends/watch-pidfd.c%s/fd = sys_placeholder();/fd = 1000000;/%posix_spawn%I20
backends/sys-linux.c%s/ | CLONE_CLEAR_SIGHAND//%fork%J05
backends/fork-line.c%s/if (!line->has_pidfd)$/if (0)/%fork%Y33
backends/watch-pidfd.c%s/return reserve(fd < 0 ? ask_for_pidfd() : fd, plan);/return reserve(fd, plan);/%posix_spawn%Y33
lib/berth.c%s/return sys_identify(/return 1 || sys_identify(/%linux%Y12 Y17
lib/berth.c%s/if (!file.is_stream)/if (0)/%linux%Y11
lib/berth.c%s/if (!is_intact(berth)) {/if (0) {/%linux%Y18
lib/berth.c%s/^	if (is_ours)/	if (1)/%linux%Y17
lib/berth.c%s/berth->file = spare->file;/;/%linux%Y03
lib/berth.c%s/if (spare < 0)/if (0)/%linux%Y03
lib/berth.c%s/if (becomes(berth, LEAVING, TAKEN))/if (0)/%linux%Y15
lib/berth.c%s/if (becomes(berth, TAKEN, LEAVING))/if (1)/%linux%Y15
lib/berth.c%s/^	if (before == pid)$/	if (1)/%linux%Y16
lib/reserve.c%s/i < BERTHS \&\& result < 0/i < BERTHS \&\& result > 0/%linux%Y02
lib/berth.c%s/return berth_number(i) == number;/return 0;/%linux%Y14
lib/park.c%s/if (number == plan->scratch)/if (0)/%fork%Y19
lib/park.c%s/^	withhold_all(plan, work->steps);/	;/%fork%Y06
lib/park.c%s/^		step->kind = STEP_MOVE;/		;/%linux%Y06
lib/park.c%s/if (!steps.i..prefer)/if (1)/%fork%Y09
lib/park.c%s/!speaks_of(plan, number) \&\&/1 \&\&/%linux%Y03
lib/park.c%s/step->to == number \&\&/0 \&\&/%linux%Y04
lib/park.c%s/steps\[i\].kind = STEP_MOVE;/;/%linux%Y04
lib/park.c%s/^	plan->top = 2;/	;/%linux%Y03
lib/numbers.c%s/if (is_berth(work->program_fd))/if (0)/%linux%Y08
backends/watch-pidfd.c%s/ended = sleep_on(watch, left);/ended = 1;/%linux%N77
backends/watch-pidfd.c%s/0 \&\& wait_is_end(\&info);/0;/%linux%N77
backends/watch-pidfd.c%s/WEXITED | WNOWAIT | __WALL) ==$/WEXITED | __WALL) ==/%linux%N77 I09
backends/watch-pidfd.c%s/return waitid((idtype_t)WAIT_BY_PIDFD, (id_t)watch, &info, \(.*\)) ==$/return RAW5(SYS_waitid, WAIT_BY_PIDFD, watch, \&info, \1, NULL) ==/%linux%J07
backends/wait.c%s/return info->si_pid != 0 \&\& (/return info->si_pid != 0 || (/%linux%N77
lib/reserve.c%s/before == pid || !atomic_compare/!atomic_compare/%fork%Y23
lib/reserve.c%s/^	atomic_store(&changing, 0);/	;/%fork%Y23
lib/start.c%s/^	close_if(&work->tellfd);/	;/%linux%Y74
lib/park.c%s/^		parking->tellfd = berth_number(berth_of(parking, parking->tellfd));/		;/%linux%Y19 Y22
lib/park.c%s/parking->tellfd > low \&\& !take_berth(parking, plan, parking->tellfd)/0/%linux%Y19 Y22
lib/park.c%s/plan->top > work->tellfd ? plan->top : work->tellfd/plan->top/%linux%Y22
lib/numbers.c%s/result = reserve_both(ends, &work->plan);/;/%linux%Y62
lib/start.c%s/^	unpark(&parking);/	;/%linux%Y03
backends/posix_spawn.c%s/if (lacks_a_source(plan))/if (0)/%posix_spawn%Y06
backends/sys-parent.c%s/dup3(by, fd, O_CLOEXEC)/dup3(by, fd, 0)/%linux%Y03
END

# each COMMAND WORD...: the command for all the words at once.
each() {
	command=$1
	shift
	for word in "$@"; do
		"$command" "$word" &
	done
	wait
}
everyone=$(awk -v all="$workers" 'BEGIN { for (i = 0; i < all; i++) print i }')

prepare
each want_green linux posix_spawn fork
[ ! -e "$work/red" ] || exit 1
# shellcheck disable=SC2086
each hunt $everyone
: >>"$work/alive"
alive=$(($(wc -l <"$work/alive")))
echo "$(($(wc -l <"$work/list"))) mutants, $alive alive"
# A worker that has not come through has said why.
[ "$alive" = 0 ] && [ "$(($(wc -l <"$work/through")))" = "$workers" ]
