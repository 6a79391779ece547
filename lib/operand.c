/* SPDX-License-Identifier: ISC */
/* What an attribute is about, for sentences and plans. */
#include "lib.h"

enum form { NOTHING, DESCRIPTOR, DECIMAL, OCTAL, SET, ID, TEXT, LIMIT, MAP };

/* What is shown of an attribute, and the step that it is for; NONE: it acts on no step alone. */
static const struct about {
	unsigned char form, step;
} abouts[] = {
	[PSPAWN_ATTR_DIR_FD] = { DESCRIPTOR, PSPAWN_STEP_CHDIR },
	[PSPAWN_ATTR_ENV_CLEAR] = { NOTHING, PSPAWN_STEP_NONE },
	[PSPAWN_ATTR_ENV_SET] = { TEXT, PSPAWN_STEP_NONE },
	[PSPAWN_ATTR_ENV_UNSET] = { TEXT, PSPAWN_STEP_NONE },
	[PSPAWN_ATTR_SETSID] = { NOTHING, PSPAWN_STEP_SETSID },
	[PSPAWN_ATTR_PGROUP] = { DECIMAL, PSPAWN_STEP_PGROUP },
	[PSPAWN_ATTR_NO_TTY] = { NOTHING, PSPAWN_STEP_NO_TTY },
	[PSPAWN_ATTR_CTTY] = { DESCRIPTOR, PSPAWN_STEP_CTTY },
	[PSPAWN_ATTR_FOREGROUND] = { DESCRIPTOR, PSPAWN_STEP_FOREGROUND },
	[PSPAWN_ATTR_SIGMASK] = { SET, PSPAWN_STEP_MASK },
	[PSPAWN_ATTR_SIGDEFAULT] = { SET, PSPAWN_STEP_SIGNALS },
	[PSPAWN_ATTR_SIGIGNORE] = { SET, PSPAWN_STEP_SIGIGNORE },
	[PSPAWN_ATTR_SIGINHERIT] = { NOTHING, PSPAWN_STEP_NONE },
	[PSPAWN_ATTR_USER] = { ID, PSPAWN_STEP_USER },
	[PSPAWN_ATTR_GROUP] = { ID, PSPAWN_STEP_GROUP },
	[PSPAWN_ATTR_GROUPS] = { NOTHING, PSPAWN_STEP_GROUPS },
	[PSPAWN_ATTR_KEEP_GROUPS] = { NOTHING, PSPAWN_STEP_NONE },
	[PSPAWN_ATTR_NO_NEW_PRIVS] = { NOTHING, PSPAWN_STEP_NO_NEW_PRIVS },
	[PSPAWN_ATTR_AMBIENT] = { SET, PSPAWN_STEP_AMBIENT },
	[PSPAWN_ATTR_BOUNDING] = { SET, PSPAWN_STEP_BOUNDING },
	[PSPAWN_ATTR_KEEP_CAPS] = { NOTHING, PSPAWN_STEP_KEEP_CAPS },
	[PSPAWN_ATTR_SECUREBITS] = { SET, PSPAWN_STEP_SECUREBITS },
	[PSPAWN_ATTR_PDEATHSIG] = { DECIMAL, PSPAWN_STEP_PDEATHSIG },
	[PSPAWN_ATTR_RLIMIT] = { LIMIT, PSPAWN_STEP_RLIMIT },
	[PSPAWN_ATTR_NICE] = { DECIMAL, PSPAWN_STEP_NICE },
	[PSPAWN_ATTR_SCHED] = { DECIMAL, PSPAWN_STEP_SCHED },
	[PSPAWN_ATTR_AFFINITY] = { NOTHING, PSPAWN_STEP_AFFINITY },
	[PSPAWN_ATTR_IOPRIO] = { DECIMAL, PSPAWN_STEP_IOPRIO },
	[PSPAWN_ATTR_UMASK] = { OCTAL, PSPAWN_STEP_UMASK },
	[PSPAWN_ATTR_OOM_SCORE] = { DECIMAL, PSPAWN_STEP_OOM_SCORE },
	[PSPAWN_ATTR_PERSONALITY] = { SET, PSPAWN_STEP_PERSONALITY },
	[PSPAWN_ATTR_ROOT] = { TEXT, PSPAWN_STEP_ROOT },
	[PSPAWN_ATTR_ROOT_FD] = { DESCRIPTOR, PSPAWN_STEP_ROOT },
	[PSPAWN_ATTR_CGROUP] = { DESCRIPTOR, PSPAWN_STEP_CGROUP },
	[PSPAWN_ATTR_NAMESPACES] = { SET, PSPAWN_STEP_NAMESPACES },
	[PSPAWN_ATTR_UNSHARE] = { SET, PSPAWN_STEP_NAMESPACES },
	[PSPAWN_ATTR_SETNS] = { DESCRIPTOR, PSPAWN_STEP_SETNS },
	[PSPAWN_ATTR_MAP_USER] = { MAP, PSPAWN_STEP_MAP_IDS },
	[PSPAWN_ATTR_MAP_GROUP] = { MAP, PSPAWN_STEP_MAP_IDS },
	[PSPAWN_ATTR_SETGROUPS] = { NOTHING, PSPAWN_STEP_MAP_IDS },
	[PSPAWN_ATTR_PROGRAM_FD] = { DESCRIPTOR, PSPAWN_STEP_EXEC },
	[PSPAWN_ATTR_TRACE_ME] = { NOTHING, PSPAWN_STEP_TRACE_ME },
	[PSPAWN_ATTR_RETRY_BUSY] = { NOTHING, PSPAWN_STEP_NONE },
	[PSPAWN_ATTR_SHELL_FALLBACK] = { NOTHING, PSPAWN_STEP_NONE },
};

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

/* Steps that are about no attribute of their own say first what it would have done. */
static void add_verb(struct text *text, int step)
{
	if (step != PSPAWN_STEP_NONE)
		text_add(text, ": %s%s", pspawn_step_name(step),
			 step == PSPAWN_STEP_CHDIR ? " to" : "");
	else
		text_add(text, ":");
}

void text_add_operand(struct text *text, const struct pspawn_attr *attr, int step)
{
	int known = attr->kind > 0 && (size_t)attr->kind < sizeof(abouts) / sizeof(abouts[0]);
	const struct about *about = known ? &abouts[attr->kind] : &abouts[0];
	int is_general = step == PSPAWN_STEP_CHECK_ATTR || step == PSPAWN_STEP_BACKEND;

	if (is_general)
		add_verb(text, about->step);
	/* What else an attribute brings along, its operand is not about. */
	if (is_general || step == about->step)
		add_form(text, attr, about->form);
	else if (step == PSPAWN_STEP_GROUP && attr->kind == PSPAWN_ATTR_USER)
		text_add(text, " %llu", attr->value[1]);
}
