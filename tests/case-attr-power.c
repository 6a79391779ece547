/* SPDX-License-Identifier: ISC */
/* N30 to N38: capabilities, what becomes of them, and who may look at us meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>

#include "attr.h"
#include "facts.h"
#include "filter.h"
#include "suite.h"
#include "table.h"

#define USER pspawn_attr_user(SOME_USER, SOME_GROUP)
#define USER_FACTS                                                                   \
	{ "user", "12345 12345 12345" }, { "group", "12346 12346 12346" }, { "groups", "" }
#define NO_POWER { "effective", "0x000000000" }, { "permitted", "0x000000000" }

/* Of the headers that older systems have not. */
enum { BIND_SERVICE = 10, CHOWN = 0, SYS_NICE_POWER = 23 };
enum { NOROOT = 1, NO_FIXUP = 4, NO_AMBIENT_RAISE = 0x40 };
#define C(n) PSPAWN_CAPABILITY(n)

static const char *set_of(unsigned long long capabilities)
{
	static char text[4][32];
	static int next;

	next = (next + 1) % 4;
	snprintf(text[next], sizeof(text[next]), "0x%x%08x", (unsigned)(capabilities >> 32),
		 (unsigned)capabilities);
	return text[next];
}

static const char *short_set_of(unsigned long long capabilities)
{
	static char text[32];

	snprintf(text, sizeof(text), "0x%llx", capabilities);
	return text;
}

static int has_capabilities(const void *wanted)
{
	struct {
		unsigned version;
		int pid;
	} header = { 0x20080522, 0 };
	unsigned sets[6] = { 0 };
	unsigned want = *(const unsigned *)wanted;

	syscall(SYS_capget, &header, sets);
	errno = EPERM;
	return (sets[0] & sets[1] & want) == want ? 0 : -1;
}

static void need_capabilities(unsigned wanted)
{
	need_root();
	need_real("capabilities");
	need("capabilities", has_capabilities, &wanted);
}

CASE(N30, no_new_privs)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_no_new_privs());

	need_real("privileges");
	CHANGES(&cmd, { "no-new-privs", "1" });
}

CASE(N31, ambient_capabilities_of_a_user)
{
	const unsigned set = C(BIND_SERVICE) | C(SYS_NICE_POWER);
	struct pspawn_cmd cmd = ATTR(pspawn_attr_ambient(set), USER);

	need_capabilities(set);
	need_ids();
	CHANGES(&cmd, USER_FACTS, { "effective", set_of(set) }, { "permitted", set_of(set) },
		{ "inheritable", set_of(set) }, { "ambient", short_set_of(set) });
}

CASE(N31, ambient_capabilities_of_root)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_ambient(C(CHOWN)),
				     pspawn_attr_ambient(C(BIND_SERVICE)));

	need_capabilities(C(BIND_SERVICE));
	CHANGES(&cmd, { "inheritable", set_of(C(BIND_SERVICE)) },
		{ "ambient", short_set_of(C(BIND_SERVICE)) });
}

/* Exactly these: what was ambient before is not. */
static void replace_ambient(const void *unused)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_ambient(C(CHOWN)));
	struct pspawn_cmd none = ATTR(pspawn_attr_ambient(0));
	struct {
		unsigned version;
		int pid;
	} header = { 0x20080522, 0 };
	unsigned sets[6] = { 0 };

	(void)unused;
	syscall(SYS_capget, &header, sets);
	sets[2] |= C(BIND_SERVICE);
	CHECK_INT(syscall(SYS_capset, &header, sets), 0);
	CHECK_INT(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, BIND_SERVICE, 0, 0), 0);
	CHANGES(&cmd, { "inheritable", set_of(C(BIND_SERVICE) | C(CHOWN)) },
		{ "ambient", short_set_of(C(CHOWN)) });
	CHANGES(&none, { "ambient", "0x0" });
}

CASE(N31, ambient_capabilities_replaced)
{
	need_capabilities(C(BIND_SERVICE) | C(CHOWN));
	suite_apart(replace_ambient, NULL);
}

CASE(N32, bounding_set)
{
	const unsigned set = C(BIND_SERVICE) | C(CHOWN);
	struct pspawn_cmd cmd = ATTR(pspawn_attr_bounding(set));
	struct pspawn_cmd none = ATTR(pspawn_attr_bounding(0), USER);

	need_capabilities(set | C(8)); /* CAP_SETPCAP */
	need_ids();
	CHANGES(&cmd, { "bounding", short_set_of(set) }, { "effective", set_of(set) },
		{ "permitted", set_of(set) });
	CHANGES(&none, USER_FACTS, NO_POWER, { "bounding", "0x0" });
}

CASE(N33, securebits)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_securebits(NO_AMBIENT_RAISE));
	struct pspawn_cmd noroot = ATTR(pspawn_attr_securebits(NOROOT));
	struct pspawn_cmd user = ATTR(USER, pspawn_attr_securebits(NO_FIXUP));

	need_capabilities(C(8));
	need_ids();
	CHANGES(&cmd, { "securebits", "0x40" });
	CHANGES(&noroot, { "securebits", "0x1" }, NO_POWER);
	CHANGES(&user, USER_FACTS, NO_POWER, { "securebits", "0x4" });
}

