/* SPDX-License-Identifier: ISC */
/* What an attribute may hold. */
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "lib.h"

/* Which members a kind uses; the others have to be zero. */
enum {
	NUMBER = 1,
	VALUE = 2,
	VALUES = 6, /* both */
	DATA = 8,
	COUNT = 16,
	SURE = 32, /* it cannot fail, and so not be preferred */
	OURS = 64  /* its number is a descriptor of the parent's */
};

enum { FIRST_PREFERRED = 64 };

#define NAMESPACES                                                                      \
	(PSPAWN_NS_MOUNT | PSPAWN_NS_CGROUP | PSPAWN_NS_UTS | PSPAWN_NS_IPC | PSPAWN_NS_USER | \
	 PSPAWN_NS_PID | PSPAWN_NS_NET)

struct rule {
	struct refusal (*check)(const struct pspawn_attr *attr);
	int members;
};

static struct refusal any(const struct pspawn_attr *attr)
{
	(void)attr;
	return not_refused();
}

static struct refusal descriptor(const struct pspawn_attr *attr)
{
	return attr->number < 0 ? refuse_for(EBADF, "its descriptor is negative") : not_refused();
}

static int is_outside(const struct pspawn_attr *attr, int low, int high)
{
	return attr->number < low || attr->number > high;
}

static struct refusal group(const struct pspawn_attr *attr)
{
	return invalid_if(attr->number < 0, "the group is negative");
}

static struct refusal text(const struct pspawn_attr *attr)
{
	return invalid_if(!attr->data || !*(const char *)attr->data, "its text is NULL or empty");
}

static struct refusal assignment(const struct pspawn_attr *attr)
{
	const char *equals = attr->data ? strchr(attr->data, '=') : NULL;

	return invalid_if(!equals || equals == attr->data, "its text is not NAME=VALUE");
}

static struct refusal name(const struct pspawn_attr *attr)
{
	struct refusal refusal = text(attr);

	return refusal.code ? refusal
			    : invalid_if(strchr(attr->data, '=') != NULL, "its name has a '='");
}

static struct refusal ignorable(const struct pspawn_attr *attr)
{
	return invalid_if((attr->value[0] & (PSPAWN_SIGNAL(SIGKILL) | PSPAWN_SIGNAL(SIGSTOP))) != 0,
			  "SIGKILL and SIGSTOP cannot be ignored");
}

static struct refusal signal_number(const struct pspawn_attr *attr)
{
	return invalid_if(is_outside(attr, 1, 64), "the signal is none of 1 to 64");
}

/* Ids are of 32 bits, and the last one means "none". */
static struct refusal user(const struct pspawn_attr *attr)
{
	return invalid_if(attr->value[0] >= UINT_MAX || attr->value[1] > UINT_MAX,
			  "the id is -1, or has more than 32 bits");
}

static struct refusal array(const struct pspawn_attr *attr)
{
	if (attr->count > INT_MAX)
		return invalid("its array is too long");
	return invalid_if(attr->count > 0 && !attr->data, "its array is NULL");
}

static struct refusal full_array(const struct pspawn_attr *attr)
{
	return attr->count == 0 ? invalid("its array is empty") : array(attr);
}

static struct refusal bits32(const struct pspawn_attr *attr)
{
	return invalid_if(attr->value[0] > UINT_MAX, "the value has more than 32 bits");
}

static struct refusal limit(const struct pspawn_attr *attr)
{
	if (attr->value[0] > attr->value[1])
		return invalid("the soft limit is above the hard one");
	return invalid_if(is_outside(attr, 0, 63), "the resource is none of 0 to 63");
}

static struct refusal nice_value(const struct pspawn_attr *attr)
{
	return invalid_if(is_outside(attr, -20, 19), "the value is none of -20 to 19");
}

static struct refusal policy(const struct pspawn_attr *attr)
{
	return invalid_if(attr->number < 0 || attr->value[0] > INT_MAX,
			  "the policy or the priority is negative, or has more than 31 bits");
}

