#!/bin/sh
# SPDX-License-Identifier: ISC
# K08 to K10 expect every reason for which the library refuses something.
echo 1..1
cd "$PSPAWN_SOURCE" || exit 1

# The texts of all refusals, without the line breaks that are in some of them.
reasons() {
	cat lib/*.c | tr '\n\t' '  ' | sed 's/" *"//g' |
		grep -oE '(invalid|invalid_if|refuse_for|refuse_seat|reason =|too_long\[\] =|too_many\[\] =)[^;]*;' |
		grep -oE '"[^"]+"' | sort -u
}
expected=$(cat tests/case-reason.c tests/case-reason-run.c tests/case-excess.c tests/case-run-silent.c |
	tr '\n\t' '  ' | sed 's/" *"//g')
verdict=ok
count=0
while IFS= read -r reason; do
	count=$((count + 1))
	case $expected in
	*"$reason"*) ;;
	*)
		echo "# no case expects $reason"
		verdict='not ok'
		;;
	esac
done <<EOT
$(reasons)
EOT
[ $count -gt 60 ] || verdict='not ok'
echo "# $count reasons"
echo "$verdict 1 - every_reason_is_expected"
