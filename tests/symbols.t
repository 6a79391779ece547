#!/bin/sh
# SPDX-License-Identifier: ISC
# M08: header, map and library name the same functions, and no name is in a program's way.
echo 1..4
cd "$PSPAWN_BUILD" || exit 1
# What is declared, and the constructors, which the header defines: the first name of each.
for header in pspawn.h pspawn_attr.h pspawn_run.h pspawn_cloexec.h; do
	sed -n -e '/^PSPAWN_API/,/;/p' -e 's/^\(PSPAWN_INLINE [^(]*(\).*/\1/p' "$PSPAWN_SOURCE/lib/$header"
done | grep -o 'pspawn_[a-z_]*(' | tr -d '(' | sort -u >symbols.header
grep -o '^	pspawn_[a-z_]*' "$PSPAWN_SOURCE/lib/pspawn.map" | tr -d '\t' | sort -u >symbols.map
verdict=ok
cmp -s symbols.header symbols.map || verdict='not ok'
diff symbols.header symbols.map | sed 's/^/# /'
[ -s symbols.header ] || verdict='not ok'
echo "$verdict 1 - M08 header_matches_map"

library=.libs/libpspawn.so.0
if [ -f $library ]; then
	"${NM:-nm}" -D --defined-only $library | awk '$2 == "T" { print $3 }' | sed 's/@.*//' |
		sort -u >symbols.library
	verdict=ok
	cmp -s symbols.header symbols.library || verdict='not ok'
	diff symbols.header symbols.library | sed 's/^/# /'
	echo "$verdict 2 - M08 library_matches_header"
else
	echo 'ok 2 - M08 library_matches_header # SKIP no shared library in this build'
fi

# Nothing but libc is linked (and what a sanitizer brings along).
if [ -f $library ] && [ "$SANITIZED" = no ] && command -v readelf >/dev/null; then
	needed=$(readelf -d $library | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' |
		grep -vE '^(libc\.|libpthread\.|librt\.|ld-|libc\.musl)')
	[ -z "$needed" ] || printf 'not '
	echo "ok 3 - links_only_libc"
	[ -z "$needed" ] || echo "# $needed"
else
	echo 'ok 3 - links_only_libc # SKIP cannot be told here'
fi
rm -f symbols.header symbols.map symbols.library

# A static library has no private names; two underscores are the compiler's.
archive=.libs/libpspawn.a
if [ -f $archive ] && [ "$SANITIZED" = no ]; then
	foreign=$("${NM:-nm}" -g --defined-only $archive | awk 'NF == 3 && $3 !~ /^(pspawn0?_|__)/ { print $3 }')
	[ -z "$foreign" ] || printf 'not '
	echo "ok 4 - archive_names_are_ours"
	[ -z "$foreign" ] || echo "$foreign" | sed 's/^/# /'
else
	echo 'ok 4 - archive_names_are_ours # SKIP no static library to look at'
fi
