/* SPDX-License-Identifier: ISC */
/* Surroundings in which every attribute makes a difference: see struct world. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "pairs.h"
#include "suite.h"

/* ---- terminals */

static int open_terminal(int *master)
{
	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master < 0 || grantpt(*master) < 0 || unlockpt(*master) < 0)
		return -1;
	return open(ptsname(*master), O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* A session leader that ends leaves its terminal unusable: a fresh one for each. */
void world_fresh_terminal(struct world *world)
{
	if (world->fresh_tty >= 0)
		close(world->fresh_tty);
	if (world->fresh_master >= 0)
		close(world->fresh_master);
	world->fresh_tty = open_terminal(&world->fresh_master);
}

static void take_terminal(struct world *world)
{
	world->fresh_master = world->fresh_tty = -1;
	setsid();
	world->tty = open_terminal(&world->master);
	if (world->tty >= 0 && ioctl(world->tty, TIOCSCTTY, 0) < 0) {
		close(world->tty);
		world->tty = -1;
	}
	world_fresh_terminal(world);
}

/* ---- roots in which the probe can run */

static void make_path_to(const char *path)
{
	char part[4200];

	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		mkdir(part, 0755);
	}
}

static void install(const char *root, const char *path)
{
	char to[4200];

	snprintf(to, sizeof(to), "%s%s", root, path);
	make_path_to(to);
	copy_file(path, to);
}

/* Every absolute path in the text: how the loader answers when it is asked for libraries. */
static void install_all(const char *root, char *text)
{
	char *word;

	while ((word = strsep(&text, " \t\n")))
		if (word[0] == '/' && access(word, R_OK) == 0)
			install(root, word);
}

/* Musl's loader does not name itself. Nothing here may write to our 2, whose offset is a fact. */
static void install_libraries(const char *root)
{
	char command[4300], text[8192];
	FILE *answer;
	size_t size;
	glob_t musl;

	snprintf(command, sizeof(command), "LD_TRACE_LOADED_OBJECTS=1 %s 2>/dev/null",
		 public_probe());
	answer = popen(command, "re");
	CHECK(answer != NULL);
	size = fread(text, 1, sizeof(text) - 1, answer);
	text[size] = '\0';
	pclose(answer);
	install_all(root, text);
	if (glob("/lib/ld-musl-*", 0, NULL, &musl) != 0)
		return;
	for (size_t i = 0; i < musl.gl_pathc; i++)
		install(root, musl.gl_pathv[i]);
	globfree(&musl);
}

