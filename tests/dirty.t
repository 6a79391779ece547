#!/bin/sh
# SPDX-License-Identifier: ISC
# M11: the suite says the same with 20 stray descriptors open, in what looks like a job of make's.
echo 1..1
cd "$PSPAWN_BUILD" || exit 1
if [ ! -x "$PSPAWN_TREE" ]; then
	echo 'ok 1 - M11 make_j_and_dirty_fds # SKIP no command in this build to open them with'
	exit 0
fi
cases='A04 A18 B05 C01 C06 C16 D07 H01 I01 M02'
strays=
for number in 3 4 5 6 7 8 9 10 11 12 20 30 40 50 60 70 80 90 100 200; do
	strays="$strays --fd $number=null"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
verdict=ok
for suite in fork posix_spawn linux; do
	[ -x tests/$suite.t ] || continue
	tests/$suite.t $cases >"$work/clean"
	"$PSPAWN_TREE" $strays --env 'MAKEFLAGS=-j --jobserver-auth=3,4' -- \
		tests/$suite.t $cases >"$work/dirty"
	grep -q '^ok' "$work/clean" && ! grep -q '^not ok' "$work/clean" &&
		cmp -s "$work/clean" "$work/dirty" && continue
	verdict='not ok'
	diff "$work/clean" "$work/dirty" | sed "s/^/# $suite /"
done
echo "$verdict 1 - M11 make_j_and_dirty_fds"
