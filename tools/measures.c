/* SPDX-License-Identifier: ISC */
#include "measures.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *name;
	long long factor;
};

/* A number without a unit has the one that has no name. */
static const struct unit times[] = {
	{ "ms", 1 }, { "s", 1000 }, { "", 1000 }, { "m", 60000 }, { "h", 3600000 }, { NULL, 0 },
};
static const struct unit sizes[] = {
	{ "", 1 }, { "k", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { NULL, 0 },
};

static long long factor_of(const struct unit *unit, struct part part)
{
	while (unit->name && !part_is(part, unit->name))
		unit++;
	return unit->factor;
}

/* Cut off what is made of these characters. */
static struct part cut_number(struct part *rest, const char *characters)
{
	struct part number = { rest->text, 0 };

	while (number.length < rest->length && strchr(characters, rest->text[number.length]))
		number.length++;
	rest->text += number.length;
	rest->length -= number.length;
	return number;
}

/* Digits, with one point at most: strtod(3) alone would take a lot more. */
static int is_decimal(struct part part)
{
	int points = 0;

	for (int i = 0; i < part.length; i++)
		points += part.text[i] == '.';
	return points <= 1 && part.length > points;
}

/* In milliseconds; -1: it is none. */
static double time_of(struct part part)
{
	struct part unit = part;
	struct part number = cut_number(&unit, "0123456789.");
	long long factor = factor_of(times, unit);

	return factor && is_decimal(number) ? strtod(number.text, NULL) * (double)factor : -1;
}

static int round_up(double time)
{
	int whole = (int)time;

	return whole < time ? whole + 1 : whole;
}

int measures_time(struct part part, int least)
{
	double time = time_of(part);

	if (time < 0)
		wrong("not a time, such as 5s, 1.5m, 250ms, 2h: %.*s", part.length, part.text);
	if (time > INT_MAX || time < least)
		wrong("not from %d ms to %d h: %.*s", least, INT_MAX / 3600000, part.length,
		      part.text);
	return round_up(time);
}

int measures_try_time(struct part part)
{
	double time = time_of(part);

	return time < 0 || time > INT_MAX ? 0 : round_up(time);
}

size_t measures_size(struct part part)
{
	struct part unit = part;
	struct part number = cut_number(&unit, "0123456789");
	long long factor = factor_of(sizes, unit);
	long long count;

	if (part_is(part, "unlimited"))
		return SIZE_MAX;
	if (!factor || !part_to_number(number, 10, &count))
		wrong("not a size, such as 4096, 64k, 16M, 1G, unlimited: %.*s", part.length,
		      part.text);
	if (count == 0 || (unsigned long long)count >= SIZE_MAX / (unsigned long long)factor)
		wrong("too small or too large: %.*s", part.length, part.text);
	return (size_t)count * (size_t)factor;
}

const char *measures_show_time(long long seconds)
{
	static char text[32];

	if (seconds >= 3600)
		snprintf(text, sizeof(text), "%lld:%02lld:%02lld", seconds / 3600,
			 seconds / 60 % 60, seconds % 60);
	else
		snprintf(text, sizeof(text), "%lld:%02lld", seconds / 60, seconds % 60);
	return text;
}

const char *measures_show_size(unsigned long long bytes, char text[16])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)bytes;
	int i = 0;

	while (size >= 1024) {
		size /= 1024;
		i++;
	}
	snprintf(text, 16, i ? "%.1f %s" : "%.0f %s", size, units[i]);
	return text;
}
