# SPDX-License-Identifier: ISC
# For the findings: pinned packages of Debian in a temporary folder, which is the present
# directory afterwards, and is removed at the end. Nothing of pspawn is used.

# packages NAME=VERSION...: unpack them into ./root; exit 77 where one is not served.
packages() {
	folder=$(mktemp -d) || exit 77
	trap 'cd /; rm -rf "$folder"' EXIT
	chmod 755 "$folder"
	cd "$folder" || exit 77
	for package in "$@"; do
		apt-get download "$package" >apt.log 2>&1 || {
			echo "not served: $package"
			exit 77
		}
	done
	for archive in *.deb; do
		dpkg-deb -x "$archive" root || exit 77
	done
	multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
	LD_LIBRARY_PATH=$folder/root/usr/lib/$multiarch:$folder/root/lib/$multiarch
	PATH=$folder/root/usr/bin:$folder/root/bin:$PATH
	export LD_LIBRARY_PATH PATH
}

# seen WHAT WANTED GOT: fails where the behaviour is another one now.
changed=0
seen() {
	if [ "$2" = "$3" ]; then
		printf 'as written   %s: %s\n' "$1" "$3"
	else
		printf 'CHANGED      %s: %s, and not %s\n' "$1" "$3" "$2"
		changed=1
	fi
}

# signals BLOCKED|IGNORED: the numbers in the mask of that name of whatever /proc calls "self",
# read from standard input as the lines of /proc/PID/status.
signals() {
	awk -v name="$1" '$1 == name ":" {
		for (i = length($2); i > 0; i--) {
			digit = index("0123456789abcdef", substr($2, i, 1)) - 1
			for (bit = 0; bit < 4; bit++) {
				n++
				if (int(digit / 2 ^ bit) % 2)
					printf "%s%d", many++ ? " " : "", n
			}
		}
	}'
}
