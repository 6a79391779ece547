/* SPDX-License-Identifier: ISC */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"
#include "table.h"

const char *fact(const struct facts *facts, const char *name)
{
	for (int i = 0; i < facts->count; i++)
		if (strcmp(facts->facts[i].name, name) == 0)
			return facts->facts[i].value;
	return NULL;
}

/* ---- a probe that other users can reach */

static void copy_file(const char *from, const char *to)
{
	static char buffer[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	ssize_t size;

	if (in < 0 || out < 0)
		FAIL("copy %s to %s: %s", from, to, strerror(errno));
	while ((size = read(in, buffer, sizeof(buffer))) > 0)
		CHECK_INT(write(out, buffer, (size_t)size), size);
	fchmod(out, 0755);
	close(in);
	close(out);
}

const char *public_probe(void)
{
	static char path[PATH_MAX + 16];
	char directory[PATH_MAX];

	if (path[0])
		return path;
	if (!getcwd(directory, sizeof(directory)))
		FAIL("getcwd: %s", strerror(errno));
	chmod(directory, 0755);
	snprintf(path, sizeof(path), "%s/probe", directory);
	copy_file(suite_probe(), path);
	return path;
}

/* ---- starts */

static void parse(struct facts *facts)
{
	char *rest = facts->text;
	char *line;

	facts->count = 0;
	while ((line = strsep(&rest, "\n"))) {
		struct fact *next = &facts->facts[facts->count];

		if (strncmp(line, "fact ", 5) != 0)
			continue;
		CHECK(facts->count < FACTS_MAX);
		line += 5;
		next->name = strsep(&line, " ");
		next->value = line ? line : "";
		facts->count++;
	}
}

static void read_facts(struct facts *facts, int fd)
{
	ssize_t size = pread(fd, facts->text, sizeof(facts->text) - 1, 0);

	if (size <= 0)
		FAIL("the child has told nothing");
	facts->text[size] = '\0';
	parse(facts);
}

static void start_and_read(struct pspawn_cmd *cmd, struct facts *facts, int telling)
{
	static struct table before, after;

	table_of_self(&before);
	CHECK_INT(run_cmd(cmd), 0);
	lseek(telling, 0, SEEK_SET); /* which is the child's too */
	table_of_self(&after);
	CHECK(table_same(&before, &after));
	read_facts(facts, telling);
}

void facts_of(struct pspawn_cmd *cmd, struct facts *facts)
{
	static char telling_name[16];
	const char *argv[] = { public_probe(), telling_name, NULL };
	struct pspawn_cmd with = *cmd;
	struct pspawn_fd fds[32];
	int telling = open("facts", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(telling >= 0 && cmd->nfds < 31);
	snprintf(telling_name, sizeof(telling_name), "fd:%d", FACTS_FD);
	for (size_t i = 0; i < cmd->nfds; i++)
		fds[i] = cmd->fds[i];
	fds[cmd->nfds] = pspawn_fd_dup(FACTS_FD, telling);
	with.size = sizeof(with);
	with.argv = (char *const *)argv;
	with.fds = fds;
	with.nfds = cmd->nfds + 1;
	start_and_read(&with, facts, telling);
	close(telling);
}

/* ---- what was asked for changed, and nothing else did */

static const char *wanted(const struct fact *changes, size_t n, const struct fact *before)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(changes[i].name, before->name) == 0)
			return changes[i].value;
	return before->value;
}

void expect_changes(struct pspawn_cmd *cmd, const struct fact *changes, size_t n)
{
	static struct facts without, with;
	struct pspawn_cmd plain = *cmd;
	int wrong = 0;

	plain.attrs = NULL;
	plain.nattrs = 0;
	facts_of(&plain, &without);
	facts_of(cmd, &with);
	for (int i = 0; i < without.count; i++) {
		const struct fact *before = &without.facts[i];
		const char *should = wanted(changes, n, before);
		const char *is = fact(&with, before->name);

		if (should == NULL ? is != NULL : !is || strcmp(is, should) != 0) {
			suite_note("  %s was %s, is %s, and should be %s", before->name,
				   before->value, is ? is : "nothing", should ? should : "nothing");
			wrong++;
		}
	}
	for (int i = 0; i < with.count; i++)
		if (!fact(&without, with.facts[i].name)) {
			const char *should = wanted(changes, n, &with.facts[i]);

			/* New: it has to be one of the changes, by name and value. */
			if (should == with.facts[i].value || strcmp(should, with.facts[i].value) != 0) {
				suite_note("  %s is new: %s", with.facts[i].name,
					   with.facts[i].value);
				wrong++;
			}
		}
	CHECK_INT(wrong, 0);
}

void need_root(void)
{
	if (geteuid() != 0)
		SKIP("only root can do this");
}
