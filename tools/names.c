/* SPDX-License-Identifier: ISC */
#include "names.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>

#include <pspawn.h>

/* ---- the tables; what a system does not have is not in them */

static const struct name signals[] = {
	{ "HUP", SIGHUP },
	{ "INT", SIGINT },
	{ "QUIT", SIGQUIT },
	{ "ILL", SIGILL },
	{ "TRAP", SIGTRAP },
	{ "ABRT", SIGABRT },
	{ "BUS", SIGBUS },
	{ "FPE", SIGFPE },
	{ "KILL", SIGKILL },
	{ "USR1", SIGUSR1 },
	{ "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM },
	{ "TERM", SIGTERM },
	{ "CHLD", SIGCHLD },
	{ "CONT", SIGCONT },
	{ "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },
	{ "URG", SIGURG },
	{ "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM },
	{ "PROF", SIGPROF },
	{ "SYS", SIGSYS },
#ifdef SIGIOT
	{ "IOT", SIGIOT },
#endif
#ifdef SIGEMT
	{ "EMT", SIGEMT },
#endif
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
#ifdef SIGWINCH
	{ "WINCH", SIGWINCH },
#endif
#ifdef SIGIO
	{ "IO", SIGIO },
#endif
#ifdef SIGPOLL
	{ "POLL", SIGPOLL },
#endif
#ifdef SIGPWR
	{ "PWR", SIGPWR },
#endif
#ifdef SIGINFO
	{ "INFO", SIGINFO },
#endif
	{ NULL, 0 },
};

/* Linux's, which has no other numbers for them anywhere. */
static const struct name capabilities[] = {
	{ "chown", 0 },
	{ "dac_override", 1 },
	{ "dac_read_search", 2 },
	{ "fowner", 3 },
	{ "fsetid", 4 },
	{ "kill", 5 },
	{ "setgid", 6 },
	{ "setuid", 7 },
	{ "setpcap", 8 },
	{ "linux_immutable", 9 },
	{ "net_bind_service", 10 },
	{ "net_broadcast", 11 },
	{ "net_admin", 12 },
	{ "net_raw", 13 },
	{ "ipc_lock", 14 },
	{ "ipc_owner", 15 },
	{ "sys_module", 16 },
	{ "sys_rawio", 17 },
	{ "sys_chroot", 18 },
	{ "sys_ptrace", 19 },
	{ "sys_pacct", 20 },
	{ "sys_admin", 21 },
	{ "sys_boot", 22 },
	{ "sys_nice", 23 },
	{ "sys_resource", 24 },
	{ "sys_time", 25 },
	{ "sys_tty_config", 26 },
	{ "mknod", 27 },
	{ "lease", 28 },
	{ "audit_write", 29 },
	{ "audit_control", 30 },
	{ "setfcap", 31 },
	{ "mac_override", 32 },
	{ "mac_admin", 33 },
	{ "syslog", 34 },
	{ "wake_alarm", 35 },
	{ "block_suspend", 36 },
	{ "audit_read", 37 },
	{ "perfmon", 38 },
	{ "bpf", 39 },
	{ "checkpoint_restore", 40 },
	{ NULL, 0 },
};

static const struct name securebits[] = {
	{ "noroot", 0 },
	{ "noroot_locked", 1 },
	{ "no_setuid_fixup", 2 },
	{ "no_setuid_fixup_locked", 3 },
	{ "keep_caps", 4 },
	{ "keep_caps_locked", 5 },
	{ "no_cap_ambient_raise", 6 },
	{ "no_cap_ambient_raise_locked", 7 },
	{ NULL, 0 },
};

static const struct name namespaces[] = {
	{ "mount", PSPAWN_NS_MOUNT },
	{ "cgroup", PSPAWN_NS_CGROUP },
	{ "uts", PSPAWN_NS_UTS },
	{ "ipc", PSPAWN_NS_IPC },
	{ "user", PSPAWN_NS_USER },
	{ "pid", PSPAWN_NS_PID },
	{ "net", PSPAWN_NS_NET },
	{ NULL, 0 },
};

static const struct name limits[] = {
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "nofile", RLIMIT_NOFILE },
	{ "stack", RLIMIT_STACK },
#ifdef RLIMIT_AS
	{ "as", RLIMIT_AS },
#endif
#ifdef RLIMIT_KQUEUES
	{ "kqueues", RLIMIT_KQUEUES },
#endif
#ifdef RLIMIT_LOCKS
	{ "locks", RLIMIT_LOCKS },
#endif
#ifdef RLIMIT_MEMLOCK
	{ "memlock", RLIMIT_MEMLOCK },
#endif
#ifdef RLIMIT_MSGQUEUE
	{ "msgqueue", RLIMIT_MSGQUEUE },
#endif
#ifdef RLIMIT_NICE
	{ "nice", RLIMIT_NICE },
#endif
#ifdef RLIMIT_NPROC
	{ "nproc", RLIMIT_NPROC },
#endif
#ifdef RLIMIT_NPTS
	{ "npts", RLIMIT_NPTS },
#endif
#ifdef RLIMIT_NTHR
	{ "nthr", RLIMIT_NTHR },
#endif
#ifdef RLIMIT_RSS
	{ "rss", RLIMIT_RSS },
#endif
#ifdef RLIMIT_RTPRIO
	{ "rtprio", RLIMIT_RTPRIO },
#endif
#ifdef RLIMIT_RTTIME
	{ "rttime", RLIMIT_RTTIME },
#endif
#ifdef RLIMIT_SBSIZE
	{ "sbsize", RLIMIT_SBSIZE },
#endif
#ifdef RLIMIT_SIGPENDING
	{ "sigpending", RLIMIT_SIGPENDING },
#endif
#ifdef RLIMIT_SWAP
	{ "swap", RLIMIT_SWAP },
#endif
	{ NULL, 0 },
};

static const struct name policies[] = {
	{ "other", SCHED_OTHER },
	{ "fifo", SCHED_FIFO },
	{ "rr", SCHED_RR },
#ifdef SCHED_BATCH
	{ "batch", SCHED_BATCH },
#endif
#ifdef SCHED_IDLE
	{ "idle", SCHED_IDLE },
#endif
	{ NULL, 0 },
};

/* As pspawn_attr_ioprio() has them. */
static const struct name io_classes[] = {
	{ "realtime", 1 },
	{ "best-effort", 2 },
	{ "idle", 3 },
	{ NULL, 0 },
};

/* ---- the vocabularies */

enum { NO_NUMBERS = -1, LAST_SIGNAL = 64, LAST_CAPABILITY = 63 };

#define ALL_SIGNALS (~0ULL)
#define ALL_IGNORABLE (~(PSPAWN_SIGNAL(SIGKILL) | PSPAWN_SIGNAL(SIGSTOP)))

const struct vocabulary names_signals = {
	"signal", "SIG", signals, 1, LAST_SIGNAL, 1, ALL_SIGNALS
};
const struct vocabulary names_ignorable = {
	"signal", "SIG", signals, 1, LAST_SIGNAL, 1, ALL_IGNORABLE
};
const struct vocabulary names_capabilities = {
	"capability", "cap_", capabilities, 0, LAST_CAPABILITY, 0, 0
};
const struct vocabulary names_bounding = {
	"capability", "cap_", capabilities, 0, LAST_CAPABILITY, 0, ~0ULL
};
const struct vocabulary names_securebits = {
	"securebit", "SECBIT_", securebits, 0, NO_NUMBERS, 0, 0
};
const struct vocabulary names_namespaces = {
	"namespace", "", namespaces, 0, NO_NUMBERS, IS_MASK, 0
};
const struct vocabulary names_limits = {
	"limit", "RLIMIT_", limits, 0, NO_NUMBERS, 0, 0
};
const struct vocabulary names_policies = {
	"scheduling policy", "SCHED_", policies, 0, NO_NUMBERS, 0, 0
};
const struct vocabulary names_io_classes = {
	"I/O class", "", io_classes, 0, NO_NUMBERS, 0, 0
};

/* ---- looking up */

static struct part without_prefix(struct part part, const char *prefix)
{
	int length = (int)strlen(prefix);

	if (part.length > length && strncasecmp(part.text, prefix, (size_t)length) == 0) {
		part.text += length;
		part.length -= length;
	}
	return part;
}

int names_value(const struct vocabulary *words, struct part part)
{
	struct part bare = without_prefix(part, words->prefix);
	long long number;

	for (const struct name *name = words->names; name->name; name++)
		if (part_is(bare, name->name))
			return name->value;
	if (!part_to_number(part, 10, &number) || number < words->first || number > words->last)
		wrong("no such %s: %.*s", words->what, part.length, part.text);
	return (int)number;
}

static unsigned long long bit_of(const struct vocabulary *words, int value)
{
	return words->lowest == IS_MASK ? (unsigned)value : 1ULL << (value - words->lowest);
}

unsigned long long names_set(const struct vocabulary *words, const char *text)
{
	struct part rest = part_of(text);
	unsigned long long set = 0;

	if (part_is(rest, "none"))
		return 0;
	if (words->all && part_is(rest, "all"))
		return words->all;
	while (rest.text)
		set |= bit_of(words, names_value(words, part_cut(&rest, ',')));
	return set;
}
