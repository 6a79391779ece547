/* SPDX-License-Identifier: ISC */
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "limit.h"
#include "pspawn_cloexec.h"
#include "settle.h"
#include "values.h"

struct printer to_json = { .fd = STDERR_FILENO };

static int is_wanted, is_opened;

void json_want(void)
{
	is_wanted = 1;
}

int json_is_wanted(void)
{
	return is_wanted;
}

/* The caller's, which the program gets only where it is listed. */
static int open_number(const char *where, long long number)
{
	int fd = number >= 0 && number <= INT_MAX ? (int)number : -1;
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		cannot(errno, "--json-to: descriptor %s", where);
	if ((flags & O_ACCMODE) == O_RDONLY)
		cannot(EBADF, "--json-to: descriptor %s is not open for writing", where);
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

void json_open(const char *where)
{
	long long number;
	int fd;

	is_opened = !part_to_number(part_of(where), 10, &number);
	limit_enter();
	fd = is_opened ? pspawn_open(where, O_WRONLY | O_CREAT | O_TRUNC, 0666)
		       : open_number(where, number);
	limit_leave();
	if (fd < 0)
		cannot(-fd, "--json-to: open \"%s\"", where);
	to_json.fd = fd;
}

void json_settle(const struct options *options)
{
	if (is_opened)
		to_json.fd = settle_number(options, to_json.fd);
}

void json_end(void)
{
	print_text(&to_json, "}\n");
	print_done(&to_json);
}

/*
 * Paths are bytes, JSON is text: a byte that is not ASCII is written as the
 * character of that number, so that any path gives valid JSON.
 */
void json_string(const char *text)
{
	print_byte(&to_json, '"');
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '"' || byte == '\\')
			print(&to_json, "\\%c", byte);
		else if (byte < 0x20 || byte >= 0x7f)
			print(&to_json, "\\u%04x", byte);
		else
			print_byte(&to_json, (char)byte);
	}
	print_byte(&to_json, '"');
}

static void put_left_out(const struct options *options, const struct pspawn_child *child)
{
	const char *separator = "";

	print_text(&to_json, ",\"left_out\":[");
	for (size_t i = 0; i < options->cmd.nattrs; i++) {
		if (pspawn_child_outcome(child, i) != PSPAWN_LEFT_OUT)
			continue;
		print_text(&to_json, separator);
		json_string(options->attr_names[i]);
		separator = ",";
	}
	print_byte(&to_json, ']');
}

void json_stopped(const struct pspawn_child *child)
{
	print(&to_json, "{\"pid\":%ld,\"stopped\":true", (long)child->pid);
	json_end();
}

void json_program(const struct options *options, const struct pspawn_child *child,
		  const struct pspawn_status *status)
{
	print(&to_json, "\"pid\":%ld,\"backend\":", (long)child->pid);
	json_string(pspawn_child_backend(child));
	if (status->lost)
		print_text(&to_json, ",\"code\":null,\"signal\":null");
	else if (status->exited)
		print(&to_json, ",\"code\":%d,\"signal\":null", status->code);
	else
		print(&to_json, ",\"code\":null,\"signal\":%d", status->signal);
	print(&to_json, ",\"core\":%s", status->core ? "true" : "false");
	put_left_out(options, child);
	print(&to_json, ",\"user_seconds\":%.6f,\"system_seconds\":%.6f,\"max_rss\":%lld",
		(double)status->user_us / 1e6, (double)status->system_us / 1e6,
		(long long)status->max_rss_kib);
}

void json_result(const struct options *options, const struct pspawn_child *child,
		 const struct pspawn_status *status)
{
	print_byte(&to_json, '{');
	json_program(options, child, status);
	json_end();
}

void json_word(const char *name, const char *word)
{
	print(&to_json, ",\"%s\":", name);
	if (word)
		json_string(word);
	else
		print_text(&to_json, "null");
}

static const char *const indices[] = {
	[PSPAWN_INDEX_NONE] = NULL,           [PSPAWN_INDEX_FD] = "fd",
	[PSPAWN_INDEX_ATTR] = "attribute",    [PSPAWN_INDEX_STREAM] = "stream",
	[PSPAWN_INDEX_STAGE] = "stage",       [PSPAWN_INDEX_ARGUMENT] = "argument",
	[PSPAWN_INDEX_VARIABLE] = "variable", [PSPAWN_INDEX_STOP] = "stop",
};

static void put_error(const struct pspawn_error *error, const char *step, const char *sentence)
{
	print(&to_json, "\"error\":{\"errno\":%d,\"step\":", error->code);
	json_string(step ? step : "");
	print(&to_json, ",\"index\":%d", error->index);
	json_word("index_of", indices[error->what]);
	json_word("reason", error->reason);
	json_word("message", sentence);
}

void json_error_member(const struct options *options, const struct pspawn_error *error,
		       const char *sentence)
{
	put_error(error, pspawn_step_name(error->step), sentence);
	if (options->bounds.separator)
		print(&to_json, ",\"stage\":%d", error->stage);
	print_byte(&to_json, '}');
}

void json_error(const struct options *options, const struct pspawn_error *error,
		const char *sentence)
{
	print_byte(&to_json, '{');
	json_error_member(options, error, sentence);
	json_end();
}

void json_own_error(int code, const char *step, const char *sentence)
{
	struct pspawn_error error = { .code = code, .index = -1 };

	print_byte(&to_json, '{');
	put_error(&error, step, sentence);
	print_byte(&to_json, '}');
	json_end();
}
