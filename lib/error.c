/* SPDX-License-Identifier: ISC */
/* An error as one sentence: what was being done, to what, and what came of it. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib.h"

/* The two strerror_r() of this world, told apart by what they return. */
static const char *after_xsi(int result, const char *buf)
{
	return result == 0 ? buf : "Unknown error";
}

static const char *after_gnu(const char *result, const char *buf)
{
	(void)buf;
	return result;
}

static void add_errno(struct text *text, int code)
{
	char buf[128] = "";
	const char *words = _Generic(strerror_r(0, buf, 0), int : after_xsi, default : after_gnu)(
		strerror_r(code, buf, sizeof(buf)), buf);

	text_add(text, ": %s", words);
}

static const struct pspawn_fd *entry_of(const struct pspawn_error *error,
					const struct pspawn_cmd *cmd)
{
	if (!cmd || error->what != PSPAWN_INDEX_FD || (size_t)error->index >= cmd->nfds)
		return NULL;
	return &cmd->fds[error->index];
}

static const char *program_of(const struct pspawn_cmd *cmd)
{
	if (!cmd)
		return NULL;
	return cmd->file ? cmd->file : cmd->argv ? cmd->argv[0] : NULL;
}

static const struct pspawn_attr *attribute_of(const struct pspawn_error *error,
					      const struct pspawn_cmd *cmd)
{
	if (!cmd || error->what != PSPAWN_INDEX_ATTR || (size_t)error->index >= cmd->nattrs)
		return NULL;
	return &cmd->attrs[error->index];
}

static void add_attribute(struct text *text, const struct pspawn_error *error,
			  const struct pspawn_cmd *cmd)
{
	if (error->what != PSPAWN_INDEX_ATTR)
		return;
	if (attribute_of(error, cmd))
		text_add_operand(text, attribute_of(error, cmd), error->step);
	else if (error->step == PSPAWN_STEP_CHECK_ATTR || error->step == PSPAWN_STEP_BACKEND)
		text_add(text, ":");
	text_add(text, " (attribute %d)", error->index);
}

static void add_entry(struct text *text, const struct pspawn_error *error,
		      const struct pspawn_cmd *cmd)
{
	const struct pspawn_fd *fd = entry_of(error, cmd);

	if (error->what == PSPAWN_INDEX_STAGE)
		text_add(text, " (stage %d)", error->index);
	if (error->what == PSPAWN_INDEX_STOP)
		text_add(text, " (stop %d)", error->index);
	if (error->what != PSPAWN_INDEX_FD)
		return;
	if (!fd)
		text_add(text, " (entry %d)", error->index);
	else if (fd->kind == PSPAWN_FD_DUP || fd->kind == PSPAWN_FD_SAME)
		text_add(text, " %d (entry %d, from %s%d)", fd->child, error->index,
			 fd->kind == PSPAWN_FD_SAME ? "the child's " : "", fd->number);
	else
		text_add(text, " %d (entry %d)", fd->child, error->index);
}

static void add_directory(struct text *text, const struct pspawn_error *error,
			  const struct pspawn_cmd *cmd)
{
	if (error->what == PSPAWN_INDEX_ATTR) {
		text_add(text, " to");
		add_attribute(text, error, cmd);
	} else if (cmd && cmd->dir) {
		text_add(text, " to ");
		text_add_quoted(text, cmd->dir);
	}
}

static void add_open(struct text *text, const struct pspawn_error *error,
		     const struct pspawn_cmd *cmd)
{
	const struct pspawn_fd *fd = entry_of(error, cmd);

	if (fd) {
		text_add(text, " ");
		text_add_quoted(text, fd->kind == PSPAWN_FD_OPEN ? fd->path : "/dev/null");
		text_add(text, " as descriptor %d (entry %d)", fd->child, error->index);
	} else if (error->what == PSPAWN_INDEX_FD)
		text_add(text, " (entry %d)", error->index);
	else
		text_add(text, " \"/dev/null\"");
}

/* Where the program is, as far as it can be told from here. 0: it cannot. */
static int locate(const struct pspawn_cmd *cmd, const char *program, struct text *where)
{
	struct work work;
	struct report report;

	if (attr_last(cmd, PSPAWN_ATTR_ROOT) || attr_last(cmd, PSPAWN_ATTR_ROOT_FD) ||
	    attr_last(cmd, PSPAWN_ATTR_SETNS))
		return 0;
	/* Which of several places it was is not known here. */
	if (!strchr(program, '/') && cmd->search != PSPAWN_SEARCH_PATH)
		return 0;
	if (program[0] != '/' && strchr(program, '/')) {
		if (attr_last(cmd, PSPAWN_ATTR_DIR_FD))
			return 0;
		text_add(where, "%s%s%s", cmd->dir ? cmd->dir : "", cmd->dir ? "/" : "", program);
	} else if (work_begin(&work, cmd, &report) == 0) {
		text_add(where, "%s", work.program);
		work_done(&work);
	} else {
		work_done(&work);
	}
	return where->length > 0 && where->length < where->size;
}

/* ENOENT of execve(2) may be about a file that the program names, ENOEXEC about its naming none. */
static int add_interpreter(struct text *text, const struct pspawn_cmd *cmd, const char *program,
			   int code)
{
	/* Not on the stack, of which a thread may have as little as 16 KiB. */
	char *path = malloc(2 * PATH_MAX);
	char *interpreter = path ? path + PATH_MAX : NULL;
	struct text where = { path, PATH_MAX, 0 };
	int known = path && locate(cmd, program, &where) &&
		    (code == ENOEXEC ? lacks_interpreter(path)
				     : missing_interpreter(path, interpreter, PATH_MAX));

	if (known && code == ENOEXEC) {
		text_add(text, ": no interpreter line (#!), and the shell fallback is off");
	} else if (known) {
		text_add(text, ": interpreter ");
		text_add_quoted(text, interpreter);
		text_add(text, " missing");
	}
	free(path);
	return known;
}

