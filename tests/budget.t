#!/bin/sh
# SPDX-License-Identifier: ISC
# Y40 to Y42: a start and its wait make as many system calls, and of such kinds, as
# bench/BUDGET.md says. `tests/budget.t table` prints its lines as they are here.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
budget=$PSPAWN_BUILD/tests/budget
book=$PSPAWN_SOURCE/bench/BUDGET.md

# trace BACKEND SCENE: a start and its wait, beside lines that are no calls.
trace() {
	# By tests/known, since posix_spawn(3) makes a call less for each signal that is ignored.
	# A strace that could not begin, on a machine that is full, tells nothing of a start.
	for _ in 1 2 3; do
		strace -f -o "$work/log" "$PSPAWN_BUILD/tests/known" "$budget" "$1" "$2" >"$work/said" 2>&1
		[ ! -s "$work/log" ] || break
	done
	awk '$2 ~ /^getppid\(/ { seen++ } seen == 1' "$work/log" | sed 1d >"$work/calls"
}

# count parent|child: how many, and of which kinds in the order in which they come first. One
# kind has several names: a libc on one CPU calls it by the newer one, on another by the older.
count() {
	awk -v side="$1" '
		NR == 1 { parent = $1 }
		{ is_parent = $1 == parent }
		!is_parent && done || is_parent != (side == "parent") { next }
		{ sub(/^[0-9]+ +/, "") }
		!/^[a-z_0-9]+\(/ { next }
		{
			sub(/\(.*/, "")
			done = $0 == "execve"
			sub(/^(newfstatat|statx|fstatat64)$/, "stat")
			sub(/^ppoll$/, "poll")
			sub(/^dup3$/, "dup2")
			if (!times[$0]++)
				order[++kinds] = $0
			total++
		}
		END {
			printf "%d |", total
			for (i = 1; i <= kinds; i++)
				printf "%s %s %d", (i == 1 ? "" : ","), order[i], times[order[i]]
		}' "$work/calls"
}

# lines BACKEND: of the table.
lines() {
	for scene in 'defaults' 'map of 3' '2 attributes' 'search in 2'; do
		trace "$1" "$scene"
		echo "| $1 | $scene | parent | $(count parent) |"
		echo "| $1 | $scene | child | $(count child) |"
	done
}

if [ "$1" = table ]; then
	for backend in linux fork posix_spawn; do
		lines $backend
	done
	exit
fi

# Why a backend is another one here, or nothing.
another() {
	if [ -z "$LINUX_SOURCES" ] || [ "$SANITIZED" = yes ] || [ "$ENTRY" = libc ] ||
		[ ! -x "$budget" ] || ! command -v strace >/dev/null ||
		! strace -o "$work/log" true 2>/dev/null; then
		echo 'no strace, or another kind of start'
		return
	fi
	trace "$1" defaults
	if [ "$1" != posix_spawn ] && ! grep -q 'clone3(.*CLONE_CLEAR_SIGHAND' "$work/calls"; then
		echo 'the kernel or a filter has no clone3'
	elif [ "$1" = posix_spawn ] && ! grep -qF "($("$budget" libc))" "$book"; then
		echo 'another libc, which has a posix_spawn of its own'
	fi
}

echo 1..3
number=0
for backend in linux fork posix_spawn; do
	number=$((number + 1))
	name="calls_of_${backend}_are_those_in_the_book"
	why=$(another $backend)
	if [ -n "$why" ]; then
		echo "ok $number - $name # SKIP $why"
		continue
	fi
	grep -E "^\| $backend \|.*\| (parent|child) \|" "$book" >"$work/wanted"
	lines $backend >"$work/found"
	if [ -s "$work/wanted" ] && cmp -s "$work/wanted" "$work/found"; then
		echo "ok $number - $name"
	else
		diff "$work/wanted" "$work/found" | sed 's/^/# /'
		cat "$work/calls" "$work/said" | grep -v rt_sigaction | sed 's/^/# /'
		echo "not ok $number - $name"
	fi
done
