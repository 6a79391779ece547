#!/bin/sh
# SPDX-License-Identifier: ISC
# The header compiles alone, in every dialect that the compilers know.
cc=${CC:-cc}
cxx=$(echo "$cc" | sed 's/gcc/g++/; s/clang/clang++/; s/^cc$/c++/')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/use.c" <<'END'
#include <pspawn.h>
#include <pspawn_cloexec.h>
#ifdef __cplusplus
#include <cstddef>
#endif
int use(void);
int use(void)
{
	int end;
	struct pspawn_fd fd = pspawn_fd_pipe_out(1, &end);
	struct pspawn_attr attr = pspawn_attr_dir_fd(3);
	return fd.child + attr.number;
}
#ifdef __cplusplus
/* What they make would be gone at the end of the statement. */
#if defined(PSPAWN_CMD) || defined(PSPAWN_FDS) || defined(PSPAWN_ATTRS) || defined(PSPAWN_IO) || \
	defined(PSPAWN_STREAMS) || defined(PSPAWN_STOPS)
#error "C++ has macros that need compound literals"
#endif
/* Those with casts in them. */
std::size_t limits();
std::size_t limits()
{
	return PSPAWN_UNLIMITED - PSPAWN_LIMIT_DEFAULT - PSPAWN_LINE_DEFAULT;
}
#else
int start(struct pspawn_child *child, struct pspawn_error *error);
int start(struct pspawn_child *child, struct pspawn_error *error)
{
	int end;
	struct pspawn_cmd cmd = {
		PSPAWN_CMD("sort", "-r"),
		.dir = "/",
		PSPAWN_FDS(pspawn_fd_dup(1, 2), pspawn_fd_same(2, 1), pspawn_fd_pipe_in(0, &end)),
		PSPAWN_ATTRS(pspawn_attr_env_clear(), pspawn_attr_env_set("A=b")),
	};
	return pspawn_start(child, &cmd, error);
}
#endif
END
cp "$work/use.c" "$work/use.cc"
set -- c99 c11 c17 c2x c++11 c++14 c++17 c++20
echo "1..$#"
number=0
for dialect in "$@"; do
	number=$((number + 1))
	case $dialect in
	c++*) command="$cxx -Wold-style-cast" file=use.cc ;;
	*) command="$cc -Wmissing-prototypes -Wmissing-declarations" file=use.c ;;
	esac
	if ! echo 'int x;' >"$work/try.${file#use.}" ||
		! $command -std=$dialect -c -o "$work/try.o" "$work/try.${file#use.}" 2>/dev/null; then
		echo "ok $number - header_in_$dialect # SKIP no compiler for it"
	elif $command -std=$dialect -pedantic -Wall -Wextra -Wshadow -Werror -I"$PSPAWN_SOURCE/lib" \
		-c -o "$work/use.o" "$work/$file" >"$work/log" 2>&1; then
		echo "ok $number - header_in_$dialect"
	else
		sed 's/^/# /' "$work/log"
		echo "not ok $number - header_in_$dialect"
	fi
done
