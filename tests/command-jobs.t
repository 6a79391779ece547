#!/bin/sh
# SPDX-License-Identifier: ISC
# The command as a shell's job: keys of the terminal, stops, who is in front; and as process 1.
. "$PSPAWN_SOURCE/tests/expect.sh"
terminal=$PSPAWN_TERMINAL
ended=$PSPAWN_BUILD/tests/ended
waiting='while :; do sleep 0.02; done'

# shows NAME PATTERN ARGUMENT...: on a terminal, what is shown on it
shows() {
	name=$1 pattern=$2
	shift 2
	if ! "$terminal" -c true 2>/dev/null; then
		number=$((number + 1))
		echo "ok $number - $name # SKIP needs a terminal"
		return
	fi
	expect "$name" 0 '' '' timeout -s KILL 300 sh -c '"$@" >shown
		grep -q -e "$0" shown || { cat -v shown; exit 1; }' "$pattern" "$terminal" -c -o "$@"
}
key() {
	printf "\\$1"
}

# ---- an end by a key

backends='linux posix_spawn fork'
[ -z "$PSPAWN_TEST_EMULATED" ] || backends=
for backend in $backends; do
	"$pspawn" --backend $backend true 2>/dev/null || continue
	for options in '' --setsid '--pgroup 0' '--timeout 500s' '--reach child'; do
		shows "interrupt_ends_both_${backend}_$options" 'signal 2' -t "$(key 003)" \
			"$ended" "$pspawn" --sigdefault INT --backend $backend $options \
			sh -c "echo ready; $waiting"
	done
done
shows quit_ends_both_with_one_core 'signal 3.$' -t "$(key 034)" \
	"$ended" "$pspawn" --rlimit core=0 sh -c "echo ready; $waiting"
shows interrupt_is_for_the_program_to_judge 'exited 5' -t "$(key 003)" \
	"$ended" "$pspawn" --setsid sh -c "trap 'exit 5' INT; echo ready; $waiting"
expect others_are_an_exit_status 0 'exited 143' '' "$ended" "$pspawn" sh -c 'kill -TERM $$'
expect a_stop_by_time_is_no_signal 0 'exited 124' '' "$ended" "$pspawn" --sigdefault INT --quiet \
	--signal INT --timeout 10ms sleep 500

# ---- the terminal, for a program whose 0 is something else

for backend in $backends; do
	"$pspawn" --backend $backend true 2>/dev/null || continue
	shows "reads_from_dev_tty_$backend" 'got hello' -t 'hello
' "$pspawn" --backend $backend --timeout 500s --fd 0=null \
		sh -c 'echo ready; read x </dev/tty; echo "got $x"'
done
shows sets_dev_tty '^foo' "$pspawn" --quiet --timeout 500s --stdin-text foo \
	sh -c 'stty -echo </dev/tty; cat; stty echo </dev/tty'
shows a_later_stage_reads_from_dev_tty 'got hello' -t 'hello
' "$pspawn" --timeout 500s --fd 0=null --pipeline sh -c 'echo ready >&2' ::: \
	sh -c 'read x </dev/tty; echo "got $x"'
shows a_group_reads_from_the_terminal 'got hello' -t 'hello
' "$pspawn" --pgroup 0 sh -c 'echo ready; read x; echo "got $x"'
shows gives_it_back_after_that 'then again' -t 'hello
again
' sh -c '"$0" --timeout 500s --fd 0=null sh -c "echo ready; read x </dev/tty"
	read x; echo "then $x"' "$pspawn"
# What reads from the terminal beside the command, as less would, is in front.
shows leaves_it_to_its_own_group 'got hello' -t 'hello
' sh -c '"$0" --timeout 500s sh -c "echo ready >&2; until [ -e read ]; do sleep 0.02; done" |
	{ read x </dev/tty; echo "got $x"; : >read; cat; }' "$pspawn"

# ---- a stop by a key, and by a signal

# A shell with jobs goes on when the command has stopped, and with fg so does the command.
for options in '' '--pgroup 0' '--timeout 500s' '--timeout 500s --fd 0=null' '--reach child'; do
	shows "stops_and_goes_on_$options" 'got hello' -t "$(key 032)hello
" sh -mc '"$0" $1 sh -c "echo ready; read x </dev/tty; echo \"got \$x\""
		[ $? -gt 128 ] && fg' "$pspawn" "$options"
