#!/bin/sh
# SPDX-License-Identifier: ISC
# M06, M07: the planner calls nothing; the child side calls sys.h and nothing else.
echo 1..3
cd "$PSPAWN_BUILD" || exit 1
number=0

# verdict NAME FOUND: red, and FOUND shown, if anything was found.
verdict() {
	number=$((number + 1))
	if [ -n "$2" ]; then
		echo "$2" | sed 's/^/# undefined: /'
		printf 'not '
	fi
	echo "ok $number - $1"
}

undefined() {
	"${NM:-nm}" -u "$@" | awk 'NF && !/:$/ { print $NF }'
}

if [ "$SANITIZED" = yes ]; then
	for name in 'M06 plan_is_pure' 'M07 replay_is_safe' 'M07 closing_is_safe'; do
		number=$((number + 1))
		echo "ok $number - $name # SKIP a sanitizer adds calls of its own"
	done
	exit 0
fi

objects=
for file in plan fdmap seats; do
	objects="$objects lib/$file.o"
done
# The stack protector is the compiler's; GOT and TOC are the linker's.
harmless='__stack_chk_fail|__stack_chk_guard|_GLOBAL_OFFSET_TABLE_|\.TOC\.'
verdict 'M06 plan_is_pure' "$(undefined $objects | grep -vE "^($harmless)$")"
allowed='sys_(default_signals|chdir|fchdir|dup2|getfd|setfd|close|open|empty_mask|execve|write)'
verdict 'M07 replay_is_safe' \
	"$(undefined backends/replay.o | grep -vE "^($harmless|$allowed|close_rest|step_names)$")"
allowed='sys_(close|close_range|fds_open|fds_next|fds_rewind)'
verdict 'M07 closing_is_safe' \
	"$(undefined backends/closefrom.o | grep -vE "^($harmless|$allowed)$")"
