/* SPDX-License-Identifier: ISC */
/* pspawn_command.hpp - what to start; the part of pspawn.hpp that includes it */
#ifndef PSPAWN_COMMAND_HPP
#define PSPAWN_COMMAND_HPP

#ifndef PSPAWN_HPP
#error "include pspawn.hpp"
#endif

namespace pspawn {
inline namespace PSPAWN_HPP_ABI {

class description;

/* What a program has printed, and how it has ended. */
struct captured {
	std::string text;
	pspawn_status status = {};

	bool succeeded() const { return pspawn_succeeded(&status) != 0; }
};

/*
 * What to start: struct pspawn_cmd with all that it points to. Can be copied, and used again and
 * again, also by several threads as long as none of them changes it. Texts are std::string,
 * std::string_view, std::filesystem::path or const char *. A NUL in a text, or a `=` in the name of
 * a variable, makes every start fail (EINVAL).
 */
class command {
	template <class Range>
	using element = decltype(*std::begin(std::declval<const Range &>()));
	template <class Text>
	using if_text = std::enable_if_t<std::is_convertible_v<Text, std::string_view> ||
					 std::is_same_v<std::decay_t<Text>, std::filesystem::path>>;

public:
	/* The program and its arguments: { "ls", "-l" }, or any range of texts. */
	command(std::initializer_list<std::string_view> argv) { args(argv); }
	template <class Range, class = if_text<element<Range>>> explicit command(const Range &argv)
	{
		args(argv);
	}

	/* One argument more, or several. */
	template <class Text, class = if_text<const Text &>> command &arg(const Text &text)
	{
		argv_.push_back(checked(text));
		return *this;
	}
	command &args(std::initializer_list<std::string_view> texts)
	{
		for (std::string_view text : texts)
			arg(text);
		return *this;
	}
	template <class Range, class = if_text<element<Range>>> command &args(const Range &texts)
	{
		for (const auto &text : texts)
			arg(text);
		return *this;
	}

	/* The program, where it is not the first argument. */
	template <class Text> command &file(const Text &file) { return set(file_, file); }
	template <class Text> command &dir(const Text &dir) { return set(dir_, dir); }

	/* Where the program is searched, as PATH. */
	template <class Text> command &path(const Text &path) { return set(path_, path); }
	template <class Text> command &backend(const Text &name) { return set(backend_, name); }

	/* Edits of the environment, in the order of the calls. */
	command &env(std::string_view name, std::string_view value)
	{
		std::string assignment(name);

		is_bad_ |= name.find('=') != name.npos;
		assignment.append("=").append(value);
		return attribute(pspawn_attr_env_set(checked(assignment).c_str()));
	}
	command &unset_env(std::string_view name)
	{
		return attribute(pspawn_attr_env_unset(checked(name).c_str()));
	}
	command &clear_env() { return attribute(pspawn_attr_env_clear()); }

	/* One entry of the map. A path is copied; what gets a number (pipes) has to stay. */
	command &fd(const pspawn_fd &entry)
	{
		fds_.push_back({ entry, entry.path ? std::string(entry.path) : std::string() });
		return *this;
	}
	template <class Text>
	command &open(int number, const Text &path, int flags, unsigned mode = 0666)
	{
		return fd(pspawn_fd_open(number, checked(path).c_str(), flags, mode));
	}

	/*
	 * One attribute. Texts and arrays are copied. An attribute that this header does not know
	 * (one with data that a later version has) keeps its pointer, and the data has to stay.
	 */
	command &attribute(const pspawn_attr &entry)
	{
		const char *data = static_cast<const char *>(entry.data);

		attrs_.push_back({ entry, {} });
		if (data)
			attrs_.back().data.assign(data, data + size_of_data(entry));
		return *this;
	}

	/* PSPAWN_INHERIT_ALL, PSPAWN_NO_FALLBACK, PSPAWN_ASYNC. */
	command &flags(unsigned flags)
	{
		flags_ |= flags;
		return *this;
	}
	template <class Rep, class Period> command &start_limit(std::chrono::duration<Rep, Period> time)
	{
		/* 0 would be no limit at all. */
		start_ms_ = std::max(detail::ms_of(time), 1);
		return *this;
	}

	/* pspawn_start() */
	expected<child> try_start() const;

	/* pspawn_run(): to its end. What became of the program is in the result's status. */
	expected<pspawn_result> try_run(io &streams) const;
	expected<pspawn_result> try_run() const
	{
		io none;

		return try_run(none);
	}

	/* pspawn_output() and pspawn_combined_output(): run it, and collect what it prints. */
	expected<captured> try_output() const { return output_by(pspawn_output); }
	expected<captured> try_combined_output() const { return output_by(pspawn_combined_output); }

#if defined(__cpp_exceptions)
	child start() const { return detail::value_or_throw(try_start()); }
	pspawn_result run(io &streams) const { return detail::value_or_throw(try_run(streams)); }
	pspawn_result run() const { return detail::value_or_throw(try_run()); }
	captured output() const { return detail::value_or_throw(try_output()); }
	captured combined_output() const
	{
		return detail::value_or_throw(try_combined_output());
	}
#endif

private:
	friend class description;

	struct owned_fd {
		pspawn_fd entry;
		std::string path;
	};
	/* Not a string: an array of numbers has to be aligned as the heap is. */
	struct owned_attr {
		pspawn_attr entry;
		std::vector<char> data;
	};

	template <class Text> std::string checked(const Text &given)
	{
		std::string text = detail::text_of(given);

		is_bad_ |= text.find('\0') != text.npos;
		return text;
	}

	template <class Text> command &set(std::optional<std::string> &member, const Text &text)
	{
		member = checked(text);
		return *this;
	}

	/* In bytes; 0 for a kind that is not known to have data. */
	static std::size_t size_of_data(const pspawn_attr &entry)
	{
		switch (entry.kind) {
		case PSPAWN_ATTR_ENV_SET:
		case PSPAWN_ATTR_ENV_UNSET:
		case PSPAWN_ATTR_ROOT:
			return std::strlen(static_cast<const char *>(entry.data)) + 1;
		case PSPAWN_ATTR_GROUPS:
			return entry.count * sizeof(gid_t);
		case PSPAWN_ATTR_AFFINITY:
			return entry.count;
		default:
			return 0;
		}
	}

	using output_function = decltype(pspawn_output);
	expected<captured> output_by(output_function *function) const;

	std::vector<std::string> argv_;
	std::optional<std::string> file_, dir_, path_, backend_;
	std::vector<owned_fd> fds_;
	std::vector<owned_attr> attrs_;
	unsigned flags_ = 0;
	int start_ms_ = 0;
	bool is_bad_ = false; /* a text that C would see cut */
};

/*
 * What the C functions want of a command. It points into the command, which has to stay and to be
 * left as it is meanwhile.
 */
class description {
public:
	explicit description(const command &whole)
	{
		for (const std::string &text : whole.argv_)
			argv_.push_back(const_cast<char *>(text.c_str())); /* C does not write there */
		argv_.push_back(nullptr);
		for (const command::owned_fd &its : whole.fds_) {
			fds_.push_back(its.entry);
			if (its.entry.path)
				fds_.back().path = its.path.c_str();
		}
		for (const command::owned_attr &its : whole.attrs_) {
			attrs_.push_back(its.entry);
			if (!its.data.empty())
				attrs_.back().data = its.data.data();
		}
		cmd_.size = sizeof(cmd_);
		cmd_.argv = argv_.data();
		cmd_.file = text(whole.file_);
		cmd_.dir = text(whole.dir_);
		cmd_.path = text(whole.path_);
		cmd_.backend = text(whole.backend_);
		cmd_.fds = detail::first_of(fds_);
		cmd_.nfds = fds_.size();
		cmd_.attrs = detail::first_of(attrs_);
		cmd_.nattrs = attrs_.size();
		cmd_.flags = whole.flags_;
		cmd_.start_ms = whole.start_ms_;
		is_bad_ = whole.is_bad_;
	}
	description(const description &) = delete;
	description &operator=(const description &) = delete;

	const pspawn_cmd *get() const noexcept { return &cmd_; }

	/* Why C may not be given it, if so. */
	std::optional<error> refusal() const
	{
		if (!is_bad_)
			return std::nullopt;
		return detail::error_of_call(-EINVAL, PSPAWN_STEP_CHECK,
					     "check the description: a NUL in a text, or = in a name");
	}

private:
	static const char *text(const std::optional<std::string> &text)
	{
		return text ? text->c_str() : nullptr;
	}

	std::vector<char *> argv_;
	std::vector<pspawn_fd> fds_;
	std::vector<pspawn_attr> attrs_;
	pspawn_cmd cmd_ = {};
	bool is_bad_ = false;
};

inline expected<child> command::try_start() const
{
	description whole(*this);
	pspawn_child handle = {};
	pspawn_error details = {};

	if (auto refusal = whole.refusal())
		return detail::failed<child>(*refusal);
	if (pspawn_start(&handle, whole.get(), &details) < 0)
		return detail::failed<child>(
			error(details, detail::sentence_of(details, whole.get())));
	return child(handle);
}

inline expected<pspawn_result> command::try_run(io &streams) const
{
	description whole(*this);

	if (auto refusal = whole.refusal())
		return detail::failed<pspawn_result>(*refusal);
	return streams.run(whole.get(), 1);
}

inline expected<captured> command::output_by(output_function *function) const
{
	description whole(*this);
	pspawn_buffer buffer = {};
	captured result;
	pspawn_error details = {};

	if (auto refusal = whole.refusal())
		return detail::failed<captured>(*refusal);
	int code = function(whole.get(), &buffer, &result.status, &details);
	std::unique_ptr<char, void (*)(void *)> data(buffer.data, std::free);
	if (code < 0)
		return detail::failed<captured>(
			error(details, detail::sentence_of(details, whole.get())));
	result.text.assign(data ? data.get() : "", data ? buffer.length : 0);
	return result;
}

/* pspawn_pipeline(): the output of each is the input of the next. */
inline expected<pspawn_result> try_pipeline(const std::vector<command> &commands, io &streams)
{
	std::vector<std::unique_ptr<description>> wholes;
	std::vector<pspawn_cmd> cmds;

	for (const command &each : commands) {
		wholes.push_back(std::make_unique<description>(each));
		if (auto refusal = wholes.back()->refusal())
			return detail::failed<pspawn_result>(*refusal);
		cmds.push_back(*wholes.back()->get());
	}
	return streams.run(detail::first_of(cmds), cmds.size());
}

#if defined(__cpp_exceptions)
inline pspawn_result pipeline(const std::vector<command> &commands, io &streams)
{
	return detail::value_or_throw(try_pipeline(commands, streams));
}
#endif

} // namespace PSPAWN_HPP_ABI
} // namespace pspawn

#endif