done
shows a_program_may_refuse_to_stop 'got hello' -t "$(key 032)hello
" sh -mc '"$0" --sigignore TSTP sh -c "echo ready; read x; echo \"got \$x\""' "$pspawn"
# Nobody is there to say fg: then the key does nothing, as to any program.
shows no_stop_without_a_shell 'got hello' -t "$(key 032)hello
" "$pspawn" --timeout 500s sh -c 'echo ready; read x; echo "got $x"'

mkfifo kept fifo
# stopped NAME ARGUMENT...: SIGTSTP stops the command and the program, SIGCONT continues both
state='state() { read pid name state rest <"/proc/$1/stat"; echo $state; }
	until_state() { until [ "$(state $1)" = $2 ]; do sleep 0.02; done; }
	until_running() { while [ "$(state $1)" = T ]; do sleep 0.02; done; }'
stopped() {
	name=$1
	shift
	rm -f pid
	expect "$name" 7 '' '' timeout -s KILL 300 sh -c "$state"'
		"$@" sh -c "exec 2>/dev/null 5<>kept; trap \"exit 7\" USR1; echo \$\$ >made; mv made pid
			while :; do read x <&5; done" </dev/null >/dev/null &
		until [ -e pid ]; do sleep 0.02; done
		kill -TSTP $!; until_state $! T; until_state $(cat pid) T
		kill -CONT $!; until_running $!; until_running $(cat pid)
		kill -USR1 $!; wait $!' sh "$@"
}
if [ -e /proc/self/stat ]; then
	for options in '' --setsid --pty '--pgroup 0' '--timeout 500s' '--setsid --timeout 500s' \
		'--reach child' '--sigignore TSTP --setsid'; do
		stopped "tstp_stops_both_$options" "$pspawn" $options
	done
	# The program is in vfork(2), and its child in the opening of a FIFO: it cannot be stopped.
	for options in --pty --setsid '--setsid --reach child'; do
		rm -f entered
		expect "tstp_stops_us_beside_a_vfork_$options" 0 '' '' timeout -s KILL 300 sh -c "$state"'
			pspawn=$1; shift
			"$@" sh -c "echo \$\$ >entered; exec $pspawn --backend linux --fd \"9=<fifo\" true" </dev/null >/dev/null &
			until [ -s entered ] && [ "$(state $(cat entered))" = D ]; do sleep 0.02; done
			kill -TSTP $!; until_state $! T
			kill -CONT $!; until_running $!
			: >fifo; wait $!' sh "$pspawn" "$pspawn" $options
	done
fi

# ---- process 1

first=
for namespaces in pid user,pid; do
	"$pspawn" --namespaces $namespaces true 2>/dev/null || continue
	first="$pspawn --namespaces $namespaces $pspawn"
	break
done
if [ -z "$first" ]; then
	number=$((number + 1))
	echo "ok $number - process_1 # SKIP needs a pid namespace"
else
	# Two orphans: the parent of each ends, and process 1 has to take their statuses.
	orphans='for i in 1 2; do sh -c "sh -c \"echo \\\$\\\$ >>orphans; exit 3\" &"; done
		until [ "$(wc -l <orphans)" = 2 ]; do sleep 0.02; done
		for pid in $(cat orphans); do while kill -0 $pid 2>/dev/null; do sleep 0.02; done; done'
	for options in '' '--timeout 500s' '--capture --timeout 500s'; do
		: >orphans
		expect "reaps_orphans_$options" 7 '' '' timeout -s KILL 300 $first $options \
			sh -c "$orphans; exit 7"
		expect "first_passes_signals_on_$options" 4 '' '' timeout -s KILL 300 $first $options \
			sh -c "exec 2>/dev/null; trap 'exit 4' USR1; kill -USR1 1; $waiting"
	done
	expect first_passes_term_on 4 '' '' timeout -s KILL 300 $first \
		sh -c "trap 'exit 4' TERM; kill -TERM 1; $waiting"
	expect first_says_the_signal 137 '' '' $first sh -c 'kill -KILL $$'
	: >orphans
	expect first_takes_no_status_of_a_stage 0 'x 0' '' timeout -s KILL 300 $first --pipeline \
		sh -c "$orphans; echo x" ::: sh -c 'read x; echo $x $?'
fi
echo "1..$number"
