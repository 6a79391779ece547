#!/bin/sh
# SPDX-License-Identifier: ISC
# What the command prints, to readers of every kind: late, stalled, gone; and what it waits for.
. "$PSPAWN_SOURCE/tests/expect.sh"
reader=$PSPAWN_BUILD/tests/reader
mkfifo fifo
million='head -c 1000000 /dev/zero'
many=
for n in $(seq 10 250); do
	many="$many --fd $n=null"
done
long=$(printf '%06000d' 0)

# late NAME STATUS BYTES N ARGUMENT...: all that pspawn writes to its N arrives, through a pipe that does not wait
late() {
	name=$1 status=$2 bytes=$3 fd=$4
	shift 4
	expect "late_$name" "$status" "$bytes" '' timeout -s KILL 900 sh -c '"$@" >got; code=$?
		wc -c <got | tr -d " "; exit $code' sh "$reader" "$fd" late "$pspawn" "$@"
}

# stalled NAME STATUS PATTERN N SIGNAL ARGUMENT...: nobody reads what it writes to its N
stalled() {
	name=$1 status=$2 pattern=$3 fd=$4 signal=$5
	shift 5
	expect "stalled_$name" "$status" '' "$pattern" timeout -s KILL 900 sh -c '"$@" >got' sh \
		"$reader" "$fd" stalled "$signal" "$pspawn" "$@"
}

# gone NAME STATUS PATTERN SCRIPT: pspawn as $0, whose 1 is a pipe that nobody reads any more when there is a file `ready`
gone() {
	name=$1 status=$2 pattern=$3 script=$4
	rm -f ready
	expect "gone_$name" "$status" '' "$pattern" timeout -s KILL 900 sh -c \
		"{ $script; echo \$? >code; } | until [ -e ready ]; do sleep 0.02; done; exit \$(cat code)" \
		"$pspawn"
}

# ---- a descriptor that does not wait

for backend in linux posix_spawn fork; do
	late "output_by_$backend" 3 1000000 1 --backend $backend --capture sh -c "$million; exit 3"
done
late error_output 0 1000000 2 --capture sh -c "$million >&2"
"$pspawn" --help >help
late help 0 "$(wc -c <help | tr -d ' ')" 1 --help
"$pspawn" --explain $many true >plan
late plan 0 "$(wc -c <plan | tr -d ' ')" 1 --explain $many true
expect late_table 0 244 '' timeout -s KILL 900 sh -c '"$@" >got; code=$?; wc -l <got | tr -d " "; exit $code' sh \
	"$reader" 2 late "$pspawn" --fds $many true
late sentence 125 "$("$pspawn" --dir "$long" true 2>&1 | wc -c | tr -d ' ')" 2 --dir "$long" true
late wrong_usage 125 "$("$pspawn" --fd "$long" true 2>&1 | wc -c | tr -d ' ')" 2 --fd "$long" true
expect late_json 0 '1 }' '' timeout -s KILL 900 sh -c '"$@" >got; code=$?
	echo "$(wc -l <got | tr -d " ") $(tail -c 2 got)"; exit $code' sh \
	"$reader" 2 late "$pspawn" --json --capture sh -c "$million | tr '\\000' a"

# ---- a reader that does not read

for signal in 15 2 1 3; do
	stalled "output_and_signal_$signal" $((128 + signal)) '' 1 $signal --capture $million
	stalled "json_and_signal_$signal" $((128 + signal)) '' 2 $signal --json --capture $million
