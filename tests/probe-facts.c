/* SPDX-License-Identifier: ISC */
/*
 * What a process is besides its descriptors: a line `fact NAME VALUE` each. By
 * system calls where there is one, because the probe may be in a root without
 * /proc; "?" where it cannot be told. Numbers that would differ from one start
 * to the next are told by what they mean.
 */
#include "probe-facts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

extern char **environ;

static char *out;
static size_t room, used;

static void add(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	used += (size_t)snprintf(out + used, room - used, "fact %s ", name);
	used += (size_t)vsnprintf(out + used, room - used, format, args);
	used += (size_t)snprintf(out + used, room - used, "\n");
	va_end(args);
}

static void add_number(const char *name, pid_t number)
{
	if (number == getpid())
		add(name, "own");
	else
		add(name, "%d", (int)number);
}

/* ---- identity */

static void add_groups(void)
{
	gid_t groups[256];
	char text[4096] = "";
	int n = getgroups(256, groups);

	for (int i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u", i ? "," : "",
			 (unsigned)groups[i]);
	add("groups", "%s", text);
}

static void add_identity(void)
{
#ifdef __linux__
	uid_t user[3];
	gid_t group[3];

	getresuid(&user[0], &user[1], &user[2]);
	getresgid(&group[0], &group[1], &group[2]);
	add("user", "%u %u %u", (unsigned)user[0], (unsigned)user[1], (unsigned)user[2]);
	add("group", "%u %u %u", (unsigned)group[0], (unsigned)group[1], (unsigned)group[2]);
#else
	add("user", "%u %u", (unsigned)getuid(), (unsigned)geteuid());
	add("group", "%u %u", (unsigned)getgid(), (unsigned)getegid());
#endif
	add_groups();
}

/* ---- sessions and terminals */

static void add_session(void)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct stat status;

	add_number("session", getsid(0));
	add_number("pgroup", getpgrp());
	if (tty < 0) {
		add("terminal", errno == ENXIO ? "none" : "?");
		add("foreground", "no");
		return;
	}
	fstat(tty, &status);
	add("terminal", "yes");
	add("foreground", tcgetpgrp(tty) == getpgrp() ? "yes" : "no");
	close(tty);
}

/* ---- descriptors */

static void add_descriptors(void)
{
	char text[4096] = "";

	for (int fd = 0; fd < 512; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d",
				 text[0] ? "," : "", fd);
	add("descriptors", "%s", text);
}

/* ---- limits and scheduling */

static void add_limits(void)
{
	for (int resource = 0; resource < 16; resource++) {
		struct rlimit limit;
		char name[32];

		if (getrlimit(resource, &limit) < 0)
			continue;
		snprintf(name, sizeof(name), "limit-%d", resource);
		add(name, "%lld %lld", (long long)limit.rlim_cur, (long long)limit.rlim_max);
	}
	errno = 0;
	add("nice", "%d", getpriority(PRIO_PROCESS, 0));
}

static void add_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	add("umask", "%03o", (unsigned)mask);
}

/* Libcs do different things about a directory that is not below the root, or not mounted here. */
static const char *directory(char *path, size_t size)
{
#ifdef __linux__
	if (syscall(SYS_getcwd, path, size) < 0)
		return "?";
	return path[0] == '/' ? path : "unreachable";
#else
	return getcwd(path, size) ? path : "?";
#endif
}

static void add_directories(void)
{
	char path[PATH_MAX];
	struct stat status;

	add("directory", "%s", directory(path, sizeof(path)));
	if (stat("/", &status) == 0)
		add("root", "%llu:%llu", (unsigned long long)status.st_dev,
		    (unsigned long long)status.st_ino);
}

static void add_environment(void)
{
	for (char **at = environ; *at; at++) {
		char name[256];
		size_t length = strcspn(*at, "=");

		snprintf(name, sizeof(name), "env.%.*s", (int)(length < 240 ? length : 240), *at);
		add(name, "%s", (*at)[length] ? *at + length + 1 : "");
	}
}

#ifdef __linux__

/* ---- what only Linux has */

static void add_scheduling(void)
{
	int priority = 0;
	cpu_set_t cpus;
	char text[3 * CPU_SETSIZE] = "";

	CPU_ZERO(&cpus);
	/* Some libcs have these and do nothing. */
	syscall(SYS_sched_getparam, 0, &priority);
	add("policy", "%d %d", (int)syscall(SYS_sched_getscheduler, 0), priority);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	for (int cpu = 0; cpu < 128; cpu++)
		if (CPU_ISSET(cpu, &cpus))
			snprintf(text + strlen(text), sizeof(text) - strlen(text), " %d", cpu);
	add("cpus", "%s", text + (text[0] == ' '));
	add("ioprio", "%ld", syscall(SYS_ioprio_get, 1, 0));
	add("personality", "0x%lx", (unsigned long)personality(0xffffffff));
}

