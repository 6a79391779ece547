/* SPDX-License-Identifier: ISC */
#include "json-bytes.h"

#include "json.h"
#include "print.h"

/* ---- UTF-8 */

/* How many bytes a character has that begins so; 0: none begins so. */
static size_t length_by(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

/* After these, the second byte has narrower limits: no long forms, no surrogates, no end of
 * Unicode passed. */
static int is_second(unsigned char first, unsigned char second)
{
	unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	return second >= low && second <= high;
}

/* The length of the character that begins here; 0: it is none. */
static size_t character(const unsigned char *data, size_t size)
{
	size_t length = length_by(data[0]);

	if (length == 0 || length > size || (length > 1 && !is_second(data[0], data[1])))
		return 0;
	for (size_t i = 2; i < length; i++)
		if (data[i] < 0x80 || data[i] > 0xbf)
			return 0;
	return length;
}

/* Returns whether it was UTF-8. */
static int put_text(const unsigned char *data, size_t size)
{
	int is_text = 1;

	for (size_t at = 0; at < size;) {
		size_t length = character(data + at, size - at);

		if (length == 0)
			print_text(&to_json, "\\ufffd");
		else if (data[at] == '"' || data[at] == '\\')
			print(&to_json, "\\%c", data[at]);
		else if (data[at] < 0x20 || data[at] == 0x7f)
			print(&to_json, "\\u%04x", data[at]);
		else
			print_data(&to_json, (const char *)data + at, length);
		is_text &= length > 0;
		at += length ? length : 1;
	}
	return is_text;
}

/* ---- base64 (RFC 4648) */

static void put_base64(const unsigned char *data, size_t size)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t at = 0; at < size; at += 3) {
		size_t left = size - at;
		unsigned long three = (unsigned long)data[at] << 16;

		three |= left > 1 ? (unsigned long)data[at + 1] << 8 : 0;
		three |= left > 2 ? data[at + 2] : 0;
		print_byte(&to_json, digits[three >> 18]);
		print_byte(&to_json, digits[three >> 12 & 63]);
		print_byte(&to_json, left > 1 ? digits[three >> 6 & 63] : '=');
		print_byte(&to_json, left > 2 ? digits[three & 63] : '=');
	}
}

void json_bytes(const char *data, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)data;
	int is_text;

	print_text(&to_json, "\"text\":\"");
	is_text = put_text(bytes, size);
	print_byte(&to_json, '"');
	if (is_text)
		return;
	print_text(&to_json, ",\"base64\":\"");
	put_base64(bytes, size);
	print_byte(&to_json, '"');
}
