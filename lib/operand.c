/* SPDX-License-Identifier: ISC */
/* What an attribute is about, for sentences and plans. */
#include "lib.h"

enum form { NOTHING, DESCRIPTOR, DECIMAL, OCTAL, SET, ID, TEXT, LIMIT, MAP };

static const unsigned char forms[] = {
	[PSPAWN_ATTR_DIR_FD] = DESCRIPTOR,
	[PSPAWN_ATTR_ENV_SET] = TEXT,
	[PSPAWN_ATTR_ENV_UNSET] = TEXT,
	[PSPAWN_ATTR_PGROUP] = DECIMAL,
	[PSPAWN_ATTR_CTTY] = DESCRIPTOR,
	[PSPAWN_ATTR_FOREGROUND] = DESCRIPTOR,
	[PSPAWN_ATTR_SIGMASK] = SET,
	[PSPAWN_ATTR_SIGDEFAULT] = SET,
	[PSPAWN_ATTR_SIGIGNORE] = SET,
	[PSPAWN_ATTR_USER] = ID,
	[PSPAWN_ATTR_GROUP] = ID,
	[PSPAWN_ATTR_AMBIENT] = SET,
	[PSPAWN_ATTR_BOUNDING] = SET,
	[PSPAWN_ATTR_SECUREBITS] = SET,
	[PSPAWN_ATTR_PDEATHSIG] = DECIMAL,
	[PSPAWN_ATTR_RLIMIT] = LIMIT,
	[PSPAWN_ATTR_NICE] = DECIMAL,
	[PSPAWN_ATTR_SCHED] = DECIMAL,
	[PSPAWN_ATTR_IOPRIO] = DECIMAL,
	[PSPAWN_ATTR_UMASK] = OCTAL,
	[PSPAWN_ATTR_OOM_SCORE] = DECIMAL,
	[PSPAWN_ATTR_PERSONALITY] = SET,
	[PSPAWN_ATTR_ROOT] = TEXT,
	[PSPAWN_ATTR_ROOT_FD] = DESCRIPTOR,
	[PSPAWN_ATTR_CGROUP] = DESCRIPTOR,
	[PSPAWN_ATTR_NAMESPACES] = SET,
	[PSPAWN_ATTR_UNSHARE] = SET,
	[PSPAWN_ATTR_SETNS] = DESCRIPTOR,
	[PSPAWN_ATTR_MAP_USER] = MAP,
	[PSPAWN_ATTR_MAP_GROUP] = MAP,
	[PSPAWN_ATTR_PROGRAM_FD] = DESCRIPTOR,
};

/* Steps that an attribute brings along, and which its operand is not about. */
static int is_about_something_else(int step, int kind)
{
	return step == PSPAWN_STEP_MOUNTS || step == PSPAWN_STEP_KEEP_CAPS ||
	       (step == PSPAWN_STEP_GROUPS && kind == PSPAWN_ATTR_USER);
}

static void add_limit(struct text *text, unsigned long long value)
{
	if (value == ~0ULL)
		text_add(text, "unlimited");
	else
		text_add(text, "%llu", value);
}

static void add_form(struct text *text, const struct pspawn_attr *attr, int form)
{
	switch (form) {
	case DESCRIPTOR:
		text_add(text, " descriptor %d", attr->number);
		break;
	case DECIMAL:
		text_add(text, " %d", attr->number);
		break;
	case OCTAL:
		text_add(text, " %03o", (unsigned)attr->number);
		break;
	case SET:
		text_add(text, " 0x%llx", attr->value[0]);
		break;
	case ID:
		text_add(text, " %llu", attr->value[0]);
		break;
	case TEXT:
		text_add(text, " ");
		text_add_quoted(text, attr->data ? attr->data : "");
		break;
	case LIMIT:
		text_add(text, " %d to ", attr->number);
		add_limit(text, attr->value[0]);
		text_add(text, ":");
		add_limit(text, attr->value[1]);
		break;
	case MAP:
		text_add(text, " %llu:%llu:%zu", attr->value[0], attr->value[1], attr->count);
		break;
	default:
		break;
	}
}

void text_add_operand(struct text *text, const struct pspawn_attr *attr, int step)
{
	int known = attr->kind > 0 && (size_t)attr->kind < sizeof(forms);

	if (!known || is_about_something_else(step, attr->kind))
		return;
	if (step == PSPAWN_STEP_GROUP && attr->kind == PSPAWN_ATTR_USER)
		text_add(text, " %llu", attr->value[1]);
	else
		add_form(text, attr, forms[attr->kind]);
}
