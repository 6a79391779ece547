#!/bin/sh
# SPDX-License-Identifier: ISC
# elvish 0.19.2 (Debian 12), a shell written in Go.
#
# External programs inherit SIGTSTP, SIGTTIN and SIGTTOU ignored (20, 21, 22), also from
# `elvish -c` without a terminal. They cannot be suspended, and a program in the background
# that reads from the terminal gets EIO instead of being stopped. What is ignored stays so
# over execve(2): their own children have it, too. fish 3.6.0 leaves the three at the default.
#
#     ignored under elvish -c: 20 21 22
#     a shell that sends itself SIGTSTP, under elvish: goes on
#     ignored under fish -c, of these three: none
. "$(dirname "$0")/package.sh"
packages elvish=0.19.2-1+b1 fish=3.6.0-3.1+deb12u1 libpcre2-32-0

HOME=$PWD
export HOME
seen 'ignored under elvish -c' '20 21 22' \
	"$(elvish -norc -c 'e:cat /proc/self/status' </dev/null | signals SigIgn)"
seen 'a shell that sends itself SIGTSTP, under elvish' 'goes on' \
	"$(timeout -s KILL 60 elvish -norc -c "e:sh -c 'kill -TSTP \$\$; echo goes on'" </dev/null)"
seen 'ignored under fish -c, of these three' none \
	"$(fish -c 'cat /proc/self/status' </dev/null | signals SigIgn | grep -E '(^| )2[012]( |$)' || echo none)"
exit $changed
