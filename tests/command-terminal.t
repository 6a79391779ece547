#!/bin/sh
# SPDX-License-Identifier: ISC
# The command's terminal: its modes, and what is typed there.
. "$PSPAWN_SOURCE/tests/expect.sh"
terminal=$PSPAWN_TERMINAL
if ! "$terminal" -c true 2>/dev/null; then
	echo '1..0 # SKIP needs a terminal'
	exit 0
fi

# ---- what is typed

# A question that throws away what was typed before. With --pty-wait, so that nothing depends on
# how soon it is asked.
printf 'x\n' >in
for way in text file; do
	case $way in
	text) set -- --stdin-text "x
" ;;
	file) set -- --stdin-file in ;;
	esac
	expect "waits_for_a_prompt_$way" 0 'Password: <x>' '' "$pspawn" --pty --pty-wait 'Password: ' "$@" \
		"$terminal" -p 'Password: '
done
expect types_to_who_reads 0 '<x><y>' '' sh -c 'printf "x\ny\n" | "$@" | tr -d "."' sh "$pspawn" --pty sh -c \
	'while :; do printf .; sleep 0.1; done & "$0" -p "" && "$0" -p ""; code=$?; kill $!; exit $code' "$terminal"

long=$(printf '%05000d' 0)
expect says_what_is_cut 0 '>' 'keeps 4095 bytes' "$pspawn" --pty --pty-wait '>' --stdin-text "$long
" sh -c 'stty -echo; printf ">"; cat >/dev/null'
expect cut_in_json 0 '' '"stdin":{"bytes":5001,"end":"cut"' "$pspawn" --json --pty --capture --pty-wait '>' \
	--stdin-text "$long
" sh -c 'stty -echo; printf ">"; cat >/dev/null'
for options in --pty '--stdin-text x' ''; do
	# shellcheck disable=SC2086 # several words
	expect "needs_what_it_types_$(echo "$options" | tr -c 'a-z\n' _)" 125 '' 'pty-wait needs' "$pspawn" \
		--pty-wait '>' $options true
done

# ---- modes

expect begins_with_our_modes 0 yes '' sh -c '"$0" -c -o sh -c "stty erase ^H -ixon iutf8; exec \"\$0\" --pty stty -a" "$1" >shown
	grep -q "erase = ^H" shown && grep -q -e "-ixon" shown && grep -q " iutf8" shown && echo yes || cat shown' "$terminal" "$pspawn"

# ---- another user

as_user() {
	if [ "$(id -u)" != 0 ] || ! "$pspawn" --user 65534 true 2>/dev/null; then
		number=$((number + 1))
		echo "ok $number - $1 # SKIP needs root"
		return
	fi
	expect "$@"
}
as_user opens_its_terminal 0 'opened' '' sh -c '"$0" --pty --user 65534 -- sh -c "exec 3<>\"\$(tty)\" && echo opened >&3" | tr -d "\r"' "$pspawn"
as_user opens_its_pipes 0 'in' '' "$pspawn" --user 65534 --capture --stdin-text in -- sh -c 'cat /dev/stdin >/dev/stdout'

echo "1..$number"
