/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>

#include "lib.h"

void text_add(struct text *text, const char *format, ...)
{
	size_t room = text->length < text->size ? text->size - text->length : 0;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(room ? text->buf + text->length : NULL, room, format, args);
	va_end(args);
	if (length > 0)
		text->length += (size_t)length;
}

/* A name as it can stand in a sentence, and on a terminal: control characters are spelled out. */
void text_add_quoted(struct text *text, const char *name)
{
	text_add(text, "\"");
	for (; *name; name++) {
		unsigned char byte = (unsigned char)*name;

		if (byte == '"' || byte == '\\')
			text_add(text, "\\%c", byte);
		else if (byte < 0x20 || byte == 0x7f)
			text_add(text, "\\x%02x", byte);
		else
			text_add(text, "%c", byte);
	}
	text_add(text, "\"");
}
