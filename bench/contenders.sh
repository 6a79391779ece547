# shellcheck shell=sh
# SPDX-License-Identifier: ISC
# To be sourced, in a build directory, with $source and $work: which contenders there are.
# have_contenders finds and builds them: names in $contenders, and what they are on standard
# output. command_of says how one is run.

: "${source:?}" "${work:?}"
contenders=

have() {
	command -v "$1" >/dev/null 2>&1
}

# here NAME CLOSES WHAT: one more. CLOSES: whether its child has the listed descriptors alone.
here() {
	contenders="$contenders $1"
	printf '| %s | %s | %s |\n' "$1" "$3" "$2"
}

missing=
without() {
	missing="${missing}without $1: $2
"
}

# Our own, from `make`, and the same program under two versions of glibc.
have_own() {
	here vfork no 'the floor: vfork and execve, by hand, and nothing else'
	here vfork-pidfd no 'the same, with a pidfd to wait by, as ours have one'
	here pspawn yes 'pspawn_start(), the backend that this build prefers'
	here pspawn-async yes 'the same with PSPAWN_ASYNC: it does not wait for the program'
	if [ -x bench/start-tree ]; then
		here pspawn-posix_spawn yes 'its posix_spawn backend'
	fi
	here pspawn-fork yes 'its fork backend'
	closes=no
	if grep -q 'define HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP 1' config.h; then
		closes=yes
	fi
	here posix_spawn $closes "posix_spawn with file actions, $(getconf GNU_LIBC_VERSION 2>/dev/null || echo libc)"
	if newest=$(sh "$source/bench/newest-glibc.sh" "$work/glibc"); then
		here posix_spawn-newest yes "the same, glibc $newest"
	else
		without posix_spawn-newest "$newest"
	fi
	here fork yes 'fork, dup2, closefrom, execve, and a pipe for errors, by hand'
}

# have_built NAME TOOL CLOSES WHAT COMMAND...: one that a compiler makes.
have_built() {
	name=$1 tool=$2 closes=$3 what=$4
	shift 4
	if ! have "$tool"; then
		without "$name" "no $tool"
	elif ! "$@" >"$work/log" 2>&1; then
		without "$name" "$(head -n 1 "$work/log")"
	else
		here "$name" "$closes" "$what"
	fi
}

have_peers() {
	if [ -x bench/start-uv ]; then
		here libuv no "uv_spawn(), $(pkg-config --modversion libuv)"
	else
		without libuv 'not found by configure'
	fi
	if [ -x bench/start-glib ]; then
		here glib yes "g_spawn_async_with_fds(), $(pkg-config --modversion glib-2.0)"
	else
		without glib 'not found by configure'
	fi
	have_built go go no "os/exec, $(go env GOVERSION 2>/dev/null)" \
		go build -o "$work/start-go" "$source/bench/start.go"
	have_built rust rustc no "std::process::Command, $(rustc -V 2>/dev/null)" \
		rustc -O -o "$work/start-rust" "$source/bench/start.rs"
	have_built python python3 yes "subprocess.Popen(), $(python3 -V 2>/dev/null)" \
		python3 -c 'import subprocess'
	have_built node node no "child_process.spawn(), $(node -v 2>/dev/null)" node -e ''
}

have_contenders() {
	echo '| contender | what it is | nothing else is open |'
	echo '|---|---|---|'
	have_own
	have_peers
	printf '%s' "$missing"
}

command_of() {
	case $1 in
	pspawn-posix_spawn) echo bench/start-tree --as posix_spawn ;;
	pspawn-fork) echo "$([ -x bench/start-tree ] && echo bench/start-tree || echo bench/start-pspawn)" --as fork ;;
	posix_spawn-newest)
		libc=$(find "$work/glibc/root" -name libc.so.6)
		echo "${libc%/*}"/ld-linux-*.so.* --library-path "${libc%/*}" bench/start-posix_spawn
		;;
	pspawn-*) echo bench/start-pspawn --as "${1#pspawn-}" ;;
	vfork-pidfd) echo bench/start-vfork --as pidfd ;;
	fork-careful) echo bench/start-fork --as careful ;;
	libuv) echo bench/start-uv ;;
	go | rust) echo "$work/start-$1" ;;
	python) echo python3 "$source/bench/start.py" ;;
	node) echo node "$source/bench/start.js" ;;
	*) echo "bench/start-$1" ;;
	esac
}

# ---- where they run

# Left alone, the scheduler moves parent and child between CPUs, and medians fall into two groups.
# So all are pinned to the same CPU, but for what is about several.
last=$(($(getconf _NPROCESSORS_ONLN) - 1))
# shellcheck disable=SC2034 # whoever sources this uses it
if have taskset && taskset -c "$last" true 2>/dev/null; then
	pin="taskset -c $last"
else
	pin=
fi

# Descriptors, as many as may be.
# shellcheck disable=SC3045 # every sh that we know has it
ulimit -n "$(ulimit -Hn)"

# machine: what it is, in one line.
machine() {
	cpu=$(sed -n 's/^model name.*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
	memory=$(awk '$1 == "MemTotal:" { print int($2 / 1048576 + 0.5) " GiB" }' /proc/meminfo 2>/dev/null)
	echo "$(uname -srm), $(getconf _NPROCESSORS_ONLN) CPUs: $cpu, $memory"
}
