# SPDX-License-Identifier: ISC
# For the scripts that look at the command from outside: what a run of it has to look like.
pspawn=$PSPAWN_TREE
if [ ! -x "$pspawn" ]; then
	echo '1..0 # SKIP no such command in this build'
	exit 0
fi
# Again, but with all signals as a program expects them, whoever has started this.
[ "${1-}" = known ] || exec "$PSPAWN_BUILD/tests/known" /bin/sh "$0" known
TERM=xterm
export TERM
work=$(mktemp -d)
trap 'cd /; rm -rf "$work"' EXIT
cd "$work" || exit 1
: >err
number=0

# said PATTERN: standard error matches it; '': it is empty.
said() {
	if [ -n "$1" ]; then
		grep -q -- "$1" err
	else
		[ ! -s err ]
	fi
}

# expect NAME STATUS STDOUT STDERR-PATTERN COMMAND...
expect() {
	name=$1 status=$2 out=$3 err=$4
	shift 4
	"$@" >out 2>err </dev/null
	got=$?
	number=$((number + 1))
	if [ $got = "$status" ] && [ "$(cat out)" = "$out" ] && said "$err"; then
		echo "ok $number - $name"
	else
		echo "# status $got and not $status"
		printf 'out: %s\nerr: %s\n' "$out" "$err" | sed 's/^/# wanted /'
		# awk, which ends the last line as well.
		awk '{ print "# out: " $0 }' out
		awk '{ print "# err: " $0 }' err
		echo "not ok $number - $name"
	fi
}
