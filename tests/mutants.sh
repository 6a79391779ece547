#!/bin/sh
# SPDX-License-Identifier: ISC
# Break the code in known ways, one at a time, in a copy of the tree: each line
# FILE%CHANGE%SUITE%CASES below has to turn those cases of that suite red.
# usage: mutants.sh SOURCE-DIRECTORY
set -eu
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir "$tree" "$work/build"
(cd "$source" && tar cf - --exclude=./build --exclude=./.git --exclude='*.o' .) |
	(cd "$tree" && tar xf -)
(cd "$work/build" && "$tree/configure" --disable-shared CFLAGS=-O0 >/dev/null)
alive=0
count=0

# run SUITE CASE...: build it and run these cases
run() {
	suite=$1
	shift
	make -C "$work/build" "tests/$suite.t" tests/probe >"$work/log" 2>&1 || {
		cat "$work/log"
		echo 'does not compile'
		exit 1
	}
	(cd "$work/build" && "tests/$suite.t" "$@" >"$work/stream" 2>&1)
}

# A suite that is red by itself would kill every mutant.
for suite in linux posix_spawn fork; do
	run $suite || {
		grep '^not ok' "$work/stream"
		echo "$suite.t is red as it is"
		exit 1
	}
done

while IFS='%' read -r file change suite cases; do
	[ -n "$file" ] || continue
	count=$((count + 1))
	cp -p "$tree/$file" "$work/saved"
	sed -i "$change" "$tree/$file"
	if cmp -s "$tree/$file" "$work/saved"; then
		echo "not a change: $file: $change"
		exit 1
	fi
	# A race may be missed on a busy machine: what lives has to do so three times.
	# shellcheck disable=SC2086
	if run $suite $cases && run $suite $cases && run $suite $cases && grep -q '^ok' "$work/stream"; then
		echo "LIVES  $file: $change"
		alive=$((alive + 1))
	else
		echo "dies   $file: $change"
	fi
	cp "$work/saved" "$tree/$file"