static void make_places(struct world *world)
{
	CHECK(getcwd(world->home, sizeof(world->home)) != NULL);
	for (int i = 0; i < 3; i++) {
		snprintf(world->inner[i], sizeof(world->inner[i]), "root-%d/inner", i);
		if (i < 2)
			snprintf(world->root[i], sizeof(world->root[i]), "root-%d", i);
		else
			strcpy(world->inner[i], "inner");
		make_path_to(world->inner[i]);
		mkdir(world->inner[i], 0755);
		world->inner_fd[i] = open(world->inner[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	for (int i = 0; i < 2; i++) {
		world->root_fd[i] = open(world->root[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (!world->privileged)
			continue;
		install(world->root[i], public_probe());
		install_libraries(world->root[i]);
	}
	world->same_root_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	world->program = open(public_probe(), O_RDONLY | O_CLOEXEC);
}

void world_name_root(const struct world *world, int number, char *text, size_t size)
{
	struct stat status;

	CHECK_INT(fstat(world->root_fd[number], &status), 0);
	snprintf(text, size, "%llu:%llu", (unsigned long long)status.st_dev,
		 (unsigned long long)status.st_ino);
}

/* ---- what only Linux has */

#ifdef __linux__

/* One that a process which is gone has left to us. */
static void make_uts(struct world *world)
{
	char path[64], name[64] = "";
	int status;
	pid_t pid = fork();

	world->uts = -1;
	if (pid == 0) {
		if (unshare(CLONE_NEWUTS) == 0)
			raise(SIGSTOP);
		_exit(1);
	}
	CHECK(pid > 0 && waitpid(pid, &status, WUNTRACED) == pid);
	if (!WIFSTOPPED(status))
		return;
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", (int)pid);
	world->uts = open(path, O_RDONLY | O_CLOEXEC);
	if (world->uts >= 0 && readlink(path, name, sizeof(name) - 1) > 0)
		strcpy(world->uts_name, name);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void choose_cpu(struct world *world)
{
	cpu_set_t *cpus = (cpu_set_t *)(void *)world->cpus;

	CPU_ZERO(cpus);
	sched_getaffinity(0, sizeof(*cpus), cpus);
	while (world->cpu < CPU_SETSIZE && !CPU_ISSET(world->cpu, cpus))
		world->cpu++;
	CPU_ZERO(cpus);
	CPU_SET(world->cpu, cpus);
}

/* Libc's sigaction(3) could not make them default again, and an emulator has other numbers. */
static unsigned long reserved_are(void)
{
#ifdef SYS_IS_RAW
	if (!suite_emulated())
		return (unsigned long)SIG_IGN;
#endif
	return (unsigned long)SIG_DFL;
}

/* Libc's own: what posix_spawn(3) has started may have some ignored, as make's shell has. */
static void set_reserved(struct world *world)
{
	for (int number = 32; number <= 34; number++) {
		unsigned long action[16] = { reserved_are() }, now[16] = { 0 };

		syscall(SYS_rt_sigaction, number, action, NULL, 8);
		syscall(SYS_rt_sigaction, number, NULL, now, 8);
		if (now[0] == (unsigned long)SIG_IGN)
			world->reserved |= PSPAWN_SIGNAL(number);
	}
}

/* Our own path in the hierarchy of version 2, and where that is mounted. */
static int find_cgroup(char *mount, char *own)
{
	char line[4096], kind[64];
	FILE *file = fopen("/proc/self/mounts", "re");

	own[0] = mount[0] = kind[0] = '\0';
	while (file && strcmp(kind, "cgroup2") != 0 && fgets(line, sizeof(line), file))
		sscanf(line, "%*s %1023s %63s", mount, kind);
	if (file)
		fclose(file);
	file = fopen("/proc/self/cgroup", "re");
	while (file && fgets(line, sizeof(line), file) && sscanf(line, "0::%1023s", own) != 1)
		;
	if (file)
		fclose(file);
	return strcmp(kind, "cgroup2") == 0 && own[0] == '/';
}

int pair_cgroup(char *path, char *name, size_t size)
{
	char mount[1024], own[1024];

	path[0] = '\0';
	if (geteuid() != 0 || !find_cgroup(mount, own))
		return -1;
	snprintf(name, size, "%s/pspawn-pairs-%d", own[1] ? own : "", (int)getpid());
	snprintf(path, size, "%s%s", mount, name);
	if (mkdir(path, 0755) == 0)
		return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	path[0] = '\0';
	return -1;
}

#else

static void make_uts(struct world *world)
{
	world->uts = -1;
}

static void choose_cpu(struct world *world)
{
	(void)world;
}

static void set_reserved(struct world *world)
{
	(void)world;
}

int pair_cgroup(char *path, char *name, size_t size)
{
	(void)size;
	path[0] = name[0] = '\0';
	return -1;
}

#endif

void world_make(struct world *world, int cgroup, const char *cgroup_name)
{
	gid_t groups[] = { 55, 66 };
	sigset_t winch;

	memset(world, 0, sizeof(*world));
	take_terminal(world);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&winch);
	sigaddset(&winch, SIGWINCH);
	sigprocmask(SIG_SETMASK, &winch, NULL);
	world->privileged = geteuid() == 0 && setgroups(2, groups) == 0;
	make_places(world);
	make_uts(world);
	choose_cpu(world);
	set_reserved(world);
	world->cgroup = cgroup;
	strcpy(world->cgroup_name, cgroup_name);
}
