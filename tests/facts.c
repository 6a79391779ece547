/* SPDX-License-Identifier: ISC */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attr.h"
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

void copy_file(const char *from, const char *to)
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

void read_facts(struct facts *facts, int fd)
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
	by_table(cmd);
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

static const char *wanted(const struct fact *changes, size_t n, const char *name,
			  const char *otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(changes[i].name, name) == 0)
			return changes[i].value;
	return otherwise;
}

static int is_as_wanted(const char *was, const char *is, const char *wants)
{
	if (!is || !wants)
		return is == wants;
	if (strcmp(wants, FACT_CHANGED) == 0)
		return !was || strcmp(was, is) != 0;
	return strcmp(is, wants) == 0;
}

static int compare(const char *name, const char *was, const char *is, const char *wants)
{
	if (is_as_wanted(was, is, wants))
		return 0;
	if (wants && strcmp(wants, FACT_CHANGED) == 0)
		wants = "another";
	suite_note("  %s was %s, is %s, and should be %s", name, was ? was : "nothing",
		   is ? is : "nothing", wants ? wants : "nothing");
	return 1;
}

void expect_changes_from(const struct pspawn_cmd *plain, struct pspawn_cmd *cmd,
			 const struct fact *changes, size_t n)
{
	static struct facts without, with;
	struct pspawn_cmd first = *plain;
	int wrong = 0;

	by_table(cmd);
	facts_of(&first, &without);
	facts_of(cmd, &with);
	for (int i = 0; i < without.count; i++) {
		const char *name = without.facts[i].name, *was = without.facts[i].value;

		wrong += compare(name, was, fact(&with, name), wanted(changes, n, name, was));
	}
	for (int i = 0; i < with.count; i++) {
		const char *name = with.facts[i].name;

		if (!fact(&without, name))
			wrong += compare(name, NULL, with.facts[i].value,
					 wanted(changes, n, name, NULL));
	}
	/* A change of what is no fact at all would be no test. */
	for (size_t i = 0; i < n; i++)
		CHECK(fact(&with, changes[i].name) || !changes[i].value);
	CHECK_INT(wrong, 0);
}

void expect_changes(struct pspawn_cmd *cmd, const struct fact *changes, size_t n)
{
	struct pspawn_cmd plain = *cmd;

	plain.attrs = NULL;
	plain.nattrs = 0;
	expect_changes_from(&plain, cmd, changes, n);
}

void need_root(void)
{
	if (geteuid() != 0)
		SKIP("only root can do this");
}
