/* SPDX-License-Identifier: ISC */
/* pspawn.hpp without exceptions (-fno-exceptions): what is called try_ is all that is needed. */
#include <pspawn.hpp>

#include <cstdio>

#if defined(__cpp_exceptions)
#error "to be compiled with -fno-exceptions"
#endif

int main()
{
	std::string out, lines;
	pspawn::command sort{ "sort" };
	auto result = sort.try_run(pspawn::io().feed(0, "b\na\n").collect(1, out));
	auto text = pspawn::command{ "echo", "hello" }.try_output();
	auto counted = sort.try_run(pspawn::io().feed(0, "b\na\n").collect_lines(
		1, [&](std::string_view line) { lines += line; }));
	auto failed = pspawn::command{ "/nonexistent" }.try_start();
	auto child = pspawn::command{ "sleep", "3600" }.try_start();

	if (!result || !text || !counted || failed || !child)
		return 1;
	if (out != "a\nb\n" || text->text != "hello\n" || lines != "ab")
		return 2;
	if (child->try_kill() != 0)
		return 3;
	auto status = child->try_wait();
	if (!status || !*status || (*status)->signal != SIGTERM || child->try_wait())
		return 4;
	std::puts(failed.error().what());
	return failed.error().code() == std::errc::no_such_file_or_directory ? 0 : 5;
}
