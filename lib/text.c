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
