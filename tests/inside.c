/* SPDX-License-Identifier: ISC */
/* inside NAME STATUS: what examples/container starts. Tells where it is, and makes changes. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void tell_interfaces(void)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *at = all; at && at->if_name; at++)
		printf("interface %s\n", at->if_name);
	if (all)
		if_freenameindex(all);
}

/* It is an ordinary user's, after all. */
static void tell_groups(void)
{
	gid_t group = 0;

	printf("setgroups %s\n", setgroups(1, &group) == 0 ? "allowed" : strerror(errno));
}

/* What is made on it goes with it. */
static void mount_something(void)
{
	mkdir("/mounted", 0700);
	if (mount("none", "/mounted", "tmpfs", 0, NULL) < 0)
		printf("mount: %s\n", strerror(errno));
	printf("mounted %s\n", mkdir("/mounted/inside", 0700) == 0 ? "yes" : "no");
}

static void change_name(const char *name)
{
	char now[256] = "";

	if (sethostname(name, strlen(name)) < 0)
		printf("sethostname: %s\n", strerror(errno));
	gethostname(now, sizeof(now) - 1);
	printf("hostname %s\n", now);
}

static void tell_place(void)
{
	char path[4096];

	printf("directory %s\n", getcwd(path, sizeof(path)) ? path : "?");
	printf("/etc is %s\n", access("/etc", F_OK) == 0 ? "there" : "not there");
	close(open("/mark", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

int main(int argc, char **argv)
{
	/* Without arguments it is harmless: where it would be the wrong host's name. */
	if (argc < 3)
		return 0;
	printf("user %d group %d\n", (int)getuid(), (int)getgid());
	printf("process %d\n", (int)getpid());
	tell_interfaces();
	tell_groups();
	tell_place();
	mount_something();
	change_name(argv[1]);
	return atoi(argv[2]);
}
