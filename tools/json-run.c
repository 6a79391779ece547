/* SPDX-License-Identifier: ISC */
#include "json-run.h"

#include <stdio.h>

#include "json-bytes.h"
#include "json.h"

static const char *const whys[] = {
	[PSPAWN_WHY_NOT] = NULL,       [PSPAWN_WHY_TIMEOUT] = "timeout",
	[PSPAWN_WHY_LIMIT] = "limit",  [PSPAWN_WHY_CALL] = "stream",
	[PSPAWN_WHY_ASKED] = "signal", [PSPAWN_WHY_FAILED] = "failure",
};

static const char *const reaches[] = {
	[0] = NULL,
	[PSPAWN_REACH_CHILD] = "child",
	[PSPAWN_REACH_GROUP] = "group",
	[PSPAWN_REACH_CGROUP] = "cgroup",
};

static const char *const ends[] = {
	[PSPAWN_END_NONE] = NULL,       [PSPAWN_END_DONE] = "done", [PSPAWN_END_HELD] = "held",
	[PSPAWN_END_CLOSED] = "closed", [PSPAWN_END_CUT] = "cut",
};

static void put_word(const char *name, const char *word)
{
	fprintf(stderr, ",\"%s\":", name);
	if (word)
		json_string(word);
	else
		fputs("null", stderr);
}

static void put_whether(const char *name, int is)
{
	fprintf(stderr, ",\"%s\":%s", name, is ? "true" : "false");
}

static void put_stream(const struct run *run, int which)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };
	const struct pspawn_buffer *kept = &run->kept[which];

	if (!run->passes[which])
		return;
	fprintf(stderr, ",\"%s\":{\"bytes\":%llu", names[which], run->moved[which].bytes);
	put_word("end", ends[run->moved[which].end]);
	if (which != RUN_IN && run->options->bounds.capture) {
		fprintf(stderr, ",\"left_out\":%llu,\"after\":%zu,", kept->gap, kept->head);
		json_bytes(kept->data ? kept->data : "", kept->length);
	}
	putc('}', stderr);
}

static void put_usage(const struct pspawn_status *status)
{
	fprintf(stderr, ",\"minor_faults\":%lld,\"major_faults\":%lld", (long long)status->minor_faults,
		(long long)status->major_faults);
	fprintf(stderr, ",\"blocks_in\":%lld,\"blocks_out\":%lld", (long long)status->blocks_in,
		(long long)status->blocks_out);
	fprintf(stderr, ",\"switches\":%lld,\"preemptions\":%lld",
		(long long)status->voluntary_switches, (long long)status->involuntary_switches);
}

static void put_stage(const struct run *run, size_t i)
{
	fputs("{\"program\":", stderr);
	json_string(run->cmds[i].argv[0]);
	putc(',', stderr);
	json_program(run->options, &run->started[i], &run->statuses[i]);
	put_whether("lost", run->statuses[i].lost);
	put_usage(&run->statuses[i]);
	putc('}', stderr);
}

static void put_how_it_went(const struct pspawn_result *result)
{
	put_whether("lost", result->status.lost);
	put_usage(&result->status);
	fprintf(stderr, ",\"elapsed_seconds\":%.6f", (double)result->elapsed_us / 1e6);
	put_word("why", whys[result->why]);
	fprintf(stderr, ",\"stop_signal\":%d", result->signal);
	put_word("reach", reaches[result->reach]);
	fprintf(stderr, ",\"held\":%d,\"stage\":%d", result->held, result->stage);
}

void json_run(const struct run *run, const struct pspawn_result *result,
	      const struct pspawn_error *error)
{
	char sentence[512];

	/* A line at once, and not a system call for each byte. Nothing was said before. */
	setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
	putc('{', stderr);
	json_program(run->options, &run->started[result->stage], &result->status);
	put_how_it_went(result);
	fputs(",\"stages\":[", stderr);
	for (size_t i = 0; i < run->count; i++) {
		if (i > 0)
			putc(',', stderr);
		put_stage(run, i);
	}
	putc(']', stderr);
	for (int i = 0; i < RUN_STREAMS; i++)
		put_stream(run, i);
	if (error->code) {
		pspawn_strerror(error, &run->cmds[error->stage], sentence, sizeof(sentence));
		putc(',', stderr);
		json_error_member(run->options, error, sentence);
	}
	fputs("}\n", stderr);
}
