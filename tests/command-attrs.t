#!/bin/sh
# SPDX-License-Identifier: ISC
# What the command's options give a program, seen by that program.
. "$PSPAWN_SOURCE/tests/expect.sh"
terminal=$PSPAWN_TERMINAL
caps=0$(awk '/^CapEff:/ { print "x" $2 }' /proc/self/status)
user=$(id -u)
cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
mkdir "${cgroups:-/none}/pspawn.$$" 2>/dev/null && cgroup=$cgroups/pspawn.$$
trap 'cd /; rm -rf "$work"; [ -z "$cgroup" ] || rmdir "$cgroup"' EXIT
chmod 755 "$work"
cp /bin/true busy
cp "$pspawn" pspawn

# power NUMBER...: are these capabilities ours?
power() {
	for bit in "$@"; do
		[ $((caps >> bit & 1)) = 1 ] || return 1
	done
}

# has THING: does this machine let us?
has() {
	case $1 in
	ids) setpriv --reuid=54321 --regid=54321 --groups=1,2 true ;;
	group_list) has ids && grep -q 'define HAVE_GETGROUPLIST' "$PSPAWN_BUILD/config.h" ;;
	bind) power 10 && has ids ;;
	setpcap) power 8 ;;
	chroot) power 18 ;;
	ordinary) has ids || { [ "$user" != 0 ] && ! power 6 && ! power 7; } ;;
	no_nice) has ordinary && grep -q '^Max nice priority *0 ' /proc/self/limits ;;
	terminal) "$terminal" -c true ;;
	userns) unshare --map-root-user --net true ;;
	cgroup) [ -n "$cgroup" ] ;;
	no_aslr) setarch -R true ;;
	busy) ! (exec 9>>busy && ./busy) ;;
	*) command -v "$1" ;;
	esac >/dev/null 2>&1
}

# with THING, and then as for expect
with() {
	thing=$1
	shift
	if has "$thing"; then
		expect "$@"
	else
		number=$((number + 1))
		echo "ok $number - $1 # SKIP needs $thing"
	fi
}

# ordinary ARGUMENT...: the command without root's powers
ordinary() {
	if has ids; then
		"$pspawn" --user nobody "$work/pspawn" "$@"
	else
		"$pspawn" "$@"
	fi
}

# refused OPTION VALUE [PATTERN]: the sentence names the option, and else the value.
refused() {
	expect "refused_$1_$2" 125 '' "--$1: .*${3:-$2}" "$pspawn" "--$1" "$2" true
}

# of FIELD: what /proc/self/status says of the program itself.
of() {
	echo "/^$1:/ { \$1 = \"\"; print substr(\$0, 2) }"
}
self='read -r pid name state parent group session tty front rest </proc/self/stat'
us=$(sh -c "$self"'; echo $group')
me=/proc/self/status

# ---- sessions and terminals

expect setsid 0 yes '' "$pspawn" --setsid sh -c "$self"'; [ $pid = $session ] && echo yes'
expect pgroup_new 0 yes '' "$pspawn" --pgroup 0 sh -c "$self"'; [ $pid = $group ] && echo yes'
expect pgroup_old 0 "$us" '' "$pspawn" --pgroup 0 "$pspawn" --pgroup "$us" sh -c "$self"'; echo $group'
expect pgroup_none 125 '' 'process group' "$pspawn" --pgroup 2147483647 true
with terminal no_tty 0 gone '' "$terminal" -c "$pspawn" --no-tty sh -c '(: </dev/tty) 2>/dev/null || echo gone'
with terminal tty_stays 0 there '' "$terminal" -c "$pspawn" sh -c ': </dev/tty && echo there'
with terminal ctty 0 there '' "$terminal" "$pspawn" --setsid --ctty 5 --fd 5=0 sh -c ': </dev/tty && echo there'
expect ctty_of_no_terminal 125 '' 'controlling terminal' "$pspawn" --setsid --ctty 0 true
with terminal foreground 0 yes '' "$terminal" -c "$pspawn" --pgroup 0 --foreground 0 \
	sh -c "$self"'; [ $pid = $group ] && [ $group = $front ] && echo yes'
