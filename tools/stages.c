/* SPDX-License-Identifier: ISC */
#include "stages.h"

#include <string.h>

#include "values.h"

static int is_separator(const struct options *options, const char *word)
{
	return options->bounds.separator && strcmp(word, options->bounds.separator) == 0;
}

static size_t count_stages(const struct options *options)
{
	size_t count = 1;

	for (char *const *word = options->cmd.argv; *word; word++)
		count += (size_t)is_separator(options, *word);
	return count;
}

/* The first one's 0 and the last one's 1 are as the options say, what is between them is pipes. */
static void take_fds(const struct options *options, struct pspawn_cmd *cmd, int is_first,
		     int is_last)
{
	struct pspawn_fd *fds = values_keep(options->cmd.nfds + 1, sizeof(*fds));

	cmd->fds = fds;
	cmd->nfds = 0;
	for (size_t i = 0; i < options->cmd.nfds; i++) {
		int number = options->fds[i].child;

		if ((number == 0 && !is_first) || (number == 1 && !is_last))
			continue;
		fds[cmd->nfds++] = options->fds[i];
	}
}

struct pspawn_cmd *stages_of(const struct options *options, size_t *count)
{
	size_t n = count_stages(options);
	struct pspawn_cmd *cmds = values_keep(n, sizeof(*cmds));
	char **words = (char **)options->cmd.argv;

	for (size_t i = 0; i < n; i++) {
		cmds[i] = options->cmd;
		cmds[i].argv = words;
		if (n > 1)
			take_fds(options, &cmds[i], i == 0, i == n - 1);
		while (*words && !is_separator(options, *words))
			words++;
		if (words == cmds[i].argv)
			wrong("--pipeline: program %zu of %zu is missing", i + 1, n);
		*words++ = NULL;
	}
	*count = n;
	return cmds;
}