/* The variable that is too long, where it can be told from here. */
static const char *variable_of(const struct pspawn_error *error, const struct pspawn_cmd *cmd)
{
	const struct pspawn_attr *attr = attribute_of(error, cmd);
	char *const *list = cmd ? env_base(cmd) : NULL;

	if (attr)
		return attr->kind == PSPAWN_ATTR_ENV_SET ? attr->data : NULL;
	if (!list || error->what != PSPAWN_INDEX_VARIABLE)
		return NULL;
	/* The caller's environment may have become shorter since. */
	for (int i = 0; i < error->index && *list; i++)
		list++;
	return *list;
}

static void add_excess(struct text *text, const struct pspawn_error *error,
		       const struct pspawn_cmd *cmd)
{
	const char *variable = variable_of(error, cmd);
	char name[64];
	size_t length = variable ? strcspn(variable, "=") : sizeof(name);

	if (error->what == PSPAWN_INDEX_ARGUMENT)
		text_add(text, " (argument %d)", error->index);
	else if (error->what == PSPAWN_INDEX_VARIABLE)
		text_add(text, " (variable %d)", error->index);
	else if (error->what == PSPAWN_INDEX_ATTR)
		text_add(text, " (attribute %d)", error->index);
	if (length >= sizeof(name))
		return;
	memcpy(name, variable, length);
	name[length] = '\0';
	text_add(text, ": ");
	text_add_quoted(text, name);
}

/* What execve(2) and the search say in one word, in more. Returns 1 when nothing is to be added. */
static int add_program(struct text *text, const struct pspawn_error *error,
		       const struct pspawn_cmd *cmd)
{
	const char *program = program_of(cmd);
	int searched = error->step == PSPAWN_STEP_SEARCH;

	if (error->what == PSPAWN_INDEX_ATTR && error->code != E2BIG) {
		add_attribute(text, error, cmd);
		return 0;
	}
	text_add(text, program ? " " : " the program");
	if (program)
		text_add_quoted(text, program);
	if (error->code == E2BIG) {
		add_excess(text, error, cmd);
		return 0;
	}
	if (!searched && error->code == ECHILD) {
		text_add(text, ": killed before it began");
		return 1;
	}
	if (!searched && error->code == ENOEXEC && cmd &&
	    attr_last(cmd, PSPAWN_ATTR_SHELL_FALLBACK)) {
		text_add(text, ": neither the kernel nor " PLAN_SHELL " can execute it");
		return 1;
	}
	return !searched && (error->code == ENOENT || error->code == ENOEXEC) && program &&
	       add_interpreter(text, cmd, program, error->code);
}

/* What a run says in an errno value that has other words of its own. */
static const char *words_of_run(const struct pspawn_error *error)
{
	if (error->step == PSPAWN_STEP_STOP)
		return error->code == ETIMEDOUT ? "it has taken too long" : "as asked";
	if (error->step == PSPAWN_STEP_WAIT)
		return "somebody else has waited for it, or SIGCHLD is ignored";
	if (error->step == PSPAWN_STEP_COLLECT && (error->code == EFBIG || error->code == EOVERFLOW))
		return "more than its limit";
	return NULL;
}

static int add_run(struct text *text, const struct pspawn_error *error)
{
	const char *words = error->reason ? NULL : words_of_run(error);

	if (error->stream >= 0)
		text_add(text, " (stream %d)", error->stream);
	else if (error->what == PSPAWN_INDEX_STAGE && error->step == PSPAWN_STEP_WAIT)
		text_add(text, " (stage %d)", error->index);
	if (words)
		text_add(text, ": %s", words);
	return words || error->reason;
}

static void add_sentence(struct text *text, const struct pspawn_error *error,
			 const struct pspawn_cmd *cmd)
{
	const char *name = pspawn_step_name(error->step);
	int complete = 0;

	text_add(text, "%s", name ? name : "unknown step");
	switch (error->step) {
	case PSPAWN_STEP_CHDIR:
		add_directory(text, error, cmd);
		break;
	case PSPAWN_STEP_OPEN:
		add_open(text, error, cmd);
		break;
	case PSPAWN_STEP_SEARCH:
	case PSPAWN_STEP_EXEC:
		complete = add_program(text, error, cmd);
		break;
	case PSPAWN_STEP_FEED:
	case PSPAWN_STEP_COLLECT:
	case PSPAWN_STEP_STOP:
	case PSPAWN_STEP_WAIT:
		complete = add_run(text, error);
		break;
	case PSPAWN_STEP_CHECK:
	case PSPAWN_STEP_PREPARE:
		if (entry_of(error, cmd))
			text_add(text, ": descriptor");
		/* fall through */
	case PSPAWN_STEP_PLACE:
		add_entry(text, error, cmd);
		add_run(text, error);
		break;
	default:
		add_attribute(text, error, cmd);
		break;
	}
	if (error->reason)
		text_add(text, ": %s", error->reason);
	else if (!complete)
		add_errno(text, error->code);
}

int pspawn_strerror(const struct pspawn_error *error, const struct pspawn_cmd *cmd, char *buf,
		    size_t size)
{
	struct text text = { buf, size, 0 };
	int saved = errno;

	add_sentence(&text, error, cmd);
	errno = saved;
	return (int)text.length;
}
