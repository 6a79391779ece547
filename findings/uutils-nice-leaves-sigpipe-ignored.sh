#!/bin/sh
# SPDX-License-Identifier: ISC
# uutils coreutils 0.0.17 (Debian 12: rust-coreutils), the coreutils written in Rust.
#
# The commands that execute a program in their own place pass on what Rust's runtime has set up
# for them: `nice` and `nohup` leave SIGPIPE ignored, so that `nice PROGRAM | head` makes PROGRAM
# complain of a broken pipe and fail where it would end silently. `env` and `timeout`, which
# start a child, do not. (GNU coreutils leave SIGPIPE alone in all four.) And `nohup` of a program
# that is not there is 126, "found but not executed", where POSIX wants 127.
#
#     ignored under nice: 13
#     ignored under nohup: 1 13
#     SIGPIPE ignored under env: no
#     SIGPIPE ignored under timeout: no
#     nohup of a missing program: 126
#     nice of a missing program: 127
. "$(dirname "$0")/package.sh"
packages rust-coreutils=0.0.17-2

uutils() { coreutils "$@"; }
pipe_ignored() { signals SigIgn | grep -qw 13 && echo yes || echo no; }
seen 'ignored under nice' 13 "$(uutils nice cat /proc/self/status | signals SigIgn)"
seen 'ignored under nohup' '1 13' "$(uutils nohup cat /proc/self/status </dev/null 2>/dev/null | signals SigIgn)"
seen 'SIGPIPE ignored under env' no "$(uutils env cat /proc/self/status | pipe_ignored)"
seen 'SIGPIPE ignored under timeout' no "$(uutils timeout 60 cat /proc/self/status | pipe_ignored)"
uutils nohup ./missing </dev/null >/dev/null 2>&1
seen 'nohup of a missing program' 126 $?
uutils nice ./missing >/dev/null 2>&1
seen 'nice of a missing program' 127 $?
exit $changed
