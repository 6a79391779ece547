/* SPDX-License-Identifier: ISC */
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OWN_ERROR = 125 };

static const char help[] =
	"usage: pspawn [options] [--] program [arg...]\n"
	"\n"
	"Start a program exactly as described. It gets the descriptors that are\n"
	"listed, and 0, 1 and 2 where they are not; everything else is closed.\n"
	"\n"
	"  --fd N=M          descriptor N of the program is our M\n"
	"  --fd N=same:M     the same as the program's own M\n"
	"  --fd 'N=<PATH'    PATH, opened for reading\n"
	"  --fd 'N=>PATH'    created or emptied, for writing\n"
	"  --fd 'N=>>PATH'   created or appended to\n"
	"  --fd 'N=<>PATH'   created, for reading and writing\n"
	"  --fd N=null       /dev/null\n"
	"  --fd N=close      closed\n"
	"  --inherit-all     do not close what is not listed\n"
	"  --dir DIR         change directory first\n"
	"  --env K=V         set a variable\n"
	"  --unset K         remove a variable\n"
	"  --clear-env       start from an empty environment\n"
	"  --path PATH       search the program here\n"
	"  --backend NAME    only this backend: linux, posix_spawn, fork\n"
	"  --no-fallback     the first backend or none\n"
	"  --explain         print the plan and start nothing\n"
	"  --fds             print the table that the program was given\n"
	"  --json            errors and results as JSON on standard error\n"
	"  --help, --version\n"
	"\n"
	"Exit status: the program's; 128+N for signal N; 125 an error of pspawn's\n"
	"own, 126 the program was found but cannot be executed, 127 not found.\n";

enum {
	OPT_FD = 256,
	OPT_INHERIT_ALL,
	OPT_DIR,
	OPT_ENV,
	OPT_UNSET,
	OPT_CLEAR_ENV,
	OPT_PATH,
	OPT_BACKEND,
	OPT_NO_FALLBACK,
	OPT_EXPLAIN,
	OPT_FDS,
	OPT_JSON,
	OPT_HELP,
	OPT_VERSION
};

static const struct option names[] = {
	{ "fd", required_argument, NULL, OPT_FD },
	{ "inherit-all", no_argument, NULL, OPT_INHERIT_ALL },
	{ "dir", required_argument, NULL, OPT_DIR },
	{ "env", required_argument, NULL, OPT_ENV },
	{ "unset", required_argument, NULL, OPT_UNSET },
	{ "clear-env", no_argument, NULL, OPT_CLEAR_ENV },
	{ "path", required_argument, NULL, OPT_PATH },
	{ "backend", required_argument, NULL, OPT_BACKEND },
	{ "no-fallback", no_argument, NULL, OPT_NO_FALLBACK },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "fds", no_argument, NULL, OPT_FDS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static void wrong(const char *what, const char *which)
{
	fprintf(stderr, "pspawn: %s%s%s\nTry 'pspawn --help'.\n", what, which ? ": " : "",
		which ? which : "");
	exit(OWN_ERROR);
}

/* A number at the beginning of text; *rest is what follows. */
static int number_of(const char *text, const char **rest, const char *whole)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (end == text || errno || number < 0 || number > INT_MAX)
		wrong("not a descriptor", whole);
	*rest = end;
	return (int)number;
}

static int last_number(const char *text, const char *whole)
{
	const char *rest;
	int number = number_of(text, &rest, whole);

	if (*rest)
		wrong("not a descriptor", whole);
	return number;
}

static struct pspawn_fd file_entry(int child, const char *path, int flags, const char *whole)
{
	if (!*path)
		wrong("no path", whole);
	return pspawn_fd_open(child, path, flags, 0666);
}

static struct pspawn_fd entry_of(const char *text)
{
	const char *value;
	int child = number_of(text, &value, text);

	if (*value++ != '=')
		wrong("not of the form N=...", text);
	if (strcmp(value, "null") == 0)
		return pspawn_fd_null(child);
	if (strcmp(value, "close") == 0)
		return pspawn_fd_close(child);
	if (strncmp(value, "same:", 5) == 0)
		return pspawn_fd_same(child, last_number(value + 5, text));
	if (strncmp(value, ">>", 2) == 0)
		return file_entry(child, value + 2, O_WRONLY | O_CREAT | O_APPEND, text);
	if (strncmp(value, "<>", 2) == 0)
		return file_entry(child, value + 2, O_RDWR | O_CREAT, text);
	if (*value == '>')
		return file_entry(child, value + 1, O_WRONLY | O_CREAT | O_TRUNC, text);
	if (*value == '<')
		return file_entry(child, value + 1, O_RDONLY, text);
	return pspawn_fd_dup(child, last_number(value, text));
}

static void add_fd(struct options *options, const char *text)
{
	if (options->cmd.nfds == OPTIONS_MAX - OPTIONS_RELAY)
		wrong("too many descriptors", NULL);
	options->fds[options->cmd.nfds++] = entry_of(text);
}

static void add_attr(struct options *options, struct pspawn_attr attr)
{
	if (options->cmd.nattrs == OPTIONS_MAX)
		wrong("too many variables", NULL);
	options->attrs[options->cmd.nattrs++] = attr;
}

static void take(struct options *options, int option)
{
	struct pspawn_cmd *cmd = &options->cmd;

	switch (option) {
	case OPT_FD:
		add_fd(options, optarg);
		break;
	case OPT_INHERIT_ALL:
		cmd->flags |= PSPAWN_INHERIT_ALL;
		break;
	case OPT_DIR:
		cmd->dir = optarg;
		break;
	case OPT_ENV:
		add_attr(options, pspawn_attr_env_set(optarg));
		break;
	case OPT_UNSET:
		add_attr(options, pspawn_attr_env_unset(optarg));
		break;
	case OPT_CLEAR_ENV:
		add_attr(options, pspawn_attr_env_clear());
		break;
	case OPT_PATH:
		cmd->path = optarg;
		break;
	case OPT_BACKEND:
		cmd->backend = optarg;
		break;
	case OPT_NO_FALLBACK:
		cmd->flags |= PSPAWN_NO_FALLBACK;
		break;
	case OPT_EXPLAIN:
		options->explain = 1;
		break;
	case OPT_FDS:
		options->show_fds = 1;
		break;
	case OPT_JSON:
		options->json = 1;
		break;
	default:
		fputs("Try 'pspawn --help'.\n", stderr);
		exit(OWN_ERROR);
	}
}

static int answers(int option)
{
	if (option == OPT_HELP)
		fputs(help, stdout);
	else if (option == OPT_VERSION)
		printf("pspawn %s\n", pspawn_version());
	return option == OPT_HELP || option == OPT_VERSION;
}

int options_parse(struct options *options, int argc, char **argv)
{
	int option;

	memset(options, 0, sizeof(*options));
	options->cmd.size = sizeof(options->cmd);
	options->cmd.fds = options->fds;
	options->cmd.attrs = options->attrs;
	/* The plus: what follows the program is the program's. */
	while ((option = getopt_long(argc, argv, "+", names, NULL)) != -1) {
		if (answers(option))
			return OPTIONS_ANSWERED;
		take(options, option);
	}
	if (optind == argc)
		wrong("no program", NULL);
	options->cmd.argv = argv + optind;
	return OPTIONS_TO_RUN;
}
