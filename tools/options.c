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
	"Exit status: the program's; 128+N for signal N; 124 stopped by --timeout,\n"
	"125 an error of pspawn's own, 126 the program was found but cannot be\n"
	"executed, 127 not found.\n";

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

/* ---- options that are neither attributes nor a run's */

static void take_inherit_all(struct options *options, const char *text)
{
	(void)text;
	options->cmd.flags |= PSPAWN_INHERIT_ALL;
}

static void take_dir(struct options *options, const char *text)
{
	options->cmd.dir = text;
}

static void take_path(struct options *options, const char *text)
{
	options->cmd.path = text;
}

static void take_prefer(struct options *options, const char *text)
{
	(void)text;
	options->prefer = 1;
}

static void take_backend(struct options *options, const char *text)
{
	options->cmd.backend = text;
}

static void take_no_fallback(struct options *options, const char *text)
{
	(void)text;
	options->cmd.flags |= PSPAWN_NO_FALLBACK;
}

static void take_explain(struct options *options, const char *text)
{
	(void)text;
	options->explain = 1;
}

static void take_fds(struct options *options, const char *text)
{
	(void)text;
	options->show_fds = 1;
}

static void take_json(struct options *options, const char *text)
{
	(void)text;
	options->json = 1;
}

static void take_help(struct options *options, const char *text)
{
	(void)text;
	fputs(help_begin, stdout);
	attrs_help();
	bounds_help();
	fputs(help_end, stdout);
	options->is_answered = 1;
}

static void take_version(struct options *options, const char *text)
{
	(void)text;
	printf("pspawn %s\n", pspawn_version());
	options->is_answered = 1;
}

static const struct own_option {
	const char *name;
	int has_arg;
	void (*take)(struct options *options, const char *text);
} own[] = {
	{ "fd", required_argument, add_fd },
	{ "inherit-all", no_argument, take_inherit_all },
	{ "dir", required_argument, take_dir },
	{ "path", required_argument, take_path },
	{ "prefer", no_argument, take_prefer },
	{ "backend", required_argument, take_backend },
	{ "no-fallback", no_argument, take_no_fallback },
	{ "explain", no_argument, take_explain },
	{ "fds", no_argument, take_fds },
	{ "json", no_argument, take_json },
	{ "help", no_argument, take_help },
	{ "version", no_argument, take_version },
};

enum { OWN_COUNT = sizeof(own) / sizeof(own[0]) };

/* ---- all options */

/* What getopt_long() returns: these and the row of own, attrs_options or bounds_options. */
enum { OPT_OWN = 1 << 8, OPT_ATTR = 1 << 12, OPT_BOUND = 1 << 16 };

static void add_name(struct option **next, const char *name, int has_arg, int value)
{
	const struct option option = { name, has_arg, NULL, value };

	*(*next)++ = option;
}

static int wants(const char *argument, int is_optional)
{
	if (is_optional)
		return optional_argument;
	return argument ? required_argument : no_argument;
}

static struct option *all_options(void)
{
	size_t room = (size_t)(OWN_COUNT + attrs_count + bounds_count) + 1;
	struct option *all = values_keep(room, sizeof(*all));
	struct option *next = all;

	for (int i = 0; i < OWN_COUNT; i++)
		add_name(&next, own[i].name, own[i].has_arg, OPT_OWN + i);
	for (int i = 0; i < attrs_count; i++)
		if (attrs_options[i].name)
			add_name(&next, attrs_options[i].name, wants(attrs_options[i].argument, 0),
				 OPT_ATTR + i);
	for (int i = 0; i < bounds_count; i++)
		add_name(&next, bounds_options[i].name,
			 wants(bounds_options[i].argument, bounds_options[i].is_optional),
			 OPT_BOUND + i);
	return all;
}

static void take(struct options *options, int option)
{
	if (option >= OPT_BOUND) {
		bounds_take(&options->bounds, &bounds_options[option - OPT_BOUND], optarg);
	} else if (option >= OPT_ATTR) {
		add_attr(options, &attrs_options[option - OPT_ATTR]);
	} else if (option >= OPT_OWN) {
		own[option - OPT_OWN].take(options, optarg);
	} else {
		fputs("Try 'pspawn --help'.\n", stderr);
		exit(OWN_ERROR);
	}
}

static int read_options(struct options *options, int argc, char **argv, const struct option *names)
{
	int option;

	/* The plus: what follows the program is the program's. */
	while (!options->is_answered &&
	       (option = getopt_long(argc, argv, "+", names, NULL)) != -1)
		take(options, option);
	return options->is_answered ? OPTIONS_ANSWERED : OPTIONS_TO_RUN;
}

int options_parse(struct options *options, int argc, char **argv)
{
	struct option *names = all_options();
	int result;

	memset(options, 0, sizeof(*options));
	bounds_init(&options->bounds);
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

int options_fd(const struct options *options, int number)
{
	int i = (int)options->cmd.nfds - 1;

	while (i >= 0 && options->fds[i].child != number)
		i--;
	return i;
}
