/* SPDX-License-Identifier: ISC */
/* `ld --wrap=NAME` sends calls of NAME to __wrap_NAME, which knows the real one as __real_NAME. */
#include "fault.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>

#include "linux.h"
#include "sys.h"
#ifdef __linux__
#include "raw.h"
#endif

#define DECLARE_WRAP(type, name, ...)     \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

/* ---- memory */

static int failing, calls, held;

DECLARE_WRAP(void *, malloc, size_t size);
DECLARE_WRAP(void *, calloc, size_t count, size_t size);
DECLARE_WRAP(void, free, void *memory);
DECLARE_WRAP(void *, realloc, void *memory, size_t size);

void fault_malloc(int nth)
{
	failing = nth;
}

int fault_malloc_calls(void)
{
	return calls;
}

int fault_malloc_held(void)
{
	return held;
}

void *__wrap_malloc(size_t size)
{
	calls++;
	if (failing && --failing == 0) {
		errno = ENOMEM;
		return NULL;
	}
	held++;
	return __real_malloc(size);
}

/* Compilers make one of a malloc and a memset. */
void *__wrap_calloc(size_t count, size_t size)
{
	calls++;
	if (failing && --failing == 0) {
		errno = ENOMEM;
		return NULL;
	}
	held++;
	return __real_calloc(count, size);
}

/* Counted as a call of malloc: it is where memory may be wanting. */
void *__wrap_realloc(void *memory, size_t size)
{
	calls++;
	if (failing && --failing == 0) {
		errno = ENOMEM;
		return NULL;
	}
	held += memory == NULL;
	return __real_realloc(memory, size);
}

void __wrap_free(void *memory)
{
	held -= memory != NULL;
	__real_free(memory);
}

/* ---- the fork backend's channel */

static int report_size;

DECLARE_WRAP(long, pspawn0_sys_read, int fd, void *data, size_t size);

void fault_short_report(int size)
{
	report_size = size;
}

long __wrap_pspawn0_sys_read(int fd, void *data, size_t size)
{
	long result = __real_pspawn0_sys_read(fd, data, size);

	if (report_size == 0)
		return result;
	result = report_size;
	report_size = 0;
	return result;
}

/* ---- the linux backend's clone; only its suite has one */

static int private_memory;

typedef int first_function(void *);
DECLARE_WRAP(long, pspawn0_entry_clone, unsigned long flags, void *stack, int *pidfd,
	     first_function *run, void *argument);
extern __typeof__(__real_pspawn0_entry_clone) __real_pspawn0_entry_clone __attribute__((weak));
void fault_private_memory(void)
{
	private_memory = 1;
}

long __wrap_pspawn0_entry_clone(unsigned long flags, void *stack, int *pidfd, first_function *run,
				void *argument)
{
	if (private_memory)
		flags &= ~(unsigned long)CLONE_VM;
	return __real_pspawn0_entry_clone(flags, stack, pidfd, run, argument);
}

/* ---- the linux backend's births */

static enum fault_births fatal;
static atomic_int killed;

DECLARE_WRAP(long, pspawn0_give_birth, const struct way *way, const struct wish *wish, int *pidfd);
extern __typeof__(__real_pspawn0_give_birth) __real_pspawn0_give_birth __attribute__((weak));

void fault_kill_at_birth(enum fault_births births)
{
	fatal = births;
}

int fault_killed_at_birth(void)
{
	return atomic_load(&killed);
}

/* It has our memory, and not our errno. */
CHILD_SIDE static int be_killed(void *argument)
{
	(void)argument;
	atomic_fetch_add(&killed, 1);
#ifdef __linux__
	RAW2(SYS_kill, RAW0(SYS_getpid), SIGKILL);
#endif
	return 1;
}

long __wrap_pspawn0_give_birth(const struct way *way, const struct wish *wish, int *pidfd)
{
	struct wish doomed = *wish;

	doomed.child = be_killed;
	if (fatal == FAULT_EACH_BIRTH || (fatal == FAULT_IN_CGROUP && way->into_cgroup))
		wish = &doomed;
	return __real_pspawn0_give_birth(way, wish, pidfd);
}

/* ---- posix_spawn */

static int dishonest, file_action_code;
static void (*before_spawn)(void);

DECLARE_WRAP(int, posix_spawn, pid_t *pid, const char *path,
	     const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
	     char *const *argv, char *const *envp);
DECLARE_WRAP(int, posix_spawn_file_actions_adddup2, posix_spawn_file_actions_t *actions, int from,
	     int to);

void fault_spawn(void (*meanwhile)(void))
{
	before_spawn = meanwhile;
}

void fault_dishonest_spawn(void)
{
	dishonest = 1;
}

int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
	void (*meanwhile)(void) = before_spawn;

	before_spawn = NULL;
	if (meanwhile)
		meanwhile();
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

void fault_file_action(int code)
{
	file_action_code = code;
}

int __wrap_posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to)
{
	return file_action_code ? file_action_code
				: __real_posix_spawn_file_actions_adddup2(actions, from, to);
}

/* ---- pipes */

static void (*before_pipe)(void);

DECLARE_WRAP(int, pspawn0_sys_pipe, int ends[2]);

void fault_pipe(void (*meanwhile)(void))
{
	before_pipe = meanwhile;
}

int __wrap_pspawn0_sys_pipe(int ends[2])
{
	void (*meanwhile)(void) = before_pipe;

	before_pipe = NULL;
	if (meanwhile)
		meanwhile();
	return __real_pspawn0_sys_pipe(ends);
}

/* ---- naps */

static struct fault_nap *on_order;

DECLARE_WRAP(void, pspawn0_sys_nap, int ms);

void fault_nap(struct fault_nap *nap)
{
	on_order = nap;
}

/* In the child, too: no call of libc's. */
CHILD_SIDE void __wrap_pspawn0_sys_nap(int ms)
{
	if (on_order)
		atomic_store(&on_order->begun, 1);
	do
		__real_pspawn0_sys_nap(ms);
	while (on_order && !atomic_load(&on_order->may_end));
}

/* ---- the clock of runs */

static const long long *standing;

DECLARE_WRAP(int64_t, pspawn0_sys_now_us, void);

void fault_clock(const long long *now_us)
{
	standing = now_us;
}

int64_t __wrap_pspawn0_sys_now_us(void)
{
	return standing ? *standing : __real_pspawn0_sys_now_us();
}
