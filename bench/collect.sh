#!/bin/sh
# SPDX-License-Identifier: ISC
# Collect 1 GiB from `head -c`, and feed 64 MiB to `cat`: the library, a loop of read(2) or
# write(2) by hand, and what is installed of others. All take turns, round by round, so that what
# else the machine does meets everyone. A table and collect.csv are what is left of it.
# With --check: a short form, and a table of what is promised. What is missed is tried again,
# three times in all; fails if something was missed each time.
# usage: collect.sh SOURCE-DIRECTORY [--check], in a build directory (make bench)
# ROUNDS, COLLECT and FEED in the environment: how often, and how many bytes.
set -eu
source=$1
is_check=
[ "${2:-}" != --check ] || is_check=1
rounds=${ROUNDS:-9}
# These take so little time that more of them cost nothing.
feed_rounds=$((3 * rounds))
collect=${COLLECT:-1073741824}
feed=${FEED:-67108864}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
csv=collect.csv
[ -z "$is_check" ] || csv=$work/collect.csv

# ---- who is here

have() {
	command -v "$1" >/dev/null 2>&1
}
contenders='plain pspawn'
say() {
	[ -n "$is_check" ] || echo "$@"
}
say "plain: a loop by hand, the floor"
say "pspawn: pspawn_run()"

# build NAME TOOL WHAT COMMAND...: one more, if there is the tool and the command succeeds.
build() {
	name=$1 tool=$2 what=$3
	shift 3
	if ! have "$tool"; then
		say "without $name: no $tool"
	elif ! "$@" >"$work/log" 2>&1; then
		say "without $name: $(head -n 1 "$work/log")"
	else
		contenders="$contenders $name"
		say "$name: $what"
	fi
}
# build_c NAME PACKAGE: of ours in C, with a library that pkg-config knows. Flags are words.
# shellcheck disable=SC2046
build_c() {
	pkg-config --print-errors --exists "$2" &&
		${CC:-cc} -O2 -I"$source/bench" $(pkg-config --cflags "$2") -o "$work/$1" \
			"$source/bench/collect-$1.c" $(pkg-config --libs "$2")
}
version() {
	pkg-config --modversion "$1" 2>/dev/null || :
}
build python python3 "subprocess.run(), $(python3 -V 2>/dev/null)" python3 -c 'import subprocess'
build go go "os/exec, $(go env GOVERSION 2>/dev/null)" \
	go build -o "$work/go" "$source/bench/collect.go"
build rust rustc "std::process::Command, $(rustc -V 2>/dev/null)" \
	rustc -O -o "$work/rust" "$source/bench/collect.rs"
build node node "child_process.spawn(), $(node -v 2>/dev/null)" node -e ''
build glib pkg-config "g_subprocess_communicate(), $(version gio-2.0)" build_c glib gio-2.0
build uv pkg-config "uv_spawn(), libuv $(version libuv)" build_c uv libuv

# ---- one measurement: microseconds, by the contender's own clock

measure() {
	case $1 in
	plain | pspawn) "bench/collect-$1" "$2" "$3" ;;
	python) python3 "$source/bench/collect.py" "$2" "$3" ;;
	node) node "$source/bench/collect.js" "$2" "$3" ;;
	*) "$work/$1" "$2" "$3" ;;
	esac
}

# What nobody has used for two seconds a virtual machine may have given back to its host, and gets it
# again at ten times the price of everything that is measured here. So everyone finds memory that was
# just used, and more than it needs: the kernel does not always take what was given back last.
touch_memory() {
	bytes=$((2 * $1))
	[ "$bytes" -ge 1073741824 ] || bytes=1073741824
	bench/collect-plain touch "$bytes"
}

# one CONTENDER WORK BYTES
one() {
	if [ -t 2 ]; then
		printf '\rround %d of %d: %s %s\033[K' "$round" "$last" "$2" "$1" >&2
	fi
	touch_memory "$3"
	us=$(measure "$@")
	echo "$round,$2,$1,$3,$us" >>"$csv"
}

backwards() {
	for word in "$@"; do
		echo "$word"
	done | sed -n '1!G;h;$p'
}

# turns WORK HOW-OFTEN CONTENDER...: all rounds. Who comes first in one comes last in the next.
# shellcheck disable=SC2086
turns() {
	what=$1 last=$2
	shift 2
	order=$*
	round=1
	while [ "$round" -le "$last" ]; do
		for contender in $order; do
			case $what in
			collect) one "$contender" collect "$collect" ;;
			feed) one "$contender" feed "$feed" ;;
			esac
			[ "$what-$contender" != feed-pspawn ] || one pspawn feed-file "$feed"
		done
		order=$(backwards $order)
		round=$((round + 1))
	done
	if [ -t 2 ]; then
		printf '\r\033[K' >&2
	fi
}

