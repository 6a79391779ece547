#!/bin/sh
# SPDX-License-Identifier: ISC
# M05: the suites say the same, line by line.
echo 1..1
cd "$PSPAWN_BUILD/tests" || exit 1
verdict=ok
for log in linux.log posix_spawn.log; do
	[ -f $log ] || continue
	grep -E '^(ok|not ok|1\.\.)' fork.log >fork.stream
	grep -E '^(ok|not ok|1\.\.)' $log >other.stream
	[ -s fork.stream ] && cmp -s fork.stream other.stream && continue
	verdict='not ok'
	diff fork.stream other.stream | sed "s/^/# $log /"
done
rm -f fork.stream other.stream
echo "$verdict 1 - M05 streams_agree"
