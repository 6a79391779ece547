#!/bin/sh
# SPDX-License-Identifier: ISC
# What a start of the linux backend asks of the kernel, seen by strace: HACKING.md explains it.
echo 1..1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$LINUX_SOURCES" ] || [ "$SANITIZED" = yes ] || [ "$ENTRY" = libc ] || [ ! -x "$PSPAWN_TREE" ] ||
	! command -v strace >/dev/null || ! strace -o "$work/log" true 2>/dev/null; then
	echo 'ok 1 - linux_start_is_minimal # SKIP no strace, or another kind of start'
	exit 0
fi
strace -f -o "$work/log" "$PSPAWN_TREE" --backend linux --fd 1=2 --fd 2=1 -- true >/dev/null 2>&1

# The parent from its last question to the clone, then the child up to its program.
parent=$(awk '{ print $1; exit }' "$work/log")
child=$(awk '/CLOSE_RANGE_UNSHARE/ { print $1 }' "$work/log")
calls() {
	awk -v pid="$1" '$1 == pid { sub(/^[0-9]+ +/, ""); sub(/\(.*/, ""); print }' "$work/log"
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
	sed 's/^/# /' "$work/log"
	echo "# parent: $between"
	echo "# child: $inside"
	echo 'not ok 1 - linux_start_is_minimal'
fi
