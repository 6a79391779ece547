#!/bin/sh
# SPDX-License-Identifier: ISC
# The example that makes a container, as an ordinary user.
if [ -z "$LINUX_SOURCES" ]; then
	echo '1..0 # SKIP namespaces are Linux'\''s'
	exit 0
fi
work=$(mktemp -d)
trap 'cd /; rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0

# Where other users find them, whoever can enter the directory of the build.
cp "$PSPAWN_BUILD/examples/container" "$PSPAWN_BUILD/tests/inside" . || exit 1
mkdir root
chmod 755 . container inside
chmod 777 root

user=
owner=$(id -u)
if [ "$owner" = 0 ]; then
	user=$PSPAWN_BUILD/tests/as-user
	owner=65534
fi

# The loader and the libraries, which it names itself; musl's is its own library.
cp inside root/
for path in $({ LD_TRACE_LOADED_OBJECTS=1 ./inside; ls /lib/ld-musl-*; } 2>/dev/null |
	tr ' \t' '\n\n' | grep '^/'); do
	mkdir -p "root${path%/*}"
	cp -L "$path" "root$path"
done

if ! $user unshare --user --map-root-user --mount --pid --net --uts --ipc --fork true 2>why; then
	echo "1..0 # SKIP an ordinary user cannot have namespaces here: $(head -n 1 why)"
	exit 0
fi

# is NAME WANTED GOT
is() {
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
		return
	fi
	printf '%s\n' "wanted $2" "got $3" | sed 's/^/# /'
	echo "not ok $number - $1"
}

# told WORD: what the program has said after it.
told() {
	sed -n "s,^$1 ,,p" out
}

echo 1..14
before=$(uname -n)
$user ./container root /inside in-a-box 7 >out 2>err </dev/null
is exits_as_the_program 7 $?
is says_nothing_itself '' "$(cat err)"
is user_and_group_are_root '0 group 0' "$(told user)"
is is_process_1 1 "$(told process)"
is has_only_loopback lo "$(told interface)"
is setgroups_is_denied 'Operation not permitted' "$(told setgroups)"
is begins_in_its_root / "$(told directory)"
is sees_nothing_else 'not there' "$(told '/etc is')"
is has_set_its_hostname in-a-box "$(told hostname)"
is hostname_outside_is_as_it_was "$before" "$(uname -n)"
is files_belong_to_the_user "$owner" "$(stat -c %u root/mark)"
is mounts_are_its_own 'yes, and here: ' "$(told mounted), and here: $($user ls root/mounted)"

$user ./container root /nothing >out 2>err </dev/null
is missing_program_is_named '127 container: execute "/nothing": No such file or directory' \
	"$? $(cat err)"
$user ./container root/inside /inside >out 2>err </dev/null
is root_has_to_be_a_directory '125 container: root/inside is no directory that can be opened' \
	"$? $(cat err)"