done <<'END'
lib/fdmap.c%s/writer->pending++/(void)writer/%fork%A04 A23
lib/fdmap.c%s/last->from = first->copy;/;/%fork%A04 A23
lib/fdmap.c%s/if (first->copy < 0) {/{/%fork%A23
lib/seats.c%s/seats\[i\].to == seats\[i - 1\].to/0/%fork%K02
lib/seats.c%s/seat->how = SEAT_CLOSED;/seat->how = SEAT_KEEP;/%fork%C03 C17
lib/seats.c%s/hops < n ?/hops < 2 ?/%fork%F11
lib/plan-fds.c%s/step->mode = fd->mode/step->mode = (unsigned)fd->flags/%fork%F09
lib/plan-fds.c%s/^	if (!plan->inherit_all)$/	if (0)/%fork%B05
lib/work.c%s/flags & FD_CLOEXEC ? STDIO_CLOEXEC : STDIO_OPEN/STDIO_OPEN/%fork%B01
lib/work.c%s/^	free(work->path_memory);/	;/%fork%H09
lib/numbers.c%s/\*work->cmd.fds\[i\].end = work->ours\[i\];/*work->cmd.fds[i].end = work->theirs[i];/%fork%E09 E10
lib/work.c%s/plan->scratch = lowest_scratch(/if (plan->scratch == SCRATCH_LATER) &/%posix_spawn%A17
lib/numbers.c%s/work->plan.left_over >= sys_fd_limit()/0/%linux%H02
lib/path.c%s/element\[0\] != '\/'/0/%fork%G10
lib/path.c%s/if (search.name_length == 0)/if (0)/%fork%G10
lib/env.c%s/if (!base)/if (0)/%fork%L10
lib/start.c%s/error->index = report->code ? report->index : -1;/error->index = report->index + 1;/%fork%A01
backends/replay.c%s/flags & ~FD_CLOEXEC/flags/%fork%B01
backends/replay.c%s/step->flags & ~O_CLOEXEC/step->flags/%fork%F01
backends/replay.c%s/fd == step->to)$/0)/%fork%F06
backends/replay.c%s/report->index = step->index;/report->index = 0;/%fork%G02 F04
backends/replay.c%s/ | O_NONBLOCK;/;/%posix_spawn%F04
backends/closefrom.c%s/close_gap(closing, first, INT_MAX)/0/%fork%B05 C01
backends/closefrom.c%s/ != -EBADF;/ * 0 + 1;/%fork%C10
backends/closefrom.c%s/!pass.itself/0/%fork%C12
backends/closefrom.c%s/if (result != -EMFILE)/if (1)/%fork%C10
backends/report.c%s/int lowest = .*/int lowest = fd;/%fork%A18 A19 D12
backends/fork.c%s/report_failure(report, EPROTO, PSPAWN_STEP_CREATE, -1);/;/%fork%G07
backends/linux.c%s/sys_unshare_files(cradle->cut + 1)/sys_unshare_files(cradle->cut)/%linux%A03 A22 B01
backends/linux.c%s/top : top . 4095/top : top/%linux%C20
backends/linux.c%s/= sys_kernel_is_at_least(6, 11)/= 0 \&\& sys_kernel_is_at_least(6, 11)/%linux%C20
backends/linux.c%s/sys_close(cradle->pidfd);/;/%linux%A19
backends/linux.c%s/^	sys_set_mask(&mask);/	;/%linux%I03
backends/linux.c%s/sys_reap(pid);/;/%linux%G05
backends/linux-honest.c%s/mark ? HONEST : DISHONEST/HONEST/%linux%G12
backends/linux.c%s/!cradle->plan->inherit_all \&\&/1 \&\&/%linux%C19
backends/linux.c%s/handlers_cleared = ways\[i\].by_clone3/handlers_cleared = 1/%linux%J05
backends/linux.c%s/if (cradle->unshare_error)$/if (0)/%linux%C10 C14
backends/sys-linux-signals.c%s/fill(&all, ~0ul)/fill(\&all, 0ul)/%linux%J05
lib/plan-attrs.c%s/ | PLAN_RESERVED_SIGNALS;/;/%linux%I03
backends/sys-parent.c%s/if (!S_ISREG(status.st_mode))/if (0)/%fork%G10
backends/watch-pidfd.c%s/info->si_code == CLD_DUMPED/0/%linux%I09
backends/watch-pidfd.c%s/if (!slept)/if (0)/%linux%I09
backends/posix_spawn.c%s/answer == DISHONEST/0/%posix_spawn%G06
backends/posix_spawn.c%s/fork_rehearse(plan, code, report);/;/%posix_spawn%G03 F04
backends/lower.c%s/return clear(plan, step->to, actions);/return 0;/%posix_spawn%B01 B09
lib/plan.c%s/plan_attr_to(p, PSPAWN_ATTR_CTTY, STEP_CTTY);/plan_attr_fd(p, PSPAWN_ATTR_CTTY, STEP_CTTY);/%linux%L04
lib/plan.c%s/^\tplan_attr_to(p, PSPAWN_ATTR_FOREGROUND, STEP_FOREGROUND);//;s/^\tadd_exec(p);/\tplan_attr_to(p, PSPAWN_ATTR_FOREGROUND, STEP_FOREGROUND);\n&/%linux%L05
backends/replay.c%s/if (foreground.before > 0)/if (0)/%fork%L05
lib/plan-attrs.c%s/ignored &= ~set;/;/%linux%N14
lib/plan-attrs.c%s/step->number = plan_has(planner, PSPAWN_ATTR_SIGINHERIT);/;/%linux%N15
lib/plan-attrs.c%s/\& ~FIXED_SIGNALS//%linux%N12
backends/lower-attrs.c%s/return step->number || (step->value\[0\] & PLAN_RESERVED_SIGNALS) == 0;/return 1;/%posix_spawn%N11
backends/lower-attrs.c%s/return step->to == -1;/return step->to < 0;/%posix_spawn%N72
lib/plan-ids.c%s/plan_attr(planner, PSPAWN_ATTR_USER, STEP_GROUPS)->value\[0\] = 0;/;/%linux%N20
lib/plan-ids.c%s/if (!by_user || !user_is_last)/if (1)/%linux%N21
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
backends/linux.c%s/{ 1, CLONE_PIDFD, 0, 1 },/{ 1, CLONE_PIDFD, 0, 0 },/%linux%N81
lib/start.c%s/child->cgroup = work->cgroup;/;/%linux%N81 N85
lib/child.c%s/sys_kill(-child->group, signal)/sys_kill(child->group, signal)/%linux%N84
lib/start.c%s/applied(report, plan->session_index) || //%linux%N84
lib/plan-attrs.c%s/step->value\[1\] << 32/step->value[1] << 31/%fork%N67
backends/idmap.c%s/STEP_MAP_USER, STEP_SETGROUPS, STEP_MAP_GROUP }/STEP_MAP_USER, STEP_MAP_GROUP, STEP_SETGROUPS }/%fork%N66
lib/plan.c%s/^\tplan_root(p);//;s/^\tplan_directory(p);/\tplan_root(p);\n&/%linux%N55
lib/plan.c%s/^\tplan_attr(p, PSPAWN_ATTR_UMASK, STEP_UMASK);//;s/^\tadd_exec(p);/\tplan_attr(p, PSPAWN_ATTR_UMASK, STEP_UMASK);\n&/%linux%N47
lib/plan.c%s/^\tplan_every(p, PSPAWN_ATTR_SETNS, STEP_SETNS);/\tplan_attr_fd(p, PSPAWN_ATTR_SETNS, STEP_SETNS);/%linux%N64 N68
lib/plan-root.c%s/planner->last\[PSPAWN_ATTR_ROOT_FD\] > planner->last\[PSPAWN_ATTR_ROOT\]/planner->last[PSPAWN_ATTR_ROOT_FD] >= 0/%linux%N54
lib/plan.c%s/^\tplan_attr(p, PSPAWN_ATTR_BOUNDING, STEP_BOUNDING);//;s/^\tplan_ids(p);/&\n\tplan_attr(p, PSPAWN_ATTR_BOUNDING, STEP_BOUNDING);/%linux%N32 N35
lib/plan-attrs.c%s/defaults = 0;/defaults = PLAN_RESERVED_SIGNALS;/%linux%N15
backends/lower-attrs.c%s/step->number ? 0 : POSIX_SPAWN_SETSIGMASK/POSIX_SPAWN_SETSIGMASK/%posix_spawn%N15
backends/attrs-linux.c%s/(int)RAW3(SYS_sched_setaffinity, 0, step->value\[0\], step->data)/(int)RAW3(SYS_sched_setaffinity, 0, 1024, step->data)/%linux%N49
lib/plan.c%s/return kind == STEP_SETNS ||/return/%linux%N68
lib/work.c%s/number == work->program_fd || number == work->held/0/%linux%N72
lib/plan-attrs.c%s/PSPAWN_ATTR_SIGINHERIT : PSPAWN_ATTR_SIGDEFAULT/PSPAWN_ATTR_SIGDEFAULT : PSPAWN_ATTR_SIGDEFAULT/;s/plan_has(planner, PSPAWN_ATTR_SIGINHERIT) ? PSPAWN_ATTR_SIGINHERIT/0 ? PSPAWN_ATTR_SIGINHERIT/%posix_spawn%N92
backends/attrs-linux.c%s/result < 0 ? result : 1;/result;/%fork%N81
backends/linux.c%s/stage.in_cgroup = ways\[i\].into_cgroup/stage.in_cgroup = 1/%linux%N82
lib/start.c%s/if (applied(&birth->report, work->plan.cgroup_index)) {/{/%linux%N86
lib/plan-root.c%s/PSPAWN_ATTR_NAMESPACES, PSPAWN_ATTR_UNSHARE }/PSPAWN_ATTR_NAMESPACES, PSPAWN_ATTR_NAMESPACES }/%linux%N63
backends/attrs-linux.c%s/prlimit64, 0, step->number, limit, NULL/prlimit64, 0, step->number, NULL, NULL/%linux%N40
lib/child.c%s/signal == SIGKILL \&\& child->cgroup/child->cgroup/%linux%N85
lib/attrs.c%s/index >= FIRST_PREFERRED/0/%fork%P01 P02 P03 P04 P05
lib/attrs.c%s/ || attr->spare\[0\]//%fork%P01 P02 P03 P04 P05
lib/attrs.c%s/attr->value\[0\] > attr->value\[1\] ? -EINVAL : //%fork%P01 P02 P03 P04 P05
lib/cmd.c%s/i < cmd->nattrs \&\& !maps/i < 0/%fork%P01 P02 P03 P04 P05
lib/plan-ids.c%s/\&\& !is_surely_set(planner, PSPAWN_ATTR_GROUPS)/\&\& !plan_has(planner, PSPAWN_ATTR_GROUPS)/%fork%P24 P25 P26
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
END
echo "$count mutants, $alive alive"
[ "$alive" = 0 ]
