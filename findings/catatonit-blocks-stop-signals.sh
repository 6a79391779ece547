#!/bin/sh
# SPDX-License-Identifier: ISC
# catatonit 0.1.7 (Debian 12): the init for containers that Podman puts in front of a program.
#
# The program begins with SIGTSTP, SIGTTIN and SIGTTOU blocked (20, 21, 22): catatonit blocks
# them for its own tcsetpgrp(3) and does not restore the mask for its child. So a key that
# suspends does nothing to a program that never looks at its mask, and a `kill -TSTP` is left
# pending. tini 0.19.0, which does the same work, leaves nothing blocked.
#
#     blocked by catatonit: 20 21 22
#     a shell that sends itself SIGTSTP, under catatonit: goes on
#     blocked by tini:
. "$(dirname "$0")/package.sh"
packages catatonit=0.1.7-1+b2 tini=0.19.0-1+b3

seen 'blocked by catatonit' '20 21 22' "$(catatonit -- cat /proc/self/status | signals SigBlk)"
# A shell that really stops is continued, and killed, by the watcher.
seen 'a shell that sends itself SIGTSTP, under catatonit' 'goes on' \
	"$(timeout -s KILL 60 catatonit -- sh -c 'kill -TSTP $$; echo goes on')"
seen 'blocked by tini' '' "$(tini -s -- cat /proc/self/status | signals SigBlk)"
exit $changed
