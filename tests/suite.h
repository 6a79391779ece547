/* SPDX-License-Identifier: ISC */
/*
 * The runner. Each case runs in a process and session of its own, in which
 * exactly 0, 1 and 2 are open (three different files), nothing is blocked or
 * handled, and the directory is an empty one. Afterwards the runner compares
 * descriptors, children, mask, dispositions, directory and umask with what
 * they were before. What a case prints goes to memory shared with the runner.
 */
#ifndef SUITE_H
#define SUITE_H

#include <stddef.h>

struct suite_case {
	const char *id;
	const char *name;
	void (*run)(void);
	struct suite_case *next;
};

void suite_register(struct suite_case *c);

/* Defines a case and registers it, so that one cannot be forgotten. */
#define CASE(id, name)                                                            \
	static void run_##id##_##name(void);                                      \
	__attribute__((constructor)) static void register_##id##_##name(void)     \
	{                                                                         \
		static struct suite_case c = { #id, #name, run_##id##_##name, NULL }; \
                                                                                  \
		suite_register(&c);                                               \
	}                                                                         \
	static void run_##id##_##name(void)

/* Each ends the case: red, or not run for the reason given. */
void suite_fail(const char *file, int line, const char *format, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
void suite_skip(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A line of diagnostics: of a case that is red, and of any case that is not skipped. */
void suite_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void suite_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define FAIL(...) suite_fail(__FILE__, __LINE__, __VA_ARGS__)
#define SKIP(...) suite_skip(__VA_ARGS__)

#define CHECK(condition)                     \
	do {                                 \
		if (!(condition))            \
			FAIL("%s", #condition); \
	} while (0)

#define CHECK_INT(actual, expected)                                                \
	do {                                                                       \
		long long actual_ = (actual), expected_ = (expected);              \
                                                                                   \
		if (actual_ != expected_)                                          \
			FAIL("%s is %lld and not %lld", #actual, actual_, expected_); \
	} while (0)

#define CHECK_STR(actual, expected)                                                    \
	do {                                                                           \
		const char *actual_ = (actual), *expected_ = (expected);               \
                                                                                       \
		if (strcmp(actual_, expected_) != 0)                                   \
			FAIL("%s is \"%s\" and not \"%s\"", #actual, actual_, expected_); \
	} while (0)

/* The backend that this suite is about: the stem of the program's name. */
const char *suite_backend(void);

/* Slow surroundings, as the environment says (PSPAWN_TEST_EMULATED): fewer rounds, more time. */
int suite_emulated(void);

/*
 * How often to do what shows itself by being done often: `most` in the long run (PSPAWN_TEST_LONG), a
 * tenth of that usually, since there are systems where a start takes five times as long as on
 * others, and a fortieth in slow surroundings.
 */
int suite_rounds(int most);

/* So many bytes of memory, and after them some that may not be read. */
void *suite_before_a_hole(size_t size);

/* The child program, absolute. */
const char *suite_probe(void);

/*
 * Run f in a forked process, as the runner runs cases; 1 if it was green. What lasts longer than a
 * case may, or than so many seconds, is not. For tests of the runner.
 */
int suite_is_green(void (*f)(void));
int suite_is_green_within(void (*f)(void), int seconds);

/*
 * Longer than any case: for a time limit that must not be what ends a wait. No case depends on how
 * long something takes: what has to come is waited for without a limit, and the runner ends a hang.
 */
enum { AN_HOUR_MS = 3600 * 1000 };

/*
 * Run a scene in a further process, where it may install filters, limits and
 * namespaces that the runner's own look afterwards could not bear. Red and
 * skipped are as in the case itself.
 */
void suite_apart(void (*scene)(const void *), const void *argument);

/* What carries plans out here: the last rung in an emulator, and where posix_spawn cannot close. */
const char *suite_runs_by(void);

/*
 * Whoever is to run a start that goes on: posix_spawn(3) has none of the kind, nor has the linux
 * backend where libc does its births.
 */
const char *suite_goes_on_by(void);

/* Every start has to be by the suite's own backend; a case where the next rung may run says so. */
void suite_accept_fallback(void);
void suite_check_backend(const char *name);

/* Skip the case where RLIMIT_NOFILE cannot be so high. */
void suite_need_numbers(int wanted);

#endif
