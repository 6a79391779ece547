#!/bin/sh
# SPDX-License-Identifier: ISC
# M10: a program that knows only pkg-config builds against what is installed, and works.
echo 1..3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$PSPAWN_BUILD" || exit 1
if ! command -v pkg-config >/dev/null; then
	echo 'ok 1 - M10 installed_example_builds # SKIP no pkg-config'
	echo 'ok 2 - M10 installed_example_runs # SKIP no pkg-config'
	echo 'ok 3 - M10 readme_example_builds # SKIP no pkg-config'
	exit 0
fi
# Not through libtool's relinking, which would need the final place to exist.
${MAKE:-make} install DESTDIR="$work/root" >"$work/log" 2>&1 || sed 's/^/# /' "$work/log"
pc=$(find "$work/root" -name pspawn.pc)
prefix=$(sed -n 's/^prefix=//p' "$pc")
export PKG_CONFIG_PATH="${pc%/*}"
export PKG_CONFIG_SYSROOT_DIR=
flags=$(pkg-config --define-variable=prefix="$work/root$prefix" --cflags --libs pspawn)

cat >"$work/example.c" <<'END'
#include <pspawn.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	static const char look[] = "exec 2>&-; for fd in 3 4 5 9 60; do "
				   "test -e /proc/self/fd/$fd && printf '%s ' $fd; done; "
				   "head -c 1 <&3; head -c 1 <&4; head -c 1 <&5; head -c 1 <&60";
	struct pspawn_cmd cmd = {
		PSPAWN_CMD("bash", "-c", look),
		PSPAWN_FDS(pspawn_fd_dup(3, 4), pspawn_fd_dup(4, 5), pspawn_fd_dup(5, 3),
			   pspawn_fd_dup(60, 3)),
	};
	struct pspawn_child child;
	struct pspawn_error error;
	char sentence[200];

	for (int fd = 3; fd <= 5; fd++) {
		char name[] = { (char)('0' + fd), '\0' };
		int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (write(file, name, 1) != 1 || lseek(file, 0, SEEK_SET) != 0 || dup2(file, fd) < 0)
			return 2;
	}
	dup2(3, 9); /* inheritable, and not listed */
	if (pspawn_start(&child, &cmd, &error) < 0) {
		pspawn_strerror(&error, &cmd, sentence, sizeof(sentence));
		puts(sentence);
		return 1;
	}
	return pspawn_wait(&child, NULL, -1) < 0;
}
END
verdict=ok
if ! ${CC:-cc} -o "$work/example" "$work/example.c" $flags >"$work/log" 2>&1; then
	sed 's/^/# /' "$work/log"
	verdict='not ok'
fi
echo "$verdict 1 - M10 installed_example_builds"
library=$(find "$work/root" -name 'libpspawn.so' | head -n 1)
found=$(cd "$work" && LD_LIBRARY_PATH="${library%/*}" ./example)
verdict=ok
# 60 shares the offset of 5, which has read the only byte.
if [ "$found" != '3 4 5 60 453' ]; then
	echo "# it printed: $found"
	verdict='not ok'
fi
echo "$verdict 2 - M10 installed_example_runs"

# README's first program, by the command that stands below it.
awk '/^```c$/ { inside = 1; next } /^```$/ { exit } inside' "$PSPAWN_SOURCE/README.md" >"$work/hello.c"
verdict=ok
if ! ${CC:-cc} -o "$work/hello" "$work/hello.c" $flags >"$work/log" 2>&1 ||
	! LD_LIBRARY_PATH="${library%/*}" "$work/hello" >"$work/said" 2>"$work/log" ||
	! sort -r /etc/passwd | cmp - "$work/said" >>"$work/log" 2>&1; then
	sed 's/^/# /' "$work/log"
	verdict='not ok'
fi
echo "$verdict 3 - M10 readme_example_builds"