with terminal background 0 yes '' "$terminal" -c "$pspawn" --pgroup 0 \
	sh -c "$self"'; [ $group != $front ] && echo yes'
with terminal foreground_comes_back 0 yes '' "$terminal" -c sh -c \
	'"$0" --pgroup 0 --foreground 0 true; '"$self"'; [ $group = $front ] && echo yes' "$pspawn"
expect foreground_of_no_terminal 125 '' foreground "$pspawn" --foreground 0 true

# ---- signals

usr1='kill -USR1 $$; echo alive'
pipe='kill -PIPE $$; echo alive'
expect sigmask 0 8000000000004002 '' "$pspawn" --sigmask INT,sigterm,64 awk "$(of SigBlk)" $me
expect sigmask_is_not_inherited 0 0000000000000000 '' \
	"$pspawn" --sigmask INT "$pspawn" awk "$(of SigBlk)" $me
expect sigmask_inherited 0 0000000000000002 '' \
	"$pspawn" --sigmask INT "$pspawn" --siginherit awk "$(of SigBlk)" $me
expect sigmask_none 0 0000000000000000 '' \
	"$pspawn" --sigmask INT "$pspawn" --siginherit --sigmask none awk "$(of SigBlk)" $me
expect sigignore 0 alive '' "$pspawn" --sigignore HUP,USR1 sh -c "$usr1"
expect sigignore_all 0 alive '' "$pspawn" --sigignore all sh -c "$usr1"
expect sigdefault 138 '' '' "$pspawn" --sigignore USR1 "$pspawn" --sigdefault usr1 sh -c "$usr1"
expect sigdefault_all 138 '' '' "$pspawn" --sigignore all "$pspawn" --sigdefault all sh -c "$usr1"
expect sigpipe_is_not_inherited 141 '' '' "$pspawn" --sigignore PIPE "$pspawn" sh -c "$pipe"
expect siginherit 0 alive '' "$pspawn" --sigignore PIPE "$pspawn" --siginherit sh -c "$pipe"
expect sigignore_of_kill 125 '' 'SIGKILL and SIGSTOP cannot be ignored' "$pspawn" --sigignore KILL true
mkfifo held
expect pdeathsig 0 '' '' timeout 900 sh -c '"$0" --pdeathsig TERM --fd "1=>held" sleep 10000 &
	exec 3<held; kill -KILL $!; timeout 900 cat <&3' "$pspawn"
for option in sigmask sigdefault sigignore pdeathsig; do
	refused $option SIGNONE
	refused $option 65
done

# ---- identity and privilege

number_of() {
	awk -F: -v name="$2" '$1 == name { print $3 }' "/etc/$1"
}
nobody=$(id -u nobody) nogroup=$(id -g nobody)
four() {
	echo "$1 $1 $1 $1"
}
with ids user_by_name 0 "4 $(four "$nobody")
4 $(four "$nogroup")
0" '' "$pspawn" --groups 1,2 "$pspawn" --user nobody awk '/^(Uid|Gid|Groups):/ { $1 = NF - 1; print }' $me
with ids user_by_number 0 "$(four "$nobody")
$(four "$nogroup")" '' "$pspawn" --user "$nobody" awk "$(of '[UG]id')" $me
with ids user_unknown 0 "$(four 54321)
$(four "$(id -g)")" '' "$pspawn" --user 54321 awk "$(of '[UG]id')" $me
with ids user_and_group 0 "$(four "$nobody")
$(four "$(number_of group daemon)")" '' "$pspawn" --user nobody:daemon awk "$(of '[UG]id')" $me
with ids group 0 "$(four "$user")
$(four 54321)" '' "$pspawn" --group 54321 awk "$(of '[UG]id')" $me
with ids groups 0 "$(printf '%s\n' 4 "$(number_of group daemon)" | sort -n | xargs)" '' \
	"$pspawn" --groups daemon,4 awk "$(of Groups)" $me
