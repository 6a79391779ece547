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

echo "1..$number"
