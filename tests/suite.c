/* SPDX-License-Identifier: ISC */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "around.h"
#include "lower.h"
#include "table.h"

enum { NOTES = 16384, GREEN = 0, RED = 1, SKIPPED = 2, KNOWN_NUMBERS = 20000, TOLD = '\1' };

/* What takes longer than this hangs: ten times as long as on a machine with 24 busy processes. */
enum { LIMIT_S = 900, LONG_LIMIT_S = 3600 };

/* Shared between the runner and the case that runs. */
static struct notes {
	size_t length;
	char text[NOTES];
} *notes;

static struct suite_case *cases;
static char backend[64];
static char probe[PATH_MAX];
static char home[PATH_MAX];
static int fallback_accepted, emulated;
static pid_t case_process;

/* Sorted by id, then by name: the stream does not depend on the linker. */
void suite_register(struct suite_case *c)
{
	struct suite_case **at = &cases;

	while (*at && (strcmp((*at)->id, c->id) < 0 ||
		       (strcmp((*at)->id, c->id) == 0 && strcmp((*at)->name, c->name) < 0)))
		at = &(*at)->next;
	c->next = *at;
	*at = c;
}

static void add_note(const char *format, va_list args)
{
	size_t room = NOTES - notes->length;
	int length = vsnprintf(notes->text + notes->length, room, format, args);

	if (length > 0)
		notes->length += (size_t)length < room ? (size_t)length : room - 1;
	if (notes->length + 1 < NOTES)
		notes->text[notes->length++] = '\n';
}

void suite_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_note(format, args);
	va_end(args);
}

/* What is told is a note that begins with a mark. */
void suite_tell(const char *format, ...)
{
	char marked[256];
	va_list args;

	snprintf(marked, sizeof(marked), "%c%s", TOLD, format);
	va_start(args, format);
	add_note(marked, args);
	va_end(args);
}

void suite_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	suite_note("%s:%d:", file, line);
	va_start(args, format);
	add_note(format, args);
	va_end(args);
	_exit(RED);
}

void suite_skip(const char *format, ...)
{
	va_list args;

	notes->length = 0;
	va_start(args, format);
	add_note(format, args);
	va_end(args);
	_exit(SKIPPED);
}

const char *suite_backend(void)
{
	return backend;
}

const char *suite_probe(void)
{
	return probe;
}

int suite_emulated(void)
{
	return emulated;
}

int suite_rounds(int most)
{
	return getenv("PSPAWN_TEST_LONG") ? most : most / (emulated ? 40 : 10) + 1;
}

void *suite_before_a_hole(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory =
	    mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(memory != MAP_FAILED);
	CHECK_INT(mprotect(memory + page, page, PROT_NONE), 0);
	return memory + page - size;
}

void suite_accept_fallback(void)
{
	fallback_accepted = 1;
}

const char *suite_runs_by(void)
{
	int closes = LOWER_HAS_CLOSEFROM || LOWER_CLOSES_BY_DEFAULT;

	if (suite_emulated() || (strcmp(backend, "posix_spawn") == 0 && !closes))
		return "fork";
	return backend;
}

const char *suite_goes_on_by(void)
{
#if defined(__x86_64__) || defined(__aarch64__)
	if (strcmp(suite_runs_by(), "linux") == 0)
		return "linux";
#endif
	return "fork";
}

void suite_check_backend(const char *name)
{
	if (!fallback_accepted && strcmp(name, suite_runs_by()) != 0)
		FAIL("this start was not by %s but by %s", suite_runs_by(), name);
}

void suite_need_numbers(int wanted)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < (rlim_t)wanted)
		SKIP("no more than %d descriptors here", (int)limit.rlim_cur);
}

/* ---- one case */

static void put(int number, const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd < 0)
		FAIL("open %s: %s", path, strerror(errno));
	if (fd != number) {
		dup2(fd, number);
		close(fd);
	}
}

/* The caller's limit and PATH are no part of a case: a long PATH costs an allocation. */
static void make_limits_known(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < KNOWN_NUMBERS ? limit.rlim_max : KNOWN_NUMBERS;
	setrlimit(RLIMIT_NOFILE, &limit);
	setenv("PATH", "/usr/bin:/bin", 1);
}

/* Some programs leave them ignored in what they start, and libc does not let us near them. */
static void reset_libcs_own_signals(void)
{
#ifdef __linux__
	static const unsigned long fresh[16];

	for (int number = 32; number <= 34; number++)
		syscall(SYS_rt_sigaction, number, fresh, NULL, 8);
#endif
}

static void make_known(void)
{
	struct sigaction fresh = { .sa_handler = SIG_DFL };
	sigset_t none;

	setsid();
	case_process = getpid();
	close_all_from(0);
	/* The runner's directory holds them only until they are open. */
	put(0, "0", O_RDWR | O_CREAT);
	put(1, "1", O_RDWR | O_CREAT);
	put(2, "2", O_RDWR | O_CREAT | O_APPEND);
	unlink("0");
	unlink("1");
	unlink("2");
	for (int number = 1; number < NSIG; number++)
		if (number != SIGKILL && number != SIGSTOP)
			sigaction(number, &fresh, NULL);
	reset_libcs_own_signals();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	make_limits_known();
}

