/* SPDX-License-Identifier: ISC */
#include "filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static int install(struct sock_filter *program, unsigned short length)
{
	struct sock_fprog filter = { length, program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 0;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

int filter_syscall(int number, int code)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return install(program, 4);
}

int filter_syscall_bits(int number, int arg, unsigned bits, int code)
{
	unsigned low = (unsigned)(offsetof(struct seccomp_data, args) + (size_t)arg * 8);
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return install(program, 6);
}

/* ---- the linker sends the library's calls here (--wrap) */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
int __real_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const *argv, char *const *envp);
int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const *argv, char *const *envp);

static int failing, calls, dishonest, report_size;

void fault_malloc(int nth)
{
	failing = nth;
}

int fault_malloc_calls(void)
{
	return calls;
}

void *__wrap_malloc(size_t size)
{
	calls++;
	if (failing && --failing == 0) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_malloc(size);
}

long __real_sys_read(int fd, void *data, size_t size);
long __wrap_sys_read(int fd, void *data, size_t size);

void fault_short_report(int size)
{
	report_size = size;
}

long __wrap_sys_read(int fd, void *data, size_t size)
{
	long result = __real_sys_read(fd, data, size);

	if (report_size == 0)
		return result;
	result = report_size;
	report_size = 0;
	return result;
}

void fault_dishonest_spawn(void)
{
	dishonest = 1;
}

int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
	if (!dishonest)
		return __real_posix_spawn(pid, path, actions, attributes, argv, envp);
	*pid = fork();
	if (*pid < 0)
		return errno;
	if (*pid == 0) {
		execve(path, argv, envp);
		_exit(127);
	}
	return 0;
}
