#!/bin/sh
# SPDX-License-Identifier: ISC
# Break the code in known ways, one at a time, in a copy of the tree; each has
# to turn the suite that is named red. usage: mutants.sh SOURCE-DIRECTORY
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

# red SUITE CASES: build it and see it fail
red() {
	make -C "$work/build" "tests/$1.t" tests/probe >"$work/log" 2>&1 || {
		cat "$work/log"
		echo "mutant does not compile"
		exit 1
	}
	! (cd "$work/build" && tests/"$@" >"$work/stream" 2>&1)
}

while IFS='|' read -r file change suite cases; do
	[ -n "$file" ] || continue
	count=$((count + 1))
	cp "$tree/$file" "$work/saved"
	sed -i "$change" "$tree/$file"
	if cmp -s "$tree/$file" "$work/saved"; then
		echo "not a change: $file: $change"
		exit 1
	fi
	if red "$suite.t" $cases; then
		echo "dies   $file: $change"
	else
		echo "LIVES  $file: $change"
		alive=$((alive + 1))
	fi
	cp "$work/saved" "$tree/$file"
done <<'END'
lib/fdmap.c|s/writer->pending++/(void)writer/|fork|A04 A23
lib/fdmap.c|s/last->from = first->copy;/;/|fork|A04 A23
lib/fdmap.c|s/if (first->copy < 0) {/{/|fork|A23
lib/seats.c|s/seats\[i\].to == seats\[i - 1\].to/0/|fork|K02
lib/seats.c|s/seat->how = SEAT_CLOSED;/seat->how = SEAT_KEEP;/|fork|C03 C17
lib/plan.c|s/step->mode = fd->mode/step->mode = (unsigned)fd->flags/|fork|F09
lib/work.c|s/flags & FD_CLOEXEC ? STDIO_CLOEXEC : STDIO_OPEN/STDIO_OPEN/|fork|B01
lib/numbers.c|s/\*work->cmd.fds\[i\].end = work->ours\[i\];/*work->cmd.fds[i].end = work->theirs[i];/|fork|E09 E10
lib/path.c|s/element\[0\] != '\/'/0/|fork|G10
backends/replay.c|s/flags & ~FD_CLOEXEC/flags/|fork|B01
backends/replay.c|s/fd == step->to)/0)/|fork|F06
backends/replay.c|s/report->index = step->index/report->index = 0/|fork|G02 F04
backends/closefrom.c|s/close_gap(closing, first, INT_MAX)/0/|fork|B05 C01
backends/closefrom.c|s/while (closed \&\& result == 0)/while (0)/;s/int numbers\[32\]/int numbers[1]/;s/&fds, numbers, 32/\&fds, numbers, 1/|fork|C10
backends/report.c|s/int lowest = .*/int lowest = fd;/|fork|A18 A19 D12
backends/fork.c|s/report_failure(report, EPROTO/(void)(0 * EPROTO/;s/, PSPAWN_STEP_CREATE, -1);$/);/|fork|G07
backends/linux.c|s/sys_unshare_files(top + 1)/sys_unshare_files(top)/|linux|A03 A22 B01
backends/linux.c|s/sys_close(cradle->pidfd);/;/|linux|A19
backends/linux.c|s/sys_set_mask(&mask);/;/|linux|I03
backends/linux.c|s/sys_reap(pid);/;/|linux|G05
backends/wait.c|s/#define __WALL 0/#define __WALL 0/;s/options . __WALL/options/|fork|C14
backends/posix_spawn.c|s/answer == DISHONEST/0/|posix_spawn|G06
backends/posix_spawn.c|s/fork_rehearse(plan, code, &birth->report);/;/|posix_spawn|G03 F04
backends/lower.c|s/plan->scratch, fd)/fd, fd)/|posix_spawn|B01 B09
END
echo "$count mutants, $alive alive"
[ "$alive" = 0 ]
