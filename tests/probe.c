/* SPDX-License-Identifier: ISC */
/*
 * The child program. `probe FILE` writes what it finds in itself to FILE,
 * which it opens only after it has looked; `probe fd:N` writes facts about itself
 * to its descriptor N (probe-facts.c). Then, or without FILE ("-"), it
 * does what its further arguments say:
 *
 *   exit N, kill SIGNAL, pause            end, or do not
 *   read FD, write FD TEXT                copy all of FD to FILE; write
 *   seek FD OFFSET, accept FD, flock FD, fcntl-lock FD
 *   sleep FD                              until FD is at its end
 *   echo IN OUT                           copy
 *   family FD, exile FD                   tell FD the pid of a child, in our session or one of
 *                                         its own, that stays for ever as we do
 *   mount DIR                             a file system
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#ifdef __linux__
#include <sys/mount.h>
#endif
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe-facts.h"
#include "scan.h"

static char buffer[1 << 20];
static size_t length;

#define ADD(...) \
	(length += (size_t)snprintf(buffer + length, sizeof(buffer) - length, __VA_ARGS__))

static void add_descriptor(int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		memset(&status, 0, sizeof(status));
	ADD("fd %d %llu %llu %lld %d %d\n", fd, (unsigned long long)status.st_dev,
	    (unsigned long long)status.st_ino, (long long)lseek(fd, 0, SEEK_CUR), scan_flags(fd),
	    fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* The kernel's own account: signal sets, of which libc hides a part, and the table's size. */
static void add_status(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	if (!status)
		return;
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, "Sig", 3) == 0 || strncmp(line, "FDSize", 6) == 0)
			ADD("%s", line);
	fclose(status);
}

static void look(void)
{
	static int numbers[65536];
	char directory[PATH_MAX];
	int count = scan_numbers(numbers, 65536);
	mode_t mask = umask(0);

	for (int i = 0; i < count; i++)
		add_descriptor(numbers[i]);
	ADD("cwd %s\n", getcwd(directory, sizeof(directory)) ? directory : "?");
	ADD("umask %o\n", (unsigned)mask);
	ADD("ppid %d\n", (int)getppid());
	add_status();
}

static void put(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t done = write(fd, data, size);

		if (done <= 0)
			_exit(98);
		data += done;
		size -= (size_t)done;
	}
}

static void copy(int from, int to)
{
	ssize_t size;

	while ((size = read(from, buffer, sizeof(buffer))) > 0)
		put(to, buffer, (size_t)size);
	if (size < 0)
		_exit(errno);
}

static int lock(int fd)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &all) < 0 ? errno : 0;
}

static int have_child(int fd, int in_exile)
{
	char text[16];
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		if (in_exile)
			setsid();
		snprintf(text, sizeof(text), "%d\n", (int)getpid());
		put(fd, text, strlen(text));
	}
	for (;;)
		pause();
}

static int mount_at(const char *directory)
{
#ifdef __linux__
	return mount("none", directory, "tmpfs", 0, NULL) < 0 ? errno : 0;
#else
	(void)directory;
	return ENOSYS;
#endif
}

static int act(char **words)
{
	const char *verb = words[0];
	int fd = words[1] ? atoi(words[1]) : -1;

	if (strcmp(verb, "exit") == 0)
		return fd;
	if (strcmp(verb, "kill") == 0)
		return raise(fd);
	if (strcmp(verb, "pause") == 0)
		return pause();
	if (strcmp(verb, "write") == 0)
		return write(fd, words[2], strlen(words[2])) < 0 ? errno : 0;
	if (strcmp(verb, "seek") == 0)
		return lseek(fd, atol(words[2]), SEEK_SET) < 0;
	if (strcmp(verb, "flock") == 0)
		return flock(fd, LOCK_EX | LOCK_NB) < 0 ? errno : 0;
	if (strcmp(verb, "fcntl-lock") == 0)
		return lock(fd);
	if (strcmp(verb, "accept") == 0) {
		int peer = accept(fd, NULL, NULL);

		put(peer, "hello", 5);
		return peer < 0;
	}
	if (strcmp(verb, "sleep") == 0) {
		while (read(fd, buffer, sizeof(buffer)) > 0)
			;
		return 0;
	}
	if (strcmp(verb, "echo") == 0) {
		copy(fd, atoi(words[2]));
		return 0;
	}
	if (strcmp(verb, "family") == 0 || strcmp(verb, "exile") == 0)
		return have_child(fd, verb[0] == 'e');
	if (strcmp(verb, "mount") == 0)
		return mount_at(words[1]);
	return 97;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strncmp(argv[1], "fd:", 3) == 0) {
		length = probe_facts(buffer, sizeof(buffer));
		put(atoi(argv[1] + 3), buffer, length);
	} else if (argc > 1 && strcmp(argv[1], "-") != 0) {
		int fd;

		look();
		fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0)
			return 99;
		put(fd, buffer, length);
		close(fd);
	}
	return argc > 2 ? act(argv + 2) : 0;
}
