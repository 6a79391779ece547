/* SPDX-License-Identifier: ISC */
#include "attrs.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>

#include "ids.h"
#include "limit.h"
#include "names.h"
#include "print.h"
#include "pspawn_cloexec.h"
#include "stopped.h"
#include "values.h"

/* ---- what many options share */

static struct pspawn_attr take_plain(const struct attr_option *option, const char *text)
{
	(void)text;
	return pspawn_attr_of(option->kind, 0, 0, 0);
}

static struct pspawn_attr take_text(const struct attr_option *option, const char *text)
{
	return pspawn_attr_with(option->kind, text, 0);
}

static struct pspawn_attr take_number(const struct attr_option *option, const char *text)
{
	long long number = part_number(part_of(text), option->low, option->high);

	return pspawn_attr_of(option->kind, (int)number, 0, 0);
}

static struct pspawn_attr take_descriptor(const struct attr_option *option, const char *text)
{
	return pspawn_attr_of(option->kind, part_descriptor(part_of(text), text), 0, 0);
}

static struct pspawn_attr take_word(const struct attr_option *option, const char *text)
{
	return pspawn_attr_of(option->kind, names_value(option->words, part_of(text)), 0, 0);
}

static struct pspawn_attr take_set(const struct attr_option *option, const char *text)
{
	return pspawn_attr_of(option->kind, 0, names_set(option->words, text), 0);
}

/* IN:OUT[:COUNT] */
static struct pspawn_attr take_map(const struct attr_option *option, const char *text)
{
	struct part rest = part_of(text);
	long long numbers[3] = { 0, 0, 1 };
	int n = 0;
	struct pspawn_attr attr;

	while (rest.text && n < 3)
		numbers[n++] = part_number(part_cut(&rest, ':'), 0, UINT_MAX);
	if (n < 2 || rest.text)
		wrong("not of the form IN:OUT[:COUNT]: %s", text);
	attr = pspawn_attr_of(option->kind, 0, (unsigned)numbers[0], (unsigned)numbers[1]);
	attr.count = (unsigned)numbers[2];
	return attr;
}

static struct pspawn_attr take_own(const struct attr_option *option, const char *text)
{
	return option->own(text);
}

/* ---- what one option has */

static struct pspawn_attr own_umask(const char *text)
{
	long long mask;

	if (!part_to_number(part_of(text), 8, &mask) || mask < 0 || mask > 0777)
		wrong("not an octal number from 0 to 777: %s", text);
	return pspawn_attr_umask((mode_t)mask);
}

static rlim_t limit_of(struct part part)
{
	if (part_is(part, "unlimited"))
		return RLIM_INFINITY;
	return (rlim_t)part_number(part, 0, LLONG_MAX);
}

static struct pspawn_attr own_rlimit(const char *text)
{
	struct part rest = part_of(text);
	struct part name = part_cut(&rest, '=');
	struct part soft;

	if (!rest.text)
		wrong("not of the form NAME=SOFT[:HARD]: %s", text);
	soft = part_cut(&rest, ':');
	return pspawn_attr_rlimit(names_value(&names_limits, name), limit_of(soft),
				  limit_of(rest.text ? rest : soft));
}

static struct pspawn_attr own_sched(const char *text)
{
	struct part rest = part_of(text);
	int policy = names_value(&names_policies, part_cut(&rest, ':'));

	return pspawn_attr_sched(policy, rest.text ? (int)part_number(rest, 0, INT_MAX)
						   : sched_get_priority_min(policy));
}

static struct pspawn_attr own_ioprio(const char *text)
{
	enum { LEVEL = 4 };
	struct part rest = part_of(text);
	int io_class = names_value(&names_io_classes, part_cut(&rest, ':'));

	return pspawn_attr_ioprio(io_class, rest.text ? (int)part_number(rest, 0, 7) : LEVEL);
}

/* The kernel's layout: bits of unsigned longs, as many of those as are needed. */
static struct pspawn_attr own_affinity(const char *text)
{
	enum { LAST_CPU = 65535, BITS = (int)sizeof(unsigned long) * CHAR_BIT };
	unsigned long *set = values_keep(LAST_CPU / BITS + 1, sizeof(*set));
	struct part rest = part_of(text);
	size_t words = 0;

	while (rest.text) {
		struct part range = part_cut(&rest, ',');
		struct part from = part_cut(&range, '-');
		long long first = part_number(from, 0, LAST_CPU);
		long long last = range.text ? part_number(range, first, LAST_CPU) : first;

		for (long long cpu = first; cpu <= last; cpu++)
			set[cpu / BITS] |= 1UL << cpu % BITS;
		if ((size_t)(last / BITS) >= words)
			words = (size_t)(last / BITS) + 1;
	}
	return pspawn_attr_affinity(set, words * sizeof(*set));
}