with ids groups_none 0 '' '' "$pspawn" --groups 1 "$pspawn" --groups none awk "$(of Groups)" $me
with ids groups_keep 0 '1 2' '' \
	"$pspawn" --groups 1,2 "$pspawn" --user nobody --groups keep awk "$(of Groups)" $me
with group_list groups_all 0 "$(id -G nobody)" '' "$pspawn" --groups all --user nobody awk "$(of Groups)" $me
with ordinary user_without_power 125 '' 'set the group 0 .*Operation not permitted' \
	ordinary --user 0 --groups keep true
expect user_without_group 125 '' '--user: no such group' "$pspawn" --user 1: true
expect groups_all_of_nobody_in_particular 125 '' 'needs --user' "$pspawn" --groups all true
expect groups_all_of_a_stranger 125 '' 'does not have this user' "$pspawn" --user 54321 --groups all true
expect nnp 0 1 '' "$pspawn" --nnp awk "$(of NoNewPrivs)" $me
expect no_nnp 0 "$(awk "$(of NoNewPrivs)" $me)" '' "$pspawn" awk "$(of NoNewPrivs)" $me
with bind ambient 0 '0000000000000400
0000000000000400' '' "$pspawn" --user nobody --ambient CAP_NET_BIND_SERVICE awk "$(of 'Cap(Eff|Amb)')" $me
with ordinary ambient_without_power 125 '' 'Operation not permitted' ordinary --ambient net_raw true
with setpcap bounding 0 0000000000000021 '' "$pspawn" --bounding chown,5 awk "$(of CapBnd)" $me
with setpcap bounding_none 0 0000000000000000 '' "$pspawn" --bounding none awk "$(of CapBnd)" $me
with setpcap bounding_all 0 "$(awk "$(of CapBnd)" $me)" '' \
	"$pspawn" --bounding all awk "$(of CapBnd)" $me
with setpcap securebits 0 0000000000000000 '' "$pspawn" --securebits noroot awk "$(of CapEff)" $me
with setpcap keep_caps 125 '' 'Operation not permitted' \
	"$pspawn" --securebits keep_caps_locked --keep-caps true
with setpcap keep_caps_unlocked 0 '' '' "$pspawn" --securebits none --keep-caps true
refused user no-such-user
refused group no-such-group
refused groups 1,no-such-group "group: no-such"
refused ambient all
refused bounding 64
refused securebits root

# ---- limits and scheduling

expect rlimit 0 '32
64' '' "$pspawn" --rlimit nofile=32:64 sh -c 'ulimit -Sn; ulimit -Hn'
expect rlimit_both 0 '64
64' '' "$pspawn" --rlimit RLIMIT_NOFILE=64 sh -c 'ulimit -Sn; ulimit -Hn'
expect rlimit_unlimited 0 "$(ulimit -Hf)" '' \
	sh -c 'ulimit -Sf 1000; "$0" --rlimit fsize="$(ulimit -Hf)" sh -c "ulimit -Sf"' "$pspawn"
expect rlimit_soft_above_hard 125 '' '(attribute 0): the soft limit is above the hard one' "$pspawn" --rlimit nofile=64:32 true
expect nice 0 17 '' "$pspawn" --nice 15 "$pspawn" --nice 17 nice
with no_nice nice_without_power 125 '' 'nice value' ordinary --nice 15 ./pspawn --nice 14 true
expect sched_batch 0 3 '' "$pspawn" --sched batch awk '{ print $41 }' /proc/self/stat
expect sched_idle 0 5 '' "$pspawn" --sched SCHED_IDLE:0 awk '{ print $41 }' /proc/self/stat
expect sched_of_a_wrong_priority 125 '' 'scheduling policy' "$pspawn" --sched batch:1 true
cpu=$(awk "$(of Cpus_allowed_list)" $me | sed 's/.*[-,]//')
expect affinity 0 "$cpu" '' "$pspawn" --affinity "$cpu" awk "$(of Cpus_allowed_list)" $me
expect affinity_range 0 "$(awk "$(of Cpus_allowed_list)" $me)" '' \
	"$pspawn" --affinity 9000,0-8000 awk "$(of Cpus_allowed_list)" $me
