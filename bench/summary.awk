# SPDX-License-Identifier: ISC
# From lines `MEASUREMENT CONTENDER VALUE start WHOLE CALL` and `... rate N`, sorted by the first
# three, to CSV: samples, minimum, median and 99th percentile, in microseconds or per second;
# and the median by that of the floor (-v floor=CONTENDER), measured likewise.
BEGIN {
	print "measurement,contender,value,what,samples,min,median,p99,to_floor"
}

# Insertion would be slow: a heap's order, sorted in place.
function sift(list, from, count,    child, kept) {
	kept = list[from]
	while ((child = 2 * from) <= count) {
		if (child < count && list[child + 1] > list[child])
			child++
		if (list[child] <= kept)
			break
		list[from] = list[child]
		from = child
	}
	list[from] = kept
}

function sort(list, count,    i, kept) {
	for (i = int(count / 2); i >= 1; i--)
		sift(list, i, count)
	for (i = count; i > 1; i--) {
		kept = list[1]
		list[1] = list[i]
		list[i] = kept
		sift(list, 1, i - 1)
	}
}

# The smallest that at least this part of them does not exceed.
function part_of(list, count, part,    at) {
	at = int(count * part)
	if (at < count * part)
		at++
	return list[at < 1 ? 1 : at]
}

function tell(what, list, count, unit) {
	if (count == 0)
		return
	sort(list, count)
	lines++
	key[lines] = measurement "," contender "," value "," what
	text[lines] = sprintf("%d,%.2f,%.2f,%.2f", count, list[1] / unit,
		part_of(list, count, 0.5) / unit, part_of(list, count, 0.99) / unit)
	median[key[lines]] = part_of(list, count, 0.5) / unit
}

function tell_all() {
	tell("whole", whole, starts, 1000)
	tell("call", call, starts, 1000)
	tell("rate", rate, rates, 1)
	starts = rates = 0
}

$1 != measurement || $2 != contender || $3 != value {
	tell_all()
	measurement = $1
	contender = $2
	value = $3
}

$4 == "start" {
	whole[++starts] = $5
	call[starts] = $6
}

$4 == "rate" {
	rate[++rates] = $5
}

END {
	tell_all()
	for (i = 1; i <= lines; i++) {
		split(key[i], part, ",")
		base = median[part[1] "," floor "," part[3] "," part[4]]
		printf "%s,%s,", key[i], text[i]
		if (base > 0)
			printf "%.3f", median[key[i]] / base
		print ""
	}
}
