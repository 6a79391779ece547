/* SPDX-License-Identifier: ISC */
/* U01 to U09: pipelines. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pour.h"
#include "suite.h"
#include "table.h"

#define SH(line)                                                                                   \
	{                                                                                          \
		PSPAWN_CMD("/bin/sh", "-c", line)                                                  \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check_status(const struct pspawn_status *status, int code, int signal)
{
	CHECK_INT(status->lost, 0);
	CHECK_INT(status->exited, !signal);
	CHECK_INT(status->code, signal ? -1 : code);
	CHECK_INT(status->signal, signal);
}

CASE(U01, the_status_of_every_stage)
{
	struct pspawn_cmd cmds[] = { SH("exit 1"), SH("cat; kill -9 $$"), SH("exit 7"),
				     SH("cat; exit 0") };
	struct pspawn_status statuses[4];
	struct pspawn_io io = { .statuses = statuses };
	struct pspawn_result result;

	for (int i = 0; i < 2; i++) {
		io.flags = i ? PSPAWN_FAIL_IF_ANY : 0;
		memset(statuses, 0x55, sizeof(statuses));
		result = pour_through(cmds, 4, io, 0);
		check_status(&statuses[0], 1, 0);
		check_status(&statuses[1], 0, SIGKILL);
		check_status(&statuses[2], 7, 0);
		check_status(&statuses[3], 0, 0);
		CHECK_INT(result.stage, i ? 2 : 3);
		check_status(&result.status, i ? 7 : 0, 0);
		CHECK_INT(result.stop_reason, PSPAWN_STOP_NONE);
		CHECK_INT(result.statuses_lost, 0);
	}
	/* None has failed: the last one's. */
	struct pspawn_cmd good[] = { SH("exit 0"), SH("exit 0") };

	result = pour_through(good, 2, io, 0);
	CHECK_INT(result.stage, 1);
	/* One that a signal has ended has failed. */
	struct pspawn_cmd killed[] = { SH("kill -15 $$"), SH("exit 0") };

	result = pour_through(killed, 2, io, 0);
	CHECK_INT(result.stage, 0);
	check_status(&result.status, 0, SIGTERM);
}

CASE(U02, streams_of_inner_stages)
{
	struct pspawn_cmd cmds[] = { SH("cat; cat <&5; echo one >&7"),
				     SH("cat; echo two >&7; cat <&6"),
				     SH("cat; echo three >&7; cat <&6") };
	struct pspawn_buffer out, of[3];
	struct pspawn_io io = { PSPAWN_STREAMS(
	    pspawn_stream_of_stage(pspawn_stream_collect(7, &of[1]), 1),
	    pspawn_stream_feed(0, "first,", 6), pspawn_stream_feed_file(5, "file,", 5),
	    pspawn_stream_of_stage(pspawn_stream_feed(6, "third", 5), 2),
	    pspawn_stream_collect(7, &of[2]),
	    pspawn_stream_of_stage(pspawn_stream_feed(6, "second,", 7), 1),
	    pspawn_stream_collect(1, &out),
	    pspawn_stream_of_stage(pspawn_stream_collect(7, &of[0]), 0)) };

	pour_through(cmds, 3, io, 0);
	CHECK_STR(out.data, "first,file,second,third");
	CHECK_STR(of[0].data, "one\n");
	CHECK_STR(of[1].data, "two\n");
	CHECK_STR(of[2].data, "three\n");
	free(out.data);
	for (int i = 0; i < 3; i++)
		free(of[i].data);
}

CASE(U03, one_stream_of_every_stage)
{
	struct pspawn_cmd cmds[] = { SH("echo one >&2"), SH("cat; echo two >&2"),
				     SH("cat; echo three >&2; echo out") };
	struct pspawn_buffer out, err;
	struct pspawn_transfer told;
	struct pspawn_stream all =
	    pspawn_stream_of_stage(pspawn_stream_collect(2, &err), PSPAWN_EVERY_STAGE);
	struct pspawn_io io = { PSPAWN_STREAMS(pspawn_stream_report(all, &told),
					       pspawn_stream_collect(1, &out)) };
	struct heap lines = { 0 };
	int file;

	CHECK_INT(pour_through(cmds, 3, io, 0).streams_held, 0);
	CHECK_STR(out.data, "out\n");
	CHECK_STR(err.data, "one\ntwo\nthree\n");
	CHECK_INT(told.end, PSPAWN_END_DONE);
	free(out.data);
	free(err.data);
	/* The same by other kinds. */
	struct pspawn_io other = { PSPAWN_STREAMS(
	    pspawn_stream_of_stage(pspawn_stream_collect_lines(2, heap_line, &lines),
				   PSPAWN_EVERY_STAGE),
	    pspawn_stream_collect_file(1, &file)) };

	pour_through(cmds, 3, other, 0);
	CHECK(same_bytes(lines.data, lines.size, "one\ntwo\nthree\n", 14));
	CHECK_INT(lseek(file, 0, SEEK_END), 4);
	close(file);
	heap_drop(&lines);
	struct pspawn_io files = { PSPAWN_STREAMS(
	    pspawn_stream_of_stage(pspawn_stream_collect_file(2, &file), PSPAWN_EVERY_STAGE),
	    pspawn_stream_collect(1, &out)) };

	pour_through(cmds, 3, files, 0);
	CHECK_INT(lseek(file, 0, SEEK_END), 14);
	close(file);
	free(out.data);
}

