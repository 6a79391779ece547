#!/bin/sh
# SPDX-License-Identifier: ISC
# Every error as one JSON object with --json, and where --json-to puts it.
. "$PSPAWN_SOURCE/tests/expect.sh"
mkfifo fifo

# object NAME STATUS PATTERN COMMAND...: one object is all that is said, and it matches; `place` is what
# its index counts, `reason` a pattern of its reason
place=null reason=null
object() {
	name=$1 status=$2 pattern=$3
	shift 3
	expect "$name" "$status" '' "^{\"error\":{\"errno\":[0-9][0-9]*,\"step\":\"[^\"]*\",\"index\":-*[0-9]*,\"index_of\":$place,\"reason\":$reason,\"message\":\"$pattern.*\"}}\$" \
		sh -c '"$@" 2>said; code=$?; cat said >&2; [ $(wc -l <said) = 1 ] || exit 98; exit $code' sh "$@"
}

# ---- errors before there is a program

object usage 125 'no such option: --nosuch' "$pspawn" --json --nosuch true
object usage_before_json 125 'no such option: --nosuch' "$pspawn" --nosuch --json true
object value 125 '--timeout: not a time' "$pspawn" --json --timeout abc true
object value_before_json 125 '--timeout: not a time' "$pspawn" --timeout abc --json true
object no_argument 125 'needs an argument: --timeout' "$pspawn" --json --timeout
object no_program 125 'no program' "$pspawn" --json
object settled 125 '--prefer: no attribute follows' "$pspawn" --json --prefer true
object bounds 125 '--keep needs --capture' "$pspawn" --json --pty --keep tail true
object stages 125 '--pipeline: program 2 of 2 is missing' "$pspawn" --json --pipeline true :::
object user 125 '--user: no such user' "$pspawn" --json --user no-such-user true
object cgroup 125 '--cgroup: open .*No such file' "$pspawn" --json --cgroup /nonexistent true
object setns 125 '--setns: open .*No such file' "$pspawn" --json --setns net:/nonexistent true
object stdin_file 125 '--stdin-file: open .*No such file' "$pspawn" --json --stdin-file /nonexistent true
object start 127 'find ' "$pspawn" --json pspawn-nothing
object run 125 'change directory' "$pspawn" --json --capture --dir /nonexistent true
object no_descriptors 125 '.*Too many open files' sh -c 'exec 3>&- 4>&-; ulimit -n 5; exec "$0" --json --capture true' "$pspawn"
object no_descriptor 125 '.*Too many open files' sh -c 'exec 3>&- 4>&-; ulimit -n 4; exec "$0" --json --capture true' "$pspawn"
expect not_of_the_program 125 '' '^pspawn: no such option: --nosuch' "$pspawn" --nosuch true --json
expect text_without_json 125 '' '^pspawn: --user: no such user' "$pspawn" --user no-such-user true

# ---- what the index counts, and why

# explained PLACE REASON: both are words in such an object from here on
explained() {
	place=\"$1\" reason=\"$2\"
}
explained fd 'two entries have this number'
object index_of_fd 125 'check the description: descriptor 7 (entry 1): two entries' "$pspawn" --json --fd 7=null --fd 7=close true
explained attribute 'the soft limit is above the hard one'
object index_of_attribute 125 'check the description: set the limit .*(attribute 0): the soft limit' \
	"$pspawn" --json --rlimit nofile=64:32 true
place=null reason='"the arguments and the environment are too large together"'
text=$(printf '%0100000d' 0)
[ "$(uname)" = Linux ] && object the_sum_is_too_large 126 'execute .*: the arguments and the environment' \
	"$pspawn" --json --rlimit stack=524288 true "$text" "$text"
expect index_of_stage 127 '' '"index":1,"index_of":"stage","reason":null,"message":"find .*","stage":1}' \
	"$pspawn" --json --pipeline true ::: pspawn-nothing
place=null reason=null

# ---- another place

expect to_a_descriptor 3 'err
{"pid":N,"backend":B,"code":3,' '' sh -c '"$0" --json-to 5 sh -c "echo err >&2; exit 3" 5>said 2>heard; code=$?
	cat heard said | sed "s/\"pid\":[0-9]*/\"pid\":N/; s/\"backend\":\"[a-z_]*\"/\"backend\":B/; s/\"signal\".*//"; exit $code' "$pspawn"
expect to_a_file 3 '1 err' '' sh -c '"$0" --json-to made sh -c "echo err >&2; exit 3" 2>heard; code=$?
	echo $(wc -l <made) $(cat heard); exit $code' "$pspawn"
expect to_a_file_of_digits 0 1 '' sh -c '"$0" --json-to ./7 true; echo $(wc -l <7)' "$pspawn"
expect to_standard_output 0 '1 1' '' sh -c '"$0" --json-to 1 sh -c "echo x" >both; echo $(grep -c ^x both) $(grep -c "^{" both)' "$pspawn"
expect of_a_run 0 '1 x' '' sh -c '"$0" --json-to made --capture printf "x\n"; echo $(wc -l <made) $(sed -n "s/.*\"text\":\"\(x\).*/\1/p" made)' "$pspawn"
expect the_last_place 0 '1 1' '' sh -c '"$0" --json-to one --json-to two true; echo $(ls one two 2>/dev/null | wc -l) $(wc -l <two)' "$pspawn"
expect of_an_error 125 '1' '' sh -c '"$0" --nosuch --json-to made true; code=$?; grep -c "no such option" made; exit $code' "$pspawn"
expect without_2 0 1 '' sh -c '"$0" --json-to made true 2>&-; echo $(wc -l <made)' "$pspawn"

# It is none of the program's.
for how in '5 5>said' 'made' './said'; do
	for also in '' --inherit-all; do
		expect "not_in_the_table_${how%% *}$also" 0 '0 1 2' '' sh -c "3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- '$pspawn' \
			--fds $also --json-to $how true 2>table; echo \$(awk '\$1 < 10 { print \$1 }' table)"
	done
done
expect listed_all_the_same 0 '0 1 2 7' '' sh -c '"$0" --fds --fd 7=5 --json-to 5 true 5>said 2>table
	echo $(awk "{ print \$1 }" table)' "$pspawn"
expect not_where_the_map_reads 125 1 '' sh -c '"$0" --json-to made --fd 7=3 true 3<&- 4<&-; code=$?
	grep -c "place descriptor 7 (entry 0, from 3): Bad file" made; exit $code' "$pspawn"

# ---- places that are none

object descriptor_that_is_closed 125 '--json-to: descriptor 9: Bad file' sh -c 'exec "$0" --json-to 9 true 9<&-' "$pspawn"
object descriptor_that_is_read 125 '--json-to: descriptor 5 is not open for writing' sh -c 'exec "$0" --json-to 5 true 5</dev/null' "$pspawn"
object descriptor_beyond_all 125 '--json-to: descriptor 99999999999' "$pspawn" --json-to 99999999999 true
object directory_that_is_missing 125 '--json-to: open .*No such file' "$pspawn" --json-to /nonexistent/said true
expect full 125 '' '' "$pspawn" --json-to /dev/full true
expect full_run 125 '' '' "$pspawn" --json-to /dev/full --timeout 1h true
expect fifo_with_a_reader 0 1 '' timeout -s KILL 900 sh -c 'wc -l <fifo | tr -d " " & "$0" --json-to fifo true; wait' "$pspawn"
echo "1..$number"
