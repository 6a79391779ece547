/* SPDX-License-Identifier: ISC */
/* pspawn.hpp: what it promises, by programs that every system has. */
#include <pspawn.hpp>

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

#define CHECK(condition)                                                                      \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);           \
			failures++;                                                           \
		}                                                                             \
	} while (0)

static void run_and_collect()
{
	std::string out, err;
	auto streams = std::move(pspawn::io().feed(0, "b\na\n").collect(1, out).collect(2, err));
	pspawn::command sort{ "sort", "-r" };

	/* Both can be used again, and strings are new each time. */
	for (int i = 0; i < 2; i++) {
		pspawn_result result = sort.run(streams);
		CHECK(pspawn_succeeded(&result.status));
		CHECK(out == "b\na\n");
		CHECK(err.empty());
	}
	CHECK(pspawn::command({ "echo", "hello" }).output().text == "hello\n");
	CHECK(pspawn::command({ "sh", "-c", "echo x >&2" }).combined_output().text == "x\n");
	auto failed = pspawn::command({ "sh", "-c", "exit 3" }).output();
	CHECK(!failed.succeeded());
	CHECK(pspawn::to_string(failed.status) == "exit status 3");
}

/* All that a command was given is gone when it is used. */
static pspawn::command of_things_that_end()
{
	std::vector<std::string> argv{ "sh", "-c" };
	gid_t group = getgid();
	pspawn::command command(argv);

	std::string_view script("cat <&4; echo $WORD; pwd; test -z \"${GONE+x}\"xyz");
	command.arg(script.substr(0, script.size() - 3)); /* without a NUL after it */
	command.dir(std::filesystem::path("/"));
	command.open(4, std::string("/dev/null"), O_RDONLY);
	command.clear_env().env("GONE", "x").env("WORD", std::string(100, 'w')).unset_env("GONE");
	command.attribute(pspawn_attr_prefer(pspawn_attr_groups(&group, 1)));
	return command;
}

static void owns_what_it_points_to()
{
	auto command = of_things_that_end();
	auto copy = command;

	command = pspawn::command{ "false" };
	auto found = copy.output();
	CHECK(found.text == std::string(100, 'w') + "\n/\n");
	CHECK(found.succeeded());
	std::array<const char *, 3> argv{ "echo", "a", "b" };
	CHECK(pspawn::command(argv).args({ "c" }).output().text == "a b c\n");
}

static void errors_are_sentences()
{
	try {
		pspawn::command{ "true" }.dir("/nonexistent").start();
		CHECK(false);
	} catch (const pspawn::error &error) {
		CHECK(std::string(error.what()) ==
		      "change directory to \"/nonexistent\": No such file or directory");
		CHECK(error.code() == std::errc::no_such_file_or_directory);
		CHECK(error.details().step == PSPAWN_STEP_CHDIR);
	}
	auto started = pspawn::command{ "true" }.fd(pspawn_fd_dup(7, 99)).try_start();
	CHECK(!started);
	CHECK(started.error().details().index == 0);
	/* What C would see cut is not run at all. */
	for (auto &bad : { pspawn::command{ std::string_view("tr\0ue", 5) },
			   pspawn::command{ "true" }.env("A=B", "c"),
			   pspawn::command{ "true" }.dir(std::string("/\0x", 3)) }) {
		auto refused = bad.try_start();
		CHECK(!refused && refused.error().code() == std::errc::invalid_argument);
		CHECK(!bad.try_output());
	}
	try {
		std::string out;
		pspawn::command{ "sleep", "3600" }.run(
			pspawn::io().collect(1, out).timeout(std::chrono::microseconds(1)));
		CHECK(false);
	} catch (const std::system_error &error) {
		CHECK(error.code() == std::errc::timed_out);
		CHECK(dynamic_cast<const pspawn::error &>(error).result().status.signal == SIGTERM);
	}
	std::string out;
	auto large = pspawn::command{ "yes" }.try_run(pspawn::io().collect(1, out, 10));
	CHECK(!large && large.error().code() == std::errc::file_too_large);
	CHECK(out.size() == 10);
}

/* Is there no child of ours, neither running nor ended? */
static bool is_childless()
{
	return waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
}

