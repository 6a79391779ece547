#!/bin/sh
# SPDX-License-Identifier: ISC
# What ./bootstrap says, and asks of a package manager, on a machine that lacks its tools. Such a
# machine is a PATH that has nothing but what the script itself needs, and an apt-get that notes down.
work=$(mktemp -d)
trap 'cd /; rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/tree" && cp "$PSPAWN_SOURCE/bootstrap" "$work/tree/" && cd "$work/tree" || exit 1
number=0

# tool NAME TEXT: a program of that name, which does that.
tool() {
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod 755 "$work/bin/$1"
}

# says NAME STATUS LINE ASKED ARGUMENT...: the status, the last line, and what apt-get was asked
says() {
	name=$1 status=$2 line=$3 asked=$4
	shift 4
	: >"$work/asked"
	PATH=$work/bin ./bootstrap "$@" >"$work/said" 2>&1 </dev/null
	got=$?
	number=$((number + 1))
	if [ $got = "$status" ] && [ "$(cat "$work/asked")" = "$asked" ] && [ "$(echo *)" = bootstrap ] &&
		[ "$(tail -n 1 "$work/said")" = "$line" ]; then
		echo "ok $number - $name"
	else
		echo "# status $got and not $status"
		sed 's/^/# asked: /' "$work/asked"
		sed 's/^/# said: /' "$work/said"
		echo "not ok $number - $name"
	fi
}

for name in sh dirname env mkdir; do
	ln -s "$(command -v $name)" "$work/bin/$name"
done
tool apt-get "echo \"\$*\" >>'$work/asked'; [ \$1 = update ] || exit 9"
tool id 'echo 1000'
tool sudo 'exit 1'
generators='autoconf automake libtool pkg-config'
all="gcc libc6-dev make $generators"
says run_as_user 1 "    apt-get update && apt-get install -y $all" '' run
says check_as_user 1 "    apt-get update && apt-get install -y $all" '' check
says only_generate 1 "    apt-get update && apt-get install -y $generators" ''
rm "$work/bin/sudo"
says run_without_sudo 1 "    apt-get update && apt-get install -y $all" '' run
tool id 'echo 0'
says run_as_root 9 '' "update
install -y $all" run
says only_generate_as_root 1 "    apt-get update && apt-get install -y $generators" ''
tool id 'echo 1000'
tool sudo '[ "$1" != -n ] || shift
[ "$1" = true ] || "$@"'
says run_with_sudo 9 '' "update
install -y $all" run
# With all of it there is nothing to install, whoever it is.
for name in cc make autoconf libtoolize pkg-config true; do
	tool $name ''
done
tool automake 'echo no automake; exit 7'
says run_with_all_tools 7 '' '' run
says check_with_all_tools 7 '' '' check
tool id 'echo 0'
says check_as_root_with_all_tools 7 '' '' check
rm "$work/bin/cc" "$work/bin/apt-get"
says no_manager 1 '    please install: cc' '' run
echo "1..$number"
