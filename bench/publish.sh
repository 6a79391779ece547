#!/bin/sh
# SPDX-License-Identifier: ISC
# Put what the last `make bench` has found about starts into RESULTS.md, README.md and
# bench/plots of the source, between lines that say where.
# usage: publish.sh SOURCE-DIRECTORY, in a build directory (make bench-publish)
set -eu
source=$1
out=bench/out

# between NAME FILE: what stands there from now on is standard input.
between() {
	new=$(mktemp)
	awk -v name="$1" '
		$0 == "<!-- end of " name " -->" { skips = 0 }
		!skips { print }
		$0 == "<!-- " name " -->" {
			while ((getline line <"-") > 0)
				print line
			skips = 1
		}' "$2" >"$new"
	cat "$new" >"$2"
	rm "$new"
}

mkdir -p "$source/bench/plots"
for plot in descriptors memory threads call; do
	if [ ! -f "$out/$plot.svg" ]; then
		echo "no $out/$plot.svg: make bench, with all measurements and gnuplot, has to come first"
		exit 1
	fi
	cp "$out/$plot.svg" "$source/bench/plots/"
done
between starts "$source/bench/RESULTS.md" <"$out/starts.md"
between starts "$source/README.md" <"$out/summary.md"
