#!/bin/sh
# SPDX-License-Identifier: ISC
# M12, M13: the manual and the table of attributes say the same, of what the header has.
echo 1..2
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1

# compare NAME FILE FILE
compare() {
	verdict=ok
	[ -s "$2" ] && cmp -s "$2" "$3" || verdict='not ok'
	[ "$verdict" = ok ] || diff "$2" "$3" | sed 's/^/# /'
	echo "$verdict $1"
}

grep -v '^#' "$PSPAWN_SOURCE/tests/attributes" | awk '{ print $1, $2, $3, $4, $5 }' >table
# The rows follow the heading.
sed -n '/^\.TS/,/^\.TE/p' "$PSPAWN_SOURCE/man/pspawn.3" |
	awk '/^\.TE/ { rows = 0 } rows { print $1, $2, $3, $4, $5 } /^attribute/ { rows = 1 }' >manual
compare '1 - M12 manual_has_the_table' table manual

awk '{ print $1 }' table >names
sed -n '/^enum pspawn_attr_kind/,/^}/s/^[[:space:]]*PSPAWN_ATTR_\([A-Z_]*\).*/\1/p' \
	"$PSPAWN_SOURCE/lib/pspawn_attr.h" | tr '[:upper:]' '[:lower:]' |
	grep -vx none >kinds
compare '2 - M13 table_has_every_kind' names kinds
