#!/bin/sh
# SPDX-License-Identifier: ISC
# The main job on real input, on each backend: a real program with a permuted
# descriptor map over real files; what the parent held, the plan, what the
# child found, and whether the outcome is right.
set -eu
pspawn=$1
case $pspawn in /*) ;; *) pspawn=$PWD/$pspawn ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'pear\napple\nfig\n' >fruit
printf 'leek\ncarrot\n' >roots
failed=0

# The ring: the child's 3 is our 4, its 4 our 5, its 5 our 3. 7 goes to 8. Not
# listed, though inheritable: 9.
map='--fd 3=4 --fd 4=5 --fd 5=3 --fd 8=7'
script='sort <&5; echo done >&3; cat <&8 >&4'

for backend in linux posix_spawn fork; do
	rm -f log out
	exec 3<fruit 4>log 5>out 7<roots 9<fruit
	echo "== $backend"
	echo
	echo "the parent holds"
	for number in 3 4 5 7 9; do
		printf '%5d  %s\n' "$number" "$(basename "$(readlink /proc/$$/fd/$number)")"
	done
	echo
	echo "the plan"
	"$pspawn" --backend $backend --explain $map -- sh -c "$script" | sed 's/^/  /'
	echo
	echo "the child found"
	"$pspawn" --backend $backend --fds $map -- sh -c "$script" >sorted 2>table || failed=1
	sed "s|$PWD/||" table
	exec 3<&- 4>&- 5>&- 7<&- 9<&-
	if [ "$(tr '\n' ' ' <sorted)" = 'apple fig pear ' ] && [ "$(cat log)" = 'done' ] &&
		cmp -s out roots && ! grep -q '^ *9 ' table; then
		echo "   right: sorted fruit, log and out hold what they should, and 9 is gone"
	else
		echo "   WRONG"
		failed=1
	fi
	echo
done
exit $failed