/* Not before it is woken. */
static long give_when(void *context, void *data, size_t room)
{
	(void)data, (void)room;
	return *(int *)context ? 0 : -EAGAIN;
}

static void check_groups(int is_one)
{
	struct pspawn_cmd cmds[] = { SH("exec cat"), SH("exec cat"), SH("exec cat") };
	int may_end = 0;
	struct pspawn_buffer out;
	struct pspawn_io io = { .size = sizeof(io),
				.flags = is_one ? PSPAWN_ONE_GROUP : 0,
				PSPAWN_STREAMS(pspawn_stream_feed_call(0, give_when, &may_end),
					       pspawn_stream_collect(1, &out)) };
	struct pspawn_job *job;
	pid_t first;

	CHECK_INT(pspawn_job_start(&job, cmds, 3, &io, NULL), 0);
	first = pspawn_job_child(job, 0)->pid;
	CHECK(pspawn_job_child(job, 3) == NULL);
	for (size_t i = 0; i < 3; i++) {
		pid_t pid = pspawn_job_child(job, i)->pid;

		CHECK_INT(getpgid(pid), is_one ? first : getpgid(0));
		CHECK_INT(getsid(pid), getsid(0));
		CHECK(kill(pid, 0) == 0);
	}
	CHECK_INT(pspawn_job_step(job), -EINPROGRESS);
	may_end = 1;
	CHECK_INT(pspawn_job_wait(job, -1), 0);
	CHECK_INT(pspawn_job_child(job, 1)->pid, 0);
	pspawn_job_free(job);
	free(out.data);
}

CASE(U04, one_group)
{
	check_groups(1);
	check_groups(0);
}

/* The probe writes what it has open before it copies its input to its output. */
CASE(U05, nobody_holds_a_foreign_end)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD(suite_probe(), "table0", "echo", "0", "1") },
				     { PSPAWN_CMD(suite_probe(), "table1", "echo", "0", "1") },
				     { PSPAWN_CMD(suite_probe(), "table2", "echo", "0", "1") },
				     { PSPAWN_CMD(suite_probe(), "table3", "echo", "0", "1") } };
	static struct record record[4];
	struct pspawn_buffer out, err;
	struct pspawn_io io = {
		.flags = PSPAWN_FAIL_IF_ANY,
		PSPAWN_STREAMS(
		    pspawn_stream_feed(0, "words", 5), pspawn_stream_collect(1, &out),
		    pspawn_stream_of_stage(pspawn_stream_collect(2, &err), PSPAWN_EVERY_STAGE))
	};

	CHECK_INT(pour_through(cmds, 4, io, 0).status.code, 0);
	CHECK_STR(out.data, "words");
	for (int i = 0; i < 4; i++) {
		char name[8];

		snprintf(name, sizeof(name), "table%d", i);
		record_read(&record[i], name);
		CHECK_INT(record[i].table.count, 3);
		for (int number = 0; number <= 2; number++)
			CHECK(table_find(&record[i].table, number) != NULL);
		/* One's output is the other's input; the errors are of all. */
		if (i > 0)
			CHECK(table_find(&record[i - 1].table, 1)->ino ==
			      table_find(&record[i].table, 0)->ino);
		CHECK(table_find(&record[i].table, 2)->ino == table_find(&record[0].table, 2)->ino);
		CHECK(table_find(&record[i].table, 0)->ino != table_find(&record[i].table, 1)->ino);
	}
	free(out.data);
	free(err.data);
}