/* An exec drops them again, so that all there is to see is that it is asked for, and where. */
static void refuse_keeping(const void *unused)
{
	enum { IS_8_TO_15 = 8 };
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_ATTRS(USER,
									pspawn_attr_keep_caps()) };

	(void)unused;
	if (!filter_syscall_bits(SYS_prctl, 0, IS_8_TO_15, EPERM))
		SKIP("no filters here");
	by_table(&cmd);
	expect_failure(&cmd, EPERM, PSPAWN_STEP_KEEP_CAPS, 1);
}

CASE(N34, keep_caps)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_keep_caps(), USER);

	need_capabilities(0);
	need_ids();
	CHANGES(&cmd, USER_FACTS, NO_POWER);
	suite_apart(refuse_keeping, NULL);
}

/* All of it together, as a service would be started. */
CASE(N35, service)
{
	struct pspawn_cmd cmd = ATTR(pspawn_attr_no_new_privs(),
				     pspawn_attr_ambient(C(BIND_SERVICE)), USER,
				     pspawn_attr_bounding(C(BIND_SERVICE)));

	need_capabilities(C(BIND_SERVICE) | C(8));
	need_ids();
	CHANGES(&cmd, USER_FACTS, { "effective", set_of(C(BIND_SERVICE)) },
		{ "permitted", set_of(C(BIND_SERVICE)) },
		{ "inheritable", set_of(C(BIND_SERVICE)) },
		{ "ambient", short_set_of(C(BIND_SERVICE)) },
		{ "bounding", short_set_of(C(BIND_SERVICE)) }, { "no-new-privs", "1" });
}

/* ---- a child that shares our memory makes it undumpable, while it is there */

CASE(N36, dumpable_as_before)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_ATTRS(USER) };

	need_root();
	need_real("ids");
	need_ids();
	by_table(&cmd);
	for (int before = 0; before <= 1; before++) {
		CHECK_INT(prctl(PR_SET_DUMPABLE, before, 0, 0, 0), 0);
		CHECK_INT(run_cmd(&cmd), 0);
		CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), before);
	}
	cmd.dir = "/missing";
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_CHDIR, -1);
	CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
	cmd.dir = NULL;
	cmd.file = "/missing";
	expect_failure(&cmd, ENOENT, PSPAWN_STEP_EXEC, -1);
	CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
}

/* The child opens the first FIFO when it has its new ids, and waits at the second for us. */
static void *look_meanwhile(void *dumpable)
{
	int first = open("first", O_WRONLY | O_CLOEXEC);
	int second;

	*(int *)dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	second = open("second", O_WRONLY | O_CLOEXEC);
	close(first);
	close(second);
	return NULL;
}

static void not_dumpable_with(struct pspawn_attr attr)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_ATTRS(attr),
				  PSPAWN_FDS(pspawn_fd_open(5, "first", O_RDONLY, 0),
					     pspawn_fd_open(6, "second", O_RDONLY, 0)) };
	int shares = strcmp(suite_runs_by(), "linux") == 0;
	int dumpable = -1;
	pthread_t thread;

	by_table(&cmd);
	chmod(".", 0777);
	umask(0);
	CHECK(mkfifo("first", 0666) == 0 && mkfifo("second", 0666) == 0);
	umask(022);
	CHECK_INT(pthread_create(&thread, NULL, look_meanwhile, &dumpable), 0);
	CHECK_INT(run_cmd(&cmd), 0);
	pthread_join(thread, NULL);
	if (shares)
		CHECK(dumpable != 1);
	else
		CHECK_INT(dumpable, 1);
	CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
	CHECK(unlink("first") == 0 && unlink("second") == 0);
}

CASE(N36, not_dumpable_meanwhile)
{
	need_root();
	need_real("ids");
	need_ids();
#ifndef SYS_IS_RAW
	SKIP("libc's own set*id() may hang in a forked child of threads");
#endif
	not_dumpable_with(USER);
}

static int new_user_namespace(const void *unused)
{
	(void)unused;
	return unshare(CLONE_NEWUSER);
}

/* Who has power in there could look at the child, and so at us: the kernel does not see to it. */
CASE(N36, not_dumpable_in_a_user_namespace)
{
	need_real("namespaces");
	need("user namespaces", new_user_namespace, NULL);
	not_dumpable_with(pspawn_attr_namespaces(PSPAWN_NS_USER));
	not_dumpable_with(pspawn_attr_unshare(PSPAWN_NS_USER));
}

CASE(N31, ambient_that_is_left_out_leaves_nothing)
{
	static struct facts ours;
	struct pspawn_cmd plain = { 0 };
	unsigned long long permitted;

	need_root();
	need_real("ids");
	need_ids();
	suite_accept_fallback();
	facts_of(&plain, &ours);
	permitted = strtoull(fact(&ours, "permitted"), NULL, 16);
	{
		/* Everything that we have, and at last one that nobody has. */
		struct pspawn_cmd cmd = ATTR(USER, pspawn_attr_prefer(pspawn_attr_ambient(
							   permitted | C(63))));

		CHANGES(&cmd, USER_FACTS, NO_POWER);
	}
}

#endif
