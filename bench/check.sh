#!/bin/sh
# SPDX-License-Identifier: ISC
# Whether bench/ratios holds. What is missed is tried again, three times in all; fails if
# something was missed each time. Both sides take turns, each time as a process of its own.
# usage: check.sh SOURCE-DIRECTORY [PROMISE...], in a build directory (make bench-check)
set -eu
source=$1
shift
promises=${*:-${PROMISES:-}}
work=bench/work
mkdir -p "$work"
# shellcheck source=bench/contenders.sh
. "$source/bench/contenders.sh"
have_own >/dev/null

# shellcheck disable=SC3045 # every sh that we know has it
limit=$(ulimit -n)
if [ "$limit" = unlimited ] || [ "$limit" -gt 19100 ]; then
	limit=19100
fi
available=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo 2>/dev/null || echo 2048)
large=8192
while [ "$((large + large / 4))" -gt "$available" ]; do
	large=$((large / 2))
done

# ---- one try

# measure SIDE CONTENDER OPTION...: its lines, once more.
measure() {
	side=$1 contender=$2
	shift 2
	# shellcheck disable=SC2046 # words
	$pinning $(command_of "$contender") "$@" bench/nothing </dev/null >>"$work/$side"
}

# number SIDE: of all its lines, in nanoseconds or per second.
number() {
	case $what in
	whole | p99) field=2 kind=start ;;
	call) field=3 kind=start ;;
	rate) field=2 kind=rate ;;
	esac
	part=50
	[ "$what" != p99 ] || part=99
	awk -v kind="$kind" -v field="$field" '$1 == kind { print $field }' "$work/$1" | sort -n |
		awk -v part="$part" '{ line[NR] = $1 } END { print line[int((NR * part + 99) / 100)] }'
}

# compare OURS / THEIRS: numbers of both, and the ratio.
compare() {
	sides=$*
	ours=${sides%% / *} theirs=${sides##* / }
	: >"$work/ours"
	: >"$work/theirs"
	round=0
	while [ "$round" -lt "$rounds" ]; do
		# The one that comes first is now this one, now that one.
		# shellcheck disable=SC2086
		if [ $((round % 2)) = 0 ]; then
			measure ours $ours
			measure theirs $theirs
		else
			measure theirs $theirs
			measure ours $ours
		fi
		round=$((round + 1))
	done
	ours=$(number ours) theirs=$(number theirs)
	echo "$ours $theirs" | awk '{ printf "%.3f\n", $1 / $2 }'
}

try() {
	if [ "$what" = count ]; then
		ours='' theirs=''
		"$@"
	else
		compare "$@"
	fi
}

holds() {
	awk -v sign="$sign" -v wanted="$wanted" -v got="$1" 'BEGIN {
		less = got + 0 < wanted + 0
		same = got + 0 == wanted + 0
		if (sign == "<")
			exit !less
		exit !(same || (sign == "<=" ? less : !less))
	}'
}

# ---- all of them

is_asked_for() {
	case " ${promises:-$1} " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# Not comparable where one of the two is not here.
is_here() {
	case " $* " in
	*' posix_spawn-newest '*) [ -d "$work/glibc/root" ] ;;
	*' pspawn-posix_spawn '*) [ -x bench/start-tree ] ;;
	*) ;;
	esac
}

progress() {
	if [ -t 2 ]; then
		printf '\r%s\033[K' "$1" >&2
	fi
}

machine
echo "one CPU: ${pin:-not pinned}; MOST is $((limit - 100)) descriptors, LARGE is $large MiB"
echo
echo '| promise | what | wanted | measured | |'
echo '|---|---|---|---|---|'
missed=0
sed -e 's/#.*//' -e "s/MOST/$((limit - 100))/g" -e "s/LARGE/$large/g" "$source/bench/ratios" >"$work/ratios"
while read -r promise what sign wanted rounds where words; do
	if [ -z "$promise" ] || ! is_asked_for "$promise"; then
		continue
	fi
	pinning=
	[ "$where" != pinned ] || pinning=$pin
	all='' verdict='not here'
	if is_here "$words"; then
		for count in 1 2 3; do
			progress "$promise: $words ($count)"
			# shellcheck disable=SC2086
			got=$(try $words) || got=failed
			all="$all $got"
			if [ "$sign" = - ]; then
				verdict='' wanted=''
				break
			fi
			if [ "$got" != failed ] && holds "$got"; then
				verdict=kept
				break
			fi
			verdict=missed
		done
	fi
	[ "$verdict" != missed ] || missed=$((missed + 1))
	progress ''
	echo "| $promise | $what: $words | ${wanted:+$sign $wanted} |$all | $verdict |"
done <"$work/ratios"
echo
if [ "$missed" != 0 ]; then
	echo "$missed missed"
	exit 1
fi
echo 'all kept'
