/* SPDX-License-Identifier: ISC */
/* pspawn_io.hpp - what goes into and comes out of a run; the part of pspawn.hpp that includes it */
#ifndef PSPAWN_IO_HPP
#define PSPAWN_IO_HPP

#ifndef PSPAWN_HPP
#error "include pspawn.hpp"
#endif

namespace pspawn {
inline namespace PSPAWN_HPP_ABI {

/*
 * The streams of a run, and how long it may last. Can be moved, not copied, and used for one run
 * after the other. Numbers are those of the child. Functions run in the thread that runs, as those
 * of pspawn_run.h do. If one throws, the run is stopped, and the exception leaves run() or
 * try_run(); it does not pass through C.
 */
class io {
public:
	/* Feed this text, of which there is a copy here. */
	io &feed(int number, std::string_view text)
	{
		node &its = add(number);

		its.text = text;
		its.stream = pspawn_stream_feed(number, its.text.data(), its.text.size());
		return *this;
	}

	/* Feed what give(char *data, std::size_t room) puts there and returns the size of; 0: the end. */
	template <class Give, class = std::enable_if_t<std::is_invocable_v<Give &, char *, std::size_t>>>
	io &feed(int number, Give give)
	{
		node &its = add(number);

		its.give = std::move(give);
		its.stream = pspawn_stream_feed_call(number, on_give, &its);
		return *this;
	}

	/* Collect into `out`, which has to stay. More than `limit` bytes stop the run: EFBIG. */
	io &collect(int number, std::string &out, std::size_t limit = PSPAWN_LIMIT_DEFAULT)
	{
		node &its = add_buffer(number, out);

		its.stream = pspawn_stream_stop_at(its.stream, limit);
		return *this;
	}

	/*
	 * Collect at most `limit` bytes: the first, the last or both (enum pspawn_keep). The rest is
	 * thrown away, and *gap, which may be null, says how many bytes that were.
	 */
	io &collect_part(int number, std::string &out, std::size_t limit, pspawn_keep keep,
			 unsigned long long *gap)
	{
		node &its = add_buffer(number, out);

		its.stream = pspawn_stream_limit(its.stream, limit, keep);
		its.gap = gap;
		return *this;
	}

	/*
	 * Give what comes to take(std::string_view). It returns nothing, or false for "enough: close
	 * the stream", or a long as pspawn_take.
	 */
	template <class Take, class = std::enable_if_t<std::is_invocable_v<Take &, std::string_view>>>
	io &collect(int number, Take take)
	{
		node &its = add(number);

		its.take = [take = std::move(take)](std::string_view bytes, bool) mutable {
			return answer(static_cast<long>(bytes.size()), take, bytes);
		};
		its.stream = pspawn_stream_collect_call(number, on_take, &its);
		return *this;
	}

	/*
	 * Give each line to line(std::string_view), or to line(std::string_view, bool whole), where
	 * `whole` is false for a part of a line (pspawn_line). Returns as for collect().
	 */
	template <class Line> io &collect_lines(int number, Line line)
	{
		node &its = add(number);

		its.take = [line = std::move(line)](std::string_view text, bool whole) mutable {
			if constexpr (std::is_invocable_v<Line &, std::string_view, bool>)
				return answer(1, line, text, whole);
			else
				return answer(1, line, text);
		};
		its.stream = pspawn_stream_collect_lines(number, on_line, &its);
		return *this;
	}

	/* Any other stream. What it points to is the caller's, and has to stay. */
	io &stream(const pspawn_stream &given)
	{
		add(given.child).stream = given;
		return *this;
	}

	/* The stream added last is of this stage of a pipeline: pspawn_stream_of_stage(). */
	io &of_stage(int stage)
	{
		if (!nodes_.empty())
			nodes_.back()->stream.stage = stage;
		return *this;
	}

	template <class Rep, class Period> io &timeout(std::chrono::duration<Rep, Period> time)
	{
		/* 0 would be no limit at all. */
		io_.timeout_ms = std::max(detail::ms_of(time), 1);
		return *this;
	}

	/* One step more of what happens to a run that is to be stopped. */
	io &stop(int signal, int wait_ms = 0)
	{
		stops_.push_back({ signal, wait_ms });
		return *this;
	}

	io &drain(pspawn_drain policy)
	{
		io_.drain = policy;
		return *this;
	}

	/* PSPAWN_ON_TERMINAL, PSPAWN_ONE_GROUP, PSPAWN_FAIL_IF_ANY. */
	io &flags(unsigned flags)
	{
		io_.flags |= flags;
		return *this;
	}

	/* Everything else of struct pspawn_io; `streams` and `stops` are made by the functions above. */
	pspawn_io &settings() noexcept { return io_; }

private:
	friend class command;
	friend expected<pspawn_result> try_pipeline(const std::vector<command> &commands, io &streams);

	/* One stream and what it needs. Nodes stay where they are: C has their addresses. */
	struct node {
		~node() { std::free(buffer.data); }
		pspawn_stream stream = {};
		std::string text;
		std::function<std::size_t(char *, std::size_t)> give;
		std::function<long(std::string_view, bool)> take;
		pspawn_buffer buffer = {};
		std::string *out = nullptr;
		unsigned long long *gap = nullptr;
		std::exception_ptr thrown;
	};

	node &add(int number)
	{
		nodes_.push_back(std::make_unique<node>());
		nodes_.back()->stream.child = number;
		return *nodes_.back();
	}

	node &add_buffer(int number, std::string &out)
	{
		node &its = add(number);

		its.out = &out;
		its.stream = pspawn_stream_collect(number, &its.buffer);
		return its;
	}

	/* What C is told, by what a function returns; `all` is that it took everything. */
	template <class Function, class... Arguments>
	static long answer(long all, Function &function, Arguments... arguments)
	{
		using result = std::invoke_result_t<Function &, Arguments...>;

		if constexpr (std::is_void_v<result>)
			return function(arguments...), all;
		else if constexpr (std::is_same_v<result, bool>)
			return function(arguments...) ? all : 0;
		else
			return function(arguments...);
	}

	/* Call a function of the caller's for C, through which no exception may pass. */
	template <class Call> static auto guarded(void *context, Call call) noexcept
	{
		node &its = *static_cast<node *>(context);
#if defined(__cpp_exceptions)
		try {
			return call(its);
		} catch (...) {
			its.thrown = std::current_exception();
			return decltype(call(its)){ -ECANCELED };
		}
#else
		return call(its);
#endif
	}

	static long on_give(void *context, void *data, std::size_t room)
	{
		return guarded(context, [&](node &its) {
			return static_cast<long>(its.give(static_cast<char *>(data), room));
		});
	}

	static long on_take(void *context, const void *data, std::size_t size)
	{
		return guarded(context, [&](node &its) {
			return its.take({ static_cast<const char *>(data), size }, true);
		});
	}

	static int on_line(void *context, const char *line, std::size_t length, int whole)
	{
		return guarded(context, [&](node &its) {
			return static_cast<int>(its.take({ line, length }, whole != 0));
		});
	}

	/* After a run: strings are filled, and an exception goes on. */
	void finish()
	{
		std::exception_ptr thrown;

		for (auto &its : nodes_) {
			if (its->out) {
				its->out->assign(its->buffer.data ? its->buffer.data : "",
						 its->buffer.data ? its->buffer.length : 0);
				if (its->gap)
					*its->gap = its->buffer.gap;
				std::free(std::exchange(its->buffer.data, nullptr));
			}
			if (its->thrown && !thrown)
				thrown = std::exchange(its->thrown, nullptr);
		}
#if defined(__cpp_exceptions)
		if (thrown)
			std::rethrow_exception(thrown);
#endif
	}

	expected<pspawn_result> run(const pspawn_cmd *cmds, std::size_t count)
	{
		std::vector<pspawn_stream> streams;
		pspawn_result result = {};
		pspawn_error details = {};
		pspawn_io whole = io_;

		for (auto &its : nodes_) {
			std::free(std::exchange(its->buffer.data, nullptr));
			streams.push_back(its->stream);
		}
		whole.size = sizeof(whole);
		whole.streams = detail::first_of(streams);
		whole.nstreams = streams.size();
		whole.stops = detail::first_of(stops_);
		whole.nstops = stops_.size();
		int code = pspawn_pipeline(cmds, count, &whole, &result, &details);
		finish();
		if (code == 0)
			return result;
		/* Which of several descriptions the error is about. */
		std::size_t stage = details.stage >= 0 ? static_cast<std::size_t>(details.stage) : 0;
		return detail::failed<pspawn_result>(
			error(details, detail::sentence_of(details, stage < count ? cmds + stage : nullptr),
			      result));
	}

	std::vector<std::unique_ptr<node>> nodes_;
	std::vector<pspawn_stop> stops_;
	pspawn_io io_ = {};
};

} // namespace PSPAWN_HPP_ABI
} // namespace pspawn

#endif
