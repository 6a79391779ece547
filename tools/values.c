/* SPDX-License-Identifier: ISC */
#include "values.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "print.h"

static const char *value_of;

void values_are_of(const char *option)
{
	value_of = option;
}

/* With --json one object, as for any error. */
static void say(int code, const char *step, const char *sentence)
{
	if (json_is_wanted())
		json_own_error(code, step, sentence);
	else
		print_sentence(sentence);
}

static char *sentence_of(const char *format, va_list arguments)
{
	static char sentence[PRINT_ROOM];
	int length = 0;

	if (value_of)
		length = snprintf(sentence, sizeof(sentence), "--%s: ", value_of);
	vsnprintf(sentence + length, sizeof(sentence) - (size_t)length, format, arguments);
	return sentence;
}

void wrong(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(EINVAL, "read the command line", sentence_of(format, arguments));
	va_end(arguments);
	if (!json_is_wanted()) {
		print_text(&to_error, "Try 'pspawn --help'.\n");
		print_done(&to_error);
	}
	exit(OWN_ERROR);
}

static void say_why(int code, const char *format, va_list arguments)
{
	char *sentence = sentence_of(format, arguments);
	size_t length = strlen(sentence);

	snprintf(sentence + length, PRINT_ROOM - length, ": %s", strerror(code));
	say(code, pspawn_step_name(PSPAWN_STEP_PREPARE), sentence);
}

int complain(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_why(code, format, arguments);
	va_end(arguments);
	return OWN_ERROR;
}

void cannot(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_why(code, format, arguments);
	va_end(arguments);
	exit(OWN_ERROR);
}

struct part part_of(const char *text)
{
	size_t length = strlen(text);
	struct part part = { text, (int)length };

	if (length > INT_MAX)
		wrong("an argument is too long");
	return part;
}

struct part part_cut(struct part *rest, char separator)
{
	struct part part = *rest;
	const char *end = memchr(part.text, separator, (size_t)part.length);

	if (!end) {
		rest->text = NULL;
		rest->length = 0;
		return part;
	}
	part.length = (int)(end - part.text);
	rest->text = end + 1;
	rest->length -= part.length + 1;
	return part;
}

int part_is(struct part part, const char *word)
{
	size_t length = (size_t)part.length;

	return strlen(word) == length && strncasecmp(part.text, word, length) == 0;
}

static int is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* strtoll() would also take blanks and a plus, and stops by itself at our separators. */
int part_to_number(struct part part, int base, long long *number)
{
	char *end;

	if (part.length == 0 || !is_digit(part.text[part.text[0] == '-']))
		return 0;
	errno = 0;
	*number = strtoll(part.text, &end, base);
	return errno == 0 && end == part.text + part.length;
}

long long part_number(struct part part, long long low, long long high)
{
	long long number;

	if (!part_to_number(part, 10, &number))
		wrong("not a number: %.*s", part.length, part.text);
	if (number < low || number > high)
		wrong("not from %lld to %lld: %.*s", low, high, part.length, part.text);
	return number;
}

int part_descriptor(struct part part, const char *whole)
{
	long long number;

	if (!part_to_number(part, 10, &number) || number < 0 || number > INT_MAX)
		wrong("not a descriptor: %s", whole);
	return (int)number;
}

void *values_keep(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		cannot(ENOMEM, "start");
	return memory;
}