expect affinity_nowhere 125 '' 'Invalid argument' "$pspawn" --affinity 60000 true
with ionice ioprio 0 'best-effort: prio 6' '' "$pspawn" --ioprio best-effort:6 ionice
with ionice ioprio_idle 0 'idle' '' "$pspawn" --ioprio idle ionice
expect umask 0 0027 '' "$pspawn" --umask 027 sh -c umask
expect umask_of_made_file 0 -rw------- '' sh -c \
	"'$pspawn' --umask 77 --fd '1=>private' true; ls -l private | cut -c 1-10"
expect oom_score 0 1000 '' "$pspawn" --oom-score 1000 cat /proc/self/oom_score_adj
with no_aslr personality 0 00040000 '' "$pspawn" --personality no-aslr cat /proc/self/personality
with no_aslr personality_by_number 0 00040000 '' "$pspawn" --personality 0x40000 cat /proc/self/personality
refused rlimit none=1 "no such limit: none"
refused rlimit nofile
refused rlimit nofile=many many
refused nice 20
refused sched none
refused affinity 3-1 "not from 3 .*: 1"
refused ioprio idle:8 "0 to 7: 8"
refused umask 8
refused oom-score 1001
refused personality none

# ---- places

mkdir -p root/sub
for file in /bin/sh $(ldd /bin/sh | grep -o '/[^ :]*'); do
	mkdir -p "root${file%/*}"
	cp -L "$file" "root$file"
done
: >root/here
with chroot chroot 0 /here '' "$pspawn" --chroot root /bin/sh -c 'echo /h*'
with chroot chroot_and_dir 0 /sub '' "$pspawn" --chroot root --dir /sub /bin/sh -c pwd
with chroot root_fd 0 /here '' sh -c "'$pspawn' --root-fd 7 /bin/sh -c 'echo /h*' 7<root"
with chroot chroot_missing 125 '' 'No such file' "$pspawn" --chroot /nonexistent true
with ordinary chroot_without_power 125 '' 'Operation not permitted' ordinary --chroot / true
expect dir_fd 0 "$(pwd -P)/root" '' sh -c "'$pspawn' --dir-fd 7 sh -c 'pwd -P' 7<root"
expect dir_fd_of_a_file 125 '' 'Not a directory' "$pspawn" --dir-fd 0 true
with cgroup cgroup 0 1 '' "$pspawn" --cgroup "$cgroup" grep -c "^0::.*pspawn.$$" /proc/self/cgroup
expect cgroup_of_no_cgroup 125 '' cgroup "$pspawn" --cgroup . true
expect cgroup_missing 125 '' '--cgroup: open "/nonexistent": No such file' \
	"$pspawn" --cgroup /nonexistent true
refused dir-fd x

# ---- namespaces

with userns map 0 '5
6' '' "$pspawn" --namespaces user --map-user "5:$user" --setgroups deny --map-group "6:$(id -g)" \
	sh -c 'id -u; id -g'
with userns setgroups 0 deny '' "$pspawn" --namespaces user --setgroups deny cat /proc/self/setgroups
with userns not_mapped 0 "$(cat /proc/sys/kernel/overflowuid)" '' "$pspawn" --unshare user id -u
with userns pid_1 0 1 '' "$pspawn" --namespaces user,pid sh -c 'echo $$'
with userns pid_1_is_its_child 0 1 '' "$pspawn" --unshare user,pid sh -c 'sh -c "echo \$\$"; true'
for kind in mount:mnt uts:uts ipc:ipc net:net cgroup:cgroup; do
	for option in namespaces unshare; do
		with userns "${option}_${kind%:*}" 0 new '' sh -c \
			'[ "$("$0" --$1 user,$2 readlink $3)" != "$(readlink $3)" ] && echo new' \
			"$pspawn" $option "${kind%:*}" "/proc/self/ns/${kind#*:}"
	done
