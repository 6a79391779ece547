/* SPDX-License-Identifier: ISC */
/* Structures that grow: their first member says how large the caller's is. */
#include <errno.h>
#include <string.h>

#include "lib.h"

/* What a newer caller has set and we do not know, we must not ignore. */
static int has_unknown_tail(const void *given, size_t given_size, size_t size)
{
	const unsigned char *bytes = given;

	for (size_t i = size; i < given_size; i++)
		if (bytes[i])
			return 1;
	return 0;
}

/* No structure of ours will be larger. A caller who says so has forgotten to set the size. */
enum { LARGEST = 4096 };

size_t versioned_size(const void *given, size_t oldest)
{
	size_t size;

	memcpy(&size, given, sizeof(size));
	return size ? size : oldest;
}

struct refusal copy_versioned(void *to, size_t size, const void *given, size_t oldest)
{
	size_t given_size, known_size;

	if (!given)
		return invalid("the description is NULL");
	given_size = versioned_size(given, oldest);
	if (given_size < oldest)
		return invalid("the size is smaller than the first version's");
	if (given_size > LARGEST)
		return refuse_for(E2BIG, "the size is larger than 4096");
	if (has_unknown_tail(given, given_size, size))
		return refuse_for(E2BIG, "a member that this library does not know is not zero");
	known_size = given_size < size ? given_size : size;
	memcpy(to, given, known_size);
	if (known_size < size)
		memset((char *)to + known_size, 0, size - known_size);
	return not_refused();
}
