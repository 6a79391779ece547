#!/bin/sh
# SPDX-License-Identifier: ISC
# The command's options of a run, from outside.
. "$PSPAWN_SOURCE/tests/expect.sh"
terminal=$PSPAWN_TERMINAL
printf 'from a file\n' >in
mkfifo held

# enough COMMAND...: TIME in it is a limit that is long enough for the program to make `ready`
cat >enough <<'END'
for seconds in 0.2 1 5 25 125 625; do
	rm -f ready
	(
		for word; do
			shift
			[ "$word" != TIME ] || word=$seconds
			set -- "$@" "$word"
		done
		exec "$@"
	) >enough.out 2>enough.err
	code=$?
	[ ! -e ready ] || break
done
cat enough.out
cat enough.err >&2
exit $code
END

# result NAME STATUS CONDITION COMMAND...: what the command says is JSON, and of that, as `r`, holds
result() {
	name=$1 status=$2 condition=$3
	shift 3
	if ! command -v python3 >/dev/null 2>&1; then
		number=$((number + 1))
		echo "ok $number - $name # SKIP needs python3"
		return
	fi
	"$@" >out 2>said </dev/null
	got=$?
	expect "$name" 0 "$status True" '' sh -c 'python3 -c "
import json, sys
from base64 import b64decode
r = json.load(open(\"said\"))
print(sys.argv[2], eval(\"(\" + sys.argv[1] + \")\"))" "$1" "$2"' sh "$condition" "$got"
	[ $got = "$status" ] && tail -n 1 out | grep -q True || awk '{ print "# said: " $0 }' said
}

# shows NAME STATUS PATTERN ARGUMENT...: on a terminal, what is shown on it
shows() {
	name=$1 status=$2 pattern=$3
	shift 3
	if ! "$terminal" -c true 2>/dev/null; then
		number=$((number + 1))
		echo "ok $number - $name # SKIP needs a terminal"
		return
	fi
	expect "$name" "$status" '' '' timeout -s KILL 900 sh -c '"$@" >shown; code=$?
		cat -v shown >seen
		if grep -q -e "$0" seen; then exit $code; else cat seen; exit 98; fi' \
		"$pattern" "$terminal" -c -o "$@"
}

# refused SENTENCE ARGUMENT...
refused() {
	sentence=$1
	shift
	expect "refused_$(echo "$*" | tr -c 'a-z0-9\n' _)" 125 '' "$sentence" "$pspawn" "$@" true
}

# signalled NAME STATUS OUT SIGNAL ARGUMENT...: pspawn gets the signal when the program is ready
signalled() {
	name=$1 status=$2 out=$3 signal=$4
	shift 4
	rm -f ready
	expect "$name" "$status" "$out" '' timeout -s KILL 900 sh -c 'signal=$1; shift
		"$@" & until [ -e ready ]; do sleep 0.02; done
		kill -$signal $!; wait $!' sh "$signal" "$@"
}
# A program that leaves one behind which holds its output, and the end of that.
holds='sleep 10000 & echo $! >holder'
let_go() {
	[ ! -s holder ] || kill "$(cat holder)"
	rm -f holder
}
# Not "exec sleep 60": a shell that is about to become another program can lose an interrupt.
waiting='while :; do sleep 0.02; done'
forever='exec 2>/dev/null; echo >ready; while :; do sleep 0.02; done'

# ---- bounds

expect in_time 3 '' '' "$pspawn" --timeout 1h sh -c 'exit 3'
expect timeout 124 '' 'stop the program: it has taken too long' "$pspawn" --timeout 200ms sleep 60
expect timeout_quiet 124 '' '' "$pspawn" --timeout 0.2 --quiet sleep 60
expect timeout_minutes 124 '' '' "$pspawn" --quiet --timeout 0.003m sleep 60
expect timeout_hours 0 '' '' "$pspawn" --timeout 596h true
result timeout_json 124 'r["stop_reason"] == "timeout" and r["stop_signal"] == 15 and r["signal"] == 15
	and r["stop_reach"] == "group" and r["error"]["errno"] and r["elapsed_seconds"] >= 0.1' \
	"$pspawn" --json --timeout 100ms --kill-after 1h sleep 60
expect silent_timeout 124 out 'stop the program: it was silent for too long' \
	"$pspawn" --silent-timeout 200ms --capture sh -c 'echo out; exec sleep 60'
expect silent_timeout_quiet 124 '' '' "$pspawn" --silent-timeout 0.2 --quiet --capture sleep 60
expect silent_in_time 3 'x' '' "$pspawn" --silent-timeout 1h --capture sh -c 'echo x; exit 3'
result silent_timeout_json 124 'r["stop_reason"] == "silent" and r["stop_signal"] == 15 and r["signal"] == 15
	and r["error"]["errno"] and r["stdout"]["text"] == "x\n"' \
	"$pspawn" --json --silent-timeout 200ms --kill-after 1h --capture sh -c 'echo x; exec sleep 60'
result silent_timeout_of_both 124 'r["stop_reason"] == "silent"' \
	"$pspawn" --json --silent-timeout 300ms --capture --pty sleep 60
result signal 124 'r["stop_signal"] == 10 and r["code"] == 5' \
	sh enough "$pspawn" --json --timeout TIME --kill-after 1h --signal USR1 \
	sh -c "trap 'exit 5' USR1; $forever"
result kill_after 124 'r["stop_signal"] == 9 and r["signal"] == 9' "$pspawn" --json \
	--timeout 100ms --kill-after 200ms --sigignore TERM sleep 60
result kill_after_nothing 124 'r["stop_signal"] == 9' "$pspawn" --json --timeout 100ms \
	--kill-after 0 --sigignore TERM sleep 60
result reach_group 124 'r["streams_held"] == 0 and r["stop_reach"] == "group"' \
	sh enough "$pspawn" --json --capture --timeout TIME --kill-after 1h sh -c 'sleep 60 & echo >ready; wait'
result reach_child 124 'r["streams_held"] == 2 and r["stop_reach"] == "child"' \
	sh enough "$pspawn" --json --capture --timeout TIME --reach child sh -c "$holds; echo >ready; wait"
let_go
expect reach_child_has_our_group 0 same '' sh -c 'group() { sed "s/.*) . [0-9]* \([0-9]*\) .*/\1/" /proc/$1/stat; }
	[ "$("$0" --reach child sed "s/.*) . [0-9]* \([0-9]*\) .*/\1/" /proc/self/stat)" = "$(group $$)" ] &&
		echo same' "$pspawn"

# ---- streams

expect stdin_text 0 'some text' '' "$pspawn" --stdin-text 'some text' cat
expect stdin_text_empty 0 0 '' sh -c '"$0" --stdin-text "" wc -c | tr -d " "' "$pspawn"
expect stdin_text_not_read 0 '' '' "$pspawn" --stdin-text 'some text' true
expect stdin_file 0 'from a file' '' "$pspawn" --stdin-file in cat
expect stdin_file_is_a_pipe 0 yes '' "$pspawn" --stdin-file in sh -c 'test -p /dev/stdin && echo yes'
expect stdin_file_is_ours 0 'from a file' '' "$pspawn" --dir / --stdin-file in cat
expect stdin_file_waits 0 late '' timeout -s KILL 900 sh -c \
	'(exec >held; sleep 0.3; echo late) & "$0" --stdin-file held cat' "$pspawn"
expect stdin_file_slow_in_time 124 '' '' timeout -s KILL 900 sh -c 'sleep 60 >held & writer=$!
	"$0" --timeout 200ms --quiet --stdin-file held cat; code=$?; kill $writer; exit $code' "$pspawn"
expect stdin_file_missing 125 '' 'open "nothing": No such file' "$pspawn" --stdin-file nothing cat
expect stdin_file_missing_is_one_line 0 1 '' sh -c '"$0" --stdin-file nothing cat 2>&1 | wc -l | tr -d " "' "$pspawn"
expect stdin_file_directory 125 '' 'Is a directory' "$pspawn" --stdin-file / cat
expect stdin_file_hidden 125 '' 'Bad file descriptor' "$pspawn" --stdin-file in --fd 5=3 true 3<&-
expect capture 3 out err "$pspawn" --capture sh -c 'echo out; echo err >&2; exit 3'
expect capture_is_printed_afterwards 0 'x
0' '' sh -c '"$0" --capture sh -c "echo x; wc -c <shown | tr -d \" \"" >shown; cat shown' "$pspawn"
expect capture_to_nobody 125 '' 'standard output: ' sh -c '"$0" --capture echo x >/dev/full' "$pspawn"
expect capture_without_output 125 '' 'standard output: Bad file' sh -c '"$0" --capture echo x >&-' "$pspawn"
expect capture_without_any_number 3 '' '' sh -c '"$0" --capture sh -c "exit 3" <&- >&- 2>&-' "$pspawn"
expect max_output 0 12345 '4 bytes are left out after the first 5' \
	"$pspawn" --capture --max-output 5 printf 123456789
expect keep_tail 0 56789 'left out after the first 0' \
	"$pspawn" --capture --max-output 5 --keep tail printf 123456789
expect keep_both 0 1289 '5 bytes are left out after the first 2' \
	"$pspawn" --capture --max-output 4 --keep both printf 123456789
expect keep_head 0 1234 '' "$pspawn" --quiet --capture --max-output 4 --keep head printf 123456789
expect max_output_k 0 1025 '' sh -c '"$0" --quiet --capture --max-output 1k head -c 1030 /dev/zero |
	cat - "$1" | head -c 1025 | wc -c | tr -d " "' "$pspawn" in
expect max_output_default 0 16777216 '' sh -c \
	'"$0" --quiet --capture head -c 17000000 /dev/zero | wc -c | tr -d " "' "$pspawn"
expect max_output_unlimited 0 17000000 '' sh -c \
	'"$0" --capture --max-output unlimited head -c 17000000 /dev/zero | wc -c | tr -d " "' "$pspawn"
expect stop_at_limit 125 'y
y' 'more than its limit' "$pspawn" --capture --max-output 3 --stop-at-limit yes
result stop_at_limit_json 125 'r["stop_reason"] == "limit" and r["stdout"]["text"] == "y\ny" and r["stdout"]["left_out"] > 0' \
	"$pspawn" --json --capture --max-output 3 --stop-at-limit yes
result drain_exit 0 'r["stdout"]["text"] == "x\n" and r["streams_held"] == 2 and r["stdout"]["end"] == "held"' \
	"$pspawn" --json --capture --drain exit sh -c "$holds; echo x"
let_go
result drain_idle 0 'r["stdout"]["text"] == "x\n" and r["streams_held"] == 2 and r["elapsed_seconds"] >= 0.2' \
	"$pspawn" --json --capture --drain idle:200ms sh -c "$holds; echo x"
let_go
result drain_idle_most 0 'r["streams_held"] == 2 and r["elapsed_seconds"] >= 0.3' \
	"$pspawn" --json --capture --drain idle:1h:300ms sh -c "$holds; echo x"
let_go
result drain_most 0 'r["streams_held"] == 2 and r["elapsed_seconds"] >= 0.3' \
	"$pspawn" --json --capture --drain most:300ms sh -c "$holds; echo x"
let_go
result drain_eof 0 'r["streams_held"] == 0 and r["stdout"]["text"] == "x\ny\n"' \
	"$pspawn" --json --capture --drain eof sh -c '(sleep 0.4; echo y) & echo x'
result drain_unlimited 0 'r["streams_held"] == 0 and r["stdout"]["text"] == "x\ny\n"' \
	"$pspawn" --json --capture --drain most:unlimited sh -c '(sleep 0.4; echo y) & echo x'

# ---- pipelines

expect pipeline 0 'A B ::: C' '' "$pspawn" --pipeline=+ -- echo a b ::: c + tr a-z A-Z
expect pipeline_of_three 4 5 '' "$pspawn" --pipeline printf 12345 ::: cat ::: sh -c 'wc -c | tr -d " "; exit 4'
expect pipeline_of_one 0 x '' "$pspawn" --pipeline echo x
expect pipeline_first_fails 0 '' '' "$pspawn" --pipeline false ::: true
expect fail_if_any 3 '' '' "$pspawn" --pipeline --fail-if-any sh -c 'exit 3' ::: true
expect pipeline_no_program 127 '' 'find "pspawn-nothing"' "$pspawn" --pipeline true ::: pspawn-nothing ::: true
expect pipeline_ends 0 'FROM A FILE' '' sh -c \
	'"$0" --fd "0=<in" --fd "1=>made" --pipeline cat ::: tr a-z A-Z ::: cat; cat made' "$pspawn"
expect pipeline_shares_a_file 0 'a
b' '' sh -c '"$0" --fd "2=>>errors" --pipeline sh -c "echo a >&2" ::: sh -c "cat; echo b >&2"; cat errors' "$pspawn"
expect pipeline_is_fed 0 TEXT '' "$pspawn" --stdin-text text --pipeline cat ::: tr a-z A-Z
expect pipeline_is_collected 0 out 'a
*b*' "$pspawn" --capture --pipeline sh -c 'echo a >&2' ::: sh -c 'cat; echo b >&2; echo out'
result pipeline_json 0 '[s["code"] for s in r["stages"]] == [3, 0, 0] and r["stage"] == 2
	and [s["program"] for s in r["stages"]] == ["sh", "cat", "cat"] and r["pid"] == r["stages"][2]["pid"]' \
	"$pspawn" --json --pipeline sh -c 'exit 3' ::: cat ::: cat
result pipeline_stage_of_failure 3 'r["code"] == 3 and r["stage"] == 0' \
	"$pspawn" --json --fail-if-any --pipeline sh -c 'exit 3' ::: cat
result pipeline_stage_not_started 127 'r["error"]["stage"] == 1 and r["error"]["step"] == "find"' \
	"$pspawn" --json --pipeline true ::: pspawn-nothing
result pipeline_timeout 124 '[s["signal"] for s in r["stages"]] == [15, 15]' \
	"$pspawn" --json --timeout 200ms --kill-after 1h --pipeline sleep 60 ::: sleep 60

# ---- JSON

result json_times 0 'r["user_seconds"] >= 0 and r["system_seconds"] >= 0 and r["elapsed_seconds"] > 0
	and r["max_rss"] > 0 and r["minor_faults"] > 0 and r["stop_reason"] is None and r["lost"] is False' \
	"$pspawn" --json --timeout 1h true
result json_text 0 'r["stdout"]["text"] == "\"\\\n\t\x7f\u00e9\u20ac\U0001f600\0" and "base64" not in r["stdout"]' \
	"$pspawn" --json --capture printf '"\\\n\t\177\303\251\342\202\254\360\237\230\200\000'
# Bytes that begin nothing, a long form, a surrogate, beyond Unicode, a character cut short.
result json_bytes 0 'b64decode(r["stdout"]["base64"]) == b"a\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80z\xe2\x82"
	and r["stdout"]["text"] == "a" + 10 * "\ufffd" + "z" + 2 * "\ufffd"' \
	"$pspawn" --json --capture printf 'a\377\300\257\355\240\200\364\220\200\200z\342\202'
result json_all_bytes 0 'b64decode(r["stdout"]["base64"]) == bytes(range(256))' "$pspawn" --json --capture \
	printf "$(awk 'BEGIN { for (i = 0; i < 256; i++) printf "\\%03o", i }')"
result json_left_out 0 'r["stdout"]["left_out"] == 5 and r["stdout"]["after"] == 2 and r["stdout"]["text"] == "1289"
	and r["stdout"]["bytes"] == 9' "$pspawn" --json --capture --max-output 4 --keep both printf 123456789
result json_input 0 'r["stdin"] == {"bytes": 4, "end": "done"}' "$pspawn" --json --stdin-text text cat
result json_error 125 'r["error"]["step"] == "change directory"' "$pspawn" --json --timeout 9s --dir /nonexistent true
"$pspawn" --json --capture --pipeline cat in ::: printf 'a\377"\n' >/dev/null 2>said
if command -v python3 >/dev/null 2>&1; then
	expect json_is_json 0 '' '' sh -c 'python3 -m json.tool said >/dev/null'
fi
expect json_to_nobody 125 '' '' sh -c '"$0" --json --timeout 1h true 2>/dev/full' "$pspawn"
expect json_without_a_number 125 '' '' sh -c '"$0" --json --timeout 1h true 2>&-' "$pspawn"
expect json_of_a_start_to_nobody 125 '' '' sh -c '"$0" --json true 2>/dev/full' "$pspawn"
expect json_prints_no_output 0 '' '"text":"x' "$pspawn" --json --capture echo x

# ---- signals to us

for signal in HUP USR1 USR2; do
	signalled "passed_on_$signal" 4 got $signal "$pspawn" --timeout 1h \
		sh -c "trap 'echo got; exit 4' $signal; $forever"
done
signalled term_stops 143 '' TERM "$pspawn" --kill-after 1h --timeout 1h sh -c "$forever"
signalled term_escalates 137 '' TERM "$pspawn" --kill-after 200ms --sigignore TERM sh -c "$forever"
signalled term_as_signal_says 6 '' TERM "$pspawn" --kill-after 1h --signal INT --sigdefault INT \
	sh -c "trap 'exit 6' INT; $forever"
signalled term_reaches_all_of_a_pipeline 143 '' TERM "$pspawn" --kill-after 1h --pipeline sh -c "$forever" ::: cat
rm -f ready
expect term_reaches_descendants 0 '' '' timeout -s KILL 900 sh -c '"$0" --timeout 1h --fd "1=>held" \
	sh -c "sleep 60 & echo >ready; wait" & exec 3<held; until [ -e ready ]; do sleep 0.02; done
	kill -TERM $!; timeout 900 cat <&3' "$pspawn"

# ---- terminals

key() {
	printf "\\$1"
}
expect pty_is_a_terminal 0 '24 80' '' sh -c '"$0" --pty sh -c "test -t 0 && test -t 1 && test -t 2 && stty size" |
	tr -d "\r"' "$pspawn"
expect pty_status 7 '' '' "$pspawn" --pty sh -c 'exit 7'
expect pty_is_fed 0 yes '' sh -c '"$0" --pty --stdin-text "x
" sh -c "read x && test \$x = x && ! read y && echo yes" | tr -d "\r" | tail -n 1' "$pspawn"
expect pty_is_fed_by_us 0 yes '' sh -c 'echo x | "$0" --pty sh -c "read x && ! read y && echo yes" |
	tr -d "\r" | tail -n 1' "$pspawn"
expect pty_without_input 0 yes '' sh -c '"$0" --pty sh -c "! read y && echo yes" <&- | tr -d "\r" | tail -n 1' "$pspawn"
expect pty_collects_one_stream 0 'a b ' '' sh -c '"$0" --pty --capture sh -c "echo a; echo b >&2" | tr "\r\n" " " |
	tr -s " "' "$pspawn"
expect pty_to_nobody 141 '' '' sh -c '{ "$0" --pty --quiet sh -c "sleep 0.3; yes"; echo $? >code; } | :
	exit $(cat code)' "$pspawn"
expect pty_limit 0 123 '' "$pspawn" --pty --max-output 3 printf 12345
expect pty_slow_reader 0 2000000 '' sh -c '"$0" --pty head -c 2000000 /dev/zero | { sleep 0.3; wc -c; } | tr -d " "' \
	"$pspawn"
expect pty_timeout 124 '' 'too long' "$pspawn" --pty --timeout 200ms sleep 60
result pty_stops_although_more_could_be_typed 124 'r["stop_signal"] == 15 and r["stdin"]["end"] == "closed"' \
	sh -c 'sleep 60 >held & "$0" --json --pty --timeout 200ms sleep 60 <held; code=$?; kill $!; exit $code' "$pspawn"
shows pty_has_our_size 0 '^50 132' -s 50x132 "$pspawn" --pty stty size
shows pty_follows_our_size 3 '^11 22' -s 50x132 -r 11x22 "$pspawn" --pty --timeout 1h sh -c \
	'trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.05; done'
shows pty_gets_keys 0 'got a  b' -t 'a  b
' "$pspawn" --pty --timeout 1h sh -c 'echo ready; IFS=; read x; echo got $x'
# without_strace NAME: is there none? Then NAME is skipped.
without_strace() {
	if strace -o log true 2>/dev/null; then
		return 1
	fi
	number=$((number + 1))
	echo "ok $number - $1 # SKIP no strace"
}
# interrupted NUMBER: a signal comes just as it looks whether there is something to read
interrupted() {
	! without_strace "pty_poll_$1_is_interrupted" || return 0
	# Whoever is traced cannot be asked for leaks.
	expect "pty_poll_$1_is_interrupted" 3 '' '' sh -c 'sleep 60 >held &
		ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 timeout -s KILL 900 strace \
		-o log -e "trace=/^p?poll" -e "inject=/^p?poll:error=EINTR:when=$1" \
		"$0" --pty sh -c "exit 3" <held; code=$?; kill $!; exit $code' "$pspawn" "$1"
}
for poll in 1 2 3 4; do
	interrupted $poll
done
shows pty_gets_the_interrupt 130 ready -t "$(key 003)" "$pspawn" --pty --timeout 1h \
	sh -c "echo ready; $waiting"

# modes NAME COMMAND...: raw while it runs, and afterwards as before, however it ends
modes() {
	name=$1
	shift
	rm -f ready
	shows "$name" 0 '^same' sh -c 'stty -g >before
		exec 3<&0
		"$@" <&3 & job=$!
		until stty -a | grep -q -e -icanon; do sleep 0.02; done
		: >ready; wait $job
		stty -g >after; cmp before after && echo same' sh "$@"
}
until_ready='until [ -e ready ]; do sleep 0.02; done'
modes pty_modes_after_the_end "$pspawn" --pty --timeout 1h sh -c "$until_ready"
shows pty_modes_after_a_timeout 0 '^same' sh -c 'stty -g >before
	exec 3<&0
	sh enough "$0" --quiet --pty --fd 3=3 --timeout TIME \
		sh -c "until stty -a <&3 | grep -q -e -icanon; do sleep 0.02; done; $1"
	stty -g >after; cmp before after && echo same' "$pspawn" "$forever"
for signal in TERM HUP ALRM SEGV; do
	modes "pty_modes_after_$signal" "$pspawn" --quiet --pty --timeout 1h \
		sh -c "$until_ready; kill -$signal \$PPID; sleep 60"
done

# Without --pty the program's group comes to the front of our terminal.
shows shares_the_terminal 0 'got x' -t 'x
' "$pspawn" --timeout 1h sh -c 'echo ready; read x; echo got $x'
shows gives_the_terminal_back 0 'got x' -t 'x
' sh -c '"$0" --timeout 1h true; echo ready; read x; echo got $x' "$pspawn"
shows interrupt_goes_to_the_program 130 ready -t "$(key 003)" "$pspawn" --timeout 1h \
	sh -c "echo ready; $waiting"
shows interrupt_is_not_doubled 1 ready -t "$(key 003)" "$pspawn" --reach child --timeout 1h sh -c \
	'trap "n=\$((n + 1))" INT; n=0; echo ready; while [ $n = 0 ]; do sleep 0.05; done; sleep 0.3; exit $n'
shows interrupt_is_passed_on 130 ready -t "$(key 003)" sh -c '"$0" --stdin-text "" --timeout 1h \
	sh -c "echo ready; $1"' "$pspawn" "$waiting"
shows suspends_and_resumes 0 'got hello' -t "$(key 032)hello
" sh -mc '"$0" --timeout 1h sh -c "echo ready; read x; echo got \$x"; [ $? -gt 128 ] && fg' "$pspawn"
# It comes there by itself, before we have asked our terminal anything.
if ! without_strace comes_to_the_front_by_itself; then
	shows comes_to_the_front_by_itself 0 '^ahead' env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
		strace -o log -e trace=ioctl -e inject=ioctl:delay_enter=200000 "$pspawn" --timeout 1h \
		sh -c 'read pid name state parent group session terminal front rest </proc/$$/stat
			if [ "$group" = "$front" ]; then echo ahead; else echo behind; fi'
fi
shows is_brought_to_the_front 0 'got x' -t 'x
' "$pspawn" --backend fork --timeout 1h sh -c 'echo ready; read x; echo got $x'
printf 'no program' >junk
chmod +x junk
shows gives_the_terminal_back_after_a_failure 0 'got x' -t 'x
' sh -c '"$0" --timeout 1h ./junk; read x; echo got $x' "$pspawn"
shows gives_the_terminal_back_after_a_later_failure 0 'got x' -t 'x
' sh -c '"$0" --timeout 1h --pipeline sleep 60 ::: ./junk; read x; echo got $x' "$pspawn"

# ---- progress

# until_shown TEXT: a line of shell that waits until this is shown; the first time may be the second.
until_shown() {
	echo "until grep -q \"$1\" shown; do sleep 0.1; done"
}
shows progress 0 \
	'^^Mpspawn: \(.*^Mpspawn: \)*[0-9]*:[0-9]*, in 4 B, out 2 B, memory [0-9.]* [KM]iB^\[\[K^M.*^M^\[\[Kx^M$' \
	"$pspawn" --stdin-text text --capture --timeout 1h sh -c "echo x; $(until_shown 'in 4 B, out 2 B')"
shows progress_beside_a_file 0 'pspawn: [0-9]*:[0-9][0-9]' "$pspawn" --timeout 1h --fd '1=>made' \
	sh -c "$(until_shown pspawn:)"
shows progress_fits 0 '^^Mpspawn: [0-9]:[0-9][0-9], in 4 ^\[\[K^M' -s 10x20 \
	"$pspawn" --stdin-text text --capture --timeout 1h sh -c "echo x; $(until_shown pspawn:)"
shows progress_quiet 0 '^x^M$' "$pspawn" --quiet --capture --timeout 1h sh -c 'echo x; sleep 1.3'
expect progress_is_no_output 0 x '' "$pspawn" --capture --timeout 1h sh -c 'echo x; sleep 1.3'

# ---- refusals

for value in 5x x '' -1 1.2.3 1e3 0x5 ' 5' '5 s' inf; do
	expect "refused_timeout_'$value'" 125 '' '--timeout: not a time' "$pspawn" --timeout "$value" true
done
refused 'not from 1 ms to 596 h' --timeout 0
refused 'not from 1 ms to 596 h' --timeout 600h
refused '--silent-timeout: not a time' --silent-timeout x --capture
refused 'not from 1 ms to 596 h' --silent-timeout 0 --capture
refused '--silent-timeout needs --capture or --pty' --silent-timeout 5s
refused '--kill-after: not a time' --kill-after x
refused '--signal: no such signal: SIGNONE' --signal SIGNONE
refused '--reach: no such reach: tree' --reach tree
for value in x '' -1 5x 1.5k 99999999999999999999 99999999999G 0; do
	expect "refused_max_output_'$value'" 125 '' '--max-output: \(not a size\|too \)' \
		"$pspawn" --capture --max-output "$value" true
done
refused 'no such part of the output: middle' --capture --keep middle
refused 'no such policy: never' --capture --drain never
refused 'more times than' --capture --drain exit:5s
refused 'more times than' --capture --drain most:5s:5s
refused 'not a time' --capture --drain idle:x
refused 'not from 1 ms' --capture --drain idle:0
refused 'does not go with --stdin-file' --stdin-text x --stdin-file in
refused 'need --capture or --pty' --max-output 5
refused 'need --capture or --pty' --keep tail
refused '--keep needs --capture' --pty --keep tail
refused 'need --capture or --pty' --stop-at-limit
refused '--stop-at-limit needs --max-output' --capture --stop-at-limit
refused '--keep head only' --capture --max-output 5 --stop-at-limit --keep tail
refused '--drain needs' --drain exit
refused 'needs --pipeline' --fail-if-any
refused '--pty does not go with --pipeline' --pty --pipeline
refused 'between programs is empty' --pipeline=
refused 'none of the options of a run' --timeout 5s --fds
refused 'none of the options of a run' --timeout 5s --explain
[ "$(uname)" != Linux ] || refused 'none of the options of a run' --timeout 5s --stopped
expect refused_no_first 125 '' 'program 1 of 2 is missing' "$pspawn" --pipeline -- ::: true
expect refused_no_last 125 '' 'program 2 of 2 is missing' "$pspawn" --pipeline true :::
expect refused_nothing_between 125 '' 'program 2 of 3 is missing' "$pspawn" --pipeline true ::: ::: true
refused 'neither --stdin-text' --stdin-text x --fd '0=<in'
refused '0 to 2 does not go with --pty' --pty --fd '0=<in'
refused 'neither --capture nor --pty' --pty --fd 2=1
refused 'neither --capture nor --pty' --capture --fd 1=2
expect quiet_is_no_run 0 '' 'close all but' sh -c '"$0" --quiet --explain true >&2' "$pspawn"
echo "1..$number"
