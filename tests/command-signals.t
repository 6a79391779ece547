#!/bin/sh
# SPDX-License-Identifier: ISC
# Signals to the command: what becomes of them, and of the command.
. "$PSPAWN_SOURCE/tests/expect.sh"

# A program that sends its parent one signal after the other, and wants each of them back. All have
# their default action before: whoever began the tests may ignore some, and a shell cannot trap
# those. A group is reached with all that is in it, and so a sleep that is waited for is.
cat >bounce <<'END'
exec 2>/dev/null
for signal in "$@"; do
	trap "got=$signal" $signal
done
for signal in "$@"; do
	tries=0
	kill -$signal $PPID
	until [ "$got" = $signal ] || [ $tries = 1000 ]; do
		tries=$((tries + 1))
		sleep 0.02
	done
	[ "$got" = $signal ] || echo $signal is lost
done
END
all='HUP INT QUIT USR1 USR2 ALRM VTALRM PROF XCPU XFSZ PIPE WINCH URG ILL TRAP ABRT BUS FPE SEGV SYS'
[ "$(uname)" != Linux ] || all="$all IO PWR 16 34 50 64"
expect all_are_passed_on_by_a_plain_start 0 '' '' "$pspawn" --sigdefault all "$pspawn" \
	sh bounce TERM $all
expect all_are_passed_on_by_a_run 0 '' '' "$pspawn" --sigdefault all "$pspawn" --timeout 100h \
	sh bounce $all
expect all_are_passed_on_to_a_session 0 '' '' "$pspawn" --sigdefault all "$pspawn" --setsid \
	sh bounce TERM $all
expect ignored_is_ignored 3 '' '' "$pspawn" --sigignore USR1,ALRM "$pspawn" \
	sh -c 'kill -USR1 $PPID; kill -ALRM $PPID; exit 3'
echo "1..$number"
