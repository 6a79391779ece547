/* SPDX-License-Identifier: ISC */
#include "options.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attrs.h"
#include "settle.h"
#include "values.h"

static const char help_begin[] =
	"usage: pspawn [options] [--] program [arg...]\n"
	"\n"
	"Start a program exactly as described. It gets the descriptors that are\n"
	"listed, and 0, 1 and 2 where they are not; everything else is closed.\n"
	"\n"
	"Descriptors:\n"
	"  --fd N=M                     descriptor N of the program is our M\n"
	"  --fd N=same:M                the same as the program's own M\n"
	"  --fd 'N=<PATH'               PATH, opened for reading\n"
	"  --fd 'N=>PATH'               created or emptied, for writing\n"
	"  --fd 'N=>>PATH'              created or appended to\n"
	"  --fd 'N=<>PATH'              created, for reading and writing\n"
	"  --fd N=null                  /dev/null\n"
	"  --fd N=close                 closed\n"
	"  --inherit-all                do not close what is not listed\n";

static const char help_end[] =
	"\n"
	"The start itself:\n"
	"  --dir DIR                    change directory first\n"
	"  --path PATH                  search the program here\n"
	"  --prefer                     do without the next attribute if it fails\n"
	"  --backend NAME               only this backend: linux, posix_spawn, fork\n"
	"  --no-fallback                the first backend or none\n"
	"  --explain                    print the plan and start nothing\n"
	"  --fds                        print the table that the program was given\n"
	"  --json                       errors and results as JSON on standard error\n"
	"  --help, --version\n"
	"\n"
	"Exit status: the program's; 128+N for signal N; 125 an error of pspawn's\n"
	"own, 126 the program was found but cannot be executed, 127 not found.\n";

enum {
	OPT_FD = 256,
	OPT_INHERIT_ALL,
	OPT_DIR,
	OPT_PATH,
	OPT_PREFER,
	OPT_BACKEND,
	OPT_NO_FALLBACK,
	OPT_EXPLAIN,
	OPT_FDS,
	OPT_JSON,
	OPT_HELP,
	OPT_VERSION,
	OPT_ATTR /* and the rows of attrs_options from there on */
};

static const struct option own[] = {
	{ "fd", required_argument, NULL, OPT_FD },
	{ "inherit-all", no_argument, NULL, OPT_INHERIT_ALL },
	{ "dir", required_argument, NULL, OPT_DIR },
	{ "path", required_argument, NULL, OPT_PATH },
	{ "prefer", no_argument, NULL, OPT_PREFER },
	{ "backend", required_argument, NULL, OPT_BACKEND },
	{ "no-fallback", no_argument, NULL, OPT_NO_FALLBACK },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "fds", no_argument, NULL, OPT_FDS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
};

/* Ours and those of attributes, for getopt_long(). */
static struct option *all_options(void)
{
	size_t n = sizeof(own) / sizeof(own[0]);
	struct option *all = values_keep(n + (size_t)attrs_count + 1, sizeof(*all));

	memcpy(all, own, sizeof(own));
	for (int i = 0; i < attrs_count; i++) {
		if (!attrs_options[i].name)
			continue;
		all[n].name = attrs_options[i].name;
		all[n].has_arg = attrs_options[i].argument ? required_argument : no_argument;
		all[n++].val = OPT_ATTR + i;
	}
	return all;
}

static struct pspawn_fd file_entry(int child, const char *path, int flags, const char *whole)
{
	if (!*path)
		wrong("no path: %s", whole);
	return pspawn_fd_open(child, path, flags, 0666);
}

static struct pspawn_fd entry_of(const char *text)
{
	struct part rest = part_of(text);
	int child = part_descriptor(part_cut(&rest, '='), text);
	const char *value = rest.text;

	if (!value)
		wrong("not of the form N=...: %s", text);
	if (strcmp(value, "null") == 0)
		return pspawn_fd_null(child);
	if (strcmp(value, "close") == 0)
		return pspawn_fd_close(child);
	if (strncmp(value, "same:", 5) == 0)
		return pspawn_fd_same(child, part_descriptor(part_of(value + 5), text));
	if (strncmp(value, ">>", 2) == 0)
		return file_entry(child, value + 2, O_WRONLY | O_CREAT | O_APPEND, text);
	if (strncmp(value, "<>", 2) == 0)
		return file_entry(child, value + 2, O_RDWR | O_CREAT, text);
	if (*value == '>')
		return file_entry(child, value + 1, O_WRONLY | O_CREAT | O_TRUNC, text);
	if (*value == '<')
		return file_entry(child, value + 1, O_RDONLY, text);
	return pspawn_fd_dup(child, part_descriptor(rest, text));
}

static void add_fd(struct options *options, const char *text)
{
	if (options->cmd.nfds == OPTIONS_MAX - OPTIONS_RELAY)
		wrong("too many descriptors");
	options->fds[options->cmd.nfds++] = entry_of(text);
}

static void add_attr(struct options *options, const struct attr_option *option)
{
	struct pspawn_attr attr = attrs_take(option, optarg);
	size_t n = options->cmd.nattrs;

	if (n == OPTIONS_MAX)
		wrong("too many attributes");
	options->attrs[n] = options->prefer ? pspawn_attr_prefer(attr) : attr;
	options->attr_names[n] = option->name;
	options->cmd.nattrs++;
	options->prefer = 0;
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
	case OPT_PATH:
		cmd->path = optarg;
		break;
	case OPT_PREFER:
		options->prefer = 1;
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

static void print_help(void)
{
	fputs(help_begin, stdout);
	attrs_help();
	fputs(help_end, stdout);
}

static int answers(int option)
{
	if (option == OPT_HELP)
		print_help();
	else if (option == OPT_VERSION)
		printf("pspawn %s\n", pspawn_version());
	return option == OPT_HELP || option == OPT_VERSION;
}

static int read_options(struct options *options, int argc, char **argv, const struct option *names)
{
	int option;

	/* The plus: what follows the program is the program's. */
	while ((option = getopt_long(argc, argv, "+", names, NULL)) != -1) {
		if (answers(option))
			return OPTIONS_ANSWERED;
		if (option >= OPT_ATTR)
			add_attr(options, &attrs_options[option - OPT_ATTR]);
		else
			take(options, option);
	}
	return OPTIONS_TO_RUN;
}

int options_parse(struct options *options, int argc, char **argv)
{
	struct option *names = all_options();
	int result;

	memset(options, 0, sizeof(*options));
	options->cmd.size = sizeof(options->cmd);
	options->cmd.fds = options->fds;
	options->cmd.attrs = options->attrs;
	result = read_options(options, argc, argv, names);
	free(names);
	if (result == OPTIONS_ANSWERED)
		return result;
	if (optind == argc)
		wrong("no program");
	options->cmd.argv = argv + optind;
	settle(options);
	return result;
}

int options_find(const struct options *options, int kind)
{
	int i = (int)options->cmd.nattrs - 1;

	while (i >= 0 && options->attrs[i].kind != kind)
		i--;
	return i;
}
