/* SPDX-License-Identifier: ISC */
/* K08: each refusal of a description says what is wrong, and which entry it is. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "refused.h"
#include "suite.h"
#include "table.h"

/* The sentence without what is known of the entry: it ends with the reason alone. */
static void check_sentence(const struct pspawn_error *error, const struct pspawn_cmd *cmd,
			   const char *reason)
{
	char sentence[512], end[256];
	size_t length, tail;

	snprintf(end, sizeof(end), ": %s", reason);
	tail = strlen(end);
	for (int known = 0; known < 2; known++) {
		length =
		    (size_t)pspawn_strerror(error, known ? cmd : NULL, sentence, sizeof(sentence));
		CHECK(length < sizeof(sentence) && length > tail);
		CHECK_STR(sentence + length - tail, end);
	}
}

void check_refusal(const struct pspawn_error *error, const struct pspawn_cmd *cmd,
		   struct refused_by by)
{
	suite_note("%s", by.reason);
	CHECK_INT(error->code, by.code);
	CHECK_INT(error->step, by.step);
	CHECK_INT(error->what, by.what);
	CHECK_INT(error->index, by.index);
	CHECK(error->reason != NULL);
	CHECK_STR(error->reason, by.reason);
	check_sentence(error, cmd, by.reason);
}

static void refuse_cmd(const struct pspawn_cmd *cmd, struct refused_by by)
{
	struct pspawn_child child;
	struct pspawn_error error;

	CHECK_INT(pspawn_start(&child, cmd, &error), -by.code);
	check_refusal(&error, cmd, by);
	/* Others see the same. */
	CHECK_INT(pspawn_explain(cmd, NULL, 0, &error), -by.code);
	check_refusal(&error, cmd, by);
	CHECK_INT(pspawn_run(cmd, NULL, NULL, &error), -by.code);
	check_refusal(&error, cmd, by);
}

static void refuse_whole(struct pspawn_cmd cmd, int code, const char *reason)
{
	struct refused_by by = { code, PSPAWN_STEP_CHECK, PSPAWN_INDEX_NONE, -1, reason };

	refuse_cmd(&cmd, by);
}

static struct pspawn_cmd plain(void)
{
	static char *const argv[] = { "/bin/true", NULL };
	struct pspawn_cmd cmd = { .size = sizeof(cmd), .argv = argv };

	return cmd;
}

#define WITH(member, value, code, reason)                                                          \
	do {                                                                                       \
		struct pspawn_cmd with_ = plain();                                                 \
                                                                                                   \
		with_.member = (value);                                                            \
		refuse_whole(with_, (code), reason);                                               \
	} while (0)

CASE(K08, whole_descriptions)
{
	static char *const nothing[] = { NULL };
	struct {
		struct pspawn_cmd cmd;
		long long tail;
	} newer = { plain(), 1 };
	struct refused_by tail = { E2BIG, PSPAWN_STEP_CHECK, PSPAWN_INDEX_NONE, -1,
				   "a member that this library does not know is not zero" };
	struct refused_by null = { EINVAL, PSPAWN_STEP_CHECK, PSPAWN_INDEX_NONE, -1,
				   "the description is NULL" };
	struct pspawn_cmd both = plain();

	WITH(argv, NULL, EINVAL, "argv is NULL or empty");
	WITH(argv, nothing, EINVAL, "argv is NULL or empty");
	WITH(flags, 1u << 31, EINVAL, "an unknown flag");
	WITH(start_ms, -2, EINVAL, "start_ms is below -1");
	WITH(search, 3, EINVAL, "an unknown kind of search");
	WITH(reserved, 1, EINVAL, "`reserved` is not zero");
	WITH(nfds, 1, EINVAL, "fds is NULL, and nfds is not 0");
	WITH(nattrs, 1, EINVAL, "attrs is NULL, and nattrs is not 0");
	WITH(size, 8, EINVAL, "the size is smaller than the first version's");
	WITH(size, 4097, E2BIG, "the size is larger than 4096");
	both.flags = PSPAWN_ASYNC;
	both.start_ms = 1;
	refuse_whole(both, EINVAL, "PSPAWN_ASYNC and start_ms exclude each other");
	both = plain();
	both.fds = (const void *)&both;
	both.nfds = PSPAWN_MAX_ENTRIES + 1;
	refuse_whole(both, E2BIG, "nfds is above PSPAWN_MAX_ENTRIES");
	both = plain();
	both.attrs = (const void *)&both;
	both.nattrs = PSPAWN_MAX_ENTRIES + 1;
	refuse_whole(both, E2BIG, "nattrs is above PSPAWN_MAX_ENTRIES");
	newer.cmd.size = sizeof(newer);
	refuse_cmd(&newer.cmd, tail);
	refuse_cmd(NULL, null);
}

