/* SPDX-License-Identifier: ISC */
#include "json.h"

#include <stdio.h>

/*
 * Paths are bytes, JSON is text: a byte that is not ASCII is written as the
 * character of that number, so that any path gives valid JSON.
 */
void json_string(const char *text)
{
	putc('"', stderr);
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '"' || byte == '\\')
			fprintf(stderr, "\\%c", byte);
		else if (byte < 0x20 || byte >= 0x7f)
			fprintf(stderr, "\\u%04x", byte);
		else
			putc(byte, stderr);
	}
	putc('"', stderr);
}

static void put_left_out(const struct options *options, const struct pspawn_child *child)
{
	const char *separator = "";

	fputs(",\"left_out\":[", stderr);
	for (size_t i = 0; i < options->cmd.nattrs; i++) {
		if (pspawn_outcome(child, i) != PSPAWN_LEFT_OUT)
			continue;
		fputs(separator, stderr);
		json_string(options->attr_names[i]);
		separator = ",";
	}
	putc(']', stderr);
}

void json_stopped(const struct pspawn_child *child)
{
	fprintf(stderr, "{\"pid\":%ld,\"stopped\":true}\n", (long)child->pid);
}

void json_program(const struct options *options, const struct pspawn_child *child,
		  const struct pspawn_status *status)
{
	fprintf(stderr, "\"pid\":%ld,\"backend\":", (long)child->pid);
	json_string(pspawn_backend_name(child));
	if (status->lost)
		fputs(",\"code\":null,\"signal\":null", stderr);
	else if (status->exited)
		fprintf(stderr, ",\"code\":%d,\"signal\":null", status->code);
	else
		fprintf(stderr, ",\"code\":null,\"signal\":%d", status->signal);
	fprintf(stderr, ",\"core\":%s", status->core ? "true" : "false");
	put_left_out(options, child);
	fprintf(stderr, ",\"user_seconds\":%.6f,\"system_seconds\":%.6f,\"max_rss\":%ld",
		(double)status->user_us / 1e6, (double)status->system_us / 1e6,
		(long)status->max_rss_kib);
}

void json_result(const struct options *options, const struct pspawn_child *child,
		 const struct pspawn_status *status)
{
	putc('{', stderr);
	json_program(options, child, status);
	fputs("}\n", stderr);
}

void json_error_member(const struct options *options, const struct pspawn_error *error,
		       const char *sentence)
{
	const char *step = pspawn_step_name(error->step);

	fprintf(stderr, "\"error\":{\"errno\":%d,\"step\":", error->code);
	json_string(step ? step : "");
	fprintf(stderr, ",\"index\":%d,\"message\":", error->index);
	json_string(sentence);
	if (options->bounds.separator)
		fprintf(stderr, ",\"stage\":%d", error->stage);
	putc('}', stderr);
}

void json_error(const struct options *options, const struct pspawn_error *error,
		const char *sentence)
{
	putc('{', stderr);
	json_error_member(options, error, sentence);
	fputs("}\n", stderr);
}
