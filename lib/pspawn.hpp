/* SPDX-License-Identifier: ISC */
/*
 * pspawn.hpp - pspawn for C++17 and later; only this header and pspawn.h
 *
 *	auto listing = pspawn::command{ "ls", "-l" }.dir("/").output();
 *	if (listing.succeeded())
 *		std::cout << listing.text;
 *
 * pspawn::command owns copies of all texts and arrays that it is given, so nothing dangles.
 * pspawn.h says what the words mean; descriptors and attributes are made by its constructors
 * (pspawn_fd_dup(), pspawn_attr_setsid(), ...). What this header has no function for is done by
 * the C functions: pspawn::description has the struct pspawn_cmd of a command.
 *
 * Failures: a function throws pspawn::error, whose what() is pspawn's sentence. The function of
 * the same name with try_ before it returns pspawn::expected instead; this is std::expected where
 * the library has it. Only memory that runs out is thrown there, too. With -fno-exceptions there
 * are the latter functions only. Thread safety is that of pspawn.h and of the standard library.
 */
#ifndef PSPAWN_HPP
#define PSPAWN_HPP

#if !defined(__cplusplus) || __cplusplus < 201703L
#error "pspawn.hpp needs C++17; pspawn.h is for C and older C++"
#endif

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#if __has_include(<version>)
#include <version>
#endif
#if defined(__cpp_lib_expected)
#include <expected>
#endif

#include "pspawn.h"

/* Files of one program may be compiled with other standards: then these are other types. */
#if defined(__cpp_exceptions) && defined(__cpp_lib_expected)
#define PSPAWN_HPP_ABI throws_and_std_expected
#elif defined(__cpp_exceptions)
#define PSPAWN_HPP_ABI throws
#elif defined(__cpp_lib_expected)
#define PSPAWN_HPP_ABI std_expected
#else
#define PSPAWN_HPP_ABI plain
#endif

