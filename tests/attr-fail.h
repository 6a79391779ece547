/* SPDX-License-Identifier: ISC */
/* Attributes that fail in the child, for real or by a filter. */
#ifndef ATTR_FAIL_H
#define ATTR_FAIL_H

#include <pspawn.h>
#include <stddef.h>

/* Nobody, where the suite is run by root. */
enum { ORDINARY = 65534 };

/* Attributes of which the first one fails, and how. */
struct failing {
	int code;
	int step;
	const struct pspawn_attr *attrs;
	size_t n;
};

/*
 * Start with a harmless attribute and then these: the failure is as told, at
 * entry 1, and nothing is left behind. Then prefer the one that fails: the
 * start succeeds, that one alone is told to be left out, and the child is what
 * it is without it. Where the system has not got one of them: -ENOTSUP for it.
 */
void expect_failing(const struct failing *failing);

/* The first half of that, where the program could not be started anyway. */
void expect_failing_only(const struct failing *failing);

/* Both with the attributes of `...`: FAILS(EPERM, PSPAWN_STEP_NICE, pspawn_attr_nice(-5)). */
#define FAILING(code, step, ...)                                        \
	(&(const struct failing){                                       \
		code, step, (const struct pspawn_attr[]) { __VA_ARGS__ }, \
		sizeof((const struct pspawn_attr[]) { __VA_ARGS__ }) /  \
			sizeof(struct pspawn_attr) })
#define FAILS(...) expect_failing(FAILING(__VA_ARGS__))
#define FAILS_ONLY(...) expect_failing_only(FAILING(__VA_ARGS__))

/*
 * Who may carry this description out. posix_spawn(3) has next to none of the
 * attributes, and ids are mapped by fork: there the next rung may run, nowhere else.
 */
void by_whom(struct pspawn_cmd *cmd);

/* Whether this build's system has the attribute at all. */
int attr_exists(int kind);

/* Skip the case on other systems, which do not have what it is about. */
void need_linux(void);

/* Be an ordinary user from here on; for a scene. */
void become_ordinary(void);

/* Skip the case where we cannot become this user, without groups. */
void need_power_to_be(int user);

/* What the call gives in a forked process: 0 or its errno value. */
int kernel_gives(int (*call)(const void *), const void *argument);

/* Skip the case where there are no user namespaces to be had, or not with our own user in them. */
void need_user_namespaces(void);

/* The sentence of this failure, of the start of /bin/true with the attributes. */
void expect_sentence(const struct failing *failing, const char *sentence);
#define SAYS(sentence, ...) expect_sentence(FAILING(__VA_ARGS__), sentence)

#endif
