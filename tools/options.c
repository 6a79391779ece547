/* SPDX-License-Identifier: ISC */
#include "options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "attrs.h"
#include "json.h"
#include "limit.h"
#include "measures.h"
#include "print.h"
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
    "  --json-to N|PATH             or there instead\n"
    "  --help, --version\n"
    "\n"
    "Exit status: the program's; 128+N for signal N; 124 stopped by a timeout,\n"
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

static void add_attr(struct options *options, const struct attr_option *option, const char *text)
{
	struct pspawn_attr attr = attrs_take(option, text);
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

static void take_json_to(struct options *options, const char *text)
{
	options->json = 1;
	options->json_to = text;
}

static void take_help(struct options *options, const char *text)
{
	(void)text;
	print_text(&to_output, help_begin);
	attrs_help();
	bounds_help();
	print_text(&to_output, help_end);
	options->is_answered = 1;
}

static void take_version(struct options *options, const char *text)
{
	(void)text;
	print(&to_output, "pspawn %s\n", pspawn_version());
	options->is_answered = 1;
}

static const struct own_option {
	const char *name;
	const char *argument; /* NULL: it has none */
	void (*take)(struct options *options, const char *text);
	int is_early; /* errors of the others are said by what it says */
} own[] = {
	{ "fd", "N=...", add_fd, 0 },
	{ "inherit-all", NULL, take_inherit_all, 0 },
	{ "dir", "DIR", take_dir, 0 },
	{ "path", "PATH", take_path, 0 },
	{ "prefer", NULL, take_prefer, 0 },
	{ "backend", "NAME", take_backend, 0 },
	{ "no-fallback", NULL, take_no_fallback, 0 },
	{ "explain", NULL, take_explain, 0 },
	{ "fds", NULL, take_fds, 0 },
	{ "json", NULL, take_json, 1 },
	{ "json-to", "N|PATH", take_json_to, 1 },
	{ "help", NULL, take_help, 0 },
	{ "version", NULL, take_version, 0 },
};

enum { OWN_COUNT = sizeof(own) / sizeof(own[0]) };

/* ---- all options */

/* One of the three is set: which option it is. */
struct given {
	const struct own_option *own;
	const struct attr_option *attr;
	const struct bounds_option *bound;
	const char *word, *text; /* as it was written, and its argument or NULL */
	const char *trouble;     /* what is wrong with it, or NULL */
};

/* By the whole name: an option that is new must not change what a shorter word means. */
static int is_name(const char *name, struct part part)
{
	return name && strlen(name) == (size_t)part.length &&
	       memcmp(name, part.text, (size_t)part.length) == 0;
}

static void find(struct given *given, struct part name)
{
	for (int i = 0; i < OWN_COUNT; i++)
		if (is_name(own[i].name, name))
			given->own = &own[i];
	for (int i = 0; i < attrs_count; i++)
		if (is_name(attrs_options[i].name, name))
			given->attr = &attrs_options[i];
	for (int i = 0; i < bounds_count; i++)
		if (is_name(bounds_options[i].name, name))
			given->bound = &bounds_options[i];
}

static const char *argument_of(const struct given *given)
{
	return given->own  ? given->own->argument
	     : given->attr ? given->attr->argument
			   : given->bound->argument;
}

static void take_next(char *const **words, struct given *given)
{
	given->text = **words;
	if (given->text)
		++*words;
	else
		given->trouble = "needs an argument";
}

/* Cut off the next option. 0: there is none, and what is left is the program. */
static int next_option(char *const **words, struct given *given)
{
	const struct given nothing = { .word = **words };
	struct part value;

	*given = nothing;
	if (!given->word || given->word[0] != '-' || !given->word[1])
		return 0;
	++*words;
	if (strcmp(given->word, "--") == 0)
		return 0;
	value = part_of(given->word[1] == '-' ? given->word + 2 : "");
	find(given, part_cut(&value, '='));
	given->text = value.text;
	if (!given->own && !given->attr && !given->bound)
		given->trouble = "no such option";
	else if (!argument_of(given))
		given->trouble = value.text ? "has no argument" : NULL;
	else if (!value.text && !(given->bound && given->bound->is_optional))
		take_next(words, given);
	return 1;
}

/* How errors are said, and by when, before there can be any. */
static void look_ahead(struct options *options, char *const *words)
{
	int timeout_ms = 0;
	struct given given;

	while (next_option(&words, &given)) {
		if (given.trouble)
			continue;
		if (given.own && given.own->is_early)
			given.own->take(options, given.text);
		if (given.bound && strcmp(given.bound->name, "timeout") == 0)
			timeout_ms = measures_try_time(part_of(given.text));
	}
	if (options->json)
		json_want();
	limit_set(timeout_ms);
	if (options->json_to)
		json_open(options->json_to);
}

static void take(struct options *options, const struct given *given)
{
	if (given->trouble)
		wrong("%s: %s", given->trouble, given->word);
	if (given->bound)
		bounds_take(&options->bounds, given->bound, given->text);
	else if (given->attr)
		add_attr(options, given->attr, given->text);
	else if (!given->own->is_early)
		given->own->take(options, given->text);
}

int options_parse(struct options *options, char **argv)
{
	char *const *words = argv[0] ? argv + 1 : argv;
	struct given given;

	memset(options, 0, sizeof(*options));
	bounds_init(&options->bounds);
	options->cmd.size = sizeof(options->cmd);
	options->cmd.fds = options->fds;
	options->cmd.attrs = options->attrs;
	look_ahead(options, words);
	while (!options->is_answered && next_option(&words, &given))
		take(options, &given);
	if (options->is_answered)
		return OPTIONS_ANSWERED;
	if (!*words)
		wrong("no program");
	options->cmd.argv = words;
	settle(options);
	return OPTIONS_TO_RUN;
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
