/* SPDX-License-Identifier: ISC */
/* Ids and capabilities on Linux, by raw system calls: libc's set*id() would signal our threads. */
#include "attrs-linux.h"

#include <errno.h>
#include <stdint.h>
#include <sys/prctl.h>

#include "raw.h"

/* 32-bit systems have calls with 16-bit ids under the plain names. */
#ifdef SYS_setresuid32
#define CALL_SETRESUID SYS_setresuid32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETGROUPS SYS_setgroups32
#else
#define CALL_SETRESUID SYS_setresuid
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETGROUPS SYS_setgroups
#endif

/* For prctl(2), whose unused arguments have to be zero. */
CHILD_SIDE static int control(int option, unsigned long long a, unsigned long long b)
{
	return (int)RAW5(SYS_prctl, option, a, b, 0, 0);
}

CHILD_SIDE int attr_set_groups(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW2(CALL_SETGROUPS, step->value[0], step->data);
}

CHILD_SIDE int attr_set_group(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW3(CALL_SETRESGID, step->value[0], step->value[0], step->value[0]);
}

CHILD_SIDE int attr_set_user(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return (int)RAW3(CALL_SETRESUID, step->value[0], step->value[0], step->value[0]);
}

CHILD_SIDE int attr_keep_capabilities(const struct plan_step *step, const struct stage *stage)
{
	(void)step;
	(void)stage;
	return control(PR_SET_KEEPCAPS, 1, 0);
}

CHILD_SIDE int attr_set_securebits(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	return control(PR_SET_SECUREBITS, step->value[0], 0);
}

CHILD_SIDE int attr_limit_bounding(const struct plan_step *step, const struct stage *stage)
{
	(void)stage;
	for (unsigned number = 0; number < 64; number++) {
		int result = control(PR_CAPBSET_READ, number, 0);

		/* The first one that the kernel does not know. */
		if (result == -EINVAL)
			break;
		if (result > 0 && !(step->value[0] >> number & 1))
			result = control(PR_CAPBSET_DROP, number, 0);
		if (result < 0)
			return result;
	}
	return 0;
}

struct capability_header {
	uint32_t version;
	int32_t pid;
};

/* Of 32 capabilities each. */
struct capability_sets {
	uint32_t effective, permitted, inheritable;
};

CHILD_SIDE static int exchange_sets(int call, struct capability_sets sets[2])
{
	struct capability_header header;

	header.version = 0x20080522;
	header.pid = 0;
	return (int)RAW2(call, &header, sets);
}

CHILD_SIDE static void add_inheritable(struct capability_sets sets[2], unsigned long long set)
{
	sets[0].inheritable |= (uint32_t)set;
	sets[1].inheritable |= (uint32_t)(set >> 32);
}

CHILD_SIDE static int raise_all(unsigned long long set)
{
	int result = control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0);

	for (unsigned number = 0; number < 64 && result == 0; number++)
		if (set >> number & 1)
			result = control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number);
	return result;
}

/* Left out, it must not leave behind the half that went well. */
CHILD_SIDE int attr_raise_ambient(const struct plan_step *step, const struct stage *stage)
{
	struct capability_sets before[2], with[2];
	int result = exchange_sets(SYS_capget, before);

	(void)stage;
	if (result < 0)
		return result;
	with[0] = before[0];
	with[1] = before[1];
	add_inheritable(with, step->value[0]);
	result = exchange_sets(SYS_capset, with);
	if (result == 0)
		result = raise_all(step->value[0]);
	if (result < 0) {
		control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0);
		exchange_sets(SYS_capset, before);
	}
	return result;
}

CHILD_SIDE int attr_no_new_privs(const struct plan_step *step, const struct stage *stage)
{
	(void)step;
	(void)stage;
	return control(PR_SET_NO_NEW_PRIVS, 1, 0);
}
