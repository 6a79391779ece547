#!/bin/sh
# SPDX-License-Identifier: ISC
# J08: starts from many threads show ThreadSanitizer nothing, whichever backend makes them.
cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$PSPAWN_SOURCE" || exit 1

# Address space layouts of newer kernels are too wild for older sanitizers.
plain=
command -v setarch >/dev/null && plain='setarch -R'

# A deadlock is to be told from a race.
limited=
command -v timeout >/dev/null && limited="timeout 900"

# build NAME SOURCE...
build() {
	program=$work/$1
	shift
	sources=$(printf '%s\n' "$@" | grep -v '\.h$')
	$cc -fsanitize=thread -g -include "$PSPAWN_BUILD/config.h" -Ilib -Ibackends -o "$program" \
		$sources -lpthread >"$work/log" 2>&1
}

echo 'int main(void) { return 0; }' >"$work/empty.c"
skip=
if [ "$SANITIZED" = yes ]; then
	skip='another sanitizer is in use'
elif [ -z "$ENTRY" ]; then
	skip='here a child goes through libc, and it takes the child of _Fork() for a thread'
elif ! $cc -fsanitize=thread -o "$work/empty" "$work/empty.c" 2>/dev/null ||
	! $plain "$work/empty" 2>/dev/null; then
	skip='no ThreadSanitizer here'
fi

number=0
echo 1..3
for backend in fork posix_spawn linux; do
	number=$((number + 1))
	name="ok $number - J08 tsan_clean_$backend"
	case $backend in
	fork) sources=backends/ladder-fork.c ;;
	posix_spawn) sources="backends/ladder-posix_spawn.c $POSIX_SPAWN_SOURCES" ;;
	linux) sources="backends/ladder-linux.c $LINUX_SOURCES" ;;
	esac
	if [ -n "$skip" ]; then
		echo "$name # SKIP $skip"
	elif build $backend tests/tsan.c $CORE_SOURCES $sources &&
		TSAN_OPTIONS=halt_on_error=1 $limited $plain "$work/$backend" >"$work/log" 2>&1 &&
		[ "$(cat "$work/log")" = 'all started' ]; then
		echo "$name"
	else
		sed 's/^/# /' "$work/log"
		echo "not $name"
	fi
done
