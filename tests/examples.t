#!/bin/sh
# SPDX-License-Identifier: ISC
# Every example says exactly what it has to say.
examples=$PSPAWN_BUILD/examples
work=$(mktemp -d)
trap 'cd /; rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0

limited=
command -v timeout >/dev/null && limited='timeout -k 1 900'

# A known path, with a date that stands still.
PATH=/usr/bin:/bin
mkdir bin
printf '#!/bin/sh\necho today\n' >bin/date
chmod 755 bin/date

# skip NAME WHY
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# says NAME WANTED: its whole output, and that it ends well. 77: it cannot run on this system.
says() {
	if ! [ -x "$examples/$1" ]; then
		skip "$1" 'not built'
		return
	fi
	$limited "$examples/$1" >out 2>err </dev/null
	status=$?
	if [ $status = 77 ]; then
		skip "$1" "$(cat err)"
		return
	fi
	number=$((number + 1))
	if [ "$status $(cat out)" = "0 $2" ] && ! [ -s err ]; then
		echo "ok $number - $1"
		return
	fi
	printf '%s\n' "wanted 0 $2" "got $status $(cat out err)" | sed 's/^/# /'
	echo "not ok $number - $1"
}

loops='poll epoll glib uv event'
echo "1..$((12 + $(echo $loops | wc -w)))"

says look-path "sh is available at $(command -v sh)"
says command 'in all caps: "SOME INPUT"'
says environment 'actual_value in /, homeless'
PATH=$work/bin:$PATH
says output 'The date is today'
PATH=/usr/bin:/bin
says run 'Running sleep and waiting for it to finish...
It finished: exit status 0
Running test and waiting for it to finish...
It finished: exit status 1
Running /no/such/program and waiting for it to finish...
It could not be run: execute "/no/such/program": No such file or directory'
says start-wait 'Waiting for command to finish...
Command finished with status 0'
says combined-output 'stdout
stderr'
says stdin-pipe "value 1 is passed to cat's standard input
value 2 is passed to cat's standard input
value 3 is passed to cat's standard input"
says stdout-pipe 'Bob is 32 years old'
says stderr-pipe 'stdout
stderr'
says context-timeout 'Stopped after 100 ms, by signal 15'
says extra-files 'from the extra file'

for loop in $loops; do
	says "loop-$loop" 'shout: status 0, QUIET
copy: status 0, 1000000 bytes
fail: status 3, oops
late: stopped by its deadline'
done
