#!/bin/sh
# SPDX-License-Identifier: ISC
# What libtool does in a static build, in a tenth of its time; for tests/mutants.sh, which compiles
# and links some hundred times: make LIBTOOL='sh static-libtool.sh'. What it calls a library is a
# thin archive, and what is in one of those goes into another as it is.
set -eu
mode= output= previous=
for word; do
	shift
	case $word in
	--tag=* | --silent) continue ;;
	--mode=*)
		mode=${word#--mode=}
		continue
		;;
	esac
	[ "$previous" != -o ] || output=$word
	# The name after -MT is make's: the one that it asks for.
	case $previous:$word in
	-MT:*) ;;
	*.lo) word=${word%.lo}.o ;;
	*.la) word=${word%.la}.a ;;
	esac
	previous=$word
	set -- "$@" "$word"
done

# archive WORD...: of the objects and archives among them; the first of these is its own name.
archive() {
	name=${output%.la}.a
	for word; do
		shift
		case $word in
		"$name") ;;
		*.o | *.a) set -- "$@" "$word" ;;
		esac
	done
	rm -f "$name"
	ar rcT "$name" "$@"
}

case $mode:$output in
link:*.la) archive "$@" ;;
*) "$@" ;;
esac
case $output in
*.lo | *.la) : >"$output" ;;
esac
