#!/bin/sh
# SPDX-License-Identifier: ISC
# M04, M05: every case that is written runs, and the suites say the same, line by line.
echo 1..2
cd "$PSPAWN_BUILD/tests" || exit 1
written=$(cat "$PSPAWN_SOURCE"/tests/case-*.c | grep -c '^CASE(')
planned=$(sed -n 's/^1\.\.//p' fork.log)
verdict=ok
[ "$written" = "$planned" ] || {
	echo "# $written cases are written, and $planned run"
	verdict='not ok'
}
echo "$verdict 1 - M04 every_function_is_registered"

verdict=ok
logs=posix_spawn.log
[ -z "$LINUX_SOURCES" ] || logs="$logs linux.log"
for log in $logs; do
	grep -E '^(ok|not ok|1\.\.)' fork.log >fork.stream
	grep -E '^(ok|not ok|1\.\.)' $log >other.stream
	[ -s fork.stream ] && cmp -s fork.stream other.stream && continue
	verdict='not ok'
	diff fork.stream other.stream | sed "s/^/# $log /"
done
rm -f fork.stream other.stream
echo "$verdict 2 - M05 streams_agree"