begin() {
	echo 'round,work,contender,bytes,microseconds' >"$csv"
}

# summary: WORK CONTENDER BYTES MIN MEDIAN P99, in microseconds
summary() {
	tail -n +2 "$csv" | sort -t, -k2,2 -k3,3 -k5,5n | awk -F, '
		function flush() {
			if (count)
				print key, bytes, time[1], time[int((count + 1) / 2)],
					time[int((count * 99 + 99) / 100)]
			count = 0
		}
		$2 " " $3 != key { flush(); key = $2 " " $3; bytes = $4 }
		{ time[++count] = $5 }
		END { flush() }'
}

# ---- whether it is as fast as it has to be

# collected: our speed by that of the loop.
collected() {
	summary | awk '$1 == "collect" { median[$2] = $5 }
		END { printf "%.3f\n", median["plain"] / median["pspawn"] }'
}
# fed: the time of our file by that of the fastest of the others, which feed through pipes.
fed() {
	summary | awk '$1 == "feed" && $2 != "pspawn" && (!least || $5 < least) { least = $5; who = $2 }
		$1 == "feed-file" { ours = $5 }
		END { printf "%.3f-%s\n", ours / least, who }'
}

# line WHAT WANTED HOLDS RATIOS
line() {
	verdict=kept
	if [ -z "$3" ]; then
		verdict=missed
		status=1
	fi
	echo "| 10 | $1 | $2 |$4 | $verdict |"
}

# shellcheck disable=SC2086 # contenders are words
check() {
	collect_kept='' feed_kept='' collect_all='' feed_all=''
	for try in 1 2 3; do
		begin
		if [ -z "$collect_kept" ]; then
			turns collect "$rounds" plain pspawn
			ratio=$(collected)
			collect_all="$collect_all $ratio"
			[ "$(echo "$ratio" | awk '{ print ($1 >= 0.95) }')" = 0 ] || collect_kept=$try
		fi
		if [ -z "$feed_kept" ]; then
			turns feed "$feed_rounds" $contenders
			ratio=$(fed)
			feed_all="$feed_all ${ratio%%-*} (${ratio#*-})"
			[ "$(echo "${ratio%%-*}" | awk '{ print ($1 < 1) }')" = 0 ] || feed_kept=$try
		fi
		[ -z "$collect_kept" ] || [ -z "$feed_kept" ] || break
	done
	status=0
	line 'speed: collect 1 GiB / read into one buffer' '>= 0.95' "$collect_kept" "$collect_all"
	line 'time: feed 64 MiB by a file / the fastest pipe' '< 1' "$feed_kept" "$feed_all"
	return "$status"
}

if [ -n "$is_check" ]; then
	check
	exit
fi

# ---- the table: times, and speed as a share of the loop's, by medians

begin
# Each for itself: memory that others have just given back is not what a small run would find.
# shellcheck disable=SC2086 # contenders are words
turns collect "$rounds" $contenders
# shellcheck disable=SC2086
turns feed "$feed_rounds" $contenders
echo
cpu=$(sed -n 's/^model name.*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
memory=$(awk '$1 == "MemTotal:" { print int($2 / 1048576 + 0.5) " GiB" }' /proc/meminfo 2>/dev/null)
echo "$(uname -srm), $(getconf _NPROCESSORS_ONLN) CPUs: $cpu, $memory; $rounds rounds, $feed_rounds of feeding"
echo
echo '| work | contender | min ms | median ms | p99 ms | MiB/s | speed to plain |'
echo '|---|---|---:|---:|---:|---:|---:|'
# A file has no loop of its own to be compared with: the pipe's.
summary | awk -v order="$contenders" '
	{
		row[$1, $2] = sprintf("%.1f | %.1f | %.1f | %.0f", $4 / 1000, $5 / 1000, $6 / 1000,
			$3 / 1048576 / ($5 / 1000000))
		median[$1, $2] = $5
	}
	END {
		who = split(order, contender, " ")
		split("collect feed feed-file", work, " ")
		split("collect feed feed", floor, " ")
		for (i = 1; i <= 3; i++)
			for (j = 1; j <= who; j++) {
				if (!((work[i], contender[j]) in row))
					continue
				speed = median[floor[i], "plain"] / median[work[i], contender[j]]
				printf "| %s | %s | %s | %.2f |\n", work[i], contender[j],
					row[work[i], contender[j]], speed
			}
	}'
echo
echo "every measurement: $csv"
