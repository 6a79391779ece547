#!/bin/sh
# SPDX-License-Identifier: ISC
# Whoever uses the library: C and C++ of each dialect, Python by ctypes, Rust by extern. They are in
# tests/consumers and bindings; each is built against what was built here, and run.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=${CC:-cc}
source=$PSPAWN_SOURCE/tests/consumers
libraries=$PSPAWN_BUILD/.libs
shared= static=
[ ! -e "$libraries/libpspawn.so" ] || shared="-L$libraries -lpspawn"
[ ! -e "$libraries/libpspawn.a" ] || static=$libraries/libpspawn.a
export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
number=0

# verdict NAME COMMAND...: a test that is green when the command ends with 0.
verdict() {
	number=$((number + 1))
	test=$1
	shift
	if "$@" >"$work/said" 2>&1 </dev/null; then
		echo "ok $number - $test"
	else
		sed 's/^/# /' "$work/said"
		echo "not ok $number - $test"
	fi
}

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# takes COMPILER DIALECT SUFFIX: is there such a compiler, and does it know the dialect?
takes() {
	echo 'int main() { return 0; }' >"$work/try.$3"
	# shellcheck disable=SC2086 # a compiler may have arguments
	$1 -std="$2" -o "$work/try" "$work/try.$3" >/dev/null 2>&1
}

# build_and_run LIBRARY COMPILER...
build_and_run() {
	library=$1
	shift
	# shellcheck disable=SC2086
	"$@" -Wall -Wextra -pedantic -Wshadow -Werror -I"$PSPAWN_SOURCE/lib" \
		-o "$work/program" "$file" $library && "$work/program"
}

# consumer NAME FILE COMPILER DIALECT FLAG...: with each library that was built
consumer() {
	consumer=$1 file=$source/$2 compiler=$3 dialect=$4
	shift 4
	if ! takes "$compiler" "$dialect" "${file##*.}"; then
		skip "$consumer" "no compiler for it"
		return
	fi
	# shellcheck disable=SC2086
	[ -z "$shared" ] || verdict "${consumer}_shared" build_and_run "$shared" \
		$compiler -std="$dialect" "$@"
	# shellcheck disable=SC2086
	[ -z "$static" ] || verdict "${consumer}_static" build_and_run "$static" \
		$compiler -std="$dialect" "$@"
}

# ---- C, where nothing is inline, and where all is

for dialect in c99 c11 c2x; do
	for optimized in -O0 -O2; do
		consumer "plain_$dialect$optimized" plain.c "$cc" $dialect $optimized \
			-Wmissing-prototypes -Wmissing-declarations
	done
done

# ---- C++: the compiler of this build and, if that is the system's own, all others of the system

own=no
case ${cc%% *} in
gcc | cc | clang | */gcc | */cc | */clang) own=yes ;;
esac
compilers=$(echo "$cc" | sed 's/gcc/g++/; s/clang/clang++/; s/^cc$/c++/')
if [ $own = yes ] && [ "$SANITIZED" != yes ]; then
	compilers='g++
clang++'
fi
echo "$compilers" >"$work/compilers"
while read -r cxx; do
	short=$(basename "${cxx%% *}")
	consumer "classic_${short}_c++11" classic.cc "$cxx" c++11 -O0 -Wold-style-cast
	for dialect in c++17 c++20 c++2b; do
		consumer "modern_${short}_$dialect" modern.cc "$cxx" $dialect -O1 -Wold-style-cast
	done
	consumer "modern_${short}_without_exceptions" quiet.cc "$cxx" c++17 -O0 -Wold-style-cast \
		-fno-exceptions
done <"$work/compilers"

# ---- bindings

# as_the_compiler_has_it FILE: structures as a binding prints them. Those that the library fills may
# be larger, those that say their size may be smaller: see the bindings.
as_the_compiler_has_it() {
	awk '
	BEGIN {
		print "#include <pspawn.h>\n#include <stdio.h>\n#include <stddef.h>\nint main(void)\n{"
		print "\tint wrong = 0;"
		has["pspawn_cmd"] = has["pspawn_io"] = "<="
	}
	function want(what, relation, size) {
		printf "\tif (!(%d %s %s)) wrong += printf(\"%s is %%zu and not %d\\n\", %s);\n", \
			size, relation, what, what, size, what
	}
	$1 == "struct" { size[$2] = $3; count++ }
	$1 == "member" && $3 == "tail" { has[$2] = ">=" }
	$1 == "member" && $3 != "tail" { want("offsetof(struct " $2 ", " $3 ")", "==", $4); count++ }
	END {
		for (name in size)
			want("sizeof(struct " name ")", name in has ? has[name] : "==", size[name])
		printf "\tif (%d < 60) wrong += printf(\"only %d lines\\n\");\n", count, count
		print "\treturn wrong != 0;\n}"
	}' "$1" >"$work/layout.c"
	# shellcheck disable=SC2086
	$cc -I"$PSPAWN_SOURCE/lib" -o "$work/layout" "$work/layout.c" && "$work/layout"
}

# binding NAME COMMAND...: what it says of structures, and what it does
binding() {
	language=$1
	shift
	"$@" layout >"$work/$language-layout" 2>&1
	verdict "${language}_layout" as_the_compiler_has_it "$work/$language-layout"
	verdict "${language}_binding" "$@"
}

why=
[ $own = yes ] || why="the library is not one of the system's compiler"
[ "$SANITIZED" != yes ] || why="a sanitizer has to be in the program"
export PYTHONPATH="$PSPAWN_SOURCE/bindings/python" PYTHONDONTWRITEBYTECODE=1
if [ -n "$why" ]; then
	skip python "$why"
elif ! python3 -c 'import ctypes' >/dev/null 2>&1; then
	skip python 'no python3 with ctypes'
elif [ -z "$shared" ]; then
	skip python 'no shared library in this build'
else
	binding python python3 "$source/binding.py"
fi
if [ -n "$why" ]; then
	skip rust "$why"
elif ! rustc --version >/dev/null 2>&1; then
	skip rust 'no rustc'
else
	verdict rust_builds rustc --edition 2021 -L "$libraries" -o "$work/rust" "$source/binding.rs"
	binding rust "$work/rust"
fi
echo "1..$number"