static void children()
{
	pspawn::command sleeper{ "sleep", "3600" };
	{
		auto one = sleeper.start();
		CHECK(one && one.pid() > 0);
		CHECK(!one.wait_for(std::chrono::milliseconds(1)));
		auto two = std::move(one);
		CHECK(!one && two);
		one = sleeper.start();
		two = std::move(one); /* and the former one ends */
		two.kill();
		auto status = two.wait();
		CHECK(status.signal == SIGTERM);
		CHECK(!two);
		try {
			two.kill();
			CHECK(false);
		} catch (const pspawn::error &error) {
			CHECK(error.code() == std::errc::no_such_process);
		}
		CHECK(!two.try_wait());
		two = sleeper.start();
		one = sleeper.attribute(pspawn_attr_setsid()).start();
		CHECK(one.kill_all() == PSPAWN_REACH_GROUP);
	}
	CHECK(is_childless());
	auto forgotten = sleeper.start();
	pid_t pid = forgotten.pid();
	forgotten.forget();
	CHECK(!forgotten);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, nullptr, 0) == pid);
}

static void functions()
{
	std::string lines, bytes;
	int left = 3, seen = 0;
	auto give = [&](char *data, std::size_t) -> std::size_t {
		std::memcpy(data, "x\n", 2);
		return left-- > 0 ? 2 : 0;
	};
	pspawn::command cat{ "cat" };

	cat.run(pspawn::io().feed(0, give).collect_lines(1, [&](std::string_view line) {
		lines.append(line).append(",");
	}));
	CHECK(lines == "x,x,x,");
	cat.run(pspawn::io().feed(0, "no newline").collect_lines(1, [&](std::string_view, bool whole) {
		CHECK(!whole);
		seen++;
	}));
	CHECK(seen == 1);
	cat.run(pspawn::io().feed(0, "some").collect(1, [&](std::string_view some) { bytes += some; }));
	CHECK(bytes == "some");
	/* Enough. */
	auto ended = pspawn::command{ "yes" }.run(
		pspawn::io().collect(1, [](std::string_view) { return false; }));
	CHECK(ended.status.signal == SIGPIPE);
	unsigned long long gap = 0;
	cat.run(pspawn::io().feed(0, "12345").collect_part(1, bytes, 2, PSPAWN_KEEP_TAIL, &gap));
	CHECK(bytes == "45" && gap == 3);
}

/* One that is thrown in a function ends the run, is thrown here, and leaves nothing behind. */
static void exceptions_of_functions()
{
	auto thrower = [](std::string_view) { throw std::runtime_error("mine"); };
	auto giver = [](char *, std::size_t) -> std::size_t { throw 7; };
	std::string out = "old";
	int caught = 0;

	try {
		pspawn::command{ "yes" }.run(pspawn::io().collect(1, thrower).collect(2, out));
	} catch (const std::runtime_error &error) {
		caught += std::string("mine") == error.what();
	}
	CHECK(out.empty());
	try {
		(void)pspawn::command{ "cat" }.try_run(pspawn::io().feed(0, giver));
	} catch (int number) {
		caught += number == 7;
	}
	CHECK(caught == 2);
	CHECK(is_childless());
}

static void pipelines()
{
	std::string out, first;
	std::vector<pspawn::command> commands{ { "sh", "-c", "cat; echo err >&2" }, { "wc", "-c" } };
	auto result = pspawn::pipeline(commands, pspawn::io()
							 .feed(0, "123")
							 .collect(1, out)
							 .collect(2, first)
							 .of_stage(0));

	CHECK(result.stage == 1);
	CHECK(std::stoi(out) == 3);
	CHECK(first == "err\n");
	commands = { { "true" }, { "/nonexistent" } };
	pspawn::io none;
	auto failed = pspawn::try_pipeline(commands, none);
	CHECK(!failed && failed.error().details().stage == 1);
	CHECK(std::string(failed.error().what()).find("/nonexistent") != std::string::npos);
}

/* The C functions take a command, too. */
static void c_beside_it()
{
	pspawn::command command{ "true" };
	pspawn::description whole(command);
	pspawn_job *job = nullptr;

	CHECK(pspawn_job_start(&job, whole.get(), 1, nullptr, nullptr) == 0);
	CHECK(pspawn_job_wait(job, PSPAWN_FOREVER) == 0);
	pspawn_job_free(job);
}

int main()
{
	run_and_collect();
	owns_what_it_points_to();
	errors_are_sentences();
	children();
	functions();
	exceptions_of_functions();
	pipelines();
	c_beside_it();
	return failures != 0;
}