static struct pspawn_attr own_personality(const char *text)
{
	enum { NO_ASLR = 0x0040000 };
	struct part part = part_of(text);
	long long persona = NO_ASLR;

	if (!part_is(part, "no-aslr") &&
	    (!part_to_number(part, 0, &persona) || persona < 0 || persona > UINT_MAX))
		wrong("neither no-aslr nor a number: %s", text);
	return pspawn_attr_personality((unsigned long)persona);
}

/* settle() finds them a number that means nothing to the program. */
static int open_here(const char *path, int flags)
{
	int fd;

	limit_enter();
	fd = pspawn_open(path, flags, 0);
	limit_leave();
	if (fd < 0)
		cannot(-fd, "open \"%s\"", path);
	return fd;
}

static struct pspawn_attr own_cgroup(const char *text)
{
	return pspawn_attr_cgroup(open_here(text, O_RDONLY | O_DIRECTORY));
}

static struct pspawn_attr own_setns(const char *text)
{
	struct part path = part_of(text);
	unsigned type = (unsigned)names_value(&names_namespaces, part_cut(&path, ':'));

	if (!path.text)
		wrong("not of the form TYPE:PATH: %s", text);
	return pspawn_attr_setns(open_here(path.text, O_RDONLY), type);
}

static struct pspawn_attr own_setgroups(const char *text)
{
	int allow = part_is(part_of(text), "allow");

	if (!allow && !part_is(part_of(text), "deny"))
		wrong("neither allow nor deny: %s", text);
	return pspawn_attr_setgroups(allow);
}

static struct pspawn_attr own_stopped(const char *text)
{
	(void)text;
	if (!STOPPED_IS_POSSIBLE)
		wrong("not on this system");
	return pspawn_attr_trace_me();
}

/* ---- the options */

#define HEADING(text) { NULL, NULL, text, NULL, NULL, 0, NULL, 0, 0 }
#define PLAIN(name, kind, help) { name, NULL, help, take_plain, NULL, kind, NULL, 0, 0 }
#define TEXT(name, argument, kind, help) \
	{ name, argument, help, take_text, NULL, kind, NULL, 0, 0 }
#define NUMBER(name, low, high, kind, help) \
	{ name, "N", help, take_number, NULL, kind, NULL, low, high }
#define DESCRIPTOR(name, kind, help) \
	{ name, "N", help, take_descriptor, NULL, kind, NULL, 0, 0 }
#define SET(name, words, kind, help) \
	{ name, "LIST", help, take_set, NULL, kind, words, 0, 0 }
#define MAP(name, kind, help) \
	{ name, "IN:OUT[:COUNT]", help, take_map, NULL, kind, NULL, 0, 0 }
#define OWN(name, argument, own, help) \
	{ name, argument, help, take_own, own, 0, NULL, 0, 0 }