static void refuse_fd(struct pspawn_fd fd, int code, const char *reason)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), PSPAWN_FDS(pspawn_fd_dup(7, 0), fd) };
	struct refused_by by = { code, PSPAWN_STEP_CHECK, PSPAWN_INDEX_FD, 1, reason };

	refuse_cmd(&cmd, by);
}

CASE(K08, entries_of_the_map)
{
	struct pspawn_fd odd = pspawn_fd_dup(5, 1);

	refuse_fd(pspawn_fd_dup(-1, 0), EBADF, "the number in the child is negative");
	refuse_fd(pspawn_fd_dup(INT_MAX, 0), EBADF,
		  "the number in the child is beyond RLIMIT_NOFILE");
	refuse_fd(pspawn_fd_dup(5, -1), EBADF, "its source is negative");
	refuse_fd(pspawn_fd_same(5, -1), EBADF, "its source is negative");
	refuse_fd(pspawn_fd_open(5, NULL, O_RDONLY, 0), EINVAL, "needs a path");
	refuse_fd(pspawn_fd_pipe_in(5, NULL), EINVAL, "`end` is NULL");
	refuse_fd(pspawn_fd_dup(7, 1), EINVAL, "two entries have this number");
	refuse_fd(pspawn_fd_same(5, 9), EINVAL, "its source is not open in the child");
	odd.options = 2;
	refuse_fd(odd, EINVAL, "an option that its kind does not have");
	refuse_fd(pspawn_fd_cloexec(pspawn_fd_close(5)), EINVAL,
		  "an option that its kind does not have");
	odd.options = 0;
	odd.kind = 99;
	refuse_fd(odd, EINVAL, "an unknown kind");
}

/* As the second; the first makes maps of ids possible. */
static void refuse_attr(struct pspawn_attr attr, int code, const char *reason)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"),
				  PSPAWN_ATTRS(pspawn_attr_namespaces(PSPAWN_NS_USER), attr) };
	struct refused_by by = { code, PSPAWN_STEP_CHECK_ATTR, PSPAWN_INDEX_ATTR, 1, reason };

	refuse_cmd(&cmd, by);
}

static void invalid_attr(struct pspawn_attr attr, const char *reason)
{
	refuse_attr(attr, EINVAL, reason);
}

CASE(K08, values_of_attributes)
{
	invalid_attr(pspawn_attr_env_set("x"), "its text is not NAME=VALUE");
	invalid_attr(pspawn_attr_env_unset(""), "its text is NULL or empty");
	invalid_attr(pspawn_attr_env_unset("x=y"), "its name has a '='");
	invalid_attr(pspawn_attr_root(NULL), "its text is NULL or empty");
	invalid_attr(pspawn_attr_sigignore(PSPAWN_SIGNAL(SIGKILL)),
		     "SIGKILL and SIGSTOP cannot be ignored");
	invalid_attr(pspawn_attr_pdeathsig(0), "the signal is none of 1 to 64");
	invalid_attr(pspawn_attr_pgroup(-1), "the group is negative");
	invalid_attr(pspawn_attr_user((uid_t)-1, 0), "the id is -1, or has more than 32 bits");
	invalid_attr(pspawn_attr_groups(NULL, (size_t)INT_MAX + 1), "its array is too long");
	invalid_attr(pspawn_attr_groups(NULL, 1), "its array is NULL");
	invalid_attr(pspawn_attr_affinity("x", 0), "its array is empty");
	invalid_attr(pspawn_attr_of(PSPAWN_ATTR_SECUREBITS, 0, 1ULL << 32, 0),
		     "the value has more than 32 bits");
	invalid_attr(pspawn_attr_rlimit(RLIMIT_CORE, 2, 1), "the soft limit is above the hard one");
	invalid_attr(pspawn_attr_rlimit(64, 0, 0), "the resource is none of 0 to 63");
	invalid_attr(pspawn_attr_nice(20), "the value is none of -20 to 19");
	invalid_attr(pspawn_attr_sched(-1, 0),
		     "the policy or the priority is negative, or has more than 31 bits");
	invalid_attr(pspawn_attr_ioprio(4, 0),
		     "the class is none of 0 to 3, or the level none of 0 to 7");
	invalid_attr(pspawn_attr_umask(01000), "the umask is none of 0 to 0777");
	invalid_attr(pspawn_attr_oom_score(1001), "the score is none of -1000 to 1000");
	invalid_attr(pspawn_attr_unshare(0), "there is no namespace");
	invalid_attr(pspawn_attr_unshare(0x100), "an unknown namespace");
	invalid_attr(pspawn_attr_setns(0, PSPAWN_NS_NET | PSPAWN_NS_UTS),
		     "more than one namespace");
	invalid_attr(pspawn_attr_map_user(0, 0, 0), "the map is empty");
	invalid_attr(pspawn_attr_of(PSPAWN_ATTR_SETGROUPS, 2, 0, 0),
		     "the value is neither 0 nor 1");
	invalid_attr(pspawn_attr_retry_busy(60001), "the milliseconds are none of 0 to 60000");
	refuse_attr(pspawn_attr_cgroup(-1), EBADF, "its descriptor is negative");
}