static struct refusal io_class(const struct pspawn_attr *attr)
{
	return invalid_if(attr->value[0] > 7 || is_outside(attr, 0, 3),
			  "the class is none of 0 to 3, or the level none of 0 to 7");
}

static struct refusal permissions(const struct pspawn_attr *attr)
{
	return invalid_if(is_outside(attr, 0, 0777), "the umask is none of 0 to 0777");
}

static struct refusal oom_score(const struct pspawn_attr *attr)
{
	return invalid_if(is_outside(attr, -1000, 1000), "the score is none of -1000 to 1000");
}

static struct refusal namespaces(const struct pspawn_attr *attr)
{
	if (attr->value[0] == 0)
		return invalid("there is no namespace");
	return invalid_if((attr->value[0] & ~(unsigned long long)NAMESPACES) != 0,
			  "an unknown namespace");
}

static struct refusal one_namespace(const struct pspawn_attr *attr)
{
	unsigned long long type = attr->value[0];
	struct refusal refusal = descriptor(attr);

	if (refusal.code)
		return refusal;
	return type & (type - 1) ? invalid("more than one namespace") : namespaces(attr);
}

static struct refusal id_map(const struct pspawn_attr *attr)
{
	if (attr->count == 0)
		return invalid("the map is empty");
	return invalid_if(attr->value[0] > UINT_MAX || attr->value[1] > UINT_MAX ||
			      attr->count > UINT_MAX,
			  "an id or the count has more than 32 bits");
}

static struct refusal yes_or_no(const struct pspawn_attr *attr)
{
	return invalid_if(is_outside(attr, 0, 1), "the value is neither 0 nor 1");
}

static struct refusal patience(const struct pspawn_attr *attr)
{
	return invalid_if(is_outside(attr, 0, 60000), "the milliseconds are none of 0 to 60000");
}

static const struct rule rules[] = {
	[PSPAWN_ATTR_NONE] = { any, 0 },
	[PSPAWN_ATTR_DIR_FD] = { descriptor, NUMBER | OURS },
	[PSPAWN_ATTR_ENV_CLEAR] = { any, SURE },
	[PSPAWN_ATTR_ENV_SET] = { assignment, DATA | SURE },
	[PSPAWN_ATTR_ENV_UNSET] = { name, DATA | SURE },
	[PSPAWN_ATTR_SETSID] = { any, 0 },
	[PSPAWN_ATTR_PGROUP] = { group, NUMBER },
	[PSPAWN_ATTR_NO_TTY] = { any, 0 },
	[PSPAWN_ATTR_CTTY] = { descriptor, NUMBER },
	[PSPAWN_ATTR_FOREGROUND] = { descriptor, NUMBER },
	[PSPAWN_ATTR_SIGMASK] = { any, VALUE },
	[PSPAWN_ATTR_SIGDEFAULT] = { any, VALUE },
	[PSPAWN_ATTR_SIGIGNORE] = { ignorable, VALUE },
	[PSPAWN_ATTR_SIGINHERIT] = { any, 0 },
	[PSPAWN_ATTR_USER] = { user, VALUES },
	[PSPAWN_ATTR_GROUP] = { user, VALUE },
	[PSPAWN_ATTR_GROUPS] = { array, DATA | COUNT },
	[PSPAWN_ATTR_KEEP_GROUPS] = { any, 0 },
	[PSPAWN_ATTR_NO_NEW_PRIVS] = { any, 0 },
	[PSPAWN_ATTR_AMBIENT] = { any, VALUE },
	[PSPAWN_ATTR_BOUNDING] = { any, VALUE },
	[PSPAWN_ATTR_KEEP_CAPS] = { any, 0 },
	[PSPAWN_ATTR_SECUREBITS] = { bits32, VALUE },
	[PSPAWN_ATTR_PDEATHSIG] = { signal_number, NUMBER },
	[PSPAWN_ATTR_RLIMIT] = { limit, NUMBER | VALUES },
	[PSPAWN_ATTR_NICE] = { nice_value, NUMBER },
	[PSPAWN_ATTR_SCHED] = { policy, NUMBER | VALUE },
	[PSPAWN_ATTR_AFFINITY] = { full_array, DATA | COUNT },
	[PSPAWN_ATTR_IOPRIO] = { io_class, NUMBER | VALUE },
	[PSPAWN_ATTR_UMASK] = { permissions, NUMBER },
	[PSPAWN_ATTR_OOM_SCORE] = { oom_score, NUMBER },
	[PSPAWN_ATTR_PERSONALITY] = { bits32, VALUE },
	[PSPAWN_ATTR_ROOT] = { text, DATA },
	[PSPAWN_ATTR_ROOT_FD] = { descriptor, NUMBER | OURS },
	[PSPAWN_ATTR_CGROUP] = { descriptor, NUMBER | OURS },
	[PSPAWN_ATTR_NAMESPACES] = { namespaces, VALUE },
	[PSPAWN_ATTR_UNSHARE] = { namespaces, VALUE },
	[PSPAWN_ATTR_SETNS] = { one_namespace, NUMBER | VALUE | OURS },
	[PSPAWN_ATTR_MAP_USER] = { id_map, VALUES | COUNT },
	[PSPAWN_ATTR_MAP_GROUP] = { id_map, VALUES | COUNT },
	[PSPAWN_ATTR_SETGROUPS] = { yes_or_no, NUMBER },
	[PSPAWN_ATTR_PROGRAM_FD] = { descriptor, NUMBER | SURE | OURS },
	[PSPAWN_ATTR_TRACE_ME] = { any, 0 },
	[PSPAWN_ATTR_RETRY_BUSY] = { patience, NUMBER | SURE },
	[PSPAWN_ATTR_SHELL_FALLBACK] = { any, SURE },
};

