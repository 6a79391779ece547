#!/bin/sh
# SPDX-License-Identifier: ISC
# util-linux 2.38.1 (Debian 12): unshare --fork.
#
# unshare passes the death of its child on by dying of the same signal, so that a shell sees
# 128+n, for SIGTERM as well as for real-time signals. For SIGKILL it does not come so far: it
# opens its mask for the one signal first, gets EINVAL for that, and exits with 1, which is what
# a program that ran and failed gives. So a test that was killed by the OOM killer, or by
# `timeout -s KILL`, under `unshare --fork` looks like one that failed by itself.
#
#     SIGTERM: 143
#     SIGKILL: 1
#     words: sigprocmask unblock failed: Invalid argument
. "$(dirname "$0")/package.sh"
packages util-linux=2.38.1-5+deb12u3

dies_of() {
	(unshare --fork sh -c "kill -$1 \$\$" 2>err) 2>/dev/null
	echo $?
}
seen SIGTERM 143 "$(dies_of TERM)"
seen SIGKILL 1 "$(dies_of KILL)"
seen words 'sigprocmask unblock failed: Invalid argument' "$(sed 's/^unshare: //' err)"
exit $changed
