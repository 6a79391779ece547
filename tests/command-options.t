#!/bin/sh
# SPDX-License-Identifier: ISC
# How options are read.
. "$PSPAWN_SOURCE/tests/expect.sh"
terminal=$PSPAWN_TERMINAL

# ---- whole names alone

expect short_name 125 '' '^pspawn: no such option: --time$' "$pspawn" --time 5s true
expect short_name_of_one 125 '' '^pspawn: no such option: --json-t=2$' "$pspawn" --json-t=2 true
expect shorter_by_a_letter 125 '' 'no such option: --help' "$pspawn" --help-me
expect short_option 125 '' '^pspawn: no such option: -x$' "$pspawn" -x true
expect value_that_is_none 125 '' '^pspawn: has no argument: --json=1$' "$pspawn" --json=1 true
expect value_missing 125 '' '^pspawn: needs an argument: --dir$' "$pspawn" --dir
expect no_name 125 '' '^pspawn: no such option: --=x$' "$pspawn" --=x true
expect help_is_offered 125 '' "^Try 'pspawn --help'.$" "$pspawn" --nosuch
expect value_after_equals 0 / '' "$pspawn" --dir=/ pwd
expect value_after_a_blank 0 / '' "$pspawn" --dir / pwd
expect value_with_equals 0 'a=b' '' "$pspawn" --env=X=a=b sh -c 'echo $X'
expect value_that_looks_like_an_option 0 '--json' '' "$pspawn" --stdin-text --json cat
expect empty_value 0 0 '' sh -c '"$0" --stdin-text= wc -c | tr -d " "' "$pspawn"
expect optional_value_is_not_a_word 0 x '' "$pspawn" --pipeline echo x
expect optional_value 0 x '' "$pspawn" --pipeline=+ echo x + cat
expect options_end_at_the_program 0 '--json' '' "$pspawn" echo --json
expect options_end_at_two_dashes 127 '' 'find "--json"' "$pspawn" -- --json
expect a_dash_is_a_program 127 '' 'find "-"' "$pspawn" -

# ---- it is pspawn, whatever file that is

ln -s "$pspawn" other
expect name_in_a_message 125 '' '^pspawn: no such option: --nosuch$' ./other --nosuch true
expect name_in_an_error 127 '' '^pspawn: find "pspawn-nothing"' ./other pspawn-nothing

# ---- times

for time in .5 5. 0.5 .5m 5.h 500.ms 50; do
	expect "time_$time" 0 '' '' "$pspawn" --timeout $time true
done
for time in . .s 1.2.3 1..2 -1 '' +1 1e3 0x5 ' 1'; do
	expect "no_time_$time" 125 '' '^pspawn: --timeout: not ' "$pspawn" --timeout "$time" true
done
expect a_part_of_a_time 124 '' '' "$pspawn" --quiet --timeout .1 sleep 1000
for size in .5k 5.k 1.5M; do
	expect "no_size_$size" 125 '' 'not a size' "$pspawn" --capture --max-output $size true
done

# ---- terminals that cannot erase

# plain NAME COMMAND...: no escape sequence is shown
plain() {
	name=$1
	shift
	if ! "$terminal" -c true 2>/dev/null; then
		number=$((number + 1))
		echo "ok $number - $name # SKIP needs a terminal"
		return
	fi
	expect "$name" 0 'x' '' timeout -s KILL 900 sh -c '"$@" >shown; tr -d "\r" <shown' sh \
		"$terminal" -c -o "$@"
}
slow='sleep 1.6; echo x'
plain dumb_terminal env TERM=dumb "$pspawn" --capture sh -c "$slow"
plain empty_terminal env TERM= "$pspawn" --capture sh -c "$slow"
plain unknown_terminal env -u TERM "$pspawn" --capture sh -c "$slow"
echo "1..$number"
