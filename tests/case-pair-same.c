/* SPDX-License-Identifier: ISC */
/* Q07: how the facts of a child are compared with what is expected of them. */
#include <string.h>

#include "pairs.h"
#include "suite.h"

static int is_same(const char *expected, const char *found)
{
	static struct world world = { .uts_name = "uts:[5]" };
	const struct facts plain = { 1, { { "ns", "pid:[3]" } }, "" };
	const struct facts wants = { 1, { { "ns", expected } }, "" };
	const struct facts has = { 1, { { "ns", found } }, "" };

	return facts_same(&world, &wants, &has, &plain);
}

/* Linux 7 names a pid namespace before it has a process, and earlier ones do not. */
CASE(Q07, new_namespaces_may_have_no_name)
{
	CHECK(is_same(FACT_NEW_OR_NONE, "?"));
	CHECK(is_same(FACT_NEW_OR_NONE, "pid:[4]"));
	CHECK(!is_same(FACT_NEW_OR_NONE, "pid:[3]"));
	CHECK(is_same(FACT_NEW, "pid:[4]"));
	CHECK(!is_same(FACT_NEW, "pid:[3]"));
	CHECK(!is_same(FACT_NEW, "uts:[5]"));
	CHECK(!is_same(FACT_NEW, "?"));
	CHECK(is_same("pid:[3]", "pid:[3]"));
	CHECK(!is_same("?", "pid:[3]"));
}
