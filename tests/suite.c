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
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "table.h"

enum { NOTES = 16384, GREEN = 0, RED = 1, SKIPPED = 2, LIMIT_S = 60, SLOW_LIMIT_S = 120 };

/* Shared between the runner and the case that runs. */
static struct notes {
	size_t length;
	char text[NOTES];
} *notes;

static struct suite_case *cases;
static char backend[64];
static char probe[PATH_MAX];
static char home[PATH_MAX];
static int mask_accepted;
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
	return getenv("PSPAWN_TEST_EMULATED") != NULL;
}

int suite_falls_back(void)
{
#ifndef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
	if (strcmp(backend, "posix_spawn") == 0)
		return 1;
#endif
	return suite_emulated() && strcmp(backend, "fork") != 0;
}

void suite_accept_mask(void)
{
	mask_accepted = 1;
}

/* ---- what must be the same afterwards */

struct surroundings {
	struct table table;
	sigset_t mask;
	struct sigaction actions[NSIG];
	char directory[PATH_MAX];
	mode_t umask;
};

static void look_around(struct surroundings *s)
{
	memset(s, 0, sizeof(*s));
	table_of_self(&s->table);
	sigprocmask(SIG_SETMASK, NULL, &s->mask);
	for (int number = 1; number < NSIG; number++)
		sigaction(number, NULL, &s->actions[number]);
	if (!getcwd(s->directory, sizeof(s->directory)))
		s->directory[0] = '\0';
	s->umask = umask(0);
	umask(s->umask);
}

static void compare(const struct surroundings *before, const struct surroundings *after)
{
	if (!table_same(&before->table, &after->table))
		FAIL("the parent's descriptors have changed");
	for (int number = 1; number < NSIG; number++) {
		if (!mask_accepted &&
		    sigismember(&before->mask, number) != sigismember(&after->mask, number))
			FAIL("signal %d is blocked otherwise", number);
		if (before->actions[number].sa_handler != after->actions[number].sa_handler)
			FAIL("the disposition of signal %d has changed", number);
	}
	CHECK_STR(after->directory, before->directory);
	CHECK_INT(after->umask, before->umask);
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
		FAIL("a child is left");
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
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
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
	compare(&before, &after);
	_exit(GREEN);
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
	status = collect(pid, seconds);
	kill(-pid, SIGKILL);
	if (chdir(home) < 0)
		perror(home);
	remove_tree(directory);
	if (WIFSIGNALED(status))
		suite_note("killed by signal %d", WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : RED;
}

int suite_is_green(void (*f)(void), int seconds)
{
	size_t length = notes->length;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		run_in_child(f);
	status = collect(pid, seconds);
	kill(-pid, SIGKILL);
	notes->length = length;
	return WIFEXITED(status) && WEXITSTATUS(status) == GREEN;
}

/* ---- the stream */

static void print_notes(void)
{
	char *rest = notes->text;
	char *line;

	notes->text[notes->length < NOTES ? notes->length : NOTES - 1] = '\0';
	while ((line = strsep(&rest, "\n")) && rest)
		printf("# %s\n", line);
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
	if (result == RED)
		print_notes();
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
	int limit = suite_emulated() ? SLOW_LIMIT_S : LIMIT_S;
	int count = 0, number = 0, failed = 0;

	(void)argc;
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
