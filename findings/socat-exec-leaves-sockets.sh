#!/bin/sh
# SPDX-License-Identifier: ISC
# socat 1.7.4.4 (Debian 12), address EXEC, which starts a program over a socket pair or pipes.
#
# The program inherits SIGPIPE ignored, and three sockets that it has no use for: both ends of a
# datagram pair that the forked child makes for itself just before it executes the program, and
# one end of a stream pair whose other end is close-on-exec, so that it is closed by then. So a
# program that works down from its first free descriptor finds 5 in place of 3. The option
# "pipes" changes the numbers, and nothing else; with "nofork" the datagram pair is left.
#
#     sockets of the program: 0 1 3 4 7
#     with the option pipes: 3 4 9
#     with the option nofork: 3 4
#     ignored: 13
. "$(dirname "$0")/package.sh"
packages socat=1.7.4.4-2 libwrap0

sockets() {
	awk '/socket:/ { for (i = 1; i <= NF; i++) if ($i == "->") printf "%s%s", many++ ? " " : "", $(i - 1) }'
}
# Of socat, too, what is open is open in the program: what this script was given is closed first.
for number in 3 4 5 6 7 8 9; do eval "exec $number>&-"; done
seen 'sockets of the program' '0 1 3 4 7' "$(socat - EXEC:'ls -l /proc/self/fd' </dev/null | sockets)"
seen 'with the option pipes' '3 4 9' "$(socat - EXEC:'ls -l /proc/self/fd',pipes </dev/null | sockets)"
seen 'with the option nofork' '3 4' "$(socat - EXEC:'ls -l /proc/self/fd',nofork </dev/null | sockets)"
seen 'ignored' 13 "$(socat - EXEC:'cat /proc/self/status' </dev/null | signals SigIgn)"
exit $changed
