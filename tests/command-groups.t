#!/bin/sh
# SPDX-License-Identifier: ISC
# --prefer --groups none: none if that is allowed, else the caller's.
. "$PSPAWN_SOURCE/tests/expect.sh"
chmod 755 "$work"
cp "$pspawn" pspawn
echo 1..3
if [ "$(id -u)" != 0 ]; then
	expect not_allowed 0 "$(id -G)" '"left_out":\["groups"\]' \
		./pspawn --json --user "$(id -u):$(id -g)" --prefer --groups none id -G
	expect order 0 "$(id -G)" '' ./pspawn --prefer --groups none --user "$(id -u):$(id -g)" id -G
elif ./pspawn --user 54321:54321 --groups 7,11 ./pspawn true 2>/dev/null; then
	expect not_allowed 0 '54321 7 11' '"left_out":\["groups"\]' \
		./pspawn --user 54321:54321 --groups 7,11 \
		./pspawn --json --user 54321:54321 --prefer --groups none id -G
	expect order 0 '54321 7 11' '' ./pspawn --user 54321:54321 --groups 7,11 \
		./pspawn --prefer --groups none --user 54321:54321 id -G
else
	echo 'ok 1 - not_allowed # SKIP no other user to be had here'
	echo 'ok 2 - order # SKIP no other user to be had here'
	number=2
fi
if ./pspawn --user 54321:54321 true 2>/dev/null; then
	expect allowed 0 54321 '"left_out":\[\]' \
		./pspawn --json --user 54321:54321 --prefer --groups none id -G
else
	echo 'ok 3 - allowed # SKIP no other user to be had here'
fi
