/* SPDX-License-Identifier: ISC */
/* Signals on Linux, by raw system calls: libc keeps some of them to itself. */
#include "raw.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

enum { LAST_SIGNAL = 64 };

/* What every libc keeps to itself, and lets nobody ignore. The plan resets 34 as well, musl's. */
enum { FIRST_OF_LIBC = 32, LAST_OF_LIBC = 33 };

/* The kernel's sigset_t, in bytes; it wants to be told. */
#if defined(__mips__)
#define KERNEL_MASK_SIZE 16
#else
#define KERNEL_MASK_SIZE 8
#endif

/* The kernel's struct sigaction differs per CPU, but all zero is SIG_DFL on each. */
struct kernel_action {
	union {
		unsigned long words[16];
		void *handler;
	} u;
};

#if defined(__mips__)
#define HANDLER_WORD 1
#else
#define HANDLER_WORD 0
#endif

/* ---- what nobody can have ignored */

/* Those of libc that were not ignored, as bits from FIRST_OF_LIBC on. */
static atomic_uint never_ignored;

/*
 * A process may have inherited libc's own signals ignored. If it has not, it will not ignore them
 * later either, because libc refuses to: the first child learns that by the way, and those
 * after it need no reset. Where memory is not shared each of them does it.
 */
CHILD_SIDE static void learn(int number, const struct kernel_action *before)
{
	if (before->u.words[HANDLER_WORD] != (uintptr_t)SIG_IGN)
		atomic_fetch_or(&never_ignored, 1u << (number - FIRST_OF_LIBC));
}

CHILD_SIDE static unsigned long long without_known(unsigned long long set)
{
	unsigned long long known = atomic_load(&never_ignored);

	return set & ~(known << (FIRST_OF_LIBC - 1));
}

/* ---- actions */

CHILD_SIDE static int set_action(int number, uintptr_t handler)
{
	int is_libcs = number >= FIRST_OF_LIBC && number <= LAST_OF_LIBC;
	struct kernel_action action, before;
	int result;

	for (size_t i = 0; i < sizeof(action.u.words) / sizeof(action.u.words[0]); i++)
		action.u.words[i] = 0;
	action.u.words[HANDLER_WORD] = handler;
	result = (int)RAW4(SYS_rt_sigaction, number, &action, is_libcs ? &before : NULL,
			   KERNEL_MASK_SIZE);
	if (result == 0 && is_libcs)
		learn(number, &before);
	return result;
}

CHILD_SIDE static int set_actions(unsigned long long set, uintptr_t handler)
{
	int result = 0;

	for (; set && result == 0; set &= set - 1)
		result = set_action(__builtin_ctzll(set) + 1, handler);
	return result;
}

/* 1, 0 or -errno. */
CHILD_SIDE static int is_handled(int number)
{
	struct kernel_action action;
	long result = RAW4(SYS_rt_sigaction, number, NULL, &action, KERNEL_MASK_SIZE);

	if (result < 0)
		return (int)result;
	return action.u.words[HANDLER_WORD] != (uintptr_t)SIG_DFL &&
	       action.u.words[HANDLER_WORD] != (uintptr_t)SIG_IGN;
}

CHILD_SIDE static int add_handled(unsigned long long *set)
{
	for (int number = 1; number <= LAST_SIGNAL; number++) {
		int result = is_handled(number);

		if (result < 0)
			return result;
		*set |= (unsigned long long)result << (number - 1);
	}
	return 0;
}

/* Of libc's own signals too, which libc's sigaction() refuses to touch. */
CHILD_SIDE int sys_default_signals(int already_cleared, unsigned long long set)
{
	int result = 0;

	if (already_cleared)
		set = without_known(set);
	else
		result = add_handled(&set);
	return result < 0 ? result : set_actions(set, (uintptr_t)SIG_DFL);
}

CHILD_SIDE int sys_ignore_signals(unsigned long long set)
{
	return set_actions(set, (uintptr_t)SIG_IGN);
}

CHILD_SIDE int sys_set_mask(const struct sys_mask *mask)
{
	return (int)RAW4(SYS_rt_sigprocmask, SIG_SETMASK, mask, NULL, KERNEL_MASK_SIZE);
}

CHILD_SIDE static void fill(struct sys_mask *mask, unsigned long word)
{
	for (size_t i = 0; i < sizeof(mask->words) / sizeof(mask->words[0]); i++)
		mask->words[i] = word;
}

CHILD_SIDE int sys_block_only(unsigned long long set)
{
	enum { WORD = 8 * sizeof(unsigned long) };
	struct sys_mask mask;

	fill(&mask, 0);
	for (size_t i = 0; i < 64 / WORD; i++)
		mask.words[i] = (unsigned long)(set >> i * WORD);
	return sys_set_mask(&mask);
}

/* Raw, because libc's wrapper leaves its own signals open. */
int sys_block_signals(struct sys_mask *old)
{
	struct sys_mask all;

	fill(&all, ~0ul);
	return (int)RAW4(SYS_rt_sigprocmask, SIG_SETMASK, &all, old, KERNEL_MASK_SIZE);
}
