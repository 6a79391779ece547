/* SPDX-License-Identifier: ISC */
/* Y30 to Y39: what a start does not cost its caller. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "calls.h"
#include "fault.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define DUP pspawn_fd_dup

/* ---- locks by fcntl(2), which go with the first descriptor of the file that is closed */

static int lock(int fd, int command)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, command, &whole) < 0 ? -errno : whole.l_type;
}

/* Another process may not lock it. */
static int is_locked(int fd)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(lock(fd, F_GETLK) != F_UNLCK);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void start_with_locks(const struct pspawn_cmd *cmd)
{
	struct pspawn_child child;

	CHECK_INT(pspawn_start(&child, cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	CHECK(is_locked(3));
	CHECK(is_locked(4));
}

CASE(Y30, locks_are_kept)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(DUP(3, 4), DUP(4, 3)) };

	files(3, 4);
	CHECK_INT(lock(3, F_SETLK), F_WRLCK);
	CHECK_INT(lock(4, F_SETLK), F_WRLCK);
	start_with_locks(&cmd);
	/* A number that has to be a free one is held meanwhile. */
	cmd.flags = PSPAWN_INHERIT_ALL;
	start_with_locks(&cmd);
	cmd.nfds = 0;
	start_with_locks(&cmd);
	files_close();
}

/* The map puts something else on its number, so that it is held by another meanwhile. */
CASE(Y30, locks_of_the_program_are_kept)
{
#ifdef __linux__
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), PSPAWN_FDS(pspawn_fd_null(3)),
				  PSPAWN_ATTRS(pspawn_attr_program_fd(3)) };
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	struct pspawn_child child;

	open_at(3, "/bin/true", O_RDONLY);
	CHECK_INT(fcntl(3, F_SETLK, &whole), 0);
	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	CHECK(is_locked(3));
	close(3);
#else
	SKIP("locks are of all that is open there");
#endif
}

/* ---- memory: libc's posix_spawn has its own, the library none */

/* Below this lies what the calls take. */
static unsigned char *end_of_caller;

static int plain_start(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("true"), .path = "/nowhere:/bin",
				  PSPAWN_FDS(DUP(0, 3), DUP(1, 4), DUP(2, 4)),
				  PSPAWN_ATTRS(pspawn_attr_setsid()) };
	struct pspawn_child child;
	int result;

	end_of_caller = __builtin_alloca(1);
	result = pspawn_start(&child, &cmd, NULL);
	if (result == 0)
		suite_check_backend(pspawn_child_backend(&child));
	return result < 0 ? result : pspawn_wait(&child, NULL, -1);
}

CASE(Y31, nothing_is_allocated)
{
	int before;

	files(3, 4);
	/* Also the first start of a process, which finds out what the system can do. */
	for (int i = 0; i < 2; i++) {
		fault_malloc(1);
		before = fault_malloc_calls();
		CHECK_INT(plain_start(), 0);
		CHECK_INT(fault_malloc_calls(), before);
	}
	fault_malloc(0);
	files_close();
}

/* ---- the stack: of a thread, painted before */

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
enum { PAINT = 0x5a, ROOM = 256 * 1024, IN_USE = 1024, MOST = 8192 };

static void *start_on_canvas(void *stack)
{
	unsigned char *here = __builtin_frame_address(0);

	/* But for the last of it, which whoever paints uses himself. */
	memset(stack, PAINT, (size_t)(here - (unsigned char *)stack) - IN_USE);
	CHECK_INT(plain_start(), 0);
	return NULL;
}

static int depth_of_a_start(void)
{
	static unsigned char stack[ROOM] __attribute__((aligned(4096)));
	pthread_attr_t attributes;
	pthread_t thread;
	size_t untouched = 0;

	pthread_attr_init(&attributes);
	CHECK_INT(pthread_attr_setstack(&attributes, stack, sizeof(stack)), 0);
	CHECK_INT(pthread_create(&thread, &attributes, start_on_canvas, stack), 0);
	CHECK_INT(pthread_join(thread, NULL), 0);
	while (stack[untouched] == PAINT)
		untouched++;
	return (int)(end_of_caller - (stack + untouched));
}
#endif

CASE(Y32, stack_of_a_start)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	SKIP("the sanitizer's own frames are larger");
#else
	int depth;

	files(3, 4);
	/* The loader looks symbols up when they are called first, on the same stack. */
	CHECK_INT(plain_start(), 0);
	depth = depth_of_a_start();
	suite_tell("a start takes %d bytes of stack", depth);
	/* What libc's posix_spawn takes is libc's affair. */
	if (strcmp(suite_runs_by(), "posix_spawn") != 0)
		CHECK(depth < MOST);
	CHECK(depth > IN_USE);
	files_close();
#endif
}

/* ---- the number that watching a child takes */

enum { FULL = 40 };

/* Starts, and is watched if there is a number for that; 1 if it is. */
static int start_and_be_watched(void)
{
	/* Without its libc it has something to say. */
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_FDS(pspawn_fd_close(1), pspawn_fd_close(2)) };
	struct pspawn_child child;
	int is;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	is = child.pollfd >= 0;
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	return is;
}

static void start_with_few_numbers(const void *forbidden)
{
	struct rlimit limit;

	for (int number = 3; number < FULL; number++)
		file_at(number, O_RDWR);
	if (*(const int *)forbidden >= 0 && !filter_syscall(*(const int *)forbidden, ENOSYS))
		SKIP("no system call filters here");
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = FULL;
	setrlimit(RLIMIT_NOFILE, &limit);
	/* One number is enough, whatever else the start would have a use for. */
	for (int spare = 0; spare <= 3; spare++) {
		CHECK_INT(start_and_be_watched(), spare > 0);
		close(FULL - 1 - spare);
	}
}

static int is_watched(void)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true") };
	struct pspawn_child child;
	int is;

	CHECK_INT(pspawn_start(&child, &cmd, NULL), 0);
	is = child.pollfd >= 0;
	CHECK_INT(pspawn_wait(&child, NULL, -1), 0);
	return is;
}

CASE(Y33, watched_if_there_is_a_number)
{
	static const int forbidden[] = { -1, SYS_clone3, SYS_openat };

#ifdef HAVE_KQUEUE
	SKIP("a queue of events may need more than its number");
#endif
	suite_accept_fallback();
	if (!is_watched())
		SKIP("no pidfd watches a child here");
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		suite_apart(start_with_few_numbers, &forbidden[i]);
}