CASE(U06, the_last_wants_no_more)
{
	struct pspawn_cmd cmds[] = { { PSPAWN_CMD("yes") },
				     { PSPAWN_CMD("cat") },
				     { PSPAWN_CMD("head", "-n", "1") } };
	struct pspawn_status statuses[3];
	struct pspawn_buffer out;
	struct pspawn_io io = { .statuses = statuses,
				.flags = PSPAWN_FAIL_IF_ANY,
				PSPAWN_STREAMS(pspawn_stream_collect(1, &out)) };
	struct pspawn_result result = pour_through(cmds, 3, io, 0);

	CHECK_STR(out.data, "y\n");
	check_status(&statuses[0], 0, SIGPIPE);
	check_status(&statuses[1], 0, SIGPIPE);
	check_status(&statuses[2], 0, 0);
	CHECK_INT(result.stage, 1);
	free(out.data);
}

/* One that ends at once takes nobody along, whichever it is, and nobody waits for it. */
CASE(U07, each_ends_early_in_turn)
{
	for (size_t early = 0; early < 4; early++) {
		struct pspawn_cmd cmds[] = { SH("exec cat"), SH("exec cat"), SH("exec cat"),
					     SH("exec cat") };
		struct pspawn_status statuses[4];
		struct pspawn_buffer out;
		struct pspawn_transfer told;
		struct pspawn_io io = { .statuses = statuses,
					PSPAWN_STREAMS(pspawn_stream_report(
							   pspawn_stream_feed(0, "", 0), &told),
						       pspawn_stream_collect(1, &out)) };

		cmds[early] = (struct pspawn_cmd)SH("echo $$; exit 5");
		pour_through(cmds, 4, io, 0);
		for (size_t i = 0; i < 4; i++)
			check_status(&statuses[i], i == early ? 5 : 0, 0);
		CHECK(out.length > 1);
		free(out.data);
	}
}

/* A child that is left would be found by the runner; here it is also shown to have been killed. */
CASE(U08, a_stage_that_cannot_be_started)
{
	static const char *const missing[] = { "no-such-program", "/nowhere/program" };

	for (size_t i = 0; i < 6; i++) {
		struct pspawn_cmd cmds[] = { SH("exec sleep 60"), SH("exec sleep 60"),
					     SH("exec sleep 60") };
		struct pspawn_status statuses[3];
		struct pspawn_buffer out = { .length = 5 };
		struct pspawn_result result = { .stage = 5 };
		struct pspawn_transfer told = { .end = 5 };
		int file = 5;
		struct pspawn_io io = { .size = sizeof(io),
					.statuses = statuses,
					PSPAWN_STREAMS(pspawn_stream_collect(1, &out),
						       pspawn_stream_collect_file(3, &file),
						       pspawn_stream_report(
							   pspawn_stream_feed(0, "x", 1), &told)) };
		struct pspawn_error error;

		const char *argv[] = { missing[i % 2], NULL };

		cmds[i / 2].argv = (char *const *)(size_t)argv;
		CHECK_INT(pspawn_pipeline(cmds, 3, &io, &result, &error), -ENOENT);
		CHECK_INT(error.code, ENOENT);
		CHECK_INT(error.step, i % 2 ? PSPAWN_STEP_EXEC : PSPAWN_STEP_SEARCH);
		CHECK_INT(error.stage, i / 2);
		CHECK_INT(error.stream, -1);
		CHECK_INT(file, -1);
		CHECK(out.data == NULL && out.length == 0);
		CHECK_INT(result.stage, 0);
		CHECK_INT(told.end, PSPAWN_END_NONE);
		CHECK_INT(statuses[0].signal, 0);
		CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	}
}

/* Its leader may end at once, and is still there to be joined. */
CASE(U09, one_group_whose_leader_has_ended)
{
	struct pspawn_cmd cmds[] = { SH("exit 5"),   SH("exec cat"), SH("exec cat"),
				     SH("exec cat"), SH("exec cat"), SH("cat; exit 6") };
	struct pspawn_cmd leads[] = { SH("exit 0"),
				      { PSPAWN_CMD("true"), PSPAWN_ATTRS(pspawn_attr_setsid()) } };
	struct pspawn_status statuses[6];
	struct pspawn_io io = { .size = sizeof(io),
				.statuses = statuses,
				.flags = PSPAWN_ONE_GROUP };
	struct pspawn_error error;

	for (int round = 0; round < 5; round++) {
		CHECK_INT(pour_through(cmds, 6, io, 0).status.code, 6);
		for (int i = 0; i < 6; i++)
			check_status(&statuses[i], i == 0 ? 5 : i == 5 ? 6 : 0, 0);
	}
	/* No stage can have a group of its own then. */
	CHECK_INT(pspawn_pipeline(leads, 2, &io, NULL, &error), -EINVAL);
	CHECK_INT(error.stage, 1);
	CHECK_INT(error.step, PSPAWN_STEP_CHECK);
}