static void refuse_last(const struct pspawn_attr *attrs, size_t n, const char *reason)
{
	struct pspawn_cmd cmd = { PSPAWN_CMD("/bin/true"), .attrs = attrs, .nattrs = n };
	struct refused_by by = { EINVAL, PSPAWN_STEP_CHECK_ATTR, PSPAWN_INDEX_ATTR, (int)n - 1,
				 reason };

	refuse_cmd(&cmd, by);
}

CASE(K08, attributes_that_do_not_go_together)
{
	struct pspawn_attr odd = pspawn_attr_setsid(), attrs[65];
	struct pspawn_attr map = pspawn_attr_map_user(0, 0, 1);
	struct pspawn_attr script[] = { pspawn_attr_program_fd(0), pspawn_attr_shell_fallback() };

	odd.spare[1] = 1;
	invalid_attr(odd, "a member that its kind does not use is not zero");
	odd.spare[1] = 0;
	odd.flags = 1u << 31;
	invalid_attr(odd, "an unknown flag");
	odd.kind = 99;
	invalid_attr(odd, "an unknown kind");
	map.value[0] = 1ULL << 32;
	invalid_attr(map, "an id or the count has more than 32 bits");
	map.value[0] = 0;
	refuse_last(&map, 1, "needs NAMESPACES with PSPAWN_NS_USER");
	refuse_last(script, 2, "SHELL_FALLBACK and PROGRAM_FD exclude each other");
	invalid_attr(pspawn_attr_prefer(pspawn_attr_env_clear()),
		     "what cannot fail cannot be preferred");
	for (size_t i = 0; i < 65; i++)
		attrs[i] = pspawn_attr_prefer(pspawn_attr_setsid());
	refuse_last(attrs, 65, "only the first 64 can be preferred");
}

CASE(K08, searches_and_backends)
{
	struct pspawn_cmd none = plain(), empty = { PSPAWN_CMD("") };
	struct pspawn_cmd relative = { PSPAWN_CMD("run"), .path = ":/nonexistent" };
	struct pspawn_cmd denied = { PSPAWN_CMD("run") };
	struct refused_by by = { ENOTSUP, PSPAWN_STEP_BACKEND, PSPAWN_INDEX_NONE, -1,
				 "this build has no backend of that name" };
	char directory[4096];
	int fd = open("run", O_WRONLY | O_CREAT, 0600);

	CHECK(fd >= 0);
	none.backend = "no such backend";
	refuse_cmd(&none, by);
	by = (struct refused_by){ ENOENT, PSPAWN_STEP_SEARCH, PSPAWN_INDEX_NONE, -1,
				  "the name is empty" };
	refuse_cmd(&empty, by);
	denied.path = getcwd(directory, sizeof(directory));
	by.code = EACCES;
	by.reason = "found, but not executable";
	refuse_cmd(&denied, by);
	CHECK_INT(fchmod(fd, 0755), 0);
	close(fd);
	by.code = EPERM;
	by.reason = "only through an empty or relative element of the path, which is never used";
	refuse_cmd(&relative, by);
}

/* What is refused before there is a start to speak of. */
CASE(K08, waits_for_starts)
{
	struct pspawn_child child = { .pid = 0 };
	struct pspawn_error error;
	struct refused_by by = { EINVAL, PSPAWN_STEP_CHECK, PSPAWN_INDEX_NONE, -1,
				 "timeout_ms is below -1" };

	CHECK_INT(pspawn_wait_started(&child, &error, -2), -EINVAL);
	check_refusal(&error, NULL, by);
	by.code = ESRCH;
	by.reason = "the handle is empty";
	CHECK_INT(pspawn_wait_started(&child, &error, 0), -ESRCH);
	check_refusal(&error, NULL, by);
}
