/* SPDX-License-Identifier: ISC */
/* What an attribute may hold. */
#include <errno.h>
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
	int (*check)(const struct pspawn_attr *attr); /* 0, -EINVAL or -EBADF */
	int members;
};

static int any(const struct pspawn_attr *attr)
{
	(void)attr;
	return 0;
}

static int descriptor(const struct pspawn_attr *attr)
{
	return attr->number < 0 ? -EBADF : 0;
}

static int between(const struct pspawn_attr *attr, int low, int high)
{
	return attr->number < low || attr->number > high ? -EINVAL : 0;
}

static int positive(const struct pspawn_attr *attr)
{
	return between(attr, 0, INT_MAX);
}

static int text(const struct pspawn_attr *attr)
{
	return attr->data && *(const char *)attr->data ? 0 : -EINVAL;
}

static int assignment(const struct pspawn_attr *attr)
{
	const char *equals = attr->data ? strchr(attr->data, '=') : NULL;

	return equals && equals != attr->data ? 0 : -EINVAL;
}

static int name(const struct pspawn_attr *attr)
{
	return text(attr) == 0 && !strchr(attr->data, '=') ? 0 : -EINVAL;
}

static int ignorable(const struct pspawn_attr *attr)
{
	return attr->value[0] & (PSPAWN_SIGNAL(SIGKILL) | PSPAWN_SIGNAL(SIGSTOP)) ? -EINVAL : 0;
}

static int signal_number(const struct pspawn_attr *attr)
{
	return between(attr, 1, 64);
}

/* Ids are of 32 bits, and the last one means "none". */
static int user(const struct pspawn_attr *attr)
{
	return attr->value[0] >= UINT_MAX || attr->value[1] > UINT_MAX ? -EINVAL : 0;
}

static int array(const struct pspawn_attr *attr)
{
	return attr->count > INT_MAX || (attr->count > 0 && !attr->data) ? -EINVAL : 0;
}

static int full_array(const struct pspawn_attr *attr)
{
	return attr->count == 0 ? -EINVAL : array(attr);
}

static int bits32(const struct pspawn_attr *attr)
{
	return attr->value[0] > UINT_MAX ? -EINVAL : 0;
}

static int limit(const struct pspawn_attr *attr)
{
	return attr->value[0] > attr->value[1] ? -EINVAL : between(attr, 0, 63);
}

static int nice_value(const struct pspawn_attr *attr)
{
	return between(attr, -20, 19);
}

static int policy(const struct pspawn_attr *attr)
{
	return attr->value[0] > INT_MAX ? -EINVAL : positive(attr);
}

static int io_class(const struct pspawn_attr *attr)
{
	return attr->value[0] > 7 ? -EINVAL : between(attr, 0, 3);
}

static int permissions(const struct pspawn_attr *attr)
{
	return between(attr, 0, 0777);
}

static int oom_score(const struct pspawn_attr *attr)
{
	return between(attr, -1000, 1000);
}

static int namespaces(const struct pspawn_attr *attr)
{
	return attr->value[0] == 0 || attr->value[0] & ~(unsigned long long)NAMESPACES ? -EINVAL : 0;
}

static int one_namespace(const struct pspawn_attr *attr)
{
	unsigned long long type = attr->value[0];

	if (attr->number < 0)
		return -EBADF;
	return type & (type - 1) ? -EINVAL : namespaces(attr);
}

static int id_map(const struct pspawn_attr *attr)
{
	return attr->value[0] > UINT_MAX || attr->value[1] > UINT_MAX || attr->count == 0 ||
			       attr->count > UINT_MAX
		       ? -EINVAL
		       : 0;
}

static int yes_or_no(const struct pspawn_attr *attr)
{
	return between(attr, 0, 1);
}

static int patience(const struct pspawn_attr *attr)
{
	return between(attr, 0, 60000);
}

static const struct rule rules[] = {
	[PSPAWN_ATTR_NONE] = { any, 0 },
	[PSPAWN_ATTR_DIR_FD] = { descriptor, NUMBER | OURS },
	[PSPAWN_ATTR_ENV_CLEAR] = { any, SURE },
	[PSPAWN_ATTR_ENV_SET] = { assignment, DATA | SURE },
	[PSPAWN_ATTR_ENV_UNSET] = { name, DATA | SURE },
	[PSPAWN_ATTR_SETSID] = { any, 0 },
	[PSPAWN_ATTR_PGROUP] = { positive, NUMBER },
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
	       (attr->value[1] && (members & VALUES) != VALUES) || (attr->data && !(members & DATA)) ||
	       (attr->count && !(members & COUNT)) || attr->reserved || attr->spare[0] ||
	       attr->spare[1] || attr->flags & ~PSPAWN_PREFER;
}

int attr_check(const struct pspawn_attr *attr, size_t index)
{
	const struct rule *rule;

	if (attr->kind < 0 || (size_t)attr->kind >= sizeof(rules) / sizeof(rules[0]))
		return -EINVAL;
	rule = &rules[attr->kind];
	if (has_unused_members(attr, rule->members))
		return -EINVAL;
	if (attr->flags & PSPAWN_PREFER && (rule->members & SURE || index >= FIRST_PREFERRED))
		return -EINVAL;
	return rule->check(attr);
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
