/* SPDX-License-Identifier: ISC */
/* Signals on Linux, by raw system calls: libc keeps some of them to itself. */
#include "raw.h"

#include <signal.h>
#include <stdint.h>

enum { LAST_SIGNAL = 64 };

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

CHILD_SIDE static int set_action(int number, uintptr_t handler)
{
	struct kernel_action action;

	for (size_t i = 0; i < sizeof(action.u.words) / sizeof(action.u.words[0]); i++)
		action.u.words[i] = 0;
	action.u.words[HANDLER_WORD] = handler;
	return (int)RAW4(SYS_rt_sigaction, number, &action, NULL, KERNEL_MASK_SIZE);
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

CHILD_SIDE static int is_in(unsigned long long set, int number)
{
	return set >> (number - 1) & 1;
}

/* Of libc's own signals too, which libc's sigaction() refuses to touch. */
CHILD_SIDE int sys_default_signals(int already_cleared, unsigned long long set)
{
	for (int number = 1; number <= LAST_SIGNAL; number++) {
		int result = is_in(set, number);

		if (result == 0 && !already_cleared)
			result = is_handled(number);
		if (result > 0)
			result = set_action(number, (uintptr_t)SIG_DFL);
		if (result < 0)
			return result;
	}
	return 0;
}

CHILD_SIDE int sys_ignore_signals(unsigned long long set)
{
	for (int number = 1; number <= LAST_SIGNAL; number++) {
		int result = is_in(set, number) ? set_action(number, (uintptr_t)SIG_IGN) : 0;

		if (result < 0)
			return result;
	}
	return 0;
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
