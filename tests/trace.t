#!/bin/sh
# SPDX-License-Identifier: ISC
# What a start of the linux backend asks of the kernel, seen by strace: HACKING.md explains it.
echo 1..2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$LINUX_SOURCES" ] || [ "$SANITIZED" = yes ] || [ "$ENTRY" = libc ] || [ ! -x "$PSPAWN_TREE" ] ||
	! command -v strace >/dev/null || ! strace -o "$work/log" true 2>/dev/null; then
	echo 'ok 1 - linux_start_is_minimal # SKIP no strace, or another kind of start'
	echo 'ok 2 - attributes_cost_their_calls # SKIP no strace, or another kind of start'
	exit 0
fi
# A strace that could not begin, on a machine that is full, tells nothing of a start.
for _ in 1 2 3; do
	strace -f -o "$work/log" "$PSPAWN_TREE" --backend linux --fd 1=2 --fd 2=1 -- true \
		>"$work/said" 2>&1
	[ ! -s "$work/log" ] || break
done

# The parent from its last question to the clone, then the child up to its program.
parent=$(awk '{ print $1; exit }' "$work/log")
child=$(awk '/CLOSE_RANGE_UNSHARE/ { print $1 }' "$work/log")
# What strace had to interrupt is told twice, and signals are no calls.
calls() {
	awk -v pid="$1" '$1 == pid { sub(/^[0-9]+ +/, ""); sub(/\(.*/, ""); print }' "$work/log" |
		grep '^[a-z]'
}
between=$(calls "$parent" | grep -B1 '^clone3$' | tr '\n' ' ')
inside=$(calls "$child" | sed '/^execve$/q' | tr '\n' ' ')
wanted='close_range rt_sigaction rt_sigaction rt_sigaction rt_sigaction '
wanted="${wanted}dup3 dup3 dup3 close_range rt_sigprocmask execve "
flags='CLONE_VM|CLONE_FILES|CLONE_PIDFD|CLONE_VFORK|CLONE_CLEAR_SIGHAND'
if [ "$between" = 'rt_sigprocmask clone3 ' ] && [ "$inside" = "$wanted" ] &&
	[ "$(grep -c "clone3({flags=$flags, .*exit_signal=0" "$work/log")" = 1 ]; then
	echo 'ok 1 - linux_start_is_minimal'
else
	sed 's/^/# /' "$work/log" "$work/said"
	echo "# parent: $between"
	echo "# child: $inside"
	echo 'not ok 1 - linux_start_is_minimal'
fi

# Case P81 starts twice without attributes and once with umask and nice. Its process is
# the one that clones; what that does between its clones has to stay the same. Signals are apart:
# the first child learns which of them the others need not reset.
strace -f -o "$work/log" "$PSPAWN_BUILD/tests/linux.t" P81 >/dev/null 2>&1
parent=$(awk '/ clone3\(/ { print $1 }' "$work/log" | tail -n 1)
children=$(awk '/CLOSE_RANGE_UNSHARE/ { print $1 }' "$work/log" | tr '\n' ' ')
child_calls() {
	calls "$1" | sed -e '/^execve$/q' -e '/^rt_sigaction$/d' | tr '\n' ' '
}
# between N: the calls of the parent from its Nth clone3 to the next.
between() {
	calls "$parent" | awk -v n="$1" '$1 == "clone3" { seen++ } seen == n' | tr '\n' ' '
}
set -- $children
first=$(child_calls "$1") plain=$(child_calls "$2") given=$(child_calls "$3")
less=$(echo "$given" | sed 's/setpriority umask //')
if [ $# = 3 ] && [ "$first" = "$plain" ] && [ "$less" = "$plain" ] && [ "$less" != "$given" ] &&
	[ -n "$(between 1)" ] && [ "$(between 1)" = "$(between 2)" ]; then
	echo 'ok 2 - attributes_cost_their_calls'
else
	sed 's/^/# /' "$work/log"
	echo "# plain: $plain"
	echo "# given: $given"
	echo "# parent: $(between 1)"
	echo "# parent: $(between 2)"
	echo 'not ok 2 - attributes_cost_their_calls'
fi
