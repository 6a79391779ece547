#!/bin/sh
# SPDX-License-Identifier: ISC
# M20: the command, and what may become of a start: scripts without #!, cgroups that were killed.
. "$PSPAWN_SOURCE/tests/expect.sh"
echo 1..15

# expect_all NAME and then as for expect, on every backend
expect_all() {
	all=$1
	shift
	for backend in linux posix_spawn fork; do
		expect_on "$all" "$@"
	done
}

# expect_on NAME STATUS STDOUT STDERR-PATTERN OPTION...
expect_on() {
	what=$1_$backend wanted=$2 text=$3 pattern=$4
	shift 4
	# posix_spawn(3) itself has no cgroups.
	[ "$backend" != posix_spawn ] || case $1 in
	--cgroup) wanted=125 text='' pattern='posix_spawn has nothing of the kind' ;;
	esac
	expect "$what" "$wanted" "$text" "$pattern" "$pspawn" --backend "$backend" "$@"
}

printf 'echo "got $0 $*"\nexit 3\n' >script
chmod 755 script
expect_all script 126 '' 'no interpreter line (#!), and the shell fallback is off' ./script
expect_all sh_fallback 3 'got ./script -c 1' '' --sh-fallback -- ./script -c 1

# A cgroup of its own, where a program has been stopped by its time: that is a write to cgroup.kill.
cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts 2>/dev/null)
cgroup=${cgroups:-/none}/pspawn.$$
if mkdir "$cgroup" 2>/dev/null && "$pspawn" --backend fork --cgroup "$cgroup" true 2>/dev/null &&
	[ -e "$cgroup/cgroup.kill" ]; then
	"$pspawn" --backend fork --cgroup "$cgroup" --timeout 0.1 sleep 1000 2>/dev/null
	expect_all cgroup_after_kill 0 hi '' --cgroup "$cgroup" echo hi
	until rmdir "$cgroup" 2>/dev/null; do sleep 0.1; done
else
	rmdir "$cgroup" 2>/dev/null
	for backend in linux posix_spawn fork; do
		number=$((number + 1))
		echo "ok $number - cgroup_after_kill_$backend # SKIP no cgroup to be made or killed here"
	done
fi

expect prefer_sh_fallback 125 '' '--prefer does not go with --sh-fallback' "$pspawn" --prefer --sh-fallback true
expect fds_and_sh_fallback 125 '' '--fds does not go with --sh-fallback' "$pspawn" --fds --sh-fallback true
expect program_fd_and_sh_fallback 125 '' 'SHELL_FALLBACK and PROGRAM_FD exclude each other' "$pspawn" --program-fd 0 --sh-fallback true
expect sh_fallback_explained 0 '' '' sh -c '"$0" --explain --sh-fallback ./script >told && grep -q "fall back to /bin/sh" told' "$pspawn"
expect sh_fallback_in_a_run 3 'got ./script ' '' "$pspawn" --backend fork --capture --sh-fallback ./script
expect sh_fallback_is_off 126 '' 'shell fallback is off' "$pspawn" --backend fork --capture ./script
