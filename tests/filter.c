/* SPDX-License-Identifier: ISC */
#include "filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS SECCOMP_RET_KILL
#endif

/*
 * What is asked of an argument: BPF_JSET with bits, BPF_JEQ with a value, BPF_JGE
 * with a bound; and which answer fails.
 */
struct test {
	int arg;
	unsigned how, value;
	int fails_if;
};

static int install(int number, const struct test *test, int code)
{
	unsigned low = (unsigned)(offsetof(struct seccomp_data, args) + (size_t)test->arg * 8);
	unsigned action = code == FILTER_KILL ? SECCOMP_RET_KILL_PROCESS
					      : SECCOMP_RET_ERRNO | (unsigned)code;
	unsigned char if_true = test->fails_if ? 0 : 1;
	unsigned char if_false = test->fails_if ? 1 : 0;
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low),
		{ (unsigned short)(BPF_JMP | test->how | BPF_K), if_true, if_false, test->value },
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(program) / sizeof(program[0]), program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 0;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

int filter_syscall(int number, int code)
{
	return install(number, &(struct test){ 0, BPF_JGE, 0, 1 }, code);
}

int filter_syscall_bits(int number, int arg, unsigned bits, int code)
{
	return install(number, &(struct test){ arg, BPF_JSET, bits, 1 }, code);
}

int filter_syscall_no_bits(int number, int arg, unsigned bits, int code)
{
	return install(number, &(struct test){ arg, BPF_JSET, bits, 0 }, code);
}

int filter_syscall_equal(int number, int arg, unsigned value, int code)
{
	return install(number, &(struct test){ arg, BPF_JEQ, value, 1 }, code);
}

int filter_syscall_above(int number, int arg, unsigned least, int code)
{
	return install(number, &(struct test){ arg, BPF_JGE, least, 1 }, code);
}
