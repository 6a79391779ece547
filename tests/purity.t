#!/bin/sh
# SPDX-License-Identifier: ISC
# M06, M07: the planner calls nothing; the child side calls sys.h and nothing else, which
# on CPUs with an entry of their own calls nothing at all.
echo 1..5
cd "$PSPAWN_BUILD" || exit 1
number=0

# objects DIRECTORY NAME...: where libtool has put them.
objects() {
	directory=$1
	shift
	for name in "$@"; do
		if [ -f "$directory/$name.o" ]; then
			echo "$directory/$name.o"
		else
			echo "$directory/.libs/$name.o"
		fi
	done
}

# pure NAME ALLOWED OBJECT...: nothing undefined but what ALLOWED matches.
# The stack protector is the compiler's; GOT and TOC are the linker's.
harmless='__stack_chk_fail|__stack_chk_guard|_GLOBAL_OFFSET_TABLE_|\.TOC\.'
pure() {
	name=$1 allowed="^($harmless|$2)$"
	shift 2
	number=$((number + 1))
	if [ "$SANITIZED" = yes ]; then
		echo "ok $number - $name # SKIP a sanitizer adds calls of its own"
		return
	fi
	symbols=$("${NM:-nm}" "$@") || symbols='(nm) U nm_has_failed'
	found=$(echo "$symbols" | awk '$(NF - 1) == "U" { print $NF }' | grep -vE "$allowed")
	if [ -n "$found" ]; then
		echo "$found" | sed 's/^/# undefined: /'
		printf 'not '
	fi
	echo "ok $number - $name"
}

pure 'M06 plan_is_pure' 'pspawn0_(plan_[a-z_]*|step_names)' $(objects lib plan plan-attrs plan-fds plan-ids plan-limits plan-root fdmap seats)
sys='pspawn0_sys_(default_signals|set_mask|block_only|chdir|fchdir|dup2|getfd|setfd|close|open'
sys="$sys|execve|execute_fd|write|foreground_of|set_foreground|nap)"
own='pspawn0_(close_rest|step_names|attr_acts|leave_out|is_left_out|apply_otherwise|busy_again)'
pure 'M07 replay_is_safe' "$sys|$own" $(objects backends replay outcome)
sys='pspawn0_sys_(close|close_range|fds_open|fds_next|fds_rewind)'
pure 'M07 closing_is_safe' "$sys" $(objects backends closefrom)
case $ENTRY in
'')
	echo 'ok 4 - M07 system_calls_are_raw # SKIP they are libc'"'"'s here'
	;;
libc)
	pure 'M07 system_calls_are_raw' 'syscall|__errno_location' $(objects backends sys-linux sys-linux-signals)
	;;
*)
	pure 'M07 system_calls_are_raw' - $(objects backends sys-linux sys-linux-signals)
	;;
esac
# Libc's set*id() and setrlimit() would signal or lock the threads of the parent.
if [ -z "$ENTRY" ]; then
	echo 'ok 5 - M07 attributes_are_raw # SKIP they are libc'"'"'s here'
else
	sys='pspawn0_(attr_[a-z_]*|sys_(open|close|write|chdir|fchdir|ignore_signals|set_foreground))'
	pure 'M07 attributes_are_raw' "$sys|syscall|__errno_location" $(objects backends attrs-linux attrs-linux-ids)
fi
