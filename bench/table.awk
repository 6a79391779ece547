# SPDX-License-Identifier: ISC
# From summary.awk's CSV to tables, with the contenders in a given order.
# usage: awk -v order="CONTENDER..." [-v only=summary] -f table.awk starts.csv
BEGIN {
	FS = ","
	contenders = split(order, contender, " ")
}

{
	median[$1, $2, $3, $4] = $7
	row[$1, $2, $3, $4] = $6 " | " $7 " | " $8
	to_floor[$1, $2, $3, $4] = $9
	if (!(($1, $3) in seen)) {
		seen[$1, $3] = 1
		values[$1] = values[$1] " " $3
	}
}

function by_number(text,    list, count, i, j, kept) {
	count = split(text, list, " ")
	for (i = 2; i <= count; i++) {
		kept = list[i]
		for (j = i - 1; j >= 1 && list[j] + 0 > kept + 0; j--)
			list[j + 1] = list[j]
		list[j + 1] = kept
	}
	text = ""
	for (i = 1; i <= count; i++)
		text = text " " list[i]
	return text
}

# Microseconds, with as many digits as say something.
function short(number) {
	if (number == "")
		return "-"
	return sprintf(number < 1000 ? "%.1f" : "%.0f", number)
}

function by_contender(    i) {
	print "\n## A small parent: start and wait, microseconds\n"
	print "| contender | min | median | p99 | to the floor | of it in the call |"
	print "|---|---:|---:|---:|---:|---:|"
	for (i = 1; i <= contenders; i++)
		if (("table", contender[i], 0, "whole") in row)
			printf "| %s | %s | %.2f | %s |\n", contender[i], row["table", contender[i], 0, "whole"],
				to_floor["table", contender[i], 0, "whole"],
				short(median["call", contender[i], 0, "call"])
}

# A column for each value.
function by_value(measurement, what, title, divisor, unit,    list, count, i, j) {
	if (values[measurement] == "")
		return
	count = split(by_number(values[measurement]), list, " ")
	printf "\n## %s\n\n| contender |", title
	for (j = 1; j <= count; j++)
		printf " %d%s |", list[j] / divisor, unit
	printf "\n|---|"
	for (j = 1; j <= count; j++)
		printf "---:|"
	print ""
	for (i = 1; i <= contenders; i++) {
		if (!((measurement, contender[i], list[1], what) in median))
			continue
		printf "| %s |", contender[i]
		for (j = 1; j <= count; j++)
			printf " %s |", short(median[measurement, contender[i], list[j], what])
		print ""
	}
}

function largest(measurement,    list, count) {
	count = split(by_number(values[measurement]), list, " ")
	return list[count]
}

# One table of the most telling medians.
function summary(    fds, memory, i) {
	fds = largest("descriptors")
	memory = largest("memory")
	printf "| microseconds, median | small parent | to the floor | %d descriptors | %d GiB |\n",
		fds, memory / 1024
	print "|---|---:|---:|---:|---:|"
	for (i = 1; i <= contenders; i++)
		printf "| %s | %s | %s | %s | %s |\n", contender[i],
			short(median["table", contender[i], 0, "whole"]),
			sprintf("%.2f", to_floor["table", contender[i], 0, "whole"]),
			short(median["descriptors", contender[i], fds, "whole"]),
			short(median["memory", contender[i], memory, "whole"])
}

END {
	if (only == "summary") {
		summary()
		exit
	}
	if (values["table"] != "")
		by_contender()
	by_value("descriptors", "whole", "Against open descriptors: start and wait, median, microseconds", 1, "")
	by_value("memory", "whole", "Against touched memory: start and wait, median, microseconds", 1024, " GiB")
	by_value("threads", "rate", "Against threads: starts per second, median", 1, "")
	by_value("call", "call", "In the call alone, against open descriptors: median, microseconds", 1, "")
}
