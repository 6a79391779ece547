#!/bin/sh
# SPDX-License-Identifier: ISC
# What is public is laid out alike, whatever feature macros whoever includes it has set: sizes of
# files and of times are 32 or 64 bits by them on 32-bit systems. Each compiler that is there.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each struct's size and alignment, and where each member begins, as numbers in the assembly.
{
	printf '#include <pspawn.h>\n#include <stddef.h>\nextern const size_t layout[];\n'
	printf 'const size_t layout[] = {\n'
	cat "$PSPAWN_SOURCE"/lib/pspawn.h "$PSPAWN_SOURCE"/lib/pspawn_attr.h \
		"$PSPAWN_SOURCE"/lib/pspawn_run.h | awk '
	/^struct pspawn_[a-z]+ \{/ {
		name = $2
		printf "sizeof(struct %s), _Alignof(struct %s),\n", name, name
	}
	/^\};/ { name = "" }
	name && /^\t[a-z].*;/ {
		sub(/;.*/, "")
		gsub(/\[[^]]*\]/, "")
		count = split($0, members, ",")
		for (i = 1; i <= count; i++) {
			words = split(members[i], word, /[ \t*()]+/)
			if (members[i] !~ /\(/ && word[words])
				printf "offsetof(struct %s, %s),\n", name, word[words]
		}
	}'
	printf '};\n'
} >"$work/layout.c"

# layout_by COMPILER...: the numbers
layout_by() {
	"$@" -std=gnu11 -w -I"$PSPAWN_SOURCE/lib" -S -o - "$work/layout.c" 2>"$work/log" |
		grep -E '\.(long|quad|word|xword|4byte|8byte|zero)'
}

check() {
	number=$((number + 1))
	name=$1
	shift
	if ! echo '#include <time.h>' | "$@" -x c -c -o "$work/try.o" - 2>"$work/log"; then
		echo "ok $number - layout_$name # SKIP no such compiler"
		return
	fi
	layout_by "$@" >"$work/plain"
	verdict=ok
	if [ "$(wc -l <"$work/plain")" -lt 100 ]; then
		sed 's/^/# /' "$work/log"
		verdict='not ok'
	fi
	for macros in -D_FILE_OFFSET_BITS=32 -D_FILE_OFFSET_BITS=64 \
		'-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64' '-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=32' \
		-D_GNU_SOURCE -D_XOPEN_SOURCE=700; do
		# shellcheck disable=SC2086 # a word each; not every libc takes all of them
		echo '#include <time.h>' | "$@" $macros -x c -c -o "$work/try.o" - 2>"$work/log" || continue
		# shellcheck disable=SC2086
		layout_by "$@" $macros >"$work/other"
		if ! diff "$work/plain" "$work/other" >"$work/different"; then
			echo "# with $macros it is another:"
			cat "$work/log" "$work/different" | head -n 20 | sed 's/^/# /'
			verdict='not ok'
		fi
	done
	echo "$verdict $number - layout_$name"
}

number=0
# shellcheck disable=SC2086 # a compiler may have arguments
check of_this_build ${CC:-cc}
check i386 i686-linux-gnu-gcc
check armhf arm-linux-gnueabihf-gcc
echo "1..$number"
