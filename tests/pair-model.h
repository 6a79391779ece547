/* SPDX-License-Identifier: ISC */
/* For pair-model.c and pair-ids.c. */
#ifndef PAIR_MODEL_H
#define PAIR_MODEL_H

#include "pairs.h"

/* What is expected is written behind what is known already. */
struct model {
	const struct world *world;
	const int *row;
	const struct facts *plain;
	struct facts *facts;
	size_t used;
};

#define HAS(KIND) (m->row[PSPAWN_ATTR_##KIND])
#define LEVEL_OF(KIND) (&factors[PSPAWN_ATTR_##KIND].level[HAS(KIND)])

/* Of what this system's probe does not tell there is nothing to say. */
void model_set(struct model *m, const char *name, const char *value);
void model_set_hex(struct model *m, const char *name, unsigned long long value);
void model_set_number(struct model *m, const char *name, long long value);

/* A fact of a child without attributes, as a number. */
unsigned long long model_plain(const struct model *m, const char *name);

void expect_identity(struct model *m);
void expect_capabilities(struct model *m);

#endif
