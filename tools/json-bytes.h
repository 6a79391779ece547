/* SPDX-License-Identifier: ISC */
/* Output of a program, which can be any bytes, in JSON, which is text. */
#ifndef JSON_BYTES_H
#define JSON_BYTES_H

#include <stddef.h>

/*
 * "text":"...", on standard error or --json-to. Where the bytes are no UTF-8, what is wrong in there is
 * shown as U+FFFD, and ,"base64":"..." follows, which is exact.
 */
void json_bytes(const char *data, size_t size);

#endif