done
with userns mounts_are_private 1 0 '' \
	"$pspawn" --namespaces user,mount grep -c shared: /proc/self/mountinfo
mkfifo door
with userns setns 0 same '' sh -c '"$0" --namespaces user,net sh -c "echo \$\$; cat" <door >pid &
	exec 3>door; until [ -s pid ]; do sleep 0.1; done; read -r pid <pid; there=/proc/$pid/ns
	[ "$("$0" --setns user:$there/user --setns net:$there/net readlink /proc/self/ns/net)" = \
		"$(readlink $there/net)" ] && echo same' "$pspawn"
expect map_without_namespace 125 '' 'needs NAMESPACES with PSPAWN_NS_USER' "$pspawn" --map-user 0:0 true
refused namespaces none,net none
refused unshare time
refused setns net
refused setns net:/nonexistent "open \"/nonexistent\""
refused map-user 0
refused map-group 0:1:2:3
refused setgroups maybe

# ---- numbers that the command opens itself

expect ours_is_not_theirs 125 '' 'place descriptor 9 .*from 4): Bad' sh -c \
	'"$0" --prefer --setns net:/proc/self/ns/net --fd 9=4 true 3<&- 4<&-' "$pspawn"
expect ours_is_not_0 0 '/dev/null
/dev/null' '' sh -c \
	'"$0" --prefer --setns net:/proc/self/ns/net readlink /proc/self/fd/0 /proc/self/fd/2 <&- 2>&-' "$pspawn"

# ---- execution

expect program_fd 0 'hi any' '' sh -c "'$pspawn' --program-fd 7 any -c 'echo hi \$0' 7</bin/sh"
printf '#!/bin/sh\necho script\n' >script
expect program_fd_not_executable 126 '' 'Permission denied' \
	sh -c "'$pspawn' --program-fd 7 --fd 7=7 any 7<script"
chmod 755 script
expect program_fd_script 0 script '' sh -c "'$pspawn' --program-fd 7 --fd 7=7 any 7<script"
expect program_fd_script_without 127 '' 'No such file' sh -c "'$pspawn' --program-fd 7 any 7<script"
with busy busy 126 '' 'Text file busy' sh -c 'exec 9>>busy; "$0" ./busy' "$pspawn"
with busy retry_busy 0 '' '' sh -c \
	'exec 9>>busy; sleep 1 & exec 9>&-; "$0" --retry-busy 60000 ./busy' "$pspawn"
stopped=': >told; "$@" --stopped sh -c "echo ran; exit 5" 2>told &
	until pid=$(grep -o "[1-9][0-9]*" told); do sleep 0.1; done
	sed "s/[1-9][0-9]*/N/" told; awk "/^State/ { print \$2 }" /proc/$pid/status
	kill -CONT $pid; wait $!'
expect stopped 5 'pspawn: process N is stopped
T
ran' '' sh -c "$stopped" sh "$pspawn"
expect stopped_as_json 5 '{"pid":N,"stopped":true}
T
ran' '' sh -c "$stopped" sh "$pspawn" --json
expect fds_and_program_fd 125 '' '--fds does not go with --program-fd' "$pspawn" --fds --program-fd 0 true

# ---- rather without

expect fails_without_prefer 125 '' 'Invalid argument' "$pspawn" --affinity 60000 echo ran
expect prefer 0 ran '"left_out":\["affinity","ctty"\]' \
	"$pspawn" --json --prefer --affinity 60000 --umask 77 --prefer --ctty 0 echo ran
expect prefer_what_works 0 0077 '"left_out":\[\]' "$pspawn" --json --prefer --umask 77 sh -c umask
expect prefer_is_for_one 125 '' 'Invalid argument' \
	"$pspawn" --prefer --umask 77 --affinity 60000 echo ran
expect prefer_nothing 125 '' 'no attribute follows' "$pspawn" --umask 77 --prefer true
expect prefer_variable 125 '' '--prefer does not go with --env' "$pspawn" --prefer --env A=b true
echo "1..$number"
