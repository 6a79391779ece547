#!/bin/sh
# SPDX-License-Identifier: ISC
# The command, from outside.
. "$PSPAWN_SOURCE/tests/expect.sh"
printf 'content\n' >in
printf '#!/bin/nosh\n' >script
printf '#!/bin/sh\n' >plain
chmod 755 script
chmod 644 plain

for backend in linux posix_spawn fork; do
	b="--backend $backend"
	[ -z "$PSPAWN_TEST_EMULATED" ] || b=
	if [ $backend = posix_spawn ] && [ -n "$b" ] &&
		! grep -q 'define HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP' "$PSPAWN_BUILD/config.h"; then
		expect refused_$backend 125 '' 'posix_spawn cannot close everything else here' \
			"$pspawn" $b true
		b=
	fi
	expect "swap_$backend" 0 err '^out$' \
		"$pspawn" $b --fd 1=2 --fd 2=1 -- sh -c 'echo out; echo err >&2'
	expect "no_directory_$backend" 125 '' 'change directory to "/nonexistent": No such file' \
		"$pspawn" $b --dir /nonexistent -- true
	expect "no_program_$backend" 127 '' 'execute "/nonexistent": No such file' \
		"$pspawn" $b -- /nonexistent
done
expect not_in_path 127 '' 'find "pspawn-nothing": No such file' "$pspawn" pspawn-nothing
expect not_executable 126 '' 'execute "./plain": Permission denied' "$pspawn" ./plain
expect no_interpreter 127 '' 'interpreter "/bin/nosh" missing' "$pspawn" ./script
expect status_with_children_ignored 7 '' '' sh -c "trap '' CHLD; '$pspawn' sh -c 'exit 7'"
expect help_is_not_lost 125 '' 'standard output' sh -c "'$pspawn' --help >/dev/full"
expect bad_variable 125 '' '"X" (attribute 0): its text is not NAME=VALUE' "$pspawn" --env X true
expect status 7 '' '' "$pspawn" sh -c 'exit 7'
expect signal 143 '' '' "$pspawn" sh -c 'kill -TERM $$'
expect open_for_reading 0 content '' "$pspawn" --fd '0=<in' cat
expect open_for_writing 0 '' '' "$pspawn" --fd '1=>made' echo text
expect open_for_appending 0 '' '' "$pspawn" --fd '1=>>made' echo more
expect written 0 'text
more' '' cat made
expect open_for_both 0 '' '' "$pspawn" --fd '5=<>made' sh -c 'echo x >&5'
expect same 0 'a
b' '' "$pspawn" --fd 5=same:1 sh -c 'echo a; echo b >&5'
expect null 0 '' '' "$pspawn" --fd 1=null echo gone
expect close 1 '' '' "$pspawn" --fd 9=0 --fd 1=close sh -c 'test -e /proc/self/fd/1'
expect dir 0 / '' "$pspawn" --dir / pwd
expect env 0 'v.' '' "$pspawn" --env K=v --env GONE=1 --unset GONE sh -c 'echo $K.$GONE'
expect clear_env 0 'A=b' '' "$pspawn" --clear-env --env A=b env
expect unlisted_is_closed 0 no '' sh -c \
	"exec 8<in; '$pspawn' sh -c 'test -e /proc/self/fd/8 && echo yes || echo no'"
expect inherit_all 0 yes '' sh -c \
	"exec 8<in; '$pspawn' --inherit-all sh -c 'test -e /proc/self/fd/8 && echo yes || echo no'"
expect fds 0 '' '^    7  read *.*/in$' "$pspawn" --fds --fd '7=<in' true
expect fds_only_those 0 4 '' sh -c "'$pspawn' --fds --fd '7=<in' true 2>&1 | wc -l | tr -d ' '"
printf 'x' >'odd
name'
expect fds_of_an_odd_name 0 '' 'odd' "$pspawn" --fds --fd '7=<odd
name' true
expect fds_program_missing 127 '' 'execute "/nonexistent": No such file' "$pspawn" --fds /nonexistent
expect fds_status 3 '' '^    1  write ' "$pspawn" --fds --fd 2=close -- sh -c 'exit 3'
expect fds_error 127 '' 'find "pspawn-nothing"' "$pspawn" --fds pspawn-nothing
expect json_result 0 '' '"code":0,"signal":null' "$pspawn" --json true
expect json_error 125 '' '{"error":{"errno":2,"step":"change directory","index":-1,"index_of":null,"reason":null,"message":"' \
	"$pspawn" --json --dir '/no"quote' true
expect bad_descriptor 125 '' 'not a descriptor: x=1' "$pspawn" --fd x=1 true
expect duplicate 125 '' 'descriptor 3 (entry 1' "$pspawn" --fd 3=0 --fd 3=1 true
expect bad_option 125 '' 'pspawn --help' "$pspawn" --nonsense true
expect no_program 125 '' 'no program' "$pspawn"
expect no_backend 125 '' 'no backend of that name' "$pspawn" --backend x true
"$pspawn" --explain --fd 1=2 --fd 2=1 true >plan 2>/dev/null
expect explain 0 1 '' grep -c 'close all but 0-2' plan
"$pspawn" --help >help
missing=
for option in $(grep -o -- '--[a-z-]*' help | sort -u); do
	roff=$(echo "$option" | sed 's/-/\\\\-/g')
	grep -q -e "$roff" "$PSPAWN_SOURCE/man/pspawn.1" || missing="$missing $option"
done
expect manual_has_every_option 0 '' '' test -z "$missing"
[ -z "$missing" ] || echo "# missing:$missing"
echo "1..$number"
