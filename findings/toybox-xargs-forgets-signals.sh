#!/bin/sh
# SPDX-License-Identifier: ISC
# toybox 0.8.9 (Debian 12): xargs.
#
# POSIX wants 1-125 of xargs when a command was killed by a signal, and GNU's and BusyBox's give
# 125. toybox gives 0: a command that was killed, by whatever signal, is a success. So is one that
# exits with 128-254, which is how a shell passes the death of its own child on. 1-125 become 123,
# and 255 becomes 124, as elsewhere.
#
#     toybox, exits with 3: 123
#     toybox, killed by SIGKILL: 0
#     toybox, exits with 137: 0
#     toybox, exits with 255: 124
#     GNU, killed by SIGKILL: 125
. "$(dirname "$0")/package.sh"
packages toybox=0.8.9+dfsg-1

code() {
	(echo x | "$@") >/dev/null 2>&1
	echo $?
}
seen 'toybox, exits with 3' 123 "$(code toybox xargs sh -c 'exit 3')"
seen 'toybox, killed by SIGKILL' 0 "$(code toybox xargs sh -c 'kill -KILL $$')"
seen 'toybox, exits with 137' 0 "$(code toybox xargs sh -c 'exit 137')"
seen 'toybox, exits with 255' 124 "$(code toybox xargs sh -c 'exit 255')"
seen 'GNU, killed by SIGKILL' 125 "$(code xargs sh -c 'kill -KILL $$')"
exit $changed
