#!/bin/sh
# SPDX-License-Identifier: ISC
# G12: where a child does not share memory with us, errors still arrive, and the
# backend that would lose them is passed over. And what valgrind sees besides.
pspawn=$PSPAWN_TREE
number=0
echo 1..7

verdict() {
	number=$((number + 1))
	[ "$2" = "$3" ] || {
		echo "# it said: $2"
		echo "# and not: $3"
		printf 'not '
	}
	echo "ok $number - G12 $1"
}

# in_emulator NAME COMMAND...: three looks at the command inside of COMMAND.
in_emulator() {
	name=$1
	shift
	if [ ! -x "$pspawn" ] || [ "$SANITIZED" = yes ] || ! "$@" "$pspawn" --version >/dev/null 2>&1; then
		for look in error_arrives passed_over starts; do
			number=$((number + 1))
			echo "ok $number - G12 ${name}_$look # SKIP it does not run here"
		done
		return
	fi
	verdict "${name}_error_arrives" "$("$@" "$pspawn" -- /nonexistent 2>&1; echo $?)" \
		'pspawn: execute "/nonexistent": No such file or directory
127'
	verdict "${name}_passed_over" "$("$@" "$pspawn" --explain -- /bin/true 2>&1 | head -n 2)" \
		'backend: fork
passed over: linux: a child does not share memory here, so it could not report errors'
	verdict "${name}_starts" "$("$@" "$pspawn" --fd 1=2 --fd 2=1 -- sh -c 'echo out; echo err >&2' 2>/dev/null)" \
		'err'
}

in_emulator valgrind valgrind -q --log-file=/dev/null

# I05: nothing lost, nothing read that was not written, in a start and in a failure.
# musl's libc has no soname, which valgrind writes NONE: its malloc is watched by that name only.
number=$((number + 1))
valgrind='valgrind -q --log-file=/dev/null --soname-synonyms=somalloc=NONE
	--leak-check=full --error-exitcode=99'
if [ ! -x "$pspawn" ] || [ "$SANITIZED" = yes ] || ! valgrind -q "$pspawn" --version >/dev/null 2>&1; then
	echo "ok $number - I05 memory_unchanged # SKIP it does not run here"
else
	$valgrind "$pspawn" --env A=b --fd 5=null --fd 6=same:5 --dir / -- true
	started=$?
	$valgrind "$pspawn" --fd 5=null -- /nonexistent 2>/dev/null
	failed=$?
	[ "$started $failed" = '0 127' ] || printf 'not '
	echo "ok $number - I05 memory_unchanged"
fi
in_emulator qemu "qemu-$(uname -m)-static"
