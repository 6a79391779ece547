/* SPDX-License-Identifier: ISC */
#include "print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ports.h"

struct printer to_output = { .fd = STDOUT_FILENO }, to_error = { .fd = STDERR_FILENO };

static void empty(struct printer *to)
{
	if (to->result == 0 && to->used > 0)
		to->result = port_write(to->fd, to->buffer, to->used);
	to->used = 0;
}

void print_data(struct printer *to, const char *data, size_t size)
{
	while (size > 0) {
		size_t piece = PRINT_ROOM - to->used;

		piece = size < piece ? size : piece;
		memcpy(to->buffer + to->used, data, piece);
		to->used += piece;
		data += piece;
		size -= piece;
		if (to->used == PRINT_ROOM)
			empty(to);
	}
}

void print_text(struct printer *to, const char *text)
{
	print_data(to, text, strlen(text));
}

void print_byte(struct printer *to, char byte)
{
	print_data(to, &byte, 1);
}

void print(struct printer *to, const char *format, ...)
{
	char text[PRINT_ROOM];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	print_text(to, text);
}

int print_done(struct printer *to)
{
	empty(to);
	return to->result;
}

void print_sentence(const char *sentence)
{
	print_text(&to_error, "pspawn: ");
	print_text(&to_error, sentence);
	print_byte(&to_error, '\n');
	print_done(&to_error);
}
