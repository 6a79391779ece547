#!/bin/sh
# SPDX-License-Identifier: ISC
# T50 to T54, U20, U21: much through runs, many at a time, long pipelines: tests/run-large.c.
if [ ! -x "$PSPAWN_BUILD/tests/run-large" ]; then
	echo '1..0 # SKIP no such program in this build'
	exit 0
fi
exec "$PSPAWN_BUILD/tests/run-large"