static void add_capabilities(void)
{
	struct {
		unsigned version;
		int pid;
	} header = { 0x20080522, 0 };
	unsigned sets[6] = { 0 };
	unsigned long long bounding = 0, ambient = 0;

	syscall(SYS_capget, &header, sets);
	for (int n = 0; n < 64; n++) {
		if (prctl(PR_CAPBSET_READ, n, 0, 0, 0) > 0)
			bounding |= 1ULL << n;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, n, 0, 0) > 0)
			ambient |= 1ULL << n;
	}
	add("effective", "0x%x%08x", sets[3], sets[0]);
	add("permitted", "0x%x%08x", sets[4], sets[1]);
	add("inheritable", "0x%x%08x", sets[5], sets[2]);
	add("bounding", "0x%llx", bounding);
	add("ambient", "0x%llx", ambient);
	add("securebits", "0x%x", (unsigned)prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	add("keep-caps", "%d", prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
	add("no-new-privs", "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	add("dumpable", "%d", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
}

static void add_death_signal(void)
{
	int number = 0;

	prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0);
	add("death-signal", "%d", number);
}

/* The kernel's own sets, of which libc hides a part. */
static void add_signals(void)
{
	unsigned long long blocked = 0, ignored = 0, handled = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, 8);
	for (int number = 1; number <= 64; number++) {
		unsigned long action[16] = { 0 };

		syscall(SYS_rt_sigaction, number, NULL, action, 8);
		if (action[0] == (unsigned long)SIG_IGN)
			ignored |= 1ULL << (number - 1);
		else if (action[0] != (unsigned long)SIG_DFL)
			handled |= 1ULL << (number - 1);
	}
	add("blocked", "0x%llx", blocked);
	add("ignored", "0x%llx", ignored);
	add("handled", "0x%llx", handled);
}

static void add_link(const char *name, const char *path)
{
	char target[256];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length >= 0)
		target[length] = '\0';
	add(name, "%s", length < 0 ? "?" : target);
}

static void add_file(const char *name, const char *path)
{
	char text[1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	if (length >= 0)
		text[length] = '\0';
	for (ssize_t i = 0; i < length; i++)
		if (text[i] == '\n')
			text[i] = i + 1 < length ? ' ' : '\0';
	add(name, "%s", length < 0 ? "?" : text);
}

/* Does a mount made here appear in other namespaces? */
static void add_shared_mounts(void)
{
	char line[8192];
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	int shared = 0;

	while (mounts && fgets(line, sizeof(line), mounts))
		shared |= strstr(line, " shared:") != NULL;
	add("shared-mounts", "%s", !mounts ? "?" : shared ? "some" : "none");
	if (mounts)
		fclose(mounts);
}

/* The number of the mount that the root is on, by statx(2): -1 where it does not say. */
static long long root_mount(void)
{
#ifdef SYS_statx
	enum { MOUNT_ID = 0x1000, MASK_AT = 0, MOUNT_AT = 18 };
	union {
		unsigned mask[64];
		unsigned long long words[32];
	} status;

	memset(&status, 0, sizeof(status));
	if (syscall(SYS_statx, AT_FDCWD, "/", 0, MOUNT_ID, &status) == 0 &&
	    status.mask[MASK_AT] & MOUNT_ID)
		return (long long)status.words[MOUNT_AT];
#endif
	return -1;
}

/* Whether the root is in our own mount namespace, which lists its mounts by number. */
static void add_root_mount(void)
{
	long long wanted = root_mount(), number;
	FILE *mounts = wanted < 0 ? NULL : fopen("/proc/self/mountinfo", "re");
	const char *is = mounts ? "foreign" : "?";
	char line[4096];

	while (mounts && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%lld", &number) == 1 && number == wanted)
			is = "own";
	if (mounts)
		fclose(mounts);
	add("root-mount", "%s", is);
}

static void add_surroundings(void)
{
	static const char *const kinds[] = { "mnt", "uts", "ipc",    "user",
					     "pid", "net", "cgroup", "pid_for_children" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char name[32], path[64];

		snprintf(name, sizeof(name), "ns-%s", kinds[i]);
		snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
		add_link(name, path);
	}
	add_file("uid-map", "/proc/self/uid_map");
	add_file("gid-map", "/proc/self/gid_map");
	add_file("setgroups", "/proc/self/setgroups");
	add_file("cgroup", "/proc/self/cgroup");
	add_shared_mounts();
	add_file("oom-score", "/proc/self/oom_score_adj");
	add_root_mount();
	add("process-1", "%s", getpid() == 1 ? "yes" : "no");
}

#else

static void add_signals(void)
{
	sigset_t blocked;
	char text[3][NSIG + 1];

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	memset(text, 0, sizeof(text));
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action = { .sa_handler = SIG_DFL };

		sigaction(number, NULL, &action);
		text[0][number - 1] = sigismember(&blocked, number) == 1 ? '1' : '0';
		text[1][number - 1] = action.sa_handler == SIG_IGN ? '1' : '0';
		text[2][number - 1] = action.sa_handler == SIG_DFL ? '0' : '1';
	}
	add("blocked", "%s", text[0]);
	add("ignored", "%s", text[1]);
	add("handled", "%s", text[2]);
}

#endif

size_t probe_facts(char *buffer, size_t size)
{
	out = buffer;
	room = size;
	used = 0;
	add_identity();
	add_descriptors();
	add_session();
	add_limits();
	add_umask();
	add_directories();
	add_signals();
#ifdef __linux__
	add_scheduling();
	add_capabilities();
	add_death_signal();
	add_surroundings();
#endif
	add_environment();
	return used;
}