const struct attr_option attrs_options[] = {
	HEADING("Environment and places"),
	TEXT("env", "K=V", PSPAWN_ATTR_ENV_SET, "set a variable"),
	TEXT("unset", "K", PSPAWN_ATTR_ENV_UNSET, "remove a variable"),
	PLAIN("clear-env", PSPAWN_ATTR_ENV_CLEAR, "start from an empty environment"),
	DESCRIPTOR("dir-fd", PSPAWN_ATTR_DIR_FD, "change to the directory open as our N"),
	TEXT("chroot", "DIR", PSPAWN_ATTR_ROOT, "a new root"),
	DESCRIPTOR("root-fd", PSPAWN_ATTR_ROOT_FD, "the root is the directory open as our N"),
	OWN("cgroup", "DIR", own_cgroup, "into the cgroup (version 2) of this directory"),

	HEADING("Sessions and terminals"),
	PLAIN("setsid", PSPAWN_ATTR_SETSID, "a new session"),
	{ "pgroup", "GROUP", "its process group; 0: a new one", take_number, NULL,
	  PSPAWN_ATTR_PGROUP, NULL, 0, INT_MAX },
	PLAIN("no-tty", PSPAWN_ATTR_NO_TTY, "give up the controlling terminal"),
	DESCRIPTOR("ctty", PSPAWN_ATTR_CTTY, "its N becomes its controlling terminal"),
	DESCRIPTOR("foreground", PSPAWN_ATTR_FOREGROUND, "at the front of the terminal at its N"),

	HEADING("Signals"),
	SET("sigmask", &names_signals, PSPAWN_ATTR_SIGMASK, "these are blocked"),
	SET("sigdefault", &names_signals, PSPAWN_ATTR_SIGDEFAULT, "these act by their defaults"),
	SET("sigignore", &names_ignorable, PSPAWN_ATTR_SIGIGNORE, "these are ignored"),
	PLAIN("siginherit", PSPAWN_ATTR_SIGINHERIT, "all else as the caller has it"),
	{ "pdeathsig", "SIGNAL", "it gets this when pspawn ends", take_word, NULL,
	  PSPAWN_ATTR_PDEATHSIG, &names_signals, 0, 0 },

	HEADING("Identity and privilege"),
	OWN("user", "USER[:GROUP]", ids_user, "names or numbers"),
	OWN("group", "GROUP", ids_group, "name or number"),
	OWN("groups", "LIST", ids_groups, "supplementary; or none, keep, all of the user's"),
	PLAIN("nnp", PSPAWN_ATTR_NO_NEW_PRIVS, "no new privileges by exec"),
	SET("ambient", &names_capabilities, PSPAWN_ATTR_AMBIENT, "ambient capabilities"),
	SET("bounding", &names_bounding, PSPAWN_ATTR_BOUNDING, "the bounding set"),
	PLAIN("keep-caps", PSPAWN_ATTR_KEEP_CAPS, "capabilities outlive the change of user"),
	SET("securebits", &names_securebits, PSPAWN_ATTR_SECUREBITS, "such as noroot"),

	HEADING("Limits and scheduling"),
	OWN("rlimit", "NAME=SOFT[:HARD]", own_rlimit, "such as nofile=64, core=0:unlimited"),
	NUMBER("nice", -20, 19, PSPAWN_ATTR_NICE, "the nice value itself, -20 to 19"),
	OWN("sched", "POLICY[:PRIORITY]", own_sched, "other, batch, idle, fifo, rr"),
	OWN("affinity", "LIST", own_affinity, "CPUs, such as 0-3,5"),
	OWN("ioprio", "CLASS[:LEVEL]", own_ioprio, "realtime, best-effort, idle; 0 to 7"),
	OWN("umask", "OCTAL", own_umask, "the file mode creation mask"),
	NUMBER("oom-score", -1000, 1000, PSPAWN_ATTR_OOM_SCORE, "-1000 to 1000: 1000 dies first"),
	OWN("personality", "PERSONA", own_personality, "no-aslr, or a number"),

	HEADING("Namespaces: mount, uts, ipc, user, pid, net, cgroup"),
	SET("namespaces", &names_namespaces, PSPAWN_ATTR_NAMESPACES, "new ones, at birth"),
	SET("unshare", &names_namespaces, PSPAWN_ATTR_UNSHARE, "new ones, in the child"),
	OWN("setns", "TYPE:PATH", own_setns, "an existing one, such as net:/proc/1/ns/net"),
	MAP("map-user", PSPAWN_ATTR_MAP_USER, "users IN are ours from OUT on"),
	MAP("map-group", PSPAWN_ATTR_MAP_GROUP, "groups likewise"),
	OWN("setgroups", "allow|deny", own_setgroups, "in the new user namespace"),

	HEADING("Execution"),
	DESCRIPTOR("program-fd", PSPAWN_ATTR_PROGRAM_FD, "the program is the file open as our N"),
	{ "retry-busy", "MS", "so long, if it is being written; else 5", take_number, NULL,
	  PSPAWN_ATTR_RETRY_BUSY, NULL, 0, 60000 },
	PLAIN("sh-fallback", PSPAWN_ATTR_SHELL_FALLBACK, "/bin/sh runs a script without #!"),
	OWN("stopped", NULL, own_stopped, "stop it before its first instruction"),
};

const int attrs_count = (int)(sizeof(attrs_options) / sizeof(attrs_options[0]));

struct pspawn_attr attrs_take(const struct attr_option *option, const char *text)
{
	struct pspawn_attr attr;

	values_are_of(option->name);
	attr = option->take(option, text);
	values_are_of(NULL);
	return attr;
}

void attrs_help(void)
{
	for (int i = 0; i < attrs_count; i++) {
		const struct attr_option *option = &attrs_options[i];
		const char *argument = option->argument ? option->argument : "";

		if (!option->name)
			print(&to_output, "\n%s:\n", option->help);
		else
			print(&to_output, "  --%s %-*s %s\n", option->name,
			      25 - (int)strlen(option->name), argument, option->help);
	}
}