/* What a later version may give a meaning must not be ignored by this one. */
static int has_unused_members(const struct pspawn_attr *attr, int members)
{
	return (attr->number && !(members & NUMBER)) || (attr->value[0] && !(members & VALUE)) ||
	       (attr->value[1] && (members & VALUES) != VALUES) ||
	       (attr->data && !(members & DATA)) || (attr->count && !(members & COUNT)) ||
	       attr->reserved || attr->spare[0] || attr->spare[1];
}

static struct refusal check_flags(const struct pspawn_attr *attr, size_t index, int members)
{
	if (attr->flags & ~PSPAWN_PREFER)
		return invalid("an unknown flag");
	if (!(attr->flags & PSPAWN_PREFER))
		return not_refused();
	if (members & SURE)
		return invalid("what cannot fail cannot be preferred");
	return invalid_if(index >= FIRST_PREFERRED, "only the first 64 can be preferred");
}

struct refusal attr_check(const struct pspawn_attr *attr, size_t index)
{
	const struct rule *rule;
	struct refusal refusal;

	if (attr->kind < 0 || (size_t)attr->kind >= sizeof(rules) / sizeof(rules[0]))
		return invalid("an unknown kind");
	rule = &rules[attr->kind];
	if (has_unused_members(attr, rule->members))
		return invalid("a member that its kind does not use is not zero");
	refusal = check_flags(attr, index, rule->members);
	return refusal.code ? refusal : rule->check(attr);
}

const struct pspawn_attr *attr_last(const struct pspawn_cmd *cmd, int kind)
{
	for (size_t i = cmd->nattrs; i-- > 0;)
		if (cmd->attrs[i].kind == kind)
			return &cmd->attrs[i];
	return NULL;
}

size_t attr_data_size(const struct pspawn_attr *attr)
{
	size_t item = attr->kind == PSPAWN_ATTR_GROUPS ? sizeof(gid_t) : 1;

	return rules[attr->kind].members & COUNT ? attr->count * item : strlen(attr->data) + 1;
}

int attr_source(const struct pspawn_attr *attr)
{
	return rules[attr->kind].members & OURS ? attr->number : -1;
}