done
# in_time NAME PATTERN N PROGRAM OPTION...: the limit is long enough for the program, and not for us
in_time() {
	name=$1 pattern=$2 fd=$3 program=$4
	shift 4
	expect "stalled_$name" 124 '' "$pattern" timeout -s KILL 900 sh -c '
		reader=$1 fd=$2 program=$3
		shift 3
		for limit in 1 5 25 125; do
			rm -f ready
			"$reader" $fd stalled 0 "$0" --timeout $limit --capture "$@" sh -c "$program; : >ready" \
				>got 2>why
			code=$?
			[ ! -e ready ] || break
		done
		cat why >&2
		exit $code' "$pspawn" "$reader" "$fd" "$program" "$@"
}
in_time output_in_time 'standard output: it has taken too long' 1 "$million"
in_time json_in_time '' 2 "$million" --json
in_time error_output_in_time '' 2 "$million >&2"

# ---- a reader that has gone

ready='echo >ready; sleep 1000'
gone output 141 '' '"$0" --capture sh -c "'"$ready"'"'
gone output_that_was_kept 141 '' '"$0" --capture sh -c "echo x; '"$ready"'"'
gone output_but_not_errors 141 '^err$' '"$0" --capture sh -c "echo err >&2; '"$ready"'"'
gone output_not_errors_after_it 141 '^late$' '"$0" --capture sh -c "trap \"echo late >&2; exit\" TERM
	echo >ready; while :; do sleep 0.02; done"'
gone pty 141 '' '"$0" --pty sh -c "'"$ready"'" </dev/null'
gone pty_that_writes 141 '' '"$0" --pty sh -c "echo >ready; while :; do echo x; done" </dev/null'
gone json 141 '' '"$0" --json --capture sh -c "'"$ready"'" 2>&1'
gone json_says_so 141 '"stop_reason":"stream"' '"$0" --json --pty sh -c "'"$ready"'" </dev/null'
gone while_we_print 141 '' 'echo >ready; "$0" --capture head -c 1000000 /dev/zero'
gone ignoring_that 125 'standard output: Broken pipe' 'trap "" PIPE; "$0" --capture sh -c "'"$ready"'"'
gone what_is_not_passed_through 3 '' '"$0" --timeout 1h sh -c "echo >ready; exit 3"'

# ---- what is waited for before there is a program

expect fifo_in_time 124 '' '^pspawn: prepare: it has taken too long' \
	timeout -s KILL 900 "$pspawn" --timeout 100ms --stdin-file fifo cat
expect fifo_in_time_as_json 124 '' '^{"error":{"errno":[0-9]*,"step":"prepare","index":-1,"index_of":null,"reason":null,"message":"it has taken too' \
	timeout -s KILL 900 "$pspawn" --json --timeout 100ms --stdin-file fifo cat
expect fifo_for_json_in_time 124 '' '^{"error":' \
	timeout -s KILL 900 "$pspawn" --json-to fifo --timeout 100ms true
expect fifo_of_a_namespace_in_time 124 '' 'too long' \
	timeout -s KILL 900 "$pspawn" --timeout 100ms --setns net:fifo true
expect fifo_that_is_written_in_time 0 x '' timeout -s KILL 900 sh -c \
	'echo x >fifo & "$0" --timeout 1h --stdin-file fifo cat' "$pspawn"
expect alarm_is_left_ignored 0 2000 '' sh -c 'trap "" ALRM; "$0" --timeout 1h cat /proc/self/status |
	sed -n "s/^SigIgn:.*\(....\)$/\1/p"' "$pspawn"
expect alarm_is_not_blocked 0 0000 '' sh -c '"$0" --timeout 1h cat /proc/self/status |
	sed -n "s/^SigBlk:.*\(....\)$/\1/p"' "$pspawn"

# ---- an answer that cannot be printed

expect fds_to_nobody 125 '' '' sh -c '"$0" --fds true 2>/dev/full' "$pspawn"
expect fds_without_a_number 125 '' '' sh -c '"$0" --fds true 2>&-' "$pspawn"
expect explain_to_nobody 125 '' 'standard output: No space' sh -c '"$0" --explain true >/dev/full' "$pspawn"
expect version_to_nobody 125 '' 'standard output: Bad file' sh -c '"$0" --version >&-' "$pspawn"
echo "1..$number"
