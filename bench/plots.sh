#!/bin/sh
# SPDX-License-Identifier: ISC
# From summary.awk's CSV to plots, by gnuplot.
# usage: plots.sh CSV DIRECTORY CONTENDERS
set -eu
csv=$1
into=$2
contenders=$3

# points MEASUREMENT WHAT CONTENDER: lines of `VALUE MEDIAN`.
points() {
	awk -F, -v m="$1" -v w="$2" -v c="$3" \
		'$1 == m && $2 == c && $4 == w { print $3, $7 }' "$csv" | sort -n
}

style='set terminal svg noenhanced size 860,460 font "sans,13" background "white"
	set key outside right top samplen 2
	set grid ytics lc rgb "#dddddd"
	set border 3
	set tics nomirror'

# The library in orange, thick by its first backend; the floor grey; colours that can be told.
look_of() {
	case $1 in
	vfork) echo 'lc rgb "#777777" dt 2 pt 0' ;;
	pspawn) echo 'lc rgb "#d55e00" lw 4 pt 7' ;;
	pspawn-posix_spawn) echo 'lc rgb "#d55e00" pt 4' ;;
	pspawn-fork) echo 'lc rgb "#d55e00" pt 8' ;;
	pspawn-*) echo 'lc rgb "#d55e00" lw 2 dt 3 pt 12' ;;
	posix_spawn) echo 'lc rgb "#0072b2" pt 5' ;;
	posix_spawn-newest) echo 'lc rgb "#0072b2" dt 2 pt 4' ;;
	fork) echo 'lc rgb "#000000" pt 9' ;;
	libuv) echo 'lc rgb "#009e73" pt 11' ;;
	glib) echo 'lc rgb "#009e73" dt 2 pt 10' ;;
	go) echo 'lc rgb "#56b4e9" pt 13' ;;
	rust) echo 'lc rgb "#cc79a7" pt 5' ;;
	python) echo 'lc rgb "#e69f00" pt 9' ;;
	*) echo 'lc rgb "#a0a000" pt 11' ;;
	esac
}

# lines NAME MEASUREMENT WHAT TITLE X-TITLE Y-TITLE SETTINGS DIVISOR
lines() {
	plots=
	for contender in $contenders; do
		points "$2" "$3" "$contender" >"$into/points-$contender"
		[ -s "$into/points-$contender" ] || continue
		plots="$plots${plots:+, }\"$into/points-$contender\" using (\$1/$8):2 with linespoints \
$(look_of "$contender") ps 0.6 title \"$contender\""
	done
	[ -n "$plots" ] || return 0
	gnuplot <<EOF
$style
set output "$into/$1.svg"
set title "$4"
set xlabel "$5"
set ylabel "$6"
$7
plot $plots
EOF
}

# bars NAME MEASUREMENT WHAT TITLE Y-TITLE: side by side, the values of each contender.
bars() {
	for contender in $contenders; do
		printf '"%s"' "$contender"
		points "$2" "$3" "$contender" | while read -r _ median; do
			printf ' %s' "$median"
		done
		echo
	done | awk 'NF == 3' >"$into/points"
	[ -s "$into/points" ] || return 0
	most=$(awk -F, -v m="$2" '$1 == m && $3 > most { most = $3 } END { print most }' "$csv")
	gnuplot <<EOF
$style
set output "$into/$1.svg"
set title "$4"
set ylabel "$5"
set style data histograms
set style histogram clustered gap 1
set style fill solid
set boxwidth 0.9
set xtics rotate by -35
set logscale y
set yrange [1:*]
set key outside top center horizontal
plot "$into/points" using 2:xtic(1) lc rgb "#56b4e9" title "no descriptors besides", \
	"" using 3 lc rgb "#d55e00" title "$most descriptors"
EOF
}

lines descriptors descriptors whole 'Start and wait, against open descriptors' \
	'descriptors open in the parent' 'microseconds, median' 'set logscale y; set xtics 0,5000' 1
lines memory memory whole "Start and wait, against the parent's memory" \
	'GiB touched' 'microseconds, median' 'set logscale y; set format y "%.0f"' 1024
lines threads threads rate 'Starts per second, against threads' 'threads that start at once' \
	'starts per second, median' 'set logscale x 2; set yrange [0:*]' 1
bars call call call 'Time in the call that starts' 'microseconds, median'
rm -f "$into"/points*
