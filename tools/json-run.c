/* SPDX-License-Identifier: ISC */
#include "json-run.h"

#include "json-bytes.h"
#include "json.h"
#include "print.h"

static const char *const stop_reasons[] = {
	[PSPAWN_STOP_NONE] = NULL,          [PSPAWN_STOP_TIMEOUT] = "timeout",
	[PSPAWN_STOP_LIMIT] = "limit",      [PSPAWN_STOP_CALLBACK] = "stream",
	[PSPAWN_STOP_REQUESTED] = "signal", [PSPAWN_STOP_FAILURE] = "failure",
	[PSPAWN_STOP_SILENT] = "silent",
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

static void put_whether(const char *name, int is)
{
	print(&to_json, ",\"%s\":%s", name, is ? "true" : "false");
}

static void put_stream(const struct run *run, int which)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };
	const struct pspawn_buffer *kept = &run->kept[which];

	if (!run->passes[which])
		return;
	print(&to_json, ",\"%s\":{\"bytes\":%llu", names[which], run->moved[which].bytes);
	json_word("end", ends[run->moved[which].end]);
	if (which != RUN_IN && run->options->bounds.capture) {
		print(&to_json, ",\"left_out\":%llu,\"after\":%zu,", kept->gap, kept->head);
		json_bytes(kept->data ? kept->data : "", kept->length);
	}
	print_byte(&to_json, '}');
}

static void put_number(const char *name, int64_t number)
{
	print(&to_json, ",\"%s\":%lld", name, (long long)number);
}

static void put_usage(const struct pspawn_status *status)
{
	put_number("minor_faults", status->minor_faults);
	put_number("major_faults", status->major_faults);
	put_number("blocks_in", status->blocks_in);
	put_number("blocks_out", status->blocks_out);
	put_number("switches", status->voluntary_switches);
	put_number("preemptions", status->involuntary_switches);
}

static void put_stage(const struct run *run, size_t i)
{
	print_text(&to_json, "{\"program\":");
	json_string(run->cmds[i].argv[0]);
	print_byte(&to_json, ',');
	json_program(run->options, &run->started[i], &run->statuses[i]);
	put_whether("lost", run->statuses[i].lost);
	put_usage(&run->statuses[i]);
	print_byte(&to_json, '}');
}

static void put_how_it_went(const struct run *run, const struct pspawn_result *result)
{
	/* We have asked for a stop ourselves, if nobody reads what we write. */
	int reason = run->out.is_gone ? PSPAWN_STOP_CALLBACK : result->stop_reason;

	put_whether("lost", result->status.lost);
	put_usage(&result->status);
	print(&to_json, ",\"elapsed_seconds\":%.6f", (double)result->elapsed_us / 1e6);
	json_word("stop_reason", stop_reasons[reason]);
	print(&to_json, ",\"stop_signal\":%d", result->stop_signal);
	json_word("stop_reach", reaches[result->stop_reach]);
	print(&to_json, ",\"streams_held\":%d,\"stage\":%d", result->streams_held, result->stage);
}

void json_run(const struct run *run, const struct pspawn_result *result,
	      const struct pspawn_error *error)
{
	char sentence[512];

	print_byte(&to_json, '{');
	json_program(run->options, &run->started[result->stage], &result->status);
	put_how_it_went(run, result);
	print_text(&to_json, ",\"stages\":[");
	for (size_t i = 0; i < run->count; i++) {
		if (i > 0)
			print_byte(&to_json, ',');
		put_stage(run, i);
	}
	print_byte(&to_json, ']');
	for (int i = 0; i < RUN_STREAMS; i++)
		put_stream(run, i);
	if (error->code) {
		pspawn_strerror(error, &run->cmds[error->stage], sentence, sizeof(sentence));
		print_byte(&to_json, ',');
		json_error_member(run->options, error, sentence);
	}
	json_end();
}
