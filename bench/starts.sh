#!/bin/sh
# SPDX-License-Identifier: ISC
# How long a start takes: the library, its peers, and what can be had by hand. All take turns,
# round by round, each time as a process of its own. Leaves all it has found in bench/out.
# usage: starts.sh SOURCE-DIRECTORY, in a build directory (make bench)
# In the environment: START_ROUNDS, how often each comes in the table, all else being shorter;
# ONLY, some of the names of measurements below; CONTENDERS, some of the contenders.
set -eu
source=$1
work=bench/work out=bench/out
rounds=${START_ROUNDS:-40}
few=$(((rounds + 4) / 5))
mkdir -p "$work" "$out"
rm -f "$out"/*
# shellcheck source=bench/contenders.sh
. "$source/bench/contenders.sh"

have_contenders >"$work/contenders.md"
cat "$work/contenders.md"
# shellcheck disable=SC2153 # of the environment
contenders=${CONTENDERS:-$contenders}

# ---- what is done: a line for each process, with the last option's value apart

# rotated N WORD...: the words, beginning with another one each time.
rotated() {
	left=$1
	shift
	left=$((left % $#))
	while [ "$left" -gt 0 ]; do
		first=$1
		shift
		set -- "$@" "$first"
		left=$((left - 1))
	done
	echo "$@"
}

# plan MEASUREMENT ROUNDS VALUES CONTENDERS OPTIONS
plan() {
	case " ${ONLY:-$1} " in
	*" $1 "*) ;;
	*) return 0 ;;
	esac
	round=0
	while [ "$round" -lt "$2" ]; do
		for value in $3; do
			# shellcheck disable=SC2086
			for contender in $(rotated "$round" $4); do
				echo "$1 $contender $value $5"
			done
		done
		round=$((round + 1))
	done
}

# but CONTENDER...: all the others.
but() {
	for contender in $contenders; do
		case " $* " in
		*" $contender "*) ;;
		*) echo "$contender" ;;
		esac
	done
}

# Room is left for what a contender needs itself.
# shellcheck disable=SC3045 # every sh that we know has it
most=$(ulimit -n)
if [ "$most" = unlimited ] || [ "$most" -gt 19100 ]; then
	most=19100
fi
most=$((most - 100))
memory=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo 2>/dev/null || echo 2048)
sizes=
for size in 0 1024 2048 4096 8192; do
	[ "$((size + size / 4))" -gt "$memory" ] || sizes="$sizes $size"
done
# A second floor is for one table only.
others=$(but vfork-pidfd)
threaded=$(but vfork-pidfd node)
{
	plan table "$rounds" 0 "$contenders" '--starts 50 --fds'
	plan descriptors "$few" "0 1000 $((most / 4)) $((most / 2)) $most" "$others" '--starts 25 --fds'
	plan call "$few" "0 $most" "$others" '--starts 50 --fds'
	plan threads "$few" '1 2 4 16' "$threaded" '--starts 480 --threads'
	plan memory "$(((few + 7) / 8))" "$sizes" "$others" '--starts 100 --within 1500 --memory'
} >"$work/plan"

# ---- doing it

total=$(wc -l <"$work/plan")
done=0
progress() {
	if [ -t 2 ]; then
		printf '\r%d of %d: %s %s %s\033[K' "$done" "$total" "$@" >&2
	fi
}

# Where several CPUs are the point.
pin_of() {
	case $1 in
	call | threads) ;;
	*) echo "$pin" ;;
	esac
}

began=$(date +%s)
while read -r measurement contender value options; do
	progress "$measurement" "$contender" "$value"
	# shellcheck disable=SC2046,SC2086 # words
	$(pin_of "$measurement") $(command_of "$contender") $options "$value" bench/nothing </dev/null |
		sed "s/^/$measurement $contender $value /"
	done=$((done + 1))
done <"$work/plan" >"$work/raw"
if [ -t 2 ]; then
	printf '\r\033[K' >&2
fi

# ---- saying it

sort -k1,1 -k2,2 -k3,3n "$work/raw" | awk -v floor=vfork -f "$source/bench/summary.awk" >"$out/starts.csv"
tables() {
	awk -v order="$contenders" "$@" -f "$source/bench/table.awk" "$out/starts.csv"
}
{
	machine
	echo "$(date +%F), $rounds rounds, $(($(date +%s) - began)) s."
	echo "One CPU for parent and child: ${pin:-no}; all CPUs for call and threads."
	echo
	cat "$work/contenders.md"
	tables
} >"$out/starts.md"
tables -v only=summary >"$out/summary.md"
sed '1,/^$/d' "$out/starts.md" | sed '1,/^$/d'
if have gnuplot; then
	sh "$source/bench/plots.sh" "$out/starts.csv" "$out" "$others"
else
	echo 'without plots: no gnuplot'
fi
echo
echo "all of it: $(echo "$out"/*)"