namespace pspawn {
inline namespace PSPAWN_HPP_ABI {

/* ---- errors -------------------------------------------------------------- */

/* code() is the errno value, in std::generic_category(). Copies share the sentence. */
class error : public std::system_error {
public:
	error(const pspawn_error &details, std::string sentence, const pspawn_result &result = {})
		: std::system_error(details.code, std::generic_category()),
		  data_(std::make_shared<const data>(data{ std::move(sentence), details, result }))
	{
	}

	/* Such as `change directory to "/x": No such file or directory`. */
	const char *what() const noexcept override { return data_->sentence.c_str(); }

	/* The step and the entry. */
	const pspawn_error &details() const noexcept { return data_->details; }

	/* Of a run that was started and stopped: its status and more. All zero for other errors. */
	const pspawn_result &result() const noexcept { return data_->result; }

private:
	struct data {
		std::string sentence;
		pspawn_error details;
		pspawn_result result;
	};
	std::shared_ptr<const data> data_;
};

#if defined(__cpp_lib_expected)
template <class T> using expected = std::expected<T, error>;
#else
/* A value or an error; what is used of std::expected, by the same names. */
template <class T> class expected {
public:
	using error_type = pspawn::error;

	expected(T value) : content_(std::in_place_index<0>, std::move(value)) {}
	expected(error_type failure) : content_(std::in_place_index<1>, std::move(failure)) {}

	bool has_value() const noexcept { return content_.index() == 0; }
	explicit operator bool() const noexcept { return has_value(); }

	/* Only where has_value() is true. */
	T &operator*() & noexcept { return *std::get_if<0>(&content_); }
	const T &operator*() const & noexcept { return *std::get_if<0>(&content_); }
	T &&operator*() && noexcept { return std::move(*std::get_if<0>(&content_)); }
	T *operator->() noexcept { return std::get_if<0>(&content_); }
	const T *operator->() const noexcept { return std::get_if<0>(&content_); }

	/* Only where it is false. */
	const error_type &error() const noexcept { return *std::get_if<1>(&content_); }

private:
	std::variant<T, error_type> content_;
};
#endif

namespace detail {

#if defined(__cpp_lib_expected)
template <class T> expected<T> failed(error failure)
{
	return std::unexpected<error>(std::move(failure));
}
#else
template <class T> expected<T> failed(error failure)
{
	return failure;
}
#endif

#if defined(__cpp_exceptions)
template <class T> T value_or_throw(expected<T> &&result)
{
	if (!result)
		throw error(result.error());
	return std::move(*result);
}
#endif

/* The text that `write` puts into a buffer and returns the length of, as snprintf() does. */
template <class Write> std::string text_by(Write write)
{
	std::string text(static_cast<std::size_t>(std::max(write(nullptr, std::size_t{ 0 }), 0)), '\0');

	write(text.data(), text.size() + 1);
	return text;
}

inline std::string sentence_of(const pspawn_error &details, const pspawn_cmd *cmd)
{
	return text_by([&](char *buf, std::size_t size) {
		return pspawn_strerror(&details, cmd, buf, size);
	});
}

/* The error of a call that fills no struct pspawn_error. */
inline error error_of_call(int code, int step, const char *doing)
{
	pspawn_error details = {};

	details.code = -code;
	details.step = step;
	details.index = details.stream = -1;
	return error(details, doing + (": " + std::generic_category().message(-code)));
}

/* Any text, also a path, as one of our own. */
template <class Text> std::string text_of(const Text &text)
{
	if constexpr (std::is_same_v<Text, std::filesystem::path>)
		return text.native();
	else
		return std::string(std::string_view(text));
}

template <class Duration> int ms_of(Duration time)
{
	auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();

	return static_cast<int>(ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : ms);
}

template <class T> const T *first_of(const std::vector<T> &list)
{
	return list.empty() ? nullptr : list.data();
}

} // namespace detail

/* A status in words: `exit status 3`, `signal 11 (SEGV), core dumped`. */
inline std::string to_string(const pspawn_status &status)
{
	return detail::text_by([&](char *buf, std::size_t size) {
		return pspawn_strstatus(&status, buf, size);
	});
}

/* ---- a running child ----------------------------------------------------- */

/*
 * Owns a running child; it can be moved, not copied.
 *
 * The destructor kills a child that was neither waited for nor forgotten, with SIGKILL and as far
 * as pspawn_kill_all() reaches, and waits for its end. That is the safe choice of three: to wait
 * without a signal can last for ever, for example while an exception is on its way and the child
 * reads from a pipe that this process has open; to forget leaves a program that nobody knows of
 * and, when it ends, a zombie. Call wait() or forget() where the child has to live on.
 */
class child {
public:
	/* Of a handle that pspawn_start() has filled. */
	explicit child(const pspawn_child &handle) noexcept : handle_(handle) {}
	child(child &&other) noexcept : handle_(other.handle_) { other.handle_ = pspawn_child(); }
	child &operator=(child &&other) noexcept
	{
		if (this != &other) {
			end();
			handle_ = other.handle_;
			other.handle_ = pspawn_child();
		}
		return *this;
	}
	~child() { end(); }

	/* False after wait() and forget(), and for what was moved from. */
	explicit operator bool() const noexcept { return handle_.pid != 0; }
	pid_t pid() const noexcept { return handle_.pid; }

	/* Readable when the child has ended; -1 where there is none. The child owns it. */
	int pollfd() const noexcept { return handle_.pid != 0 ? handle_.pollfd : -1; }

	/* For the C functions. */
	pspawn_child *handle() noexcept { return &handle_; }
	const pspawn_child *handle() const noexcept { return &handle_; }

	/* The status, or none while it still runs after so many milliseconds (PSPAWN_FOREVER). */
	expected<std::optional<pspawn_status>> try_wait(int timeout_ms = PSPAWN_FOREVER)
	{
		pspawn_status status = {};
		int code = pspawn_wait(&handle_, &status, timeout_ms);

		if (code == -EINPROGRESS)
			return std::optional<pspawn_status>();
		if (code < 0)
			return detail::failed<std::optional<pspawn_status>>(
				detail::error_of_call(code, PSPAWN_STEP_WAIT, "wait for the child"));
		return std::optional<pspawn_status>(status);
	}

	/* 0, or a negative errno value: pspawn_kill(). */
	int try_kill(int signal = SIGTERM) const noexcept { return pspawn_kill(&handle_, signal); }

	/* How far it reached, enum pspawn_reach, or a negative errno value: pspawn_kill_all(). */
	int try_kill_all(int signal = SIGKILL) const noexcept
	{
		int reach = 0;
		int code = pspawn_kill_all(&handle_, signal, &reach);

		return code < 0 ? code : reach;
	}

	/* Let it run on without us: pspawn_forget(). */
	void forget() noexcept
	{
		if (handle_.pid != 0)
			pspawn_forget(&handle_);
	}

#if defined(__cpp_exceptions)
	pspawn_status wait() { return *detail::value_or_throw(try_wait()); }

	template <class Rep, class Period>
	std::optional<pspawn_status> wait_for(std::chrono::duration<Rep, Period> time)
	{
		return detail::value_or_throw(try_wait(detail::ms_of(time)));
	}

	void kill(int signal = SIGTERM) const { check(try_kill(signal)); }
	int kill_all(int signal = SIGKILL) const { return check(try_kill_all(signal)); }
#endif

private:
#if defined(__cpp_exceptions)
	static int check(int code)
	{
		if (code < 0)
			throw detail::error_of_call(code, PSPAWN_STEP_NONE, "signal the child");
		return code;
	}
#endif

	/* A child that must not be signalled (a set-user-id program) is not waited for. */
	void end() noexcept
	{
		if (handle_.pid == 0)
			return;
		if (pspawn_kill_all(&handle_, SIGKILL, nullptr) >= 0)
			pspawn_wait(&handle_, nullptr, PSPAWN_FOREVER);
		forget();
	}

	pspawn_child handle_;
};

class command;
class io;
inline expected<pspawn_result> try_pipeline(const std::vector<command> &commands, io &streams);

} // namespace PSPAWN_HPP_ABI
} // namespace pspawn

#include "pspawn_io.hpp" /* pspawn::io: the streams of a run */
#include "pspawn_command.hpp" /* pspawn::command: what to start, and how */

#endif