static void run_in_child(void (*run)(void))
{
	static struct surroundings before, after;

	make_known();
	look_around(&before);
	run();
	if (getpid() != case_process)
		_exit(RED); /* a child has come back through the library */
	files_close();
	look_around(&after);
	compare_surroundings(&before, &after);
	_exit(GREEN);
}

/* In seconds. PSPAWN_TEST_LIMIT is for those who expect cases to hang. */
static int limit_of_a_case(void)
{
	const char *given = getenv("PSPAWN_TEST_LIMIT");

	if (given)
		return atoi(given);
	return getenv("PSPAWN_TEST_LONG") ? LONG_LIMIT_S : LIMIT_S;
}

/* Wait at most so long; what hangs is killed with all it has started. */
static int collect(pid_t pid, int seconds)
{
	struct timespec pause = { 0, 2000000 };
	int status;

	for (int i = 0; i < seconds * 500; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		nanosleep(&pause, NULL);
	}
	suite_note("no end after %d seconds", seconds);
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

static int run_case(void (*run)(void), int seconds)
{
	char directory[] = "/tmp/pspawn-case-XXXXXX";
	int status;
	pid_t pid;

	notes->length = 0;
	fflush(stdout);
	if (!mkdtemp(directory) || chdir(directory) < 0) {
		perror(directory);
		exit(99);
	}
	pid = fork();
	if (pid == 0)
		run_in_child(run);
	/* kill(-1) would be everybody's end. */
	if (pid < 0) {
		perror("fork");
		exit(99);
	}
	status = collect(pid, seconds);
	kill(-pid, SIGKILL);
	if (chdir(home) < 0)
		perror(home);
	remove_tree(directory);
	if (WIFSIGNALED(status))
		suite_note("killed by signal %d", WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : RED;
}

int suite_is_green_within(void (*f)(void), int seconds)
{
	size_t length = notes->length;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		run_in_child(f);
	CHECK(pid > 0);
	status = collect(pid, seconds);
	kill(-pid, SIGKILL);
	notes->length = length;
	return WIFEXITED(status) && WEXITSTATUS(status) == GREEN;
}

int suite_is_green(void (*f)(void))
{
	return suite_is_green_within(f, limit_of_a_case());
}

void suite_apart(void (*scene)(const void *), const void *argument)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		scene(argument);
		_exit(GREEN);
	}
	CHECK(pid > 0);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		_exit(SKIPPED);
	CHECK_INT(status, GREEN);
}

/* ---- the stream */

static void print_notes(int all)
{
	char *rest = notes->text;
	char *line;

	notes->text[notes->length < NOTES ? notes->length : NOTES - 1] = '\0';
	while ((line = strsep(&rest, "\n")) && rest)
		if (all || line[0] == TOLD)
			printf("# %s\n", line + (line[0] == TOLD));
}

static int report(int number, const struct suite_case *c, int result)
{
	const char *verdict = result == GREEN || result == SKIPPED ? "ok" : "not ok";

	printf("%s %d - %s %s", verdict, number, c->id, c->name);
	if (result == SKIPPED) {
		notes->text[strcspn(notes->text, "\n")] = '\0';
		printf(" # SKIP %s\n", notes->text);
	} else {
		putchar('\n');
	}
	if (result != SKIPPED)
		print_notes(result == RED);
	fflush(stdout);
	return result == RED;
}

static int wanted(const struct suite_case *c, char **names)
{
	if (!names[0])
		return 1;
	for (; *names; names++)
		if (strcmp(c->id, *names) == 0 || strcmp(c->name, *names) == 0)
			return 1;
	return 0;
}

static void know_ourselves(const char *self)
{
	const char *base = strrchr(self, '/') ? strrchr(self, '/') + 1 : self;
	const char *given = getenv("PSPAWN_PROBE");
	char full[PATH_MAX];

	/* Now, since cases change the environment. */
	emulated = getenv("PSPAWN_TEST_EMULATED") != NULL;
	if (strncmp(base, "lt-", 3) == 0)
		base += 3;
	snprintf(backend, sizeof(backend), "%.*s", (int)strcspn(base, "."), base);
	if (!realpath(self, full))
		snprintf(full, sizeof(full), "%s", self);
	*strrchr(full, '/') = '\0';
	snprintf(probe, sizeof(probe), "%.4000s/probe", full);
	if (given)
		snprintf(probe, sizeof(probe), "%s", given);
	if (!getcwd(home, sizeof(home)))
		home[0] = '\0';
}

int main(int argc, char **argv)
{
	int limit = limit_of_a_case(), count = 0, number = 0, failed = 0;

	(void)argc;
	/* Ignored, it would take the results of the cases away. */
	signal(SIGCHLD, SIG_DFL);
	notes = mmap(NULL, sizeof(*notes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	know_ourselves(argv[0]);
	for (struct suite_case *c = cases; c; c = c->next)
		count += wanted(c, argv + 1);
	printf("1..%d\n", count);
	for (struct suite_case *c = cases; c; c = c->next)
		if (wanted(c, argv + 1))
			failed += report(++number, c, run_case(c->run, limit));
	return failed > 0;
}
