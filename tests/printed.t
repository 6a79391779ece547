#!/bin/sh
# SPDX-License-Identifier: ISC
# What README and the manual pages print of C compiles without a warning, against what was built,
# and whole programs run and end with 0.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
library=$PSPAWN_BUILD/.libs
[ -e "$library/libpspawn.so" ] || library=$library/libpspawn.a

# Block after block: README's of C, and in pages what stands between .EX and .EE.
blocks() {
	case $1 in
	*.md) awk '/^```c$/ { n++; inside = 1; next } /^```$/ { inside = 0 }
		inside { print > (out "-" n ".c") }' out="$work/${1##*/}" "$1" ;;
	*) awk '/^\.EX$/ { n++; inside = 1; next } /^\.EE$/ { inside = 0 }
		inside { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print > (out "-" n ".c") }' out="$work/${1##*/}" "$1" ;;
	esac
}

# Members of a description, or statements that set `code`, become a function of their own.
wrap() {
	printf '#include <errno.h>\n#include <fcntl.h>\n#include <poll.h>\n#include <pspawn.h>\n'
	if grep -q '^	*PSPAWN_[A-Z]*(' "$1" && ! grep -q '^struct' "$1"; then
		printf 'int sample(int listing);\nint sample(int listing)\n{\n'
		printf '\tstruct pspawn_cmd cmd = { PSPAWN_CMD("true"),\n'
		cat "$1"
		printf '\t};\n\treturn pspawn_explain(&cmd, NULL, 0, NULL) + listing;\n}\n'
	else
		printf 'int sample(void);\nint sample(void)\n{\n'
		cat "$1"
		printf '\treturn code;\n}\n'
	fi
}

# verdict NAME COMMAND...
verdict() {
	number=$((number + 1))
	name=$1
	shift
	if "$@" >"$work/said" 2>&1; then
		echo "ok $number - $name"
	else
		sed 's/^/# /' "$work/said"
		echo "not ok $number - $name"
	fi
}

compile() {
	# shellcheck disable=SC2086 # a compiler may have arguments
	${CC:-cc} -std=gnu99 -Wall -Wextra -Werror -Wno-unused-command-line-argument \
		-I"$PSPAWN_SOURCE/lib" "$@"
}

build_and_run() {
	case $library in
	*.a) compile -o "$work/program" "$1" "$library" ;;
	*) compile -o "$work/program" "$1" -L"$library" -lpspawn ;;
	esac && LD_LIBRARY_PATH=$library "$work/program" </dev/null
}

number=0
for text in "$PSPAWN_SOURCE/README.md" "$PSPAWN_SOURCE"/man/*.3; do
	blocks "$text"
done
for block in "$work"/*-*.c; do
	name=$(basename "$block" .c)
	if grep -q '^int main(' "$block"; then
		verdict "printed_program_$name" build_and_run "$block"
	else
		wrap "$block" >"$work/sample.c"
		verdict "printed_sample_$name" compile -c -o "$work/sample.o" "$work/sample.c"
	fi
done
verdict all_are_there test "$number" -ge 9
echo "1..$number"
